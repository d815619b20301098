import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inRoot } from '../../build/paths.ts';
import { run } from '../../build/process.ts';
import { startServerProcess, type ServerProcess } from '../agent/support/server-process.ts';
import type { Orders } from '../matrix/volume-child.ts';

/** Each volume is mounted by a process with a mount table of its own, which ends with it. Only root may mount. */

let server: ServerProcess;
let states: string;
beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('Mounting takes root: run `npm test -- mount` as root');
  server = await startServerProcess();
  states = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-volumes-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(states, { recursive: true, force: true });
});

const seed = fc.sample(fc.nat(), 1)[0]!;
async function problemsOn(kind: Orders['kind'], member: string, count: number): Promise<unknown> {
  const orders: Orders = { kind, member, url: server.url, state: path.join(states, kind), sample: { count, seed } };
  const child = [process.execPath, inRoot('test', 'matrix', 'volume-child.ts'), JSON.stringify(orders)];
  const { code, output } = await run('unshare', ['-m', ...child], { timeoutMs: 60_000 });
  const last = output.trim().split('\n').at(-1) ?? '';
  return code === 0 ? (JSON.parse(last) as unknown) : output;
}

test.each([
  ['ext4', 'sato', 32],
  ['tmpfs', 'tanaka', 32],
  ['exfat', 'suzuki', 32],
  ['ntfs', 'admin', 32],
] as const)('on %s two people’s doings end as the rules say, and mounting it anew changes nothing', async (kind, member, count) => {
  expect(await problemsOn(kind, member, count)).toEqual([]);
});
