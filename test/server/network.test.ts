import http from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listenAs, listenTo, ofType } from '../support/event-listener.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { eventProtocol } from '#shared/contract/events.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let admin: RawClient;
beforeAll(async () => {
  // The tests' own address counts as a proxy: what it says in X-Forwarded-For is where a request comes from.
  running = await startTestServer({ trustedProxies: ['127.0.0.1/32'] });
  admin = new RawClient(running.url);
  expect((await admin.login('admin', { headers: from('198.51.100.1') })).status).toBe(200);
});
afterAll(() => running.close());
beforeEach(() => rules({ mode: 'all', ranges: [], exceptions: [], countries: [] }));

const from = (address: string) => ({ 'x-forwarded-for': address });
const office = from('203.0.113.7');
const outside = from('198.51.100.9');
const denied = { code: 'denied', details: { reason: 'network_denied', rule: 'NET-01', subject: '198.51.100.9' } };

async function rules(network: object): Promise<void> {
  const reply = await admin.call('policy.set', { patch: { network } }, from('198.51.100.1'));
  expect(reply.body).toMatchObject({ ok: true });
}
const designated = (more: object = {}): Promise<void> =>
  rules({ mode: 'designated', ranges: ['203.0.113.0/24', '2001:db8::/32'], ...more });
async function loggedIn(member: string, headers: Record<string, string>): Promise<RawClient> {
  const client = new RawClient(running.url);
  expect([member, (await client.login(member, { headers })).status]).toEqual([member, 200]);
  return client;
}
const current = (client: RawClient, headers: Record<string, string>): Promise<RawReply> => client.call('session.current', {}, headers);

test('a login from elsewhere is refused with the address, once the password was right, and is in the log', async () => {
  await designated();
  const client = new RawClient(running.url);
  const refused = await client.login('sato', { headers: outside });
  expect([refused.status, refused.body.error]).toEqual([403, expect.objectContaining(denied)]);
  expect((await client.login('sato', { headers: outside, password: 'guess' })).body.error?.details?.reason).toBe('wrong_credentials');
  expect((await client.login('sato', { headers: from('2001:db8::5') })).status).toBe(200);
  const { entries } = (await admin.call('audit.search', { action: 'session.login', limit: 3 })).body.value as { entries: object[] };
  expect(entries[2]).toMatchObject({
    actorId: 'member-sato',
    result: 'denied',
    address: '198.51.100.9',
    details: { reason: 'network_denied' },
  });
});

test('every request is judged from where it comes, and the session goes on back in the office', async () => {
  await designated();
  const client = await loggedIn('sato', office);
  expect((await current(client, office)).status).toBe(200);
  const away = await current(client, outside);
  expect([away.status, away.body.error]).toEqual([403, expect.objectContaining(denied)]);
  for (const name of ['talk.changes', 'drive.spaces', 'content.missing', 'session.ticket', 'session.list']) {
    expect([name, (await client.call(name, {}, outside)).body.error?.details?.reason]).toEqual([name, 'network_denied']);
  }
  const refreshed = await client.call('session.refresh', { refreshToken: client.grant!.refreshToken, resumed: false }, outside, null);
  expect(refreshed.body.error).toMatchObject(denied);
  expect((await current(client, office)).status).toBe(200);
  expect((await client.call('session.refresh', { refreshToken: client.grant!.refreshToken, resumed: false }, office, null)).status).toBe(
    200,
  );
});

test('open sockets are judged again within a second when the rule changes, each from its own address', async () => {
  const [inside, away, supreme] = [await loggedIn('sato', office), await loggedIn('tanaka', outside), admin];
  const listeners = [await listenAs(inside, office), await listenAs(away, outside), await listenAs(supreme, outside)] as const;
  const startedAt = performance.now();
  await designated();
  expect(await listeners[1].until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'network_denied' });
  expect(await listeners[1].closed).toBe(4_001);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  for (const listener of [listeners[0], listeners[2]]) {
    await listener.until(ofType('policy.changed'));
    expect(listener.socket.readyState).toBe(listener.socket.OPEN);
    expect(listener.events.some(ofType('session.ended'))).toBe(false);
    listener.socket.terminate();
  }
  await rules({ ranges: ['203.0.113.0/24', '198.51.100.9'] });
  expect((await current(away, outside)).status).toBe(200);
  (await listenAs(away, outside)).socket.terminate();
});

test('a socket does not open from elsewhere with a ticket of the office', async () => {
  await designated();
  const client = await loggedIn('sato', office);
  const { ticket } = (await client.call('session.ticket', {}, office)).body.value as { ticket: string };
  const listener = listenTo(running.url, [eventProtocol, `ticket.${ticket}`], { 'x-hikyaku-version': '0.1.0', ...outside });
  expect(await listener.closed).toBe(1_006);
  expect(listener.events).toEqual([]);
});

test('the supreme administrator and excepted members come from anywhere, sub-administrators do not', async () => {
  await designated({ exceptions: ['tanaka'] });
  const { policy } = (await admin.call('policy.get', {}, outside)).body.value as { policy: { network: object } };
  const ranges = ['203.0.113.0/24', '2001:db8::/32'];
  expect(policy.network).toEqual({ ...defaultPolicy.network, mode: 'designated', ranges, exceptions: ['member-tanaka'] });
  await loggedIn('tanaka', outside);
  await loggedIn('admin', outside);
  await running.services.database.updateTable('members').set({ role: 'administrator' }).where('member_id', '=', 'sato').execute();
  expect((await new RawClient(running.url).login('sato', { headers: outside })).status).toBe(403);
  await running.services.database.updateTable('members').set({ role: 'member' }).where('member_id', '=', 'sato').execute();
});

test('members learn that there is a rule, not where the networks are', async () => {
  await designated({ exceptions: ['tanaka'], countries: ['JP'] });
  const mine = (await (await loggedIn('sato', office)).call('policy.mine', {}, office)).body.value as { policy: { network: object } };
  expect(mine.policy.network).toEqual({ ...defaultPolicy.network, mode: 'designated' });
});

test.each([
  ['a range that is none', { ranges: ['203.0.113.0/33'] }, 'range_invalid'],
  ['a name', { ranges: ['office.example.com'] }, 'range_invalid'],
  ['an exception for nobody', { exceptions: ['nobody'] }, 'member_unknown'],
])('%s is refused and the rules stay', async (_what, network, reason) => {
  const before = (await admin.call('policy.get')).body.value;
  const reply = await admin.call('policy.set', { patch: { network } });
  expect([reply.status, reply.body.error?.details?.reason]).toEqual([400, reason]);
  expect((await admin.call('policy.get')).body.value).toEqual(before);
});

/** Logs in from another address of this machine; what it says about itself in headers counts for nothing. */
function statusFrom(localAddress: string, client: RawClient, headers: Record<string, string>): Promise<number> {
  const { url } = client;
  const { hostname, port } = new URL(url);
  const path = '/api/session.login';
  const device = { name: 'PC-01', platform: 'test', appVersion: '0.1.0' };
  const body = JSON.stringify({ member: 'sato', password: testPassword, kind: 'pc-app', device });
  return new Promise((resolve, reject) => {
    const request = http.request({
      hostname,
      port,
      path,
      method: 'POST',
      localAddress,
      headers: { 'x-hikyaku-version': '0.1.0', dpop: client.proof('POST', path, null), ...headers },
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}

test('only the trusted proxy may speak for others: an address is the one that really connects', async () => {
  await rules({ mode: 'designated', ranges: ['127.0.0.2', '203.0.113.7'] });
  const client = new RawClient(running.url);
  await client.call('server.info');
  expect(await statusFrom('127.0.0.2', client, {})).toBe(200);
  expect(await statusFrom('127.0.0.3', client, {})).toBe(403);
  expect(await statusFrom('127.0.0.3', client, from('203.0.113.7'))).toBe(403);
  expect(await statusFrom('127.0.0.1', client, from('203.0.113.7'))).toBe(200);
  expect(await statusFrom('127.0.0.1', client, from('203.0.113.7, 198.51.100.9'))).toBe(403);
});
