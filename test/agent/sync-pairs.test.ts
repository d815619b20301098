import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Space } from '#shared/model/drive.ts';
import { setRules } from './support/administrator.ts';
import { newPlace, SyncDesk } from './support/sync-desk.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

let server: ServerProcess;
let desk: SyncDesk;
let my: Space;
let shared: Space;

beforeAll(async () => {
  server = await startServerProcess();
  await setRules(server.url, { drive: { createSharedDrives: 'members' } });
  desk = await SyncDesk.open(server.url, { member: 'sato', graceMilliseconds: 50 });
  my = await desk.space('my');
  shared = await desk.space('営業');
});
afterEach(async () => {
  await desk.sync['sync.removeAccount']({ accountId: desk.accountId });
  for (const { rootId } of (await desk.sync['sync.roots']({})).roots) await desk.sync['sync.removeRoot']({ rootId });
});
afterAll(async () => {
  expect(desk?.bugs).toEqual([]);
  await desk?.close();
  await server?.close();
});

const listed = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.includes('.hikyaku-sync'))
    .sort();
async function folderThere(parentId: string, name: string, space = my): Promise<string> {
  const id = randomUUID();
  const mutation = { key: randomUUID(), kind: 'create_folder', id, parentId, name } as const;
  await desk.server['drive.mutate']({ spaceId: space.id, mutations: [mutation] });
  return id;
}
const move = (nodeId: string, parentId: string, name: string) =>
  desk.server['drive.mutate']({ spaceId: my.id, mutations: [{ key: randomUUID(), kind: 'move', nodeId, parentId, name }] });
const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: { details?: unknown }) => error.details,
  );

describe('a pair of a Drive folder and a folder here', () => {
  it('holds that folder alone, and follows what is moved into and out of it', async () => {
    const [top, beside] = [await folderThere(my.rootId, randomUUID()), await folderThere(my.rootId, randomUUID())];
    const [inside, outside] = [await folderThere(top, 'inside'), await folderThere(beside, 'outside')];
    await folderThere(outside, 'deep');
    const folder = newPlace();
    const rootId = await desk.add(my.id, folder, { driveFolderId: top });
    await desk.rest(rootId);
    expect(listed(folder)).toEqual(['inside']);
    writeFileSync(join(folder, 'inside', 'kept.txt'), 'first');
    writeFileSync(join(folder, 'inside', 'same.txt'), 'same');
    await desk.rest(rootId);
    await move(outside, top, 'came');
    await desk.rest(rootId);
    expect(listed(folder)).toEqual(['came', 'came/deep', 'inside', 'inside/kept.txt', 'inside/same.txt']);
    await desk.sync['sync.pause']({ rootId });
    writeFileSync(join(folder, 'inside', 'kept.txt'), 'changed here');
    await move(inside, beside, 'went');
    await desk.sync['sync.resume']({ rootId });
    await desk.rest(rootId);
    expect(listed(folder)).toEqual(['came', 'came/deep', 'inside', 'inside/kept.txt']);
    const there = (await desk.server['drive.children']({ folderId: inside })).nodes.map((node) => node.name).sort();
    expect(there).toEqual(['kept.txt', 'same.txt']);
    const shown = await desk.root(rootId, () => true);
    expect(shown).toMatchObject({ driveFolderId: top, files: 1 });
    await move(top, beside, 'renamed');
    await desk.rest(rootId);
    expect((await desk.root(rootId, () => true)).drivePath).toMatch(/\/renamed$/);
  });

  it('is refused where another pair has that part of the space, or the rules say no (EXP-02, EXP-04, EXP-05)', async () => {
    const top = await folderThere(my.rootId, randomUUID());
    const below = await folderThere(top, 'below');
    const rootId = await desk.add(my.id, newPlace(), { driveFolderId: top });
    expect(await reasonOf(desk.add(my.id, newPlace(), { driveFolderId: top }))).toEqual({ reason: 'space_in_use' });
    expect(await reasonOf(desk.add(my.id, newPlace(), { driveFolderId: below }))).toMatchObject({ reason: 'drive_folder_nested' });
    expect(await reasonOf(desk.add(my.id, newPlace()))).toMatchObject({ reason: 'drive_folder_nested' });
    await desk.sync['sync.removeRoot']({ rootId });
    await desk.add(my.id, newPlace(), { driveFolderId: below });
    expect(await reasonOf(desk.add(my.id, newPlace(), { driveFolderId: top }))).toMatchObject({ reason: 'drive_folder_nested' });
    await expect(desk.add(my.id, newPlace(), { driveFolderId: shared.rootId })).rejects.toMatchObject({ code: 'not_found' });
    await setRules(server.url, { sync: { mostPairs: 1, mostPcs: 1 } });
    const other = await SyncDesk.open(server.url, { member: 'sato' });
    try {
      await expect
        .poll(() => reasonOf(desk.add(shared.id, newPlace())), { timeout: 10_000 })
        .toEqual({ reason: 'too_many_roots', subject: '1' });
      expect(await reasonOf(other.add(shared.id, newPlace()))).toEqual({ reason: 'too_many_pcs', subject: '1' });
      const { most, pcs } = await other.sync['sync.pcs']({ accountId: other.accountId });
      expect([most, pcs.map(({ current }) => current)]).toEqual([1, [false]]);
      await other.sync['sync.withdrawPc']({ accountId: other.accountId, deviceId: pcs[0]!.deviceId });
      const taken = await other.add(shared.id, newPlace());
      await other.rest(taken);
      const [own] = (await desk.sync['sync.roots']({})).roots;
      await desk.root(own!.rootId, ({ halted, state }) => halted === 'too_many_pcs' && state === 'attention');
      await setRules(server.url, { sync: { mostPairs: 0, mostPcs: 0 } });
      await desk.service.refresh(desk.accountId);
      await desk.rest(own!.rootId);
    } finally {
      await other.close();
      await setRules(server.url, { sync: { mostPairs: 0, mostPcs: 0 } });
    }
  });

  it('says before it is made what it would do, and does nothing', async () => {
    const top = await folderThere(my.rootId, randomUUID());
    const folder = newPlace();
    for (const [name, text] of Object.entries({ 'equal.txt': '1', 'other.txt': '22', 'there.txt': '333' }))
      writeFileSync(join(folder, name), text);
    const rootId = await desk.add(my.id, folder, { driveFolderId: top });
    await desk.rest(rootId);
    await desk.sync['sync.removeRoot']({ rootId });
    rmSync(join(folder, 'there.txt'));
    writeFileSync(join(folder, 'other.txt'), 'xx');
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new', 'here.txt'), '4444');
    const ask = { accountId: desk.accountId, spaceId: my.id, driveFolderId: top, handle: `h${folder}` };
    const expected = { down: 1, downBytes: 3, up: 1, upBytes: 4, equal: 1, differing: 1 };
    expect(await desk.sync['sync.preview'](ask)).toMatchObject(expected);
    expect(await desk.sync['sync.preview']({ ...ask, keep: 'online_only' })).toMatchObject({ ...expected, down: 0, downBytes: 0 });
    expect(await reasonOf(desk.sync['sync.preview']({ ...ask, handle: 'h/usr/lib' }))).toEqual({ reason: 'place_is_system' });
    expect((await desk.sync['sync.roots']({})).roots).toEqual([]);
  });
});

describe('a pair ends, and what it brought stays (EXP-06)', () => {
  const paired = async (): Promise<{ top: string; folder: string; rootId: string }> => {
    const top = await folderThere(my.rootId, randomUUID());
    const folder = newPlace();
    const rootId = await desk.add(my.id, folder, { driveFolderId: top });
    writeFileSync(join(folder, 'kept.txt'), 'kept');
    await desk.rest(rootId);
    return { top, folder, rootId };
  };
  const ended = async (rootId: string): Promise<string | null> =>
    (await desk.root(rootId, ({ halted }) => halted !== null && halted !== 'root_missing' && halted !== 'access_lost')).halted;

  it('when the Drive folder is deleted', async () => {
    const { top, folder, rootId } = await paired();
    await desk.server['drive.mutate']({ spaceId: my.id, mutations: [{ key: randomUUID(), kind: 'delete', nodeId: top, baseVersion: 0 }] });
    expect(await ended(rootId)).toBe('drive_folder_deleted');
    expect(readFileSync(join(folder, 'kept.txt'), 'utf8')).toBe('kept');
    const { issues } = await desk.sync['sync.issues']({ rootId });
    expect(issues).toMatchObject([{ kind: 'guard', reason: 'drive_folder_deleted' }]);
  });

  it('when the folder here is renamed, and nothing is deleted on the server', async () => {
    const { top, folder, rootId } = await paired();
    renameSync(folder, `${folder}-renamed`);
    desk.service.engine(rootId).nudge();
    expect(await ended(rootId)).toBe('folder_deleted');
    expect((await desk.server['drive.children']({ folderId: top })).nodes).toHaveLength(1);
    expect(existsSync(join(`${folder}-renamed`, 'kept.txt'))).toBe(true);
    await desk.sync['sync.removeRoot']({ rootId });
    expect(await desk.add(my.id, `${folder}-renamed`, { driveFolderId: top })).toEqual(expect.any(String));
  });

  it('not when the disk is gone with all that the folder lay in', async () => {
    const top = await folderThere(my.rootId, randomUUID());
    const disk = newPlace();
    mkdirSync(join(disk, 'folder'));
    const rootId = await desk.add(my.id, join(disk, 'folder'), { driveFolderId: top });
    writeFileSync(join(disk, 'folder', 'kept.txt'), 'kept');
    await desk.rest(rootId);
    renameSync(disk, `${disk}-unplugged`);
    mkdirSync(disk);
    desk.service.engine(rootId).nudge();
    await desk.root(rootId, ({ halted }) => halted === 'root_missing');
    rmSync(disk, { recursive: true });
    renameSync(`${disk}-unplugged`, disk);
    await desk.rest(rootId);
    expect((await desk.root(rootId, () => true)).halted).toBeNull();
  });

  it('when the right to edit is lost, or the drive is another pair’s part now', async () => {
    const { space } = await desk.server['drive.createShared']({ name: randomUUID(), members: [] });
    const folder = newPlace();
    const rootId = await desk.add(space.id, folder);
    await desk.rest(rootId);
    const [me] = (await desk.server['drive.properties']({ spaceId: space.id })).masters;
    const other = (await desk.server['directory.list']({})).members.find(({ id }) => id !== me)!;
    const given = { masters: [other.id], members: [{ member: me!, permission: 'read' as const }] };
    await desk.server['drive.setProperties']({ spaceId: space.id, ...given });
    expect(await ended(rootId)).toBe('edit_right_lost');
    const outer = await folderThere(my.rootId, randomUUID());
    const inner = await folderThere(my.rootId, randomUUID());
    await desk.add(my.id, newPlace(), { driveFolderId: outer });
    const second = await desk.add(my.id, newPlace(), { driveFolderId: inner });
    await desk.rest(second);
    await move(inner, outer, 'inner');
    expect(await ended(second)).toBe('drive_folder_nested');
  });
});

describe('the whole account', () => {
  it('has a folder for each drive, new ones and renamed ones too; files come when they are opened, and stay when the mode ends', async () => {
    const place = newPlace();
    await desk.sync['sync.addAccount']({ accountId: desk.accountId, handle: `h${place}`, keep: 'online_only' });
    expect((await desk.sync['sync.roots']({})).whole).toMatchObject([{ accountId: desk.accountId, folder: place, keep: 'online_only' }]);
    const roots = async () => (await desk.sync['sync.roots']({})).roots;
    for (const { rootId } of await roots()) await desk.rest(rootId);
    expect(readdirSync(place)).toEqual(expect.arrayContaining(['マイドライブ', '営業']));
    expect((await roots()).every(({ whole, keep }) => whole && keep === 'online_only')).toBe(true);
    expect(listed(join(place, '営業'))).toEqual([]);
    const name = randomUUID();
    const { space } = await desk.server['drive.createShared']({ name, members: [] });
    await expect.poll(() => readdirSync(place), { timeout: 10_000 }).toContain(name);
    const made = (await roots()).find(({ spaceId }) => spaceId === space.id)!;
    await desk.rest(made.rootId);
    writeFileSync(join(made.folder, 'mine.txt'), 'mine');
    await desk.rest(made.rootId);
    await desk.server['drive.setProperties']({ spaceId: space.id, name: `${name}-b` });
    await expect.poll(() => readdirSync(place), { timeout: 10_000 }).toContain(`${name}-b`);
    await desk.rest(made.rootId);
    const there = (await desk.server['drive.children']({ folderId: space.rootId })).nodes.map((node) => node.name);
    expect(there).toEqual(['mine.txt']);
    const again = await reasonOf(desk.sync['sync.addAccount']({ accountId: desk.accountId, handle: `h${newPlace()}`, keep: 'always' }));
    expect(again).toEqual({ reason: 'account_in_use' });
    await desk.sync['sync.removeAccount']({ accountId: desk.accountId });
    expect(await roots()).toEqual([]);
    expect(readFileSync(join(place, `${name}-b`, 'mine.txt'), 'utf8')).toBe('mine');
    expect(dirname(join(place, `${name}-b`))).toBe(place);
  });
});
