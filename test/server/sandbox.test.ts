import { readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memorySource } from '../../server/content/inspection/source.ts';
import type { Job, JobOutcome, ProgramJob, Sandbox } from '../../server/sandbox/job.ts';
import { findFence } from '../../server/sandbox/fence.ts';
import { makeSandbox } from '../../server/sandbox/sandbox.ts';
import { systemClock } from '../../server/store/system-clock.ts';

let folder: string;
let sandbox: Sandbox;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-sandbox-'));
  sandbox = makeSandbox({ clock: systemClock, log: quiet }, path.join(folder, 'work'));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

/** A job whose module is written here: what a decoder could do that somebody took over. */
const run = (body: string, more: Partial<Job> = {}): Promise<JobOutcome> =>
  sandbox.run({
    tenantId: 'acme',
    asker: 'sato',
    urgency: 'soon',
    module: new URL(`data:text/javascript,${encodeURIComponent(`export const run = async (input, options) => {${body}};`)}`),
    input: memorySource(Buffer.from('the file')),
    options: {},
    ...more,
  });
const healthy = (more: Partial<Job> = {}) => run('return { value: "well" }', more);
const well = { kind: 'done', value: 'well' };

/** Processes below this one whose command line has `text`. */
function processesWith(text: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)) found.push(Number(name));
    } catch {
      // It ended in between.
    }
  }
  return found;
}

test('a job reads its file and its options, and gives a value and files', async () => {
  const outcome = await run(
    `const { readFileSync } = await import('node:fs');
     return { value: { text: readFileSync(input, 'utf8'), options }, files: [Buffer.alloc(3, 7), Buffer.alloc(70000, 9)] };`,
    { options: { width: 7 } },
  );
  expect(outcome).toMatchObject({ kind: 'done', value: { text: 'the file', options: { width: 7 } } });
  expect(outcome.kind === 'done' && outcome.files.map((file) => [file.length, file.at(-1)])).toEqual([
    [3, 7],
    [70_000, 9],
  ]);
});

test('a job that never ends is ended, and the next one works', async () => {
  expect(await run('for (;;);', { limits: { milliseconds: 600 } })).toEqual({ kind: 'failed', reason: 'too_slow' });
  expect(await healthy()).toMatchObject(well);
});

test('a job that eats memory is ended, within the engine and outside of it', async () => {
  const limits = { residentBytes: 400 * 1_048_576 };
  const native = await run(
    'const all = []; for (;;) { all.push(Buffer.alloc(8_000_000, 1)); await new Promise((r) => setTimeout(r, 10)); }',
    { limits },
  );
  expect(native).toEqual({ kind: 'failed', reason: 'too_large' });
  const heap = await run('const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5));');
  expect(heap).toEqual({ kind: 'failed', reason: 'too_large' });
  expect(await healthy()).toMatchObject(well);
});

test('a file or an answer that is too large is refused', async () => {
  expect(await healthy({ limits: { inputBytes: 3 } })).toEqual({ kind: 'failed', reason: 'too_large' });
  const loud = await run('return { value: null, files: [Buffer.alloc(40_000_000)] };', { limits: { outputBytes: 1_000_000 } });
  expect(loud).toEqual({ kind: 'failed', reason: 'too_large' });
  expect(await healthy()).toMatchObject(well);
});

test('an answer that is none is the end of its process, not of the server', async () => {
  const nonsense = await run(
    `(await import('node:fs')).writeSync(3, Buffer.from([0, 0, 0, 5, 1, 2, 3, 4, 5])); for (;;) await new Promise((r) => setTimeout(r, 10));`,
  );
  expect(nonsense).toEqual({ kind: 'failed', reason: 'damaged' });
  expect(await healthy()).toMatchObject(well);
});

test('a job that throws is about its file, and says no more than a reason', async () => {
  expect(await run('throw new Error("/etc/secret");')).toEqual({ kind: 'failed', reason: 'damaged' });
});

test('a job reaches no other file, no network and no program, and keeps nothing', async () => {
  const secret = path.join(folder, 'secret.txt');
  await writeFile(secret, 'of the server');
  let callers = 0;
  const listener = createServer(() => (callers += 1)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const outcome = await run(
    `const fs = await import('node:fs'); const net = await import('node:net'); const { spawnSync } = await import('node:child_process');
     const tried = (act) => { try { act(); return 'done'; } catch (error) { return error.code; } };
     const connected = await new Promise((resolve) => {
       const socket = net.connect(options.port, '127.0.0.1');
       socket.on('connect', () => resolve('done')).on('error', (error) => resolve(error.code));
     });
     return { value: {
       read: tried(() => fs.readFileSync(options.secret)), passwords: tried(() => fs.readFileSync('/etc/passwd')),
       write: tried(() => fs.writeFileSync(input, 'x')), start: tried(() => spawnSync('id')), connected,
       environment: Object.keys(process.env).filter((name) => /PASS|SECRET|TOKEN|KEY/i.test(name)),
     } };`,
    { options: { secret, port } },
  );
  expect(outcome).toMatchObject({
    kind: 'done',
    value: {
      read: 'ERR_ACCESS_DENIED',
      passwords: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      start: 'ERR_ACCESS_DENIED',
      environment: [],
    },
  });
  listener.close();
  // Containers may forbid the namespaces that a fence is made of.
  const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
  const hasFiles = works('bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true');
  const hasNetwork = hasFiles || works('unshare', '--map-root-user', '--net', 'true');
  expect((await findFence()).strength).toBe(hasFiles ? 'files' : hasNetwork ? 'network' : 'limits');
  const reached = outcome.kind === 'done' && (outcome.value as { connected: string }).connected === 'done';
  expect([reached, callers]).toEqual(hasNetwork ? [false, 0] : [true, 1]);
});

test('a process that is killed from outside is started anew, and the job is done all the same', async () => {
  const started = run(`await new Promise((resolve) => setTimeout(resolve, 700)); return { value: 'well' };`);
  const pids = await vi.waitFor(() => {
    const found = processesWith(path.join(folder, 'work'));
    expect(found.length).toBeGreaterThan(0);
    return found;
  });
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  expect(await started).toMatchObject(well);
});

test('a file on which every process dies is damaged, after the second one', async () => {
  expect(await run('process.exit(3);')).toEqual({ kind: 'failed', reason: 'damaged' });
  expect(await healthy()).toMatchObject(well);
});

test('a process serves one tenant only', async () => {
  const remember = 'const before = globalThis.left ?? null; globalThis.left = options.left; return { value: before };';
  const of = async (tenantId: string, left: string) => {
    const outcome = await run(remember, { tenantId, options: { left } });
    return outcome.kind === 'done' ? outcome.value : outcome;
  };
  await of('acme', 'of acme');
  expect(await of('acme', 'of acme')).toBe('of acme');
  expect(await of('globex', 'of globex')).toBeNull();
  expect([null, 'of acme']).toContain(await of('acme', 'of acme'));
});

test('what is cancelled is not begun, or ended where it runs', async () => {
  const leaving = new AbortController();
  const running = run('for (;;) await new Promise((r) => setTimeout(r, 10));', { signal: leaving.signal });
  const waiting = Array.from({ length: 5 }, () => run('for (;;) await new Promise((r) => setTimeout(r, 10));', { signal: leaving.signal }));
  leaving.abort();
  expect(await Promise.all([running, ...waiting])).toEqual(Array(6).fill({ kind: 'failed', reason: 'cancelled' }));
  expect(await healthy()).toMatchObject(well);
});

/** A program of the system, as a shell's words; `out` is what it is to make. */
const program = (words: string, more: Partial<ProgramJob> = {}, of = sandbox): Promise<JobOutcome<null>> =>
  of.runProgram({
    tenantId: 'acme',
    asker: 'sato',
    urgency: 'heavy',
    input: memorySource(Buffer.from('the file')),
    inputName: 'document.txt',
    outputName: 'out',
    command: (input, place) => ['/bin/sh', '-c', words, 'sh', input, place],
    ...more,
  });

test('a program of the system works in a folder of its own, within the same limits', async () => {
  const made = await program('cat "$1" "$2/settings" > "$2/out"', { prepared: { settings: ' and settings' } });
  expect(made.kind === 'done' && Buffer.from(made.files[0]!).toString()).toBe('the file and settings');
  expect(await program('exit 1')).toEqual({ kind: 'failed', reason: 'damaged' });
  expect(await program('sleep 60; echo late > "$2/out"', { limits: { milliseconds: 400 } })).toEqual({
    kind: 'failed',
    reason: 'too_slow',
  });
  const large = await program('head -c 3000000 /dev/zero > "$2/out"', { limits: { outputBytes: 1_000_000 } });
  expect(large).toEqual({ kind: 'failed', reason: 'too_large' });
  const secret = path.join(folder, 'other.txt');
  await writeFile(secret, 'of the server');
  const read = await program(`cat ${secret} > "$2/out"; echo tried >> "$2/out"`);
  const text = read.kind === 'done' ? Buffer.from(read.files[0]!).toString() : read.reason;
  expect(text).toBe((await findFence()).strength === 'files' ? 'tried\n' : 'of the servertried\n');
});

test('a program ends with the server', async () => {
  const own = makeSandbox({ clock: systemClock, log: quiet }, path.join(folder, 'programs'));
  const sleeping = program('sleep 600', {}, own);
  await vi.waitFor(() => expect(processesWith(path.join(folder, 'programs')).length).toBeGreaterThan(0));
  await own.close();
  expect(await sleeping).toEqual({ kind: 'failed', reason: 'cancelled' });
  expect(await program('true', {}, own)).toEqual({ kind: 'failed', reason: 'cancelled' });
});

test('at the end nothing runs and nothing is left', async () => {
  const own = path.join(folder, 'own');
  const other = makeSandbox({ clock: systemClock, log: quiet }, own);
  const endless = other.run({
    tenantId: 'acme',
    asker: 'sato',
    urgency: 'background',
    module: new URL(`data:text/javascript,${encodeURIComponent('export const run = () => { for (;;); };')}`),
    input: memorySource(Buffer.from('x')),
    options: {},
  });
  await vi.waitFor(() => expect(processesWith(own).length).toBeGreaterThan(0));
  await other.close();
  expect(await endless).toEqual({ kind: 'failed', reason: 'cancelled' });
  await vi.waitFor(() => expect(processesWith(own)).toEqual([]));
  expect(readdirSync(folder)).not.toContain('own');
});
