import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { heldTrouble } from '../../electron/agent/sync/root-hold.ts';
import { nodeDisk } from '../../electron/agent/sync/root-folder.ts';
import { queueOf } from '../../electron/agent/sync/queue.ts';
import { asAdministrator } from './support/administrator.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { SyncDevice, until } from './sync-device.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(async () => {
  await server?.close();
});

const devices: SyncDevice[] = [];
async function device(member: string, space: string): Promise<SyncDevice> {
  const opened = await SyncDevice.open(server.url, { member, space });
  devices.push(opened);
  return opened;
}
afterEach(async () => {
  for (const opened of devices.splice(0)) await opened.close();
});

let count = 0;
/** A shared drive of its own, so that shares of files are known. */
async function drive(options: { quotaBytes?: number } = {}): Promise<{ id: string; name: string }> {
  const name = `guard-${(count += 1)}`;
  const { space } = await asAdministrator(server.url, (calls) =>
    calls['space.create']({ name, members: [{ member: '*', permission: 'edit' }], ...options }),
  );
  return { id: space.id, name };
}

const plain = (index: number): string => `Line ${index} of a text that says much the same again and again. `.repeat(20);
function fill(on: SyncDevice, folder: string, files: number): void {
  mkdirSync(on.at(folder), { recursive: true });
  for (let index = 0; index < files; index += 1) writeFileSync(on.at(`${folder}/note-${index}.txt`), plain(index));
}
const noise = (): Buffer => randomBytes(1_500);
async function versions(on: SyncDevice): Promise<number[]> {
  const { nodes } = await on.server['drive.changes']({ spaceId: on.space.id, cursor: null });
  return [...new Set(nodes.filter(({ kind, trashed }) => kind === 'file' && !trashed).map(({ version }) => version))].sort((x, y) => x - y);
}
const question = (on: SyncDevice) => until(() => on.engine.halted === 'mass_rewrite', 'the question');

describe('a program that makes files unreadable', () => {
  it('is stopped before anything is sent; downloads go on, also over a restart; and all comes back', async () => {
    const { name } = await drive();
    const [a, b] = [await device('sato', name), await device('tanaka', name)];
    fill(a, 'notes', 210);
    await a.settle();
    await b.settle();
    for (let index = 0; index < 205; index += 1) writeFileSync(a.at(`notes/note-${index}.txt`), noise());
    a.engine.nudge();
    await question(a);
    expect(a.issues()).toContainEqual(expect.objectContaining({ kind: 'guard', reason: 'mass_rewrite', subject: '205' }));
    writeFileSync(b.at('from-b.txt'), 'news');
    await b.settle();
    await until(() => existsSync(a.at('from-b.txt')), 'what comes from the server');
    await a.restart();
    writeFileSync(a.at('new-here.txt'), 'waits as well');
    await until(() => a.engine.held !== null && a.engine.plan !== null && !a.engine.working, 'a look after the restart');
    expect(a.engine.halted).toBe('mass_rewrite');
    expect(await versions(a)).toEqual([1]);

    a.engine.answerGuard('restore');
    await a.settle();
    for (let index = 0; index < 210; index += 1) expect(a.read(`notes/note-${index}.txt`)).toBe(plain(index));
    expect(readdirSync(a.at('.hikyaku-sync/trash')).length).toBe(205);
    expect(await versions(a)).toEqual([1]);
    await b.settle();
    expect(b.read('new-here.txt')).toBe('waits as well');
  });

  it('is found when it works slowly, and what was sent already is put back on the server', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    fill(a, 'notes', 240);
    await a.settle();
    for (let index = 0; index < 120; index += 1) {
      writeFileSync(a.at(`notes/note-${index}.txt`), noise());
      renameSync(a.at(`notes/note-${index}.txt`), a.at(`notes/note-${index}.txt.locked`));
    }
    await a.settle();
    expect(await versions(a)).toEqual([1, 2]);
    for (let index = 120; index < 225; index += 1) {
      writeFileSync(a.at(`notes/note-${index}.txt.locked`), noise());
      rmSync(a.at(`notes/note-${index}.txt`));
    }
    a.engine.nudge();
    await question(a);
    a.engine.answerGuard('restore');
    await a.settle();
    expect(Object.keys(a.tree('notes')).length).toBe(240);
    for (let index = 0; index < 240; index += 1) expect(a.read(`notes/note-${index}.txt`)).toBe(plain(index));
  });

  it('is no program of that kind when a person says so, and nothing is asked twice', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    fill(a, 'notes', 210);
    await a.settle();
    for (let index = 0; index < 205; index += 1) writeFileSync(a.at(`notes/note-${index}.txt`), noise());
    a.engine.nudge();
    await question(a);
    a.engine.answerGuard('proceed');
    await a.settle();
    expect(await versions(a)).toEqual([1, 2]);
    for (let index = 0; index < 205; index += 1) writeFileSync(a.at(`notes/note-${index}.txt`), noise());
    await a.settle();
    expect(await versions(a)).toEqual([1, 3]);
  });

  it('is not suspected where many texts are written anew as texts', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    fill(a, 'notes', 210);
    await a.settle();
    for (let index = 0; index < 210; index += 1) writeFileSync(a.at(`notes/note-${index}.txt`), plain(index + 1_000));
    await a.settle();
    expect(await versions(a)).toEqual([2]);
  });
});

describe('a deletion', () => {
  it('of everything is asked about, however little that was, and an answer counts for what it was given for', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    fill(a, 'first', 60);
    fill(a, 'second', 60);
    await a.settle();
    rmSync(a.at('first'), { recursive: true });
    a.engine.nudge();
    await until(() => a.engine.halted === 'mass_delete', 'the question');
    a.engine.answerGuard('proceed');
    await a.settle();
    rmSync(a.at('second'), { recursive: true });
    a.engine.nudge();
    await until(() => a.engine.halted === 'mass_delete', 'the second question');
    expect(a.engine.asked).toEqual({ files: 60, side: 'there' });
    a.engine.answerGuard('restore');
    await a.settle();
    expect(Object.keys(a.tree('second')).length).toBe(60);

    const { name: small } = await drive();
    const b = await device('tanaka', small);
    fill(b, 'few', 12);
    await b.settle();
    rmSync(b.at('few'), { recursive: true });
    b.engine.nudge();
    await until(() => b.engine.halted === 'mass_delete', 'the question');
    expect((await b.server['drive.changes']({ spaceId: b.space.id, cursor: null })).nodes.filter(({ trashed }) => trashed)).toEqual([]);
  });

  it('is taken back when another file takes the name within a moment: it keeps its versions', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    writeFileSync(a.at('report.txt'), 'first');
    await a.settle();
    const id = [...a.engine.store.synced.values()].find((row) => row.name === 'report.txt')!.id;
    renameSync(a.at('report.txt'), join(mkdtempSync(join(tmpdir(), 'hikyaku-away-')), 'report.txt'));
    a.engine.nudge();
    await until(() => a.engine.store.local.get(id) === undefined, 'the absence to be seen');
    writeFileSync(a.at('report.txt'), 'second');
    await a.settle();
    const { versions: kept } = await a.server['drive.versions']({ nodeId: id });
    expect(kept.map(({ version }) => version).sort((x, y) => x - y)).toEqual([1, 2]);
    expect(a.calls.filter((call) => call === 'drive.mutate').length).toBe(2);
  });
});

describe('a root', () => {
  it('is left alone while another volume lies over it, and taken anew afterwards', async () => {
    const { name } = await drive();
    const a = await device('sato', name);
    await a.settle();
    const { held } = a.engine;
    const files = {
      ...nodeDisk.files,
      lstat: (path: string) => {
        const stats = nodeDisk.files.lstat(path);
        return stats === undefined ? undefined : Object.assign(Object.create(stats) as typeof stats, { dev: stats.dev + 1n });
      },
    };
    const other = { ...held!, context: { ...held!.context, disk: { identity: () => `9${held!.identity}` } as never } };
    expect(heldTrouble(a.engine.record, a.engine.store, {}, held!)).toBe(null);
    expect(heldTrouble(a.engine.record, a.engine.store, { disk: { ...nodeDisk, files } }, other)).toBe('root_replaced');
    renameSync(a.folder, `${a.folder}-away`);
    a.engine.nudge();
    await until(() => a.engine.halted === 'root_missing' && a.engine.held === null, 'the halt');
    renameSync(`${a.folder}-away`, a.folder);
    await a.settle();
    expect(a.engine.held).not.toBe(null);
    writeFileSync(a.at('heard.txt'), 'by the watcher that was begun anew');
    await until(() => [...a.engine.store.synced.values()].some((row) => row.name === 'heard.txt'), 'the hint');
  });

  it('in which only reading is allowed gets back what was deleted or moved, and keeps what was written', async () => {
    const { id, name } = await drive();
    const [a, b] = [await device('sato', name), await device('tanaka', name)];
    mkdirSync(a.at('plans'));
    for (const file of ['deleted.txt', 'moved.txt', 'edited.txt']) writeFileSync(a.at(`plans/${file}`), file);
    await a.settle();
    await b.settle();
    await asAdministrator(server.url, async (calls) => {
      const { members } = await calls['member.list']({});
      const of = (email: string): string => members.find((member) => JSON.stringify(member).includes(email))!.id;
      return calls['space.setMembers']({
        spaceId: id,
        members: [
          { member: of('sato'), permission: 'edit' },
          { member: of('tanaka'), permission: 'read' },
        ],
      });
    });
    for (const writable of [true, false]) {
      b.engine.report.writable = writable;
      rmSync(b.at('plans/deleted.txt'), { force: true });
      if (existsSync(b.at('plans/moved.txt'))) renameSync(b.at('plans/moved.txt'), b.at('elsewhere.txt'));
      writeFileSync(b.at('plans/edited.txt'), `mine ${writable}`);
      writeFileSync(b.at('mine.txt'), 'new here');
      b.engine.nudge();
      await until(() => existsSync(b.at('plans/deleted.txt')) && existsSync(b.at('plans/moved.txt')), `what was there (${writable})`);
      await until(() => b.issues().filter(({ reason }) => reason === 'permission_missing').length === 2, 'what is listed');
      expect(
        b
          .issues()
          .map(({ path, reason }) => `${reason} ${path}`)
          .sort(),
      ).toEqual(['permission_missing mine.txt', 'permission_missing plans/edited.txt']);
      expect([b.read('plans/edited.txt'), b.read('mine.txt')]).toEqual([`mine ${writable}`, 'new here']);
      expect(existsSync(b.at('elsewhere.txt'))).toBe(false);
    }
    await a.settle();
    expect(a.tree('plans')).toEqual({
      'plans/deleted.txt': 'deleted.txt',
      'plans/edited.txt': 'edited.txt',
      'plans/moved.txt': 'moved.txt',
    });
  });

  it('whose drive is full parks only what grows, says so, and goes on when there is room', async () => {
    const { id, name } = await drive({ quotaBytes: 50_000 });
    const [a, b] = [await device('sato', name), await device('tanaka', name)];
    writeFileSync(a.at('small.bin'), randomBytes(20_000));
    writeFileSync(a.at('other.bin'), randomBytes(10_000));
    await a.settle();
    await b.settle();
    writeFileSync(a.at('large.bin'), randomBytes(40_000));
    writeFileSync(a.at('tiny.bin'), randomBytes(500));
    rmSync(a.at('other.bin'));
    writeFileSync(b.at('from-b.bin'), randomBytes(600));
    b.engine.nudge();
    a.engine.nudge();
    await until(() => a.issues().some(({ reason }) => reason === 'quota_exceeded'), 'the reason');
    await until(() => existsSync(b.at('tiny.bin')) && !existsSync(b.at('other.bin')) && existsSync(a.at('from-b.bin')), 'everything else');
    expect(a.issues()).toMatchObject([{ kind: 'failed', reason: 'quota_exceeded', path: 'large.bin' }]);
    const now = 1_000_000;
    expect(queueOf(a.engine, now, 10)).toMatchObject({
      total: 1,
      items: [{ path: 'large.bin', way: 'up', state: 'retrying', reason: 'quota_exceeded', sizeBytes: 40_000 }],
    });
    expect(queueOf(a.engine, now, 10).items[0]!.nextTryAt).toBeGreaterThan(now + 5 * 60_000);
    await asAdministrator(server.url, (calls) => calls['space.update']({ spaceId: id, quotaBytes: 500_000 }));
    a.engine.nudge();
    await a.settle();
    await until(() => existsSync(b.at('large.bin')), 'what did not fit before');
    expect(readFileSync(b.at('large.bin')).equals(readFileSync(a.at('large.bin')))).toBe(true);
  });
});
