import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventProtocol } from '#shared/contract/events.ts';
import { ClientKind } from '#shared/model/policy.ts';
import { listenTo } from '../support/event-listener.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';
import { signed } from '../support/two-companies.ts';

let running: TestServer;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  running = await startTestServer({ clock });
});
afterAll(() => running.close());

const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || (body.error?.details?.reason ?? body.error?.code)];
const loggedIn = async (member = 'sato', kind = 'pc-app'): Promise<RawClient> => {
  const client = new RawClient(running.url);
  expect(outcome(await client.login(member, { kind }))).toEqual([200, true]);
  return client;
};
const audited = async (action: string): Promise<{ actor_id: string | null; target: string | null; result: string; details: unknown }[]> => {
  const rows = await running.services.database
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', action)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as unknown }));
};

test('a header of another kind than the session’s ends in 401 and a line in the log, wherever it is sent, and for any kind', async () => {
  const page = new PageClient(running.url);
  await page.login('sato');
  const clients: readonly [string, RawClient][] = [
    ['pc-app', await loggedIn('sato', 'pc-app')],
    ['drive-explorer', await loggedIn('sato', 'drive-explorer')],
  ];
  const forged = [...ClientKind.options, 'PC-APP', 'browser, pc-app', 'admin'];
  for (const [kind, client] of clients) {
    for (const said of forged.filter((other) => other !== kind)) {
      const before = (await audited('session.forged_kind')).length;
      const header = { 'x-hikyaku-kind': said };
      expect([kind, said, ...outcome(await client.call('session.current', {}, header))]).toEqual([kind, said, 401, 'kind_mismatch']);
      const path = '/api/files/x/content';
      const bytes = await fetch(`${client.url}${path}`, { headers: { ...signed(client, 'GET', path), ...header } });
      expect([said, bytes.status]).toEqual([said, 401]);
      const { ticket } = (await client.call('session.ticket')).body.value as { ticket: string };
      const { socket } = listenTo(client.url, [eventProtocol, `ticket.${ticket}`], { 'x-hikyaku-version': '0.1.0', ...header });
      expect(((await once(socket, 'error')) as [Error])[0].message).toContain('401');
      const refused = new RawClient(client.url);
      expect(outcome(await refused.login('sato', { kind, headers: header }))).toEqual([401, 'kind_mismatch']);
      const lines = (await audited('session.forged_kind')).slice(before);
      expect(lines.map(({ actor_id: actor, result, details }) => ({ actor, result, details }))).toEqual(
        Array.from({ length: 3 }, () => ({ actor: 'member-sato', result: 'denied', details: { claimed: said } })),
      );
      expect(
        outcome(await client.call('session.refresh', { refreshToken: client.grant!.refreshToken, resumed: false }, header, null)),
      ).toEqual([401, 'kind_mismatch']);
    }
    expect(outcome(await client.call('session.current', {}, { 'x-hikyaku-kind': kind }))).toEqual([200, true]);
  }
  for (const said of ['pc-app', 'drive-explorer', 'mobile', 'dav']) {
    expect(outcome(await page.call('session.current', {}, { 'x-hikyaku-kind': said }))).toEqual([401, 'kind_mismatch']);
  }
});

test('no way of writing a version gets below the oldest one that the rules allow', async () => {
  const admin = await loggedIn('admin');
  admin.version = '9.0.0';
  const sato = await loggedIn();
  const rule = async (patch: object) => expect(outcome(await admin.call('policy.set', { patch }))).toEqual([200, true]);
  await rule({ minimumVersion: '2.0.0' });
  const low = [
    '',
    ' ',
    '0.1.0',
    '1.99.99',
    '-3.0.0',
    '2',
    '2.0',
    'v2.0.0',
    '２.0.0',
    '2.0.0, 0.1.0',
    '0.1.0, 9.0.0',
    '9e9',
    '1.9.9-9.0.0',
    'NaN',
    '2.0.0.0',
    '99999999999999999999',
    '../9.0.0',
    '2.0.0'.padEnd(50, 'x'),
  ];
  for (const said of low) {
    const header = { 'x-hikyaku-version': said.replace(/[^\u0020-\u007e]/g, '?') };
    expect([said, ...outcome(await sato.call('session.current', {}, header))]).toEqual([said, 426, 'upgrade_required']);
    expect([said, (await new RawClient(running.url).login('sato', { headers: header })).status]).toEqual([said, 426]);
  }
  for (const said of ['2.0.0', '2.0.1', '10.0.0']) {
    expect([said, ...outcome(await sato.call('session.current', {}, { 'x-hikyaku-version': said }))]).toEqual([said, 200, true]);
  }
  await rule({ minimumVersion: null });
});

test('a proof wins once, also when it comes many times at once, and for no other request', async () => {
  const client = await loggedIn();
  const token = client.grant!.accessToken;
  const path = '/api/session.current';
  const dpop = client.proof('POST', path, token);
  const send = () => client.send(path, { authorization: `DPoP ${token}`, dpop }, {});
  const replies = await Promise.all(Array.from({ length: 12 }, send));
  expect(replies.map((reply) => outcome(reply)[1]).filter((result) => result === true)).toHaveLength(1);
  expect(new Set(replies.map((reply) => outcome(reply)[1]))).toEqual(new Set([true, 'proof_replayed']));
  const jti = randomUUID();
  const first = await client.send(path, { authorization: `DPoP ${token}`, dpop: client.proof('POST', path, token, { jti }) }, {});
  expect(outcome(first)).toEqual([200, true]);
  const other = '/api/session.list';
  const again = await client.send(other, { authorization: `DPoP ${token}`, dpop: client.proof('POST', other, token, { jti }) }, {});
  expect(outcome(again)).toEqual([401, 'proof_replayed']);
  const place = '/api/files/x/content';
  const headers = signed(client, 'GET', place);
  const statuses = [];
  for (let turn = 0; turn < 2; turn += 1) statuses.push((await fetch(`${client.url}${place}`, { headers })).status);
  expect(statuses).toEqual([404, 401]);
  // The address counts whole, the query does not; a header that says another method does not count at all.
  const wrong = signed(client, 'GET', '/api/files/y/content');
  expect((await fetch(`${client.url}${place}`, { headers: wrong })).status).toBe(401);
  const disguised = { ...signed(client, 'POST', place), 'x-http-method-override': 'POST' };
  expect((await fetch(`${client.url}${place}`, { headers: disguised })).status).toBe(401);
});

test('a session that somebody stole whole but for the key gives nothing, in any route', async () => {
  const client = await loggedIn();
  const thief = new RawClient(running.url);
  await thief.login('tanaka');
  const own = thief.grant!;
  thief.grant = client.grant;
  expect(outcome(await thief.call('session.current'))).toEqual([401, 'session_missing']);
  expect(outcome(await thief.call('session.ticket'))).toEqual([401, 'session_missing']);
  expect(outcome(await thief.refresh({ keep: false }))).toEqual([401, 'key_mismatch']);
  for (const place of ['/api/files/x/content', '/api/messages/x/files/y', '/api/exports/members.xlsx']) {
    expect([place, (await fetch(`${client.url}${place}`, { headers: signed(thief, 'GET', place) })).status]).toEqual([place, 401]);
  }
  const [line] = (await audited('session.refresh')).slice(-1);
  expect(line).toMatchObject({ target: client.identity!.sessionId, result: 'denied', details: { reason: 'key_mismatch' } });
  // A token put together of two sessions' parts was never given out.
  const parts = (token: string): string[] => token.split('.');
  const [a, b] = [parts(client.grant!.refreshToken), parts(own.refreshToken)];
  for (const mixed of [
    [a[0], a[1], b[2], b[3]],
    [a[0], b[1], a[2], a[3]],
    [a[0], a[1], a[2], b[3]],
    [b[0], b[1], a[2], b[3]],
  ]) {
    expect(outcome(await client.refresh({ refreshToken: mixed.join('.'), keep: false }))).toEqual([401, 'session_missing']);
  }
  expect(outcome(await client.refresh())).toEqual([200, true]);
  // The replay of a token that was used up ends the session for whoever holds it, and is in the log.
  const old = client.grant!.refreshToken;
  await client.refresh();
  forward(31_000);
  thief.grant = { ...own, refreshToken: old };
  expect(outcome(await thief.refresh({ keep: false }))).toEqual([401, 'key_mismatch']);
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
  expect((await client.refresh({ refreshToken: old, keep: false })).status).toBe(401);
  expect((await client.call('session.current')).status).toBe(401);
  expect((await client.refresh({ keep: false })).status).toBe(401);
  expect((await audited('session.replayed')).at(-1)).toMatchObject({ target: client.identity!.sessionId, result: 'denied' });
});

test('a login that waits for an answer does not open on a device that has meanwhile to erase what it holds', async () => {
  const { database } = running.services;
  const admin = await loggedIn('admin');
  const client = await loggedIn('tanaka');
  const { device_id: deviceId } = await database
    .selectFrom('sessions')
    .select('device_id')
    .where('id', '=', client.identity!.sessionId)
    .executeTakeFirstOrThrow();
  await database.updateTable('members').set({ password_due: 'requested' }).where('member_id', '=', 'tanaka').execute();
  const begun = (await client.login('tanaka')).body.value as { ticket: string; need: { type: string } };
  expect(begun.need.type).toBe('new_password');
  expect(outcome(await admin.call('device.wipe', { deviceId }))).toEqual([200, true]);
  const passwordOf = () => database.selectFrom('members').select('password_hash').where('member_id', '=', 'tanaka').executeTakeFirst();
  const before = await passwordOf();
  const answer = { type: 'new_password', password: 'another horse 43' };
  expect(outcome(await client.continueLogin(begun.ticket, answer))).toEqual([401, 'device_wiped']);
  const open = await database.selectFrom('sessions').select('id').where('device_id', '=', deviceId).where('ended_at', 'is', null).execute();
  expect(open).toEqual([]);
  expect(await passwordOf()).toEqual(before);
});
