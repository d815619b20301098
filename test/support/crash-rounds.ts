import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { check } from '../../server/data-commands.ts';
import { openServices } from '../../server/services.ts';
import { systemClock } from '../../server/store/system-clock.ts';
import { inRoot } from '../../build/paths.ts';
import { RawClient } from './raw-client.ts';
import { fetchRaw, myDriveOf, sendBytes, sha256, valueOf } from './raw-files.ts';
import { addTenant } from './test-server.ts';

/** What somebody does in one round, to be done again after a crash until it is answered. */
interface Work {
  readonly bytes: { readonly created: Buffer; readonly updated: Buffer };
  readonly contents: { created: Content; updated: Content } | null;
  readonly mutations: readonly Mutation[];
  readonly folderId: string;
  readonly fileId: string;
}

interface Child {
  readonly url: string;
  ask(line: string): Promise<{ count?: number }>;
  readonly gone: Promise<unknown>;
  readonly process: ChildProcess;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function startChild(folder: string, port: number): Promise<Child> {
  const child = spawn(process.execPath, [inRoot('test', 'support', 'crash-child.ts'), folder, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<{ url?: string; count?: number }> => {
    const next = await lines.next();
    if (next.done === true) throw new Error('The server ended');
    return JSON.parse(next.value) as { url?: string; count?: number };
  };
  const { url } = await answer();
  const ask = async (line: string): Promise<{ count?: number }> => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  return { url: url!, ask, gone, process: child };
}

/** What the check finds in a folder that nobody uses. */
async function findingsIn(folder: string): Promise<string[]> {
  const lines: object[] = [];
  const host = { log: silent, clock: systemClock, print: (line: object) => void lines.push(line) };
  await check({ kind: 'check', data: folder, databaseUrl: null, fast: false }, host);
  return lines.slice(0, -1).map((line) => JSON.stringify(line));
}

interface CrashReport {
  /** Steps of one round that no crash interrupts. */
  readonly steps: number;
  readonly crashes: number;
  /** What was wrong; empty when all is well. */
  readonly problems: string[];
}

/**
 * Kills a real server at chosen steps of a round of work (a pack, a batch of five mutations, a purge), each time another one, and starts it again.
 * After each crash the check has to find nothing, the batch must be there whole or not at all, what was answered must be there, and doing the
 * same again must come to the same.
 * @param choose which steps, once their number is known
 * @param onCrash told after each of them what was wrong then
 */
export async function crashRounds(
  choose: (steps: number) => Iterable<number>,
  onCrash: (at: number, problems: readonly string[]) => void = () => undefined,
): Promise<CrashReport> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-crash-'));
  const problems: string[] = [];
  let crashes = 0;
  let steps = 0;
  try {
    const first = await openServices(folder, { databaseUrl: null, log: silent, clock: systemClock, use: 'alone' });
    await addTenant(first.services, 'acme', { sato: 'member' });
    await first.close();
    let child = await startChild(folder, 0);
    const client = new RawClient(child.url);
    await client.login('sato');
    const space = await myDriveOf(client);
    const port = Number(new URL(child.url).port);
    let version = 0;
    const keptId = randomUUID();
    let trashed: string | null = null;

    const work = (): Work => {
      const bytes = { created: randomBytes(5_000), updated: randomBytes(6_000) };
      const [folderId, fileId] = [randomUUID(), randomUUID()];
      return { bytes, contents: null, mutations: [], folderId, fileId };
    };
    /** Sends bytes and mutations; the keys stay the same, so doing it again is harmless. */
    const doIt = async (todo: Work): Promise<{ todo: Work; results: MutationResult[] }> => {
      const created = (await sendBytes(client, todo.bytes.created, 2_000)).content;
      const updated = (await sendBytes(client, todo.bytes.updated, 2_000)).content;
      const key = (index: number) => todo.mutations[index]?.key ?? randomUUID();
      const mutations: Mutation[] = [
        { kind: 'create_folder', key: key(0), id: todo.folderId, parentId: space.rootId, name: todo.folderId },
        { kind: 'create_file', key: key(1), id: todo.fileId, parentId: todo.folderId, name: 'a.bin', content: created },
        { kind: 'move', key: key(2), nodeId: todo.fileId, parentId: todo.folderId, name: 'b.bin' },
        version === 0
          ? { kind: 'create_file', key: key(3), id: keptId, parentId: space.rootId, name: 'kept.bin', content: updated }
          : { kind: 'update_content', key: key(3), nodeId: keptId, baseVersion: version, content: updated },
        { kind: 'delete', key: key(4), nodeId: todo.folderId, baseVersion: 0 },
      ];
      (todo as { mutations: readonly Mutation[] }).mutations = mutations;
      const { results } = await valueOf<{ results: MutationResult[] }>(client, 'drive.mutate', { spaceId: space.id, mutations });
      return { todo: { ...todo, mutations }, results };
    };
    const purge = async (): Promise<void> => {
      if (trashed !== null) await valueOf(client, 'drive.purge', { spaceId: space.id, nodeIds: [trashed] });
    };
    /** What one can see of a batch: all of it, or nothing. */
    const seen = async (todo: Work): Promise<string> => {
      const { nodes } = await valueOf<{ nodes: Node[] }>(client, 'drive.changes', {
        spaceId: space.id,
        cursor: { epoch: space.epoch, sequence: 0 },
      });
      const has = (id: string) => nodes.some((node) => node.id === id);
      const kept = nodes.find(({ id }) => id === keptId)?.version ?? 0;
      return JSON.stringify([has(todo.folderId), has(todo.fileId), kept - version]);
    };
    const finish = async (todo: Work): Promise<void> => {
      const { results } = await doIt(todo);
      const failed = results.find(({ kind }) => kind !== 'applied');
      if (failed !== undefined) problems.push(`the round could not be finished: ${JSON.stringify(failed)}`);
      await purge();
      version += 1;
      trashed = todo.folderId;
      const file = await fetchRaw(client, `/api/files/${keptId}/content`);
      const got = sha256(new Uint8Array(await file.arrayBuffer()));
      if (got !== sha256(todo.bytes.updated)) problems.push(`after round ${version} the file holds other bytes`);
    };

    await finish(work());
    await child.ask('arm 1000000000');
    await finish(work());
    steps = (await child.ask('count')).count!;
    for (const at of choose(steps)) {
      const todo = work();
      const former = problems.length;
      await child.ask(`arm ${at}`);
      let answered = false;
      try {
        await doIt(todo);
        answered = true;
        await purge();
      } catch {
        // The connection broke: that is what is looked at below.
      }
      child.process.kill('SIGKILL');
      await child.gone;
      crashes += 1;
      const found = await findingsIn(folder);
      problems.push(...found.map((finding) => `at step ${at}: ${finding}`));
      child = await startChild(folder, port);
      // All of them together take longer than a login is good for.
      await client.refresh();
      const state = await seen(todo);
      const whole = JSON.stringify([true, true, 1]);
      if (state !== whole && (answered || state !== JSON.stringify([false, false, 0]))) {
        problems.push(`at step ${at}: ${answered ? 'answered, but' : 'half'} there: ${state}`);
      }
      await finish(todo);
      onCrash(at, problems.slice(former));
    }
    child.process.kill('SIGKILL');
    await child.gone;
    problems.push(...(await findingsIn(folder)));
    return { steps, crashes, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
