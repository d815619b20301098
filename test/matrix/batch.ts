import { randomUUID } from 'node:crypto';
import { encodePack, PackReader } from '#shared/contract/pack.ts';
import type { Content, Mutation } from '#shared/model/drive.ts';
import { nodeFiles } from '../../electron/agent/sync/file-system.ts';
import type { SyncDevice } from '../agent/sync-device.ts';
import { folderOf, type Cell } from './cells.ts';
import { expectedOutcome } from './expected.ts';
import { actHere, actThere, layOut, textsBrought } from './hands.ts';
import { diskTree, hashesOf, judge, serverTrees, sha256, type ServerNode } from './judge.ts';
import { usualVolume, type VolumeTraits } from './trees.ts';

/**
 * Plays many cells at once on a real disk against a real server: each has a folder to itself, all people act while the program is off, and then it
 * runs until all is in step. Returns what was not as it must be.
 */
export async function playCells(device: SyncDevice, cells: readonly Cell[], volume: VolumeTraits = usualVolume): Promise<string[]> {
  for (const cell of cells) layOut(nodeFiles, device.at(folderOf(cell)), cell);
  await device.settle();
  await device.settle();
  await device.engine.stop();
  const nodesBefore = await allNodes(device);
  const before = serverTrees(nodesBefore, device.space.rootId);
  for (const cell of cells) actHere(nodeFiles, device.at(folderOf(cell)), cell, 1_500_000_000);
  await actAll(device, cells, before);
  device.asked.mutations.length = 0;
  device.asked.reads.length = 0;
  device.asked.packs.length = 0;
  await device.restart();
  await device.settle();
  const nodes = await allNodes(device);
  const after = serverTrees(nodes, device.space.rootId);
  const asked = await askedOf(device, [...nodesBefore, ...nodes]);
  const problems = cells.flatMap((cell) => {
    const disk = diskTree(nodeFiles, device.at(folderOf(cell)));
    const server = hashesOf(after.get(folderOf(cell)) ?? new Map());
    return judge(cell, expectedOutcome(cell, volume), { disk, server, asked: asked(cell) }, volume.lower);
  });
  const { failures } = device.engine;
  const bugs = [...device.bugs.map(String), ...(failures?.all ?? []).map((failure) => JSON.stringify(failure))];
  return [...problems, ...bugs.map((bug) => `Not in step: ${bug}`)];
}

/** Every node of the device's space, the trashed ones too. */
export async function allNodes(device: SyncDevice): Promise<ServerNode[]> {
  const nodes = new Map<string, ServerNode>();
  let after: string | undefined;
  for (;;) {
    const page = await device.server['drive.changes']({
      spaceId: device.space.id,
      cursor: null,
      ...(after === undefined ? {} : { after }),
    });
    for (const node of page.nodes) nodes.set(node.id, node);
    if (page.complete) return [...nodes.values()];
    after = page.after;
  }
}

const contentOf = (text: string): Content => ({
  contentHash: sha256(text),
  sizeBytes: Buffer.byteLength(text),
  chunks: null,
  modifiedAt: 1_600_000_000_000,
  executable: false,
});

/** The other person, who has the same drive and no disk. */
async function actAll(
  device: SyncDevice,
  cells: readonly Cell[],
  nodes: ReadonlyMap<string, ReadonlyMap<string, ServerNode>>,
): Promise<void> {
  const mutations = cells.flatMap((cell) => actThere(cell, nodes.get(folderOf(cell))!, { newId: randomUUID, contentOf }));
  const needed = new Set(mutations.flatMap((mutation) => ('content' in mutation ? [mutation.content.contentHash] : [])));
  const texts = cells.flatMap(textsBrought).filter((text) => needed.has(sha256(text)));
  for (let from = 0; from < texts.length; from += 1_000) {
    const chunks = texts.slice(from, from + 1_000).map((text) => ({ hash: sha256(text), bytes: Buffer.from(text) }));
    await device.sendPack(encodePack(chunks));
  }
  for (let from = 0; from < mutations.length; from += 500) {
    const { results } = await device.server['drive.mutate']({ spaceId: device.space.id, mutations: mutations.slice(from, from + 500) });
    const refused = results.findIndex(({ kind }) => kind !== 'applied');
    if (refused >= 0) throw new Error(`The other person could not: ${JSON.stringify([mutations[from + refused], results[refused]])}`);
  }
}

/** Sorts what was asked of the server by cells. */
async function askedOf(device: SyncDevice, nodes: readonly ServerNode[]) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const topOf = (id: string): string => {
    for (let at = byId.get(id); at !== undefined; at = byId.get(at.parentId ?? '')) {
      if (at.parentId === device.space.rootId) return at.name;
    }
    return '';
  };
  const { mutations, reads, packs } = device.asked;
  const sent = new Set(packs.flatMap((pack) => new PackReader().push(pack).map(({ hash }) => hash)));
  const read = new Set(reads);
  const byCell = new Map<string, Mutation[]>();
  for (const mutation of mutations) {
    const cell = topOf('id' in mutation ? (byId.has(mutation.id) ? mutation.id : mutation.parentId) : mutation.nodeId);
    byCell.set(cell, [...(byCell.get(cell) ?? []), mutation]);
  }
  return (cell: Cell) => ({ mutations: byCell.get(folderOf(cell)) ?? [], sent, read });
}
