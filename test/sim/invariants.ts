import { basename } from 'node:path';
import { recoveryFolder } from '../../electron/agent/sync/root-folder.ts';
import type { DiskNode } from './disk-nodes.ts';
import type { SimPc } from './pc.ts';
import { thingsOn } from './people.ts';
import type { World } from './world.ts';

interface Placed {
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: string;
}
const textOf = (node: DiskNode): string => Buffer.from(node.data).toString();

/** What people see in Drive: paths with what lies there, but for what is `left` out. */
export function treeThere({ server }: World, left: ReadonlySet<string> = new Set()): string[] {
  const path = (id: string): string => {
    const node = server.nodes.get(id)!;
    return node.parentId === null ? '' : `${path(node.parentId)}/${node.name}`;
  };
  return server
    .live()
    .filter(({ id, parentId }) => parentId !== null && !left.has(id))
    .map(
      (node) =>
        `${path(node.id)} ${node.content === null ? '(folder)' : `${Buffer.from(server.bytesOf(node.content)).toString()}${node.content.executable ? ' +x' : ''}`}`,
    )
    .sort();
}

/** The same of a computer, under the server's names; what is on its disk but unknown to the engine stands there as well. */
export function treeHere(pc: SimPc, topId: string): string[] {
  const staying = foreignFolders(pc);
  const rows = [...pc.engine!.store.local.values()].filter(({ id }) => id !== topId);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const chain = (id: string, name: (row: (typeof rows)[number]) => string): string => {
    const row = byId.get(id);
    return row === undefined ? '' : `${chain(row.parentId ?? '', name)}/${name(row)}`;
  };
  const onDisk = new Map(thingsOn(pc).map(({ path, node }) => [pc.disk.traits.decomposes ? path.normalize('NFD') : path, node]));
  const found = rows.flatMap((row) => {
    const path = `${pc.folder}${chain(row.id, ({ diskName }) => diskName)}`;
    const key = pc.disk.traits.decomposes ? path.normalize('NFD') : path;
    const node = onDisk.get(key);
    onDisk.delete(key);
    const runs = pc.disk.traits.executableBit ? node !== undefined && (node.mode & 0o100) !== 0 : row.content?.endsWith('+x') === true;
    const held = node === undefined ? '(missing)' : node.kind === 'folder' ? '(folder)' : `${textOf(node)}${runs ? ' +x' : ''}`;
    return staying.has(row.id) ? [] : [`${chain(row.id, ({ name }) => name)} ${held}`];
  });
  for (const path of onDisk.keys()) found.push(`${path.slice(pc.folder.length)} (unknown)`);
  return found.sort();
}

/** What cannot come here, because something that is not synced has its name, with all that lies in it. */
function shutOut(pc: SimPc): Set<string> {
  const { plan, store } = pc.engine!;
  const out = new Set<string>();
  const add = (id: string): void => {
    out.add(id);
    for (const child of store.remote.children(id)) if (!child.trashed) add(child.id);
  };
  for (const { id, reason } of plan?.skipped ?? []) if (reason === 'name_taken_here') add(id);
  return out;
}

/** Folders that were deleted, but hold what is never synced: they stay, and are listed (S9). */
function foreignFolders(pc: SimPc): Set<string> {
  const { plan, store } = pc.engine!;
  const staying = new Set<string>();
  for (const { id, reason } of plan?.skipped ?? []) {
    if (reason !== 'foreign_inside') continue;
    for (let at: string | null = id; at !== null && store.remote.get(at)?.trashed === true; at = store.local.get(at)?.parentId ?? null)
      staying.add(at);
  }
  return staying;
}

const difference = (one: readonly string[], other: readonly string[]): string => {
  const [here, there] = [new Set(one), new Set(other)];
  return JSON.stringify({ only: one.filter((line) => !there.has(line)), lacks: other.filter((line) => !here.has(line)) });
};

/** S1, L1: everybody has the same, and everything that anybody wanted is there. */
export function checkRest(world: World): void {
  const there = treeThere(world);
  for (const pc of world.pcs) {
    const here = treeHere(pc, world.server.rootId);
    const wanted = treeThere(world, shutOut(pc));
    if (here.join('\n') !== wanted.join('\n')) world.violate(`L1: ${pc.name} and the server differ: ${difference(here, wanted)}`);
    checkTrees(world, pc);
    for (const bug of pc.bugs)
      world.violate(
        `a bug at ${pc.name}: ${bug instanceof Error ? (bug.stack ?? bug.message).split('\n').slice(0, 4).join(' | ') : String(bug)}`,
      );
    // What the disk refused to remove lies there until the next start.
    const refused = new Set([...pc.notRemoved].map((path) => basename(path)));
    const left = world.staged(pc).filter((name) => !name.startsWith('part-') && !refused.has(name));
    if (left.length > 0) world.violate(`S3: staged files are left at ${pc.name}: ${left.join()}`);
  }
  const live = new Set(there.map((line) => line.slice(line.indexOf('token')).replace(' +x', '')));
  const kept = new Set(world.pcs.flatMap((pc) => keptAt(pc)));
  for (const token of world.tokens.wanted) {
    if (live.has(token.text) || (token.inGap && kept.has(token.text))) continue;
    world.violate(`S1: ${token.text} is lost${kept.has(token.text) ? ' (it lies in a recovery area)' : ''}`);
  }
}

/** L1: the three trees are one. */
function checkTrees(world: World, pc: SimPc): void {
  const { remote, local, synced } = pc.engine!.store;
  const gist = (node: Placed & { content: string | null }): string =>
    `${node.id} ${node.parentId} ${node.name} ${node.kind} ${node.content}`;
  const isTop = ({ id }: Placed): boolean => id === world.server.rootId;
  const staying = foreignFolders(pc);
  const out = shutOut(pc);
  const liveIds = new Set(world.server.live().flatMap(({ id }) => (out.has(id) ? [] : [id])));
  const lists = [
    [...remote.values()]
      .filter((node) => !isTop(node) && liveIds.has(node.id))
      .map(gist)
      .sort(),
    [...local.values()]
      .filter((node) => !isTop(node) && !staying.has(node.id))
      .map(gist)
      .sort(),
    [...synced.values()]
      .filter((node) => !isTop(node) && !staying.has(node.id))
      .map(gist)
      .sort(),
  ] as const;
  if (lists[0].join('\n') !== lists[1].join('\n'))
    world.violate(`L1: remote and local differ at ${pc.name}: ${difference(lists[0], lists[1])}`);
  if (lists[1].join('\n') !== lists[2].join('\n'))
    world.violate(`L1: local and synced differ at ${pc.name}: ${difference(lists[1], lists[2])}`);
}

function keptAt(pc: SimPc): string[] {
  const area = pc.disk.find(recoveryFolder(pc.folder));
  return area === undefined ? [] : [...area.entries.values()].map(({ node }) => textOf(node));
}

/** How often people's bytes were doubled because two changed one thing. */
export const conflictsThere = (world: World): string[] => treeThere(world).filter((line) => line.includes('(conflict '));

/** E1, M10: looking again at rest moves nothing. */
export async function checkQuiet(world: World, what: string): Promise<void> {
  await world.time.run(world.time.now + 6_000);
  for (const pc of world.pcs) pc.engine?.nudge();
  await world.time.run(world.time.now + 6_000);
  const before = world.pcs.map(({ line }) => ({ ...line.use }));
  const there = treeThere(world);
  const changed: string[] = [];
  world.watchCalls = (pc, call) => {
    const isOwn = call.path.includes('/.hikyaku-sync/');
    if ((call.changes && !isOwn) || call.name === 'open') changed.push(`${pc.name} ${call.name} ${call.path}`);
  };
  for (const pc of world.pcs) pc.engine?.nudge();
  await world.time.run(world.time.now + 6_000);
  world.watchCalls = () => undefined;
  if (changed.length > 0) world.violate(`E1: ${what}, yet: ${changed.slice(0, 5).join(', ')}`);
  world.pcs.forEach(({ name, line }, index) => {
    const { mutations, packs, chunksDown } = line.use;
    const old = before[index]!;
    if (mutations + packs + chunksDown > old.mutations + old.packs + old.chunksDown)
      world.violate(`E1: ${what}, yet ${name} sends or fetches`);
  });
  if (treeThere(world).join('\n') !== there.join('\n')) world.violate(`E1: ${what}, yet the tree changes`);
}
