import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let admin: RawClient;
let sato: RawClient;
beforeAll(async () => {
  running = await startTestServer();
  admin = new RawClient(running.url);
  sato = new RawClient(running.url);
  expect((await admin.login('admin')).status).toBe(200);
  expect((await sato.login('sato')).status).toBe(200);
});
afterAll(() => running.close());

const reasonOf = ({ body }: RawReply): unknown => body.error?.details?.reason ?? body.error?.code ?? body.ok;
const devices = async (filter: object = {}): Promise<AdministeredDevice[]> =>
  ((await admin.call('device.list', filter)).body.value as { devices: AdministeredDevice[] }).devices;

test('devices are listed with whom they belong to, where they were, and what runs there', async () => {
  const [device] = await devices({ member: 'sato' });
  expect(device).toMatchObject({
    memberId: 'member-sato',
    name: 'PC-01',
    appVersion: '0.1.0',
    kinds: ['pc-app'],
    address: '127.0.0.1',
    wipe: 'none',
    openSessions: 1,
  });
  expect(await devices({ text: 'SAT' })).toHaveLength(1);
  expect(await devices({ text: 'nobody' })).toEqual([]);
  expect(await devices({ versionUpTo: '0.0.9' })).toEqual([]);
  expect(await devices({ versionUpTo: '0.1.0' })).toHaveLength(2);
  expect(await devices({ trusted: true })).toEqual([]);
  expect(reasonOf(await sato.call('device.list'))).toBe('role_missing');
});

test('a wiped device hears of it at once, gets no key any more, and may log in again only when it has erased what it held', async () => {
  const [device] = await devices({ member: 'sato' });
  const before = sato.identity!.databaseKey;
  const listener = await listenAs(sato);
  const wiped = await admin.call('device.wipe', { deviceId: device!.id });
  expect(wiped.body).toMatchObject({ ok: true, value: { device: { wipe: 'ordered', openSessions: 0 } } });
  expect(await listener.until(ofType('session.ended'))).toMatchObject({ reason: 'device_wiped' });
  listener.socket.terminate();
  expect(reasonOf(await sato.call('drive.spaces'))).toBe('device_wiped');
  expect(reasonOf(await sato.refresh())).toBe('device_wiped');
  expect(reasonOf(await sato.login('sato'))).toBe('device_wiped');
  const row = await running.services.database
    .selectFrom('devices')
    .select('database_key')
    .where('id', '=', device!.id)
    .executeTakeFirstOrThrow();
  expect(row.database_key).not.toBe(before);

  const stranger = new RawClient(running.url);
  expect((await stranger.call('device.wiped', {}, {}, null)).body.ok).toBe(true);
  expect((await devices({ member: 'sato' }))[0]).toMatchObject({ wipe: 'ordered' });
  expect((await sato.call('device.wiped', {}, {}, null)).body.ok).toBe(true);
  expect((await devices({ member: 'sato' }))[0]).toMatchObject({ wipe: 'done' });
  expect((await sato.login('sato')).status).toBe(200);
  const { entries } = (await admin.call('audit.search', { target: device!.id })).body.value as { entries: { action: string }[] };
  expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['device.wipe', 'device.wiped']));
});

test('an order that was not carried out can be taken back; the supreme administrator’s device is nobody else’s to wipe', async () => {
  const tanaka = new RawClient(running.url);
  await tanaka.login('tanaka');
  const [device] = await devices({ member: 'tanaka' });
  await admin.call('device.wipe', { deviceId: device!.id });
  expect(reasonOf(await admin.call('device.cancelWipe', { deviceId: device!.id }))).toBe(true);
  expect(reasonOf(await admin.call('device.cancelWipe', { deviceId: device!.id }))).toBe('wipe_over');
  // A program that was off all the while must not erase any more.
  expect(reasonOf(await tanaka.refresh())).toBe('session_ended');
  expect((await tanaka.login('tanaka')).status).toBe(200);
  await running.services.database.updateTable('members').set({ role: 'administrator' }).where('member_id', '=', 'tanaka').execute();
  const [supreme] = await devices({ member: 'admin' });
  expect(reasonOf(await tanaka.call('device.wipe', { deviceId: supreme!.id }))).toBe('supreme_protected');
  expect(reasonOf(await admin.call('device.wipe', { deviceId: 'nothing' }))).toBe('device_unknown');
});
