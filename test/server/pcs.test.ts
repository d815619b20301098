import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import type { Pc } from '#shared/contract/pcs.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let admin: RawClient;
beforeAll(async () => {
  running = await startTestServer();
  admin = new RawClient(running.url);
  expect((await admin.login('admin')).status).toBe(200);
});
afterAll(() => running.close());

const reasonOf = ({ body }: RawReply): unknown => body.error?.details?.reason ?? body.error?.code ?? body.ok;
const enrol = async (client: RawClient) => (await client.call('pc.enrol')).body.value as { enrolled: boolean; most: number; pcs: Pc[] };
const loggedIn = async (kind: string): Promise<RawClient> => {
  const client = new RawClient(running.url);
  expect((await client.login('sato', { kind })).status).toBe(200);
  return client;
};

test('a rule limits the PCs of a member; administrators see which sync, and a wipe ends it (EXP-02)', async () => {
  expect((await admin.call('policy.set', { patch: { sync: { mostPcs: 1 } } })).body.ok).toBe(true);
  const [first, second] = [await loggedIn('pc-app'), await loggedIn('drive-explorer')];
  expect(await enrol(first)).toMatchObject({ enrolled: true, most: 1, pcs: [{ name: 'PC-01', current: true }] });
  const refused = await enrol(second);
  expect(refused).toMatchObject({ enrolled: false, pcs: [{ current: false }] });
  const { devices } = (await admin.call('device.list', { member: 'sato' })).body.value as { devices: AdministeredDevice[] };
  expect([devices.length, devices.filter(({ syncSince }) => syncSince !== null).length]).toEqual([2, 1]);
  const withdrawn = await second.call('pc.withdraw', { deviceId: refused.pcs[0]!.deviceId });
  expect(withdrawn.body).toMatchObject({ ok: true, value: { pcs: [] } });
  const listener = await listenAs(first);
  expect((await enrol(second)).enrolled).toBe(true);
  await listener.until(ofType('spaces.changed'));
  listener.socket.terminate();
  expect((await enrol(first)).enrolled).toBe(false);
  const { pcs } = await enrol(second);
  expect((await admin.call('device.wipe', { deviceId: pcs[0]!.deviceId })).body.ok).toBe(true);
  expect((await enrol(first)).pcs).toMatchObject([{ current: true }]);
  const { entries } = (await admin.call('audit.search', { target: pcs[0]!.deviceId })).body.value as {
    entries: { action: string; result: string }[];
  };
  expect(entries.map(({ action, result }) => `${action} ${result}`)).toEqual(
    expect.arrayContaining(['pc.enrol denied', 'pc.enrol success']),
  );
});

test('who wants to be logged in once only ends the older login of the same kind of program by a newer one, and no other (EXP-03)', async () => {
  const [app, explorer] = [await loggedIn('pc-app'), await loggedIn('drive-explorer')];
  expect((await app.call('account.singleLogin')).body.value).toEqual({ on: false });
  const beside = await loggedIn('pc-app');
  expect(reasonOf(await app.call('drive.spaces'))).toBe(true);
  expect((await beside.call('account.setSingleLogin', { on: true })).body.value).toEqual({ on: true });
  expect(reasonOf(await app.call('drive.spaces'))).toBe(true);
  const listener = await listenAs(beside);
  const newest = await loggedIn('pc-app');
  expect(await listener.until(ofType('session.ended'))).toMatchObject({ reason: 'logged_in_elsewhere' });
  listener.socket.terminate();
  expect([reasonOf(await newest.call('drive.spaces')), reasonOf(await explorer.call('drive.spaces'))]).toEqual([true, true]);
  expect((await beside.call('drive.spaces')).body.error?.code).toBe('unauthenticated');
  expect(reasonOf(await beside.refresh())).toBe('logged_in_elsewhere');
  expect((await app.call('drive.spaces')).body.error?.code).toBe('unauthenticated');
  await newest.call('account.setSingleLogin', { on: false });
  await loggedIn('pc-app');
  expect(reasonOf(await newest.call('drive.spaces'))).toBe(true);
});
