import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { eventProtocol } from '#shared/contract/events.ts';
import { listenTo, ofType, type Listener } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let running: TestServer;
beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

const listen = (protocols: string[], headers: Record<string, string> = {}): Listener => listenTo(running.url, protocols, headers);

async function ticketOf(client: RawClient): Promise<string> {
  const reply = await client.call('session.ticket');
  return (reply.body.value as { ticket: string }).ticket;
}
async function connected(member: string): Promise<{ client: RawClient; listener: Listener }> {
  const client = new RawClient(running.url);
  expect((await client.login(member)).status).toBe(200);
  const listener = listen([eventProtocol, `ticket.${await ticketOf(client)}`]);
  await listener.until(ofType('hello'));
  return { client, listener };
}
const refusal = async (listener: Listener): Promise<string> => {
  const [error] = (await once(listener.socket, 'error')) as [Error];
  return error.message;
};

test('the first frame says where everything stands', async () => {
  const { client, listener } = await connected('sato');
  const [hello] = listener.events;
  const spaces = (await client.call('drive.spaces')).body.value as { spaces: { id: string; epoch: string; sequence: number }[] };
  expect(hello).toEqual({
    type: 'hello',
    talkCursor: 0,
    policyRevision: 0,
    spaces: spaces.spaces.map(({ id, epoch, sequence }) => ({ spaceId: id, epoch, sequence })),
  });
  expect(listener.socket.protocol).toBe(eventProtocol);
  listener.socket.terminate();
});

test('a ticket opens one socket, once; none, a made-up one or another path opens none', async () => {
  const client = new RawClient(running.url);
  await client.login('sato');
  const ticket = await ticketOf(client);
  const first = listen([eventProtocol, `ticket.${ticket}`]);
  await first.until(ofType('hello'));
  expect(await refusal(listen([eventProtocol, `ticket.${ticket}`]))).toContain('401');
  expect(await refusal(listen([eventProtocol, 'ticket.made-up']))).toContain('401');
  expect(await refusal(listen([eventProtocol]))).toContain('401');
  expect(await refusal(listen(['another.protocol']))).toContain('400');
  first.socket.terminate();
});

test('a change of rules reaches every open socket within a second', async () => {
  const { listener } = await connected('sato');
  const { client: admin, listener: administrators } = await connected('admin');
  const startedAt = performance.now();
  const saved = await admin.call('policy.set', { patch: { blockedExtensions: { drive: ['.EXE'] } } });
  const { revision } = saved.body.value as { revision: number };
  const event = await listener.until((candidate) => candidate.type === 'policy.changed' && candidate.revision === revision);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(event).toEqual({ type: 'policy.changed', revision });
  await administrators.until(ofType('policy.changed'));
  listener.socket.terminate();
  administrators.socket.terminate();
});

test('a rule that shuts a client out ends its socket with the reason, and spares who meets it', async () => {
  const { client: admin } = await connected('admin');
  admin.version = '2.0.0';
  const { listener: old } = await connected('sato');
  const startedAt = performance.now();
  await admin.call('policy.set', { patch: { minimumVersion: '1.10.0' } });
  expect(await old.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'upgrade_required' });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(await old.closed).toBe(4_001);
  const client = new RawClient(running.url);
  const refused = await client.login('sato');
  expect([refused.status, refused.body.error?.details]).toEqual([426, { reason: 'upgrade_required', rule: 'UPD-01', subject: '1.10.0' }]);
  client.version = '1.10.0';
  expect((await client.login('sato')).status).toBe(200);
  expect((await admin.call('policy.set', { patch: { minimumVersion: null } })).status).toBe(200);
});

test('ending a session ends its own socket and nobody else’s', async () => {
  const { client, listener } = await connected('sato');
  const { listener: other } = await connected('sato');
  await client.call('session.end');
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'logged_out' });
  expect(await listener.closed).toBe(4_001);
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  expect(other.events.some(ofType('session.ended'))).toBe(false);
  other.socket.terminate();
});

test('a hint reaches its audience only', async () => {
  const { listener: sato } = await connected('sato');
  const { listener: tanaka } = await connected('tanaka');
  const { services, tenantId } = running;
  services.bus.publish({ tenantId, audience: ['member-sato'], event: { type: 'talk.changed', cursor: 7 } });
  services.bus.publish({ tenantId, audience: null, event: { type: 'talk.changed', cursor: 8 } });
  services.bus.publish({ tenantId: 'another', audience: null, event: { type: 'talk.changed', cursor: 9 } });
  await tanaka.until((event) => event.type === 'talk.changed' && event.cursor === 8);
  await sato.until((event) => event.type === 'talk.changed' && event.cursor === 8);
  const cursors = ({ events }: Listener) => events.flatMap((event) => (event.type === 'talk.changed' ? [event.cursor] : []));
  expect([cursors(sato), cursors(tanaka)]).toEqual([[7, 8], [8]]);
  sato.socket.terminate();
  tanaka.socket.terminate();
});

/** A page of this server: it has no key, only what a browser adds by itself. */
async function browserLogin(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${running.url}/api/session.login`, {
    method: 'POST',
    headers: { origin: running.url, 'sec-fetch-site': 'same-origin', 'x-hikyaku': '1', 'x-hikyaku-version': '0.1.0', ...headers },
    body: JSON.stringify({
      member: 'sato',
      password: testPassword,
      kind: 'browser',
      device: { name: 'Browser', platform: 'web', appVersion: '0.1.0' },
    }),
  });
}

test('a browser gets a cookie that scripts cannot read, and only our own page may use it', async () => {
  const response = await browserLogin();
  expect(response.status).toBe(200);
  const { value } = (await response.json()) as { value: { grant: unknown; identity: { databaseKey: unknown } } };
  expect([value.grant, value.identity.databaseKey]).toEqual([null, null]);
  const [setCookie = '', browser = ''] = response.headers.getSetCookie();
  expect(browser).toMatch(/^__Host-hikyaku-browser=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=\d+$/);
  expect(setCookie).toMatch(/^__Host-hikyaku=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const cookie = setCookie.split(';')[0]!;
  const own = { cookie, origin: running.url, 'x-hikyaku': '1' };
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${running.url}/api/session.current`, { method: 'POST', headers, body: '{}' })).status;
  expect(await status(own)).toBe(200);
  expect(await status({ ...own, 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await status({ ...own, origin: 'https://evil.example' })).toBe(401);
  expect(await status({ ...own, 'sec-fetch-site': 'cross-site' })).toBe(401);
  expect(await status({ ...own, 'sec-fetch-site': 'same-site' })).toBe(401);
  expect(await status({ cookie, origin: running.url })).toBe(401);
  expect(await status({ cookie, 'x-hikyaku': '1' })).toBe(401);
  expect(await status({ ...own, 'x-hikyaku-kind': 'pc-app' })).toBe(401);

  // A download link cannot add headers: the browser's word that our own page asks is enough to read, and for nothing else.
  const download = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${running.url}/api/files/none/content`, { headers: { cookie, ...headers } })).status;
  expect(await download({ 'sec-fetch-site': 'same-origin' })).toBe(404);
  expect(await download({ 'sec-fetch-site': 'cross-site' })).toBe(401);
  expect(await download({})).toBe(401);

  expect(await refusal(listen([eventProtocol], { cookie, origin: 'https://evil.example' }))).toContain('401');
  expect(await refusal(listen([eventProtocol], { cookie }))).toContain('401');
  const listener = listen([eventProtocol, 'version.0.1.0'], { cookie, origin: running.url });
  await listener.until(ofType('hello'));
  const ended = await fetch(`${running.url}/api/session.end`, { method: 'POST', headers: own, body: '{}' });
  expect(ended.headers.get('set-cookie')).toMatch(/^__Host-hikyaku=; .*Max-Age=0$/);
  await listener.until(ofType('session.ended'));
  expect(await status(own)).toBe(401);
});

test('a browser that ends another session stays logged in itself', async () => {
  const app = new RawClient(running.url);
  await app.login('sato');
  const response = await browserLogin();
  const { value } = (await response.json()) as { value: { identity: { sessionId: string } } };
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0]!;
  const end = (sessionId: string): Promise<Response> =>
    fetch(`${running.url}/api/session.end`, {
      method: 'POST',
      headers: { cookie, origin: running.url, 'x-hikyaku': '1' },
      body: JSON.stringify({ sessionId }),
    });
  const other = await end(app.identity!.sessionId);
  expect([other.status, other.headers.get('set-cookie')]).toEqual([200, null]);
  expect((await app.call('session.current')).status).toBe(401);
  const own = await end(value.identity.sessionId);
  expect([own.status, own.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('Max-Age=0')]);
  expect((await end(value.identity.sessionId)).status).toBe(401);
});

test('another site cannot log a browser in', async () => {
  expect((await browserLogin({ origin: 'https://evil.example' })).status).toBe(401);
  expect((await browserLogin({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
  expect((await browserLogin({ 'x-hikyaku': '' })).status).toBe(401);
});

test('an app block ends the app’s socket and leaves the browser', async () => {
  const { client: admin } = await connected('admin');
  const { listener } = await connected('tanaka');
  const { database } = running.services;
  await database.updateTable('members').set({ app_blocked: 1 }).where('member_id', '=', 'tanaka').execute();
  await admin.call('policy.set', { patch: { offlineLeaseHours: 24 } });
  expect(await listener.until(ofType('session.ended'))).toEqual({ type: 'session.ended', reason: 'app_blocked' });
  await database.updateTable('members').set({ app_blocked: 0 }).where('member_id', '=', 'tanaka').execute();
});
