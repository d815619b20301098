import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reconcile } from '#shared/sync/reconcile.ts';
import type { LocalNode, RemoteNode, SyncedNode } from '#shared/sync/tree.ts';
import { RawClient } from '../../support/raw-client.ts';
import { sendBytes, spaceHands, valueOf, type Draft } from '../../support/raw-files.ts';
import { startServer } from '../../support/server.ts';
import { cpuSeconds, processTree } from '../start/processes.ts';
import type { Figure } from '../start/run.ts';
import { benchPassword, startResident, type AgentPlace, type ResidentAgent } from './agent.ts';
import { pause } from './pair.ts';

/** How many files the synced folder holds: `HIKYAKU_FILES`. */
const files = Number(process.env['HIKYAKU_FILES'] ?? 100_000);
const perFolder = 10;
const foldersPerFolder = 100;
const contents = 500;
const idleSeconds = 30;
const added = 1_000;

const isMillion = files > 100_000;
const figure = (name: string, value: number, bound: number | null, unit: string): Figure => ({ name, unit, value, bound });

const bodyOf = (index: number): string => `the contents of file ${index % contents}\n`;
/** Paths of the tree: ten files in a folder, a hundred such folders in one above them. */
function placeOf(index: number): { top: string; folder: string; name: string } {
  const folder = Math.floor(index / perFolder);
  const top = `part ${String(Math.floor(folder / foldersPerFolder)).padStart(4, '0')}`;
  return { top, folder: `${top}/folder ${String(folder % foldersPerFolder).padStart(2, '0')}`, name: `note ${index} 議事録.txt` };
}

function writeTree(root: string): void {
  for (let index = 0; index < files; index += 1) {
    const { folder, name } = placeOf(index);
    if (index % perFolder === 0) mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, name), bodyOf(index));
  }
}

/** The same tree on the server, made by batches: what two sides have alike is not sent. */
async function fillServer(client: RawClient, space: { id: string; rootId: string }): Promise<void> {
  const hands = spaceHands(client, space);
  const sent = [];
  for (let index = 0; index < contents; index += 1) sent.push((await sendBytes(client, Buffer.from(bodyOf(index)))).content);
  const ids = new Map<string, string>([['', space.rootId]]);
  let waiting: Draft[] = [];
  const flush = async (): Promise<void> => {
    const failed = (await hands.run(waiting)).find(({ kind }) => kind !== 'applied');
    if (failed !== undefined) throw new Error(JSON.stringify(failed));
    waiting = [];
  };
  const folder = (at: string): string => {
    const known = ids.get(at);
    if (known !== undefined) return known;
    const id = randomUUID();
    const cut = at.lastIndexOf('/');
    const parentId = folder(at.slice(0, Math.max(0, cut)));
    ids.set(at, id);
    waiting.push({ kind: 'create_folder', id, parentId, name: at.slice(cut + 1) });
    return id;
  };
  const began = Date.now();
  for (let index = 0; index < files; index += 1) {
    const place = placeOf(index);
    const parentId = folder(`tree/${place.folder}`);
    waiting.push({ kind: 'create_file', id: randomUUID(), parentId, name: place.name, content: sent[index % contents]! });
    if (waiting.length > 970) {
      await flush();
      if (index % 100_000 < 1_000) await client.refresh();
      if (Date.now() - began > 60_000 && index % 20_000 < 1_000) await client.refresh();
    }
  }
  await flush();
}

interface Process {
  readonly pid?: number | undefined;
}
const statusMiB = ({ pid }: Process, line: 'VmHWM' | 'VmRSS'): number => {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) / 1024;
};
const bytesWritten = ({ pid }: Process): number => Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);

/** Bytes of the databases that hold the three trees. */
function stateBytes(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/sync-[^/]*\.db(-wal)?$/.test(name)) bytes += statSync(path.join(folder, name)).size;
  }
  return bytes;
}

async function appears(place: string): Promise<void> {
  for (const end = Date.now() + 120_000; !existsSync(place);) {
    if (Date.now() > end) throw new Error(`${place} did not appear`);
    await pause(5);
  }
}

/** T11: the planner alone, where every node differs in one of five ways. */
function plannerFigure(): Figure {
  const count = 100_000;
  const remote = new Map<string, RemoteNode>();
  const local = new Map<string, LocalNode>();
  const synced = new Map<string, SyncedNode>();
  const folder = { parentId: null, name: '', kind: 'folder', content: null } as const;
  remote.set('root', { ...folder, id: 'root', version: 0, sizeBytes: 0, trashed: false });
  local.set('root', { ...folder, id: 'root', sizeBytes: 0 });
  synced.set('root', { ...folder, id: 'root', version: 0 });
  for (let index = 0; index < count; index += 1) {
    const node = { id: `n${index}`, parentId: 'root', name: `file ${index}`, kind: 'file', content: 'a' } as const;
    const way = index % 5;
    if (way !== 1)
      remote.set(node.id, { ...node, name: way === 2 ? `moved ${index}` : node.name, version: 1, sizeBytes: 1, trashed: way === 4 });
    if (way !== 0) local.set(node.id, { ...node, content: way === 3 ? 'b' : 'a', sizeBytes: 1 });
    if (way > 1) synced.set(node.id, { ...node, version: 1 });
  }
  const began = performance.now();
  const { steps } = reconcile(
    { rootId: 'root', remote, local, synced },
    { verdict: () => null, writable: true, frozen: new Set(), hold: { here: false, there: false }, conflictLabel: '' },
  );
  if (steps.length !== count) throw new Error(`${steps.length} steps were planned`);
  return figure(`T11 plan of ${count} differing nodes`, (performance.now() - began) / 1000, 1, 's');
}

async function restFigures(agent: ResidentAgent): Promise<Figure[]> {
  const looks: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    agent.look();
    await agent.next();
    looks.push((performance.now() - began) / 1000);
  }
  await pause(25_000);
  const pids = processTree(agent.process.pid!);
  const [cpu, written] = [cpuSeconds(pids), bytesWritten(agent.process)];
  await pause(idleSeconds * 1000);
  return [
    figure('T1 look at everything, nothing changed (best of 3)', Math.min(...looks), isMillion ? 20 : 2, 's'),
    figure('T7 resident memory at rest', statusMiB(agent.process, 'VmRSS'), isMillion ? 300 : 150, 'MiB'),
    figure('T7 the most since it was started, with 3 looks at everything', statusMiB(agent.process, 'VmHWM'), isMillion ? 300 : 150, 'MiB'),
    figure(`T9 processor at rest, ${idleSeconds} s`, ((cpuSeconds(pids) - cpu) / idleSeconds) * 100, 0.2, '%'),
    figure('T9 written to the disk meanwhile', bytesWritten(agent.process) - written, 0, 'bytes'),
  ];
}

/** T6: the folder of all files gets another name; the other PC follows with one rename. */
async function renameFigures(near: ResidentAgent, other: ResidentAgent | null): Promise<Figure[]> {
  const before = { near: near.last, other: other?.last };
  const began = performance.now();
  renameSync(path.join(near.folder, 'tree'), path.join(near.folder, 'renamed'));
  const figures: Figure[] = [];
  if (other !== null) {
    await appears(path.join(other.folder, 'renamed'));
    figures.push(figure(`T6 folder of ${files} files renamed: until it is on the other PC`, (performance.now() - began) / 1000, null, 's'));
  }
  while (near.last.moved === before.near.moved) await near.next();
  figures.push(
    figure('T6 until the first PC had looked at everything again', (performance.now() - began) / 1000, null, 's'),
    figure('T6 changes sent', near.last.moved - before.near.moved, 1, ''),
    figure('T6 bytes of content', near.last.bytesUp - before.near.bytesUp, 0, 'bytes'),
  );
  if (other !== null && before.other !== undefined) {
    while (other.last.moved === before.other.moved) await other.next();
    figures.push(
      figure('T6 renames on the other PC', other.last.moved - before.other.moved, 1, ''),
      figure('T6 bytes fetched there', other.last.bytesDown - before.other.bytesDown, 0, 'bytes'),
    );
  }
  return figures;
}

/** T12: killed in the middle of sending two thousand new files. */
async function crashFigures(near: ResidentAgent, place: AgentPlace, client: RawClient, spaceId: string): Promise<Figure[]> {
  const folder = path.join(near.folder, 'added');
  const sent = async (): Promise<number> => {
    await client.refresh();
    const { space } = await valueOf<{ space: { sequence: number } }>(client, 'drive.space', { spaceId }).catch(async () => {
      const { spaces } = await valueOf<{ spaces: { id: string; sequence: number }[] }>(client, 'drive.spaces');
      return { space: spaces.find(({ id }) => id === spaceId)! };
    });
    return space.sequence;
  };
  const start = await sent();
  mkdirSync(folder);
  for (let index = 0; index < added; index += 1) writeFileSync(path.join(folder, `new ${index}.txt`), `${index} ${'x'.repeat(4_096)}`);
  for (const end = Date.now() + 120_000; (await sent()) < start + 100;) {
    if (Date.now() > end) throw new Error('Nothing was sent');
    await pause(5);
  }
  const ended = new Promise((resolve) => void near.process.once('exit', resolve));
  near.process.kill('SIGKILL');
  await ended;
  const committed = (await sent()) - start;
  const again = await startResident(place);
  const changes = (await sent()) - start;
  const figures = [
    figure(`T12 killed after ${committed} of ${added} files were sent: in step again after`, again.last.seconds, 5, 's'),
    figure('T12 conflicts', again.last.conflicts.length, 0, ''),
    figure('T12 changes on the server beyond the folder and its files', changes - added - 1, 0, ''),
  ];
  await again.close();
  return figures;
}

/** `npm run bench -- sync-scale`: SYNC's T1, T6–T9, T11 and T12 with a real tree, a real headless agent and a real server. */
export async function scaleFigures(): Promise<Figure[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-scale-'));
  const server = await startServer({ args: ['--demo', '--demo-password', benchPassword] });
  const say = (text: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
  try {
    const client = new RawClient(server.url);
    await client.login('sato', { password: benchPassword });
    const { spaces } = await valueOf<{ spaces: { id: string; name: string; rootId: string }[] }>(client, 'drive.spaces');
    const space = spaces.find(({ name }) => name === '営業')!;
    // Compiled once, as the packaged agent is: without it each process holds a compiler of its own besides.
    const env = { NODE_COMPILE_CACHE: path.join(work, 'compiled') };
    const place = { url: server.url, work, member: 'sato', space: '営業', env };
    const figures = [plannerFigure()];
    say(`${files} files on the disk and on the server`);
    writeTree(path.join(work, 'near', 'tree'));
    await fillServer(client, space);
    say('the first start');
    const first = await startResident({ ...place, name: 'near' });
    figures.push(
      figure('first start, both sides alike', first.last.seconds, null, 's'),
      figure('sent and fetched then', first.last.uploaded + first.last.downloaded, 0, 'files'),
      figure('most memory then', statusMiB(first.process, 'VmHWM'), null, 'MiB'),
    );
    await first.close();
    say('at rest');
    let near = await startResident({ ...place, name: 'near' });
    figures.push(figure('start anew with everything known', near.last.seconds, isMillion ? null : 5, 's'));
    figures.push(...(await restFigures(near)));
    await near.close();
    figures.push(figure('T8 state of the three trees', stateBytes(path.join(work, 'near-state')) / files, 450, 'bytes/file'));
    say('a rename');
    near = await startResident({ ...place, name: 'near' });
    let other: ResidentAgent | null = null;
    if (!isMillion) {
      writeTree(path.join(work, 'other', 'tree'));
      other = await startResident({ ...place, name: 'other' });
    }
    figures.push(...(await renameFigures(near, other)));
    await other?.close();
    say('a crash');
    figures.push(...(await crashFigures(near, { ...place, name: 'near' }, client, space.id)));
    return figures;
  } finally {
    await server.stop('SIGTERM');
    rmSync(work, { recursive: true, force: true });
    rmSync(server.dataDir, { recursive: true, force: true });
  }
}
