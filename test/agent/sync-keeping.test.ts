import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SyncKeep } from '#shared/contract/sync-keeping.ts';
import type { Mutation, Space } from '#shared/model/drive.ts';
import { newPlace, SyncDesk } from './support/sync-desk.ts';
import { freeFiles } from '../../electron/agent/sync/free-files.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

let server: ServerProcess;
let desk: SyncDesk;
let settings = { freeAfterDays: 0, freeBelowGiB: 0 };
let ahead = 0;
let space: Space;
/** A second PC that has everything: what it holds is on the server. */
let other: SyncDesk;
let otherFolder: string;
let otherRoot: string;

beforeAll(async () => {
  server = await startServerProcess();
  desk = await SyncDesk.open(server.url, { member: 'sato', freeSettings: () => Promise.resolve(settings), ahead: () => ahead });
  other = await SyncDesk.open(server.url, { member: 'sato' });
  space = await desk.space('my');
  otherFolder = newPlace();
  otherRoot = await other.add(space.id, otherFolder);
  await other.rest(otherRoot);
});
afterEach(async () => {
  for (const { rootId } of (await desk.sync['sync.roots']({})).roots) await desk.sync['sync.removeRoot']({ rootId });
});
afterAll(async () => {
  expect([desk?.bugs, other?.bugs]).toEqual([[], []]);
  await desk?.close();
  await other?.close();
  await server?.close();
});

const listed = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.hikyaku-sync'))
    .sort();
type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;
const mutate = async (draft: Draft) => {
  const { results } = await desk.server['drive.mutate']({ spaceId: space.id, mutations: [{ ...draft, key: randomUUID() } as Mutation] });
  expect(results.map(({ kind }) => kind)).toEqual(['applied']);
};
/** A folder of the test's own, by its id, with files that the other PC has put there. */
async function given(files: Record<string, string>): Promise<{ name: string; id: (path: string) => Promise<string> }> {
  const name = `t-${randomUUID().slice(0, 8)}`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(otherFolder, name, path, '..'), { recursive: true });
    writeFileSync(join(otherFolder, name, path), text);
  }
  await other.rest(otherRoot);
  const child = async (parentId: string, wanted: string) =>
    (await desk.server['drive.children']({ folderId: parentId })).nodes.find((node) => node.name === wanted)!.id;
  const id = async (path: string): Promise<string> => {
    let at = space.rootId;
    for (const part of [name, ...path.split('/').filter((one) => one !== '')]) at = await child(at, part);
    return at;
  };
  return { name, id };
}
async function thereFiles(id: string): Promise<string[]> {
  return (await desk.server['drive.children']({ folderId: id })).nodes.map((node) => node.name).sort();
}
/** The same space on this PC, online-only unless said otherwise. */
async function paired(keep: SyncKeep = 'online_only'): Promise<{ rootId: string; folder: string }> {
  const folder = newPlace();
  const rootId = await desk.add(space.id, folder, { keep });
  await desk.rest(rootId);
  return { rootId, folder };
}
const where = () => ({ accountId: desk.accountId, spaceId: space.id });
const keep = (nodeIds: string[], decision: SyncKeep) => desk.sync['sync.keep']({ ...where(), nodeIds, keep: decision });
const states = async (parentId: string): Promise<Record<string, string>> => {
  const { states: found, covered } = await desk.sync['sync.nodeStates']({ ...where(), parentId });
  expect(covered).toBe(true);
  const names = new Map((await desk.server['drive.children']({ folderId: parentId })).nodes.map((node) => [node.id, node.name]));
  return Object.fromEntries(found.map(({ nodeId, state }) => [names.get(nodeId), state]));
};

describe('online-only files (EXP-07)', () => {
  it('are not on the disk, come when they are opened, and go up when they are saved then', async () => {
    const test = await given({ 'a.txt': 'first', 'deep/b.txt': 'second' });
    const { rootId, folder } = await paired();
    expect(listed(folder)).toEqual([]);
    expect((await desk.root(rootId, () => true)).onlineOnlyFiles).toBeGreaterThan(1);
    expect(await states(await test.id(''))).toEqual({ 'a.txt': 'online_only', deep: 'online_only' });
    expect(await desk.sync['sync.openNode']({ ...where(), nodeId: await test.id('deep/b.txt') })).toEqual({ opened: true });
    const place = join(folder, test.name, 'deep/b.txt');
    expect(desk.opened.at(-1)).toBe(place);
    expect(listed(folder)).toEqual([test.name, `${test.name}/deep`, `${test.name}/deep/b.txt`]);
    expect(await states(await test.id(''))).toEqual({ 'a.txt': 'online_only', deep: 'temporary' });
    expect(await states(space.rootId)).toMatchObject({ [test.name]: 'mixed' });
    writeFileSync(place, 'saved by a program');
    await desk.rest(rootId);
    await other.rest(otherRoot);
    expect(readFileSync(join(otherFolder, test.name, 'deep/b.txt'), 'utf8')).toBe('saved by a program');
  });

  it('come and go as a person decides, folders with all in them, without any change on the server', async () => {
    const test = await given({ 'a.txt': '1', 'in/b.txt': '22', 'in/c.txt': '333' });
    const { rootId, folder } = await paired();
    const before = (await desk.space('my')).sequence;
    expect(await keep([await test.id('in')], 'always')).toMatchObject({ freedFiles: 0, kept: [] });
    await desk.rest(rootId);
    expect(listed(join(folder, test.name))).toEqual(['in', 'in/b.txt', 'in/c.txt']);
    expect(await states(await test.id(''))).toEqual({ 'a.txt': 'online_only', in: 'always' });
    expect(await keep([await test.id('in/b.txt')], 'online_only')).toEqual({ freedFiles: 1, freedBytes: 2, kept: [] });
    await desk.rest(rootId);
    expect(listed(join(folder, test.name))).toEqual(['in', 'in/c.txt']);
    expect(await states(await test.id(''))).toMatchObject({ in: 'mixed' });
    expect(await keep([await test.id('')], 'online_only')).toEqual({ freedFiles: 1, freedBytes: 3, kept: [] });
    await desk.rest(rootId);
    expect(listed(folder)).toEqual([]);
    expect(readdirSync(join(folder, '.hikyaku-sync/trash'))).toEqual([]);
    expect((await desk.space('my')).sequence).toBe(before);
    const { activity } = await desk.sync['sync.activity']({ rootId });
    const freed = activity.filter(({ action }) => action === 'freed').map(({ path }) => path);
    expect(freed.toSorted()).toEqual([`${test.name}/in/b.txt`, `${test.name}/in/c.txt`]);
    await desk.sync['sync.setRootKeep']({ rootId, keep: 'always' });
    await desk.rest(rootId);
    expect(existsSync(join(folder, test.name))).toBe(false);
    expect(listed(folder).length).toBeGreaterThan(0);
  });

  it('are freed only as what the server has: what was edited, is open for writing or is new stays, named with its reason, and goes up', async () => {
    const test = await given({ 'edited.txt': 'old', 'open.txt': 'open', 'plain.txt': 'plain' });
    const { rootId, folder } = await paired('always');
    const at = (name: string) => join(folder, test.name, name);
    await desk.sync['sync.pause']({ rootId });
    writeFileSync(at('edited.txt'), 'new and longer');
    writeFileSync(at('new.txt'), 'never sent');
    const handle = openSync(at('open.txt'), 'r+');
    const { kept, ...freed } = await keep([await test.id('')], 'online_only');
    closeSync(handle);
    expect(freed).toEqual({ freedFiles: 1, freedBytes: 5 });
    expect(kept.map(({ path, reason }) => `${path.split('/').at(-1)} ${reason}`).sort()).toEqual([
      'edited.txt not_uploaded',
      'new.txt not_uploaded',
      'open.txt in_use',
    ]);
    expect(listed(join(folder, test.name))).toEqual(['edited.txt', 'new.txt', 'open.txt']);
    await desk.sync['sync.resume']({ rootId });
    await desk.rest(rootId);
    await other.rest(otherRoot);
    expect(listed(join(otherFolder, test.name))).toEqual(['edited.txt', 'new.txt', 'open.txt', 'plain.txt']);
    expect(readFileSync(join(otherFolder, test.name, 'edited.txt'), 'utf8')).toBe('new and longer');
  });

  it('stay on the server when their folder is deleted here, and go along when it is moved', async () => {
    const test = await given({ 'gone/here.txt': 'h', 'gone/unseen.txt': 'u', 'moved/here.txt': 'h', 'moved/unseen.txt': 'u' });
    const { rootId, folder } = await paired();
    await keep([await test.id('gone/here.txt'), await test.id('moved/here.txt')], 'always');
    await desk.rest(rootId);
    rmSync(join(folder, test.name, 'gone'), { recursive: true });
    renameSync(join(folder, test.name, 'moved'), join(folder, test.name, 'elsewhere'));
    await desk.rest(rootId);
    expect(await thereFiles(await test.id(''))).toEqual(['elsewhere', 'gone']);
    const { activity } = await desk.sync['sync.activity']({ rootId });
    expect(activity).toContainEqual(expect.objectContaining({ action: 'kept_there', path: `${test.name}/gone` }));
    expect(await thereFiles(await test.id('gone'))).toEqual(['unseen.txt']);
    expect(await thereFiles(await test.id('elsewhere'))).toEqual(['here.txt', 'unseen.txt']);
    expect(listed(join(folder, test.name))).toEqual(['elsewhere', 'elsewhere/here.txt']);
  });

  it('are never overwritten by a new thing of their name: equal bytes are one file, others are both kept', async () => {
    const test = await given({ 'equal.txt': 'same', 'other.txt': 'theirs' });
    const { rootId, folder } = await paired();
    const before = await test.id('equal.txt');
    mkdirSync(join(folder, test.name));
    writeFileSync(join(folder, test.name, 'equal.txt'), 'same');
    writeFileSync(join(folder, test.name, 'other.txt'), 'mine');
    await desk.rest(rootId);
    await other.rest(otherRoot);
    expect(await test.id('equal.txt')).toBe(before);
    const copies = listed(join(otherFolder, test.name));
    expect(copies).toEqual(['equal.txt', expect.stringMatching(/^other \(conflict .*\)\.txt$/), 'other.txt']);
    expect(copies.map((name) => readFileSync(join(otherFolder, test.name, name), 'utf8'))).toEqual(['same', 'mine', 'theirs']);
  });

  it('become online-only again by themselves when nobody used them for as long as the settings say, and no other', async () => {
    const test = await given({ 'old.txt': 'o', 'fresh.txt': 'f', 'always.txt': 'a' });
    const { rootId, folder } = await paired();
    const open = async (name: string) => desk.sync['sync.openNode']({ ...where(), nodeId: await test.id(name) });
    await open('old.txt');
    await keep([await test.id('always.txt')], 'always');
    await desk.rest(rootId);
    ahead = 31 * 24 * 3_600_000;
    await open('fresh.txt');
    settings = { freeAfterDays: 30, freeBelowGiB: 0 };
    await desk.service.freeNow();
    expect(listed(join(folder, test.name))).toEqual(['always.txt', 'fresh.txt']);
    settings = { freeAfterDays: 0, freeBelowGiB: 10_000_000 };
    await desk.service.freeNow();
    expect(listed(join(folder, test.name))).toEqual(['always.txt']);
    settings = { freeAfterDays: 0, freeBelowGiB: 0 };
    ahead = 0;
    expect(await thereFiles(await test.id(''))).toEqual(['always.txt', 'fresh.txt', 'old.txt']);
  });

  it('follow a folder of the server out of and into what is here', async () => {
    const test = await given({ 'from/a.txt': '1', 'to/keep.txt': '2' });
    const { rootId, folder } = await paired();
    await keep([await test.id('from/a.txt')], 'always');
    await desk.rest(rootId);
    await mutate({ kind: 'move', nodeId: await test.id('from/a.txt'), parentId: await test.id('to'), name: 'a.txt' });
    await desk.rest(rootId);
    expect(listed(join(folder, test.name))).toEqual(['from', 'to', 'to/a.txt']);
    expect(existsSync(join(folder, test.name, 'to/a.txt'))).toBe(true);
  });

  it('survive a crash in the middle of freeing: what was untouched is freed, what was written to in that moment comes back and goes up', async () => {
    const test = await given({ 'plain.txt': 'plain', 'written.txt': 'first' });
    const state = newPlace();
    const folder = newPlace();
    let own = await SyncDesk.open(server.url, { member: 'sato', state });
    const rootId = await own.add(space.id, folder, { keep: 'online_only' });
    await own.rest(rootId);
    const [plain, written] = [await test.id('plain.txt'), await test.id('written.txt')];
    for (const nodeId of [plain, written]) await own.sync['sync.openNode']({ ...where(), accountId: own.accountId, nodeId });
    await own.rest(rootId);
    const crash = own.service.engine(rootId).order((context) =>
      freeFiles(
        context,
        [context.store.local.get(plain)!, context.store.local.get(written)!],
        () => true,
        (trash) => {
          const aside = readdirSync(trash).find((name) => name.endsWith('written.txt'))!;
          appendFileSync(join(trash, aside), ', second');
          throw new Error('The power was cut');
        },
      ),
    );
    await expect(crash).rejects.toThrow('The power was cut');
    expect(listed(join(folder, test.name))).toEqual([]);
    await own.close();
    own = await SyncDesk.open(server.url, { member: 'sato', state });
    await own.rest(rootId);
    expect(readFileSync(join(folder, test.name, 'written.txt'), 'utf8')).toBe('first, second');
    expect(listed(join(folder, test.name))).toEqual(['written.txt']);
    expect(readdirSync(join(folder, '.hikyaku-sync/trash'))).toEqual([]);
    await other.rest(otherRoot);
    expect(listed(join(otherFolder, test.name))).toEqual(['plain.txt', 'written.txt']);
    expect(readFileSync(join(otherFolder, test.name, 'written.txt'), 'utf8')).toBe('first, second');
    await own.close();
  });

  it('are decided by scripts too, and a Drive folder is synced alone', async () => {
    const test = await given({ 'a.txt': '1', 'in/b.txt': '22', 'in/c.txt': '333' });
    const [dir, state, secrets] = [newPlace(), newPlace(), newPlace()];
    writeFileSync(join(secrets, 'password'), demoPassword);
    const run = (...more: string[]): string[] => {
      const who = ['--server', server.url, '--member', 'sato', '--password-file', join(secrets, 'password')];
      const kept = ['--state', state, '--key-file', join(state, 'keys.json')];
      const what = ['--space', space.id, '--drive-folder', test.name, '--dir', dir, ...kept, '--once', '--json', '--states', '/'];
      const out = execFileSync(process.execPath, ['electron/agent/headless.ts', 'sync', ...who, ...what, ...more], { encoding: 'utf8' });
      const line = out.trim().split('\n').at(-1)!;
      return (JSON.parse(line) as { states: { name: string; state: string }[] }).states
        .map(({ name, state: own }) => `${name} ${own}`)
        .toSorted();
    };
    expect(run('--keep', 'online_only')).toEqual(['a.txt online_only', 'in online_only']);
    expect(run('--always', 'in')).toEqual(['a.txt online_only', 'in always']);
    expect(listed(dir)).toEqual(['in', 'in/b.txt', 'in/c.txt']);
    expect(run('--free', 'in/b.txt')).toEqual(['a.txt online_only', 'in mixed']);
    expect(listed(dir)).toEqual(['in', 'in/c.txt']);
    expect(await thereFiles(await test.id('in'))).toEqual(['b.txt', 'c.txt']);
  });
});
