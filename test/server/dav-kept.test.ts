import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { systemClock } from '../../server/store/system-clock.ts';
import { davMember, davOffice, myDrive, type DavOffice } from '../support/dav-client.ts';
import { valueOf } from '../support/raw-files.ts';

/** Time stands still: what is refused here is refused because of what changed, not because something grew old. */
const still: Clock = { now: () => 1_790_000_000_000, monotonic: () => 1_000, after: systemClock.after };
let office: DavOffice;
beforeAll(async () => {
  office = await davOffice({ clock: still });
});
afterAll(() => office.close());
let undo: object | null = null;
afterEach(async () => {
  if (undo !== null) await valueOf(office.admin, 'policy.set', { patch: undo });
  undo = null;
});

const listing = { headers: { depth: '1' } };
const kept = `${myDrive}/kept.txt`;

test('a password that was taken away, a suspension, and a rule are in force with the very next request', async () => {
  const { dav, client, made } = await davMember(office, 'sato');
  expect(await dav.status('PUT', kept, { body: 'one' })).toBeLessThan(300);
  const asked = async (): Promise<number[]> => [await dav.status('GET', kept), await dav.status('PROPFIND', `${myDrive}/`, listing)];
  expect(await asked()).toEqual([200, 207]);
  expect(await asked()).toEqual([200, 207]);

  undo = { network: { mode: 'all' } };
  await valueOf(office.admin, 'policy.set', { patch: { network: { mode: 'designated', ranges: ['203.0.113.0/24'] } } });
  expect(await asked()).toEqual([403, 403]);
  await valueOf(office.admin, 'policy.set', { patch: undo });
  expect(await asked()).toEqual([200, 207]);

  const member = office.services.database.updateTable('members').where('member_id', '=', 'sato');
  await member.set({ state: 'suspended' }).execute();
  expect(await asked()).toEqual([403, 403]);
  await member.set({ state: 'active' }).execute();
  expect(await asked()).toEqual([200, 207]);

  await valueOf(client, 'appPassword.remove', { id: made.id });
  expect(await asked()).toEqual([401, 401]);
  undo = null;
});

test('a folder that is not shared any more is gone with the very next request, and what lies in it', async () => {
  const { dav, client } = await davMember(office, 'sato');
  const other = await davMember(office, 'tanaka');
  expect(await dav.status('MKCOL', `${myDrive}/given`)).toBe(201);
  expect(await dav.status('PUT', `${myDrive}/given/a.txt`, { body: 'a' })).toBe(201);
  const { spaces } = await valueOf<{ spaces: { kind: string; rootId: string }[] }>(client, 'drive.spaces');
  const { nodes } = await valueOf<{ nodes: { id: string; name: string }[] }>(client, 'drive.children', {
    folderId: spaces.find(({ kind }) => kind === 'my')!.rootId,
  });
  const folderId = nodes.find(({ name }) => name === 'given')!.id;
  await valueOf(client, 'drive.setPermissions', { folderId, members: [{ member: 'member-tanaka', permission: 'read' }] });
  for (let round = 0; round < 2; round += 1) {
    expect((await other.dav.send('GET', '/dav/given/a.txt')).text).toBe('a');
    expect((await other.dav.send('PROPFIND', '/dav/given/', listing)).text).toContain('a.txt');
  }
  await valueOf(client, 'drive.setPermissions', { folderId, members: [] });
  expect(await other.dav.status('GET', '/dav/given/a.txt')).toBe(404);
  expect(await other.dav.status('PROPFIND', '/dav/given/', listing)).toBe(404);
  expect((await dav.send('GET', `${myDrive}/given/a.txt`)).text).toBe('a');
});

test('what was written is read with the very next request, under its name and in its folder’s listing', async () => {
  const { dav } = await davMember(office, 'sato');
  const at = `${myDrive}/place`;
  expect(await dav.status('MKCOL', at)).toBe(201);
  for (const text of ['first', 'second', 'third']) {
    expect(await dav.status('PUT', `${at}/x.txt`, { body: text })).toBeLessThan(300);
    const first = await dav.send('GET', `${at}/x.txt`);
    expect([first.text, (await dav.send('GET', `${at}/x.txt`)).text]).toEqual([text, text]);
    expect((await dav.send('PROPFIND', `${at}/`, listing)).text).toContain(first.headers.etag!);
    expect((await dav.send('GET', `${at}/x.txt`, { headers: { range: 'bytes=1-2' } })).text).toBe(text.slice(1, 3));
  }
  expect(await dav.status('PUT', `${at}/y.txt`, { body: 'y' })).toBe(201);
  expect((await dav.send('PROPFIND', `${at}/`, listing)).text).toContain('y.txt');
  expect(await dav.status('MOVE', at, { headers: { destination: `${office.url}${myDrive}/elsewhere` } })).toBe(201);
  expect(await dav.status('GET', `${at}/x.txt`)).toBe(404);
  expect((await dav.send('GET', `${myDrive}/elsewhere/x.txt`)).text).toBe('third');
  expect((await dav.send('PROPFIND', `${myDrive}/elsewhere/`, listing)).text).toContain('/elsewhere/y.txt');
  expect(await dav.status('DELETE', `${myDrive}/elsewhere/y.txt`)).toBe(204);
  expect((await dav.send('PROPFIND', `${myDrive}/elsewhere/`, listing)).text).not.toContain('y.txt');
});

test('what lies in memory is judged and written down like everything else', async () => {
  const { dav } = await davMember(office, 'sato');
  undo = { blockedExtensions: { drive: [] }, files: { downloadLog: false } };
  expect(await dav.status('PUT', `${myDrive}/tool.zap`, { body: 'zap' })).toBe(201);
  expect((await dav.send('GET', `${myDrive}/tool.zap`)).text).toBe('zap');
  await valueOf(office.admin, 'policy.set', { patch: { files: { downloadLog: true } } });
  expect((await dav.send('GET', `${myDrive}/tool.zap`)).text).toBe('zap');
  const noted = await office.services.database.selectFrom('download_log').select('name').execute();
  expect(noted.map(({ name }) => name)).toEqual(['tool.zap']);
  await valueOf(office.admin, 'policy.set', { patch: { blockedExtensions: { drive: ['zap'] } } });
  expect((await dav.send('GET', `${myDrive}/tool.zap`)).text).toContain('extension_blocked');
});
