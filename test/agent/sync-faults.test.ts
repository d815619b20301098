import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { administration as admin } from '#shared/contract/server.ts';
import { connect } from '#shared/contract/operation.ts';
import { openHeadlessSession } from '../../electron/agent/headless-session.ts';
import { chokidarWatching } from '../../electron/agent/sync/watch.ts';
import { startServer, type ServerProcess } from '../support/server.ts';
import { pause, SyncDevice, until } from './sync-device.ts';
import { demoPassword } from './support/server-process.ts';

let server: ServerProcess;
const start = (more: { dataDir?: string; port?: number } = {}) =>
  startServer({ args: ['--demo', '--demo-password', demoPassword], ...more });
beforeAll(async () => {
  server = await start();
});
afterAll(async () => {
  await server?.stop('SIGKILL');
});

const devices: SyncDevice[] = [];
async function device(member: string, options: Partial<Parameters<typeof SyncDevice.open>[1]> = {}): Promise<SyncDevice> {
  const opened = await SyncDevice.open(server.url, { member, ...options });
  devices.push(opened);
  return opened;
}
afterEach(async () => {
  const [any] = devices;
  if (any !== undefined) await clear(any);
  for (const opened of devices.splice(0)) await opened.close();
});

let count = 0;
const fresh = (): string => `fault-${(count += 1)}`;
const write = (on: SyncDevice, folder: string, files: number, sizeBytes = 3_000): void => {
  mkdirSync(on.at(folder), { recursive: true });
  for (let index = 0; index < files; index += 1) writeFileSync(on.at(`${folder}/file-${index}`), randomBytes(sizeBytes));
};
/** Takes the test's folders off the server, so that the next one does not fetch them. */
async function clear(on: SyncDevice): Promise<void> {
  const { nodes } = await on.server['drive.changes']({ spaceId: on.space.id, cursor: null, limit: 10_000 });
  const mutations = nodes
    .filter(({ name, parentId, trashed }) => name.startsWith('fault-') && parentId === on.space.rootId && !trashed)
    .map(({ id }, index) => {
      const key = `00000000-0000-4000-8000-${String(Date.now() * 100 + index)
        .padStart(12, '0')
        .slice(-12)}`;
      return { key, kind: 'delete' as const, nodeId: id, baseVersion: 0 };
    });
  if (mutations.length > 0) await on.server['drive.mutate']({ spaceId: on.space.id, mutations });
}
/** Names on the server below a folder of the space's root, live ones. */
async function there(on: SyncDevice, folder: string): Promise<string[]> {
  const nodes = new Map<string, { name: string; parentId: string | null }>();
  let after: string | undefined;
  for (;;) {
    const page = await on.server['drive.changes']({ spaceId: on.space.id, cursor: null, ...(after === undefined ? {} : { after }) });
    for (const node of page.nodes) if (!node.trashed) nodes.set(node.id, node);
    if (page.complete) break;
    after = page.after;
  }
  const top = [...nodes].find(([, { name, parentId }]) => name === folder && parentId === on.space.rootId)?.[0];
  return [...nodes.values()]
    .filter(({ parentId }) => parentId === top)
    .map(({ name }) => name)
    .sort();
}

const password = join(mkdtempSync(join(tmpdir(), 'hikyaku-password-')), 'password');
writeFileSync(password, demoPassword);
const entry = resolve(import.meta.dirname, '../../electron/agent/headless.ts');
const commandLine = (dir: string, state: string, once: boolean): string[] => [
  ...[entry, 'sync', '--server', server.url, '--member', 'suzuki', '--password-file', password, '--space', '営業', '--dir', dir, '--json'],
  ...['--state', state, '--key-file', join(state, 'keys.json'), ...(once ? ['--once'] : [])],
];

interface Run {
  readonly code: number | null;
  readonly line: {
    halted?: string;
    skipped: { path: string; reason: string }[];
    conflicts: string[];
    uploaded: number;
    downloaded: number;
  };
  readonly errors: string;
}
async function finished(child: ChildProcess): Promise<Run> {
  let [out, errors] = ['', ''];
  child.stdout!.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
  const code = await new Promise<number | null>((done) => void child.once('exit', (ended) => done(ended)));
  const last = out.trim().split('\n').at(-1) ?? '';
  return { code, line: (last === '' ? {} : JSON.parse(last)) as Run['line'], errors };
}

describe('the sync agent loses nothing', () => {
  it('when it is killed again and again in the middle of its work', async () => {
    const [folder, dir, state] = [fresh(), mkdtempSync(join(tmpdir(), 'hikyaku-kill-')), mkdtempSync(join(tmpdir(), 'hikyaku-state-'))];
    mkdirSync(join(dir, folder));
    for (let index = 0; index < 3_000; index += 1) writeFileSync(join(dir, folder, `file-${index}`), randomBytes(4_000));
    for (const milliseconds of [700, 1_000, 1_300, 1_600]) {
      const child = spawn(process.execPath, commandLine(dir, state, false), { stdio: 'ignore' });
      await pause(milliseconds);
      child.kill('SIGKILL');
      await new Promise((done) => void child.once('exit', done));
    }
    const { code, line, errors } = await finished(spawn(process.execPath, commandLine(dir, state, true)));
    expect({ code, conflicts: line.conflicts, errors }).toEqual({ code: 0, conflicts: [], errors: '' });
    const other = await device('sato');
    await other.settle();
    expect(await there(other, folder)).toHaveLength(3_000);
    expect(other.tree(folder)).toEqual(
      Object.fromEntries(readdirSync(join(dir, folder)).map((name) => [`${folder}/${name}`, other.read(`${folder}/${name}`)])),
    );
    execFileSync('cmp', [join(dir, folder, 'file-2999'), other.at(`${folder}/file-2999`)]);
    const again = await finished(spawn(process.execPath, commandLine(dir, state, true)));
    expect(again.line).toMatchObject({ uploaded: 0, downloaded: 0 });
  });

  it('when the server is killed in the middle of an upload', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    write(a, folder, 2_500);
    a.engine.nudge();
    await until(() => a.calls.includes('drive.mutate'), 'the first files to be sent');
    await server.stop('SIGKILL');
    const { dataDir, port } = server;
    await pause(300);
    expect(a.engine.inStep).toBe(false);
    server = await start({ dataDir, port });
    a.online();
    await a.settle();
    expect(await there(a, folder)).toHaveLength(2_500);
    expect(a.engine.report.conflicts()).toEqual([]);
  });

  it('when answers are lost after the server has done its part', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    mkdirSync(a.at(folder));
    writeFileSync(a.at(`${folder}/once.txt`), 'once');
    a.loseAnswers('drive.mutate', 2);
    await a.settle();
    writeFileSync(a.at(`${folder}/once.txt`), 'twice');
    a.loseAnswers('drive.mutate', 1);
    await a.settle();
    expect(await there(a, folder)).toEqual(['once.txt']);
    expect(a.tree(folder)).toEqual({ [`${folder}/once.txt`]: 'twice' });
  });

  it('when its state is damaged: both sides are united and nothing is sent', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    write(a, folder, 50);
    await a.settle();
    const before = a.tree();
    await a.engine.stop();
    const account = readdirSync(a.state, { withFileTypes: true }).find((found) => found.isDirectory())!.name;
    for (const name of readdirSync(join(a.state, account)).filter((found) => found.startsWith('sync-root') && found.endsWith('.db'))) {
      const file = openSync(join(a.state, account, name), 'r+');
      ftruncateSync(file, Math.floor(statSync(join(a.state, account, name)).size / 2));
      closeSync(file);
    }
    a.calls = [];
    await a.restart();
    await a.settle();
    expect(a.tree()).toEqual(before);
    expect(a.calls.filter((name) => name !== 'drive.changes')).toEqual([]);
  });

  it('when the folder is gone, or is another one: it stops, and goes on when the folder is back', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    write(a, folder, 3);
    await a.settle();
    renameSync(a.folder, `${a.folder}-away`);
    a.engine.nudge();
    await until(() => a.engine.halted === 'root_missing', 'the halt');
    mkdirSync(a.folder);
    a.engine.nudge();
    await until(() => a.engine.halted === 'root_replaced' || a.engine.halted === 'root_missing', 'the halt');
    expect(await there(a, folder)).toHaveLength(3);
    rmSync(a.folder, { recursive: true });
    renameSync(`${a.folder}-away`, a.folder);
    await a.settle();
    expect(Object.keys(a.tree(folder))).toHaveLength(3);
  });

  it('when very much is deleted at once: it asks first, and does what the person says', async () => {
    const folder = fresh();
    const [a, b] = [await device('sato'), await device('tanaka')];
    await a.settle();
    write(a, folder, 60, 10);
    await a.settle();
    await b.settle();
    rmSync(a.at(folder), { recursive: true });
    a.engine.nudge();
    await until(() => a.engine.halted === 'mass_delete', 'the question');
    expect(a.issues()).toContainEqual(expect.objectContaining({ kind: 'guard', reason: 'mass_delete_there', subject: '60' }));
    writeFileSync(a.at('meanwhile.txt'), 'other work goes on');
    a.engine.nudge();
    await b.settle();
    await until(() => existsSync(b.at('meanwhile.txt')), 'other work');
    expect(await there(a, folder)).toHaveLength(60);
    a.engine.answerGuard('restore');
    await a.settle();
    expect(Object.keys(a.tree(folder))).toHaveLength(60);
    rmSync(a.at(folder), { recursive: true });
    a.engine.nudge();
    await until(() => a.engine.halted === 'mass_delete', 'the question');
    a.engine.answerGuard('proceed');
    await a.settle();
    b.engine.nudge();
    await until(() => b.engine.halted === 'mass_delete', 'the question on the other side');
    expect(Object.keys(b.tree(folder))).toHaveLength(60);
    b.engine.answerGuard('proceed');
    await b.settle();
    expect(existsSync(b.at(folder))).toBe(false);
    expect(readdirSync(b.at('.hikyaku-sync/trash')).length).toBeGreaterThanOrEqual(60);
    unlinkSync(a.at('meanwhile.txt'));
    await a.settle();
  });

  it('when a folder cannot be listed: nothing in it counts as deleted, and the rest goes on', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    write(a, `${folder}/closed`, 3, 10);
    await a.settle();
    a.failListing(`${folder}/closed`);
    renameSync(a.at(`${folder}/closed/file-0`), a.at(`${folder}/closed/file-x`));
    writeFileSync(a.at(`${folder}/open.txt`), 'open');
    await a.settle();
    expect(await there(a, folder)).toEqual(['closed', 'open.txt']);
    a.failListing(null);
    await a.settle();
    const tree = a.tree(folder);
    await a.restart();
    await a.settle();
    expect(a.tree(folder)).toEqual(tree);
  });

  it('when the server was restored from an older backup: what is missing there goes up again, nothing is deleted here', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    write(a, folder, 4, 10);
    await a.settle();
    const before = a.tree(folder);
    const { dataDir, port } = server;
    await server.stop();
    const file = readdirSync(dataDir).find((name) => name.endsWith('.db') || name.endsWith('.sqlite'))!;
    const database = new Sqlite(join(dataDir, file));
    database.exec(`DELETE FROM nodes WHERE name = 'file-1' AND parent_id = (SELECT id FROM nodes WHERE name = '${folder}')`);
    database.exec(`UPDATE spaces SET epoch = 'restored', sequence = sequence + 1 WHERE name = '営業'`);
    database.close();
    server = await start({ dataDir, port });
    a.online();
    await a.settle();
    expect(a.tree(folder)).toEqual(before);
    expect(await there(a, folder)).toHaveLength(4);
    expect(a.engine.report.conflicts()).toEqual([]);
  });
});

describe('the sync agent keeps to its place', () => {
  it('two agents do not work on one folder, and roots do not lie in each other', async () => {
    const a = await device('sato');
    await a.settle();
    const second = await device('tanaka', { folder: a.folder });
    await until(() => second.engine.halted === 'root_in_use', 'the refusal');
    mkdirSync(a.at('inside'));
    const nested = await device('suzuki', { folder: a.at('inside') });
    await until(() => nested.engine.halted === 'root_nested', 'the refusal');
    await a.settle();
    expect([second, nested].map(({ engine }) => engine.inStep)).toEqual([false, false]);
  });

  it('leaves what the rules block on the disk, lists it with the reason, and sends it once they allow it', async () => {
    const login = { server: server.url, member: 'admin', password: demoPassword, kind: 'pc-app', version: '0.1.0' } as const;
    const boss = await openHeadlessSession(login);
    const rules = connect(admin, boss.transport.call);
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    mkdirSync(a.at(folder));
    writeFileSync(a.at(`${folder}/allowed.exe`), 'was there before the rule');
    await a.settle();
    await rules['policy.set']({ patch: { blockedExtensions: { drive: ['exe'], talk: ['exe'] } } });
    writeFileSync(a.at(`${folder}/setup.exe`), 'a program');
    writeFileSync(a.at(`${folder}/note.txt`), 'a note');
    await until(() => a.issues().some(({ reason }) => reason === 'extension_blocked'), 'the reason');
    await a.settle();
    expect(a.issues()).toContainEqual(
      expect.objectContaining({ kind: 'skipped', path: `${folder}/setup.exe`, reason: 'extension_blocked', subject: 'exe' }),
    );
    expect(a.read(`${folder}/setup.exe`)).toBe('a program');
    expect(a.read(`${folder}/allowed.exe`)).toBe('was there before the rule');
    expect(await there(a, folder)).toEqual(['allowed.exe', 'note.txt']);
    const b = await device('tanaka');
    await b.settle();
    expect(Object.keys(b.tree(folder))).toEqual([`${folder}/note.txt`]);
    expect(b.issues()).toContainEqual(expect.objectContaining({ path: `${folder}/allowed.exe`, reason: 'extension_blocked' }));
    await rules['policy.set']({ patch: { blockedExtensions: { drive: [], talk: [] } } });
    await until(() => existsSync(b.at(`${folder}/setup.exe`)), 'the program on the other disk');
    await boss.close();
  });

  it('does not send what programs write for a moment, nor every state of a file that never rests', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    mkdirSync(a.at(folder));
    writeFileSync(a.at(`${folder}/work.tmp`), 'for a moment');
    writeFileSync(a.at(`${folder}/busy.log`), 'start');
    a.engine.nudge();
    await until(() => a.calls.includes('pack'), 'the log');
    unlinkSync(a.at(`${folder}/work.tmp`));
    for (let line = 0; line < 60; line += 1) {
      appendFileSync(a.at(`${folder}/busy.log`), `line ${line}\n`);
      await pause(50);
    }
    await a.settle();
    expect(await there(a, folder)).toEqual(['busy.log']);
    const { nodes } = await a.server['drive.changes']({ spaceId: a.space.id, cursor: null });
    const log = nodes.find(({ name, content }) => name === 'busy.log' && content?.sizeBytes === statSync(a.at(`${folder}/busy.log`)).size)!;
    expect(log.version).toBeLessThan(12);
  });

  it('hears of changes through the plain watcher as well', async () => {
    const folder = fresh();
    const a = await device('sato', { watch: chokidarWatching(null) });
    const b = await device('tanaka');
    await a.settle();
    mkdirSync(a.at(folder));
    writeFileSync(a.at(`${folder}/heard~`), 'heard');
    await until(() => existsSync(b.at(`${folder}/heard~`)), 'the file on the other disk');
    expect(b.read(`${folder}/heard~`)).toBe('heard');
  });
});

/** Runs the agent with a small volume of its own mounted on `dir`, as any user may. */
const inOwnVolume = (dir: string, size: string, script: string, state: string): ChildProcess => {
  const quoted = [process.execPath, ...commandLine(dir, state, true)].map((word) => `'${word}'`).join(' ');
  const body = `mount -t tmpfs -o size=${size} none '${dir}' && ${script.replaceAll('AGENT', quoted)}`;
  return spawn('unshare', ['-rm', 'sh', '-c', body]);
};

describe('the sync agent on a small or closed volume', () => {
  it('parks downloads that do not fit, keeps everything else in step, and never leaves half a file', async () => {
    const folder = fresh();
    const a = await device('sato');
    await a.settle();
    mkdirSync(a.at(folder));
    writeFileSync(a.at(`${folder}/large.bin`), randomBytes(12_000_000));
    writeFileSync(a.at(`${folder}/small.txt`), 'small');
    await a.settle();
    const [dir, state] = [mkdtempSync(join(tmpdir(), 'hikyaku-small-')), mkdtempSync(join(tmpdir(), 'hikyaku-state-'))];
    const list = `(cd '${dir}' && find . -path ./.hikyaku-sync -prune -o -type f -name '*.bin' -print; ls -A .hikyaku-sync/tmp) >&2`;
    const run = await finished(inOwnVolume(dir, '8m', `{ AGENT; code=$?; ${list}; exit $code; }`, state));
    expect(run.line.skipped).toContainEqual({ path: `${folder}/large.bin`, reason: 'disk_full' });
    expect(run.line.downloaded).toBeGreaterThan(20);
    expect(run).toMatchObject({ code: 1, errors: '' });
    unlinkSync(a.at(`${folder}/large.bin`));
    await a.settle();
  });

  it('stops at a root that has become read-only, and touches nothing', async () => {
    const [dir, state] = [mkdtempSync(join(tmpdir(), 'hikyaku-readonly-')), mkdtempSync(join(tmpdir(), 'hikyaku-state-'))];
    const script = `AGENT >&2 && mount -o remount,bind,ro '${dir}' && AGENT`;
    const run = await finished(inOwnVolume(dir, '64m', script, state));
    expect(run.code).toBe(1);
    expect(run.line.halted).toBe('root_not_writable');
  });
});
