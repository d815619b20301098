import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventProtocol } from '#shared/contract/events.ts';
import type { Contract } from '#shared/contract/operation.ts';
import { server as contract } from '#shared/contract/server.ts';
import { listenTo, ofType } from '../support/event-listener.ts';
import { PageClient } from '../support/page-client.ts';
import { plausible } from '../support/plausible.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';
import { rowsWith } from '../support/two-companies.ts';

let running: TestServer;
let page: PageClient;
let cookie: string;
beforeAll(async () => {
  running = await startTestServer();
  page = new PageClient(running.url);
  expect((await page.login('admin')).status).toBe(200);
  cookie = cookiesOf(page);
});
afterAll(() => running.close());

const cookiesOf = ({ cookies }: PageClient): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const everything = async (): Promise<string[]> => rowsWith(running.services.database, ['']);
let count = 0;
const inputOf = (name: string): unknown => {
  const own: Readonly<Record<string, unknown>> = {
    'session.login.member': 'admin',
    'session.login.password': testPassword,
    'session.login.kind': 'browser',
    'session.passkeyFinish.kind': 'browser',
    'session.external.kind': 'browser',
  };
  return plausible((contract as Contract)[name]!.input, name, {
    own: (path, field) => own[path] ?? (field === null ? undefined : 'member-tanaka'),
    next: () => (count += 1),
  });
};

const version = { 'x-hikyaku-version': '0.1.0' };
/** What a browser adds to a request that a page of another site makes: by a form, a script, an image, or a link. */
const foreignPages: readonly [string, () => Record<string, string>][] = [
  [
    'a form',
    () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['a form of text', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' })],
  ['a form with files', () => ({ origin: 'https://evil.example', 'content-type': 'multipart/form-data; boundary=x' })],
  ['a script', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'x-hikyaku': '1', ...version })],
  ['a page of a sibling domain', () => ({ 'sec-fetch-site': 'same-site', 'x-hikyaku': '1', ...version })],
  ['a page that hides where it is', () => ({ 'x-hikyaku': '1', ...version })],
  ['a form of our own origin without our script', () => ({ origin: running.url, 'sec-fetch-site': 'same-origin', ...version })],
  ['another port of this machine', () => ({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site', 'x-hikyaku': '1', ...version })],
];

test.each(foreignPages)('%s with the cookie of an administrator does nothing, in any operation', async (_from, headersOf) => {
  const before = await everything();
  for (const [name, { access }] of Object.entries(contract as Contract)) {
    const body = JSON.stringify(inputOf(name));
    const response = await fetch(`${running.url}/api/${name}`, { method: 'POST', headers: { cookie, ...headersOf() }, body });
    expect([name, response.headers.getSetCookie()]).toEqual([name, []]);
    expect([name, response.headers.get('access-control-allow-origin')]).toEqual([name, null]);
    const reply = (await response.json()) as { ok: boolean; error?: { details?: { reason?: string } } };
    if (access !== 'public') expect([name, response.status, reply.error?.details?.reason]).toEqual([name, 401, 'session_missing']);
    // What anybody may ask holds nothing of the cookie’s owner, and opens nothing.
    else if (reply.ok) expect([name, ['server.info', 'login.methods', 'session.passkeyBegin'].includes(name)]).toEqual([name, true]);
  }
  const written = /^(audit_entries|audit_heads|passkey_challenges) /;
  expect((await everything()).filter((row) => !written.test(row))).toEqual(before.filter((row) => !written.test(row)));
});

test('downloads and the socket open to our own pages only, and a preflight is never answered with leave', async () => {
  const places = ['/api/files/x/content', '/api/messages/x/files/y', '/api/exports/audit.csv', '/api/exports/members.xlsx'];
  const from = (site: Record<string, string>) => ({ cookie, ...site });
  for (const place of places) {
    for (const site of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ]) {
      const response = await fetch(`${running.url}${place}`, { headers: from(site) });
      expect([place, site, response.status]).toEqual([place, site, 401]);
      await response.arrayBuffer();
    }
    const own = await fetch(`${running.url}${place}`, { headers: from({ 'sec-fetch-site': 'same-origin' }) });
    expect([place, [200, 404].includes(own.status)]).toEqual([place, true]);
    await own.arrayBuffer();
  }
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', '']) {
    const { socket } = listenTo(running.url, [eventProtocol, 'version.0.1.0'], { cookie, ...(origin === '' ? {} : { origin }) });
    const [error] = (await once(socket, 'error')) as [Error];
    expect([origin, error.message]).toEqual([origin, expect.stringContaining('401')]);
  }
  const own = listenTo(running.url, [eventProtocol, 'version.0.1.0'], { cookie, origin: running.url });
  await own.until(ofType('hello'));
  own.socket.terminate();
  const preflight = await fetch(`${running.url}/api/session.current`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-hikyaku' },
  });
  expect([preflight.ok, preflight.headers.get('access-control-allow-origin')]).toEqual([false, null]);
});

test('cookies are for this host, secure, out of reach of scripts and of other sites', async () => {
  const client = new PageClient(running.url);
  const device = { name: 'b', platform: 'p', appVersion: '1' };
  const reply = await client.call('session.login', { member: 'sato', password: testPassword, kind: 'browser', device });
  const lines = reply.headers.getSetCookie();
  expect(lines.map((line) => line.replace(/=[\w-]{43};/, '=<secret>;'))).toEqual([
    '__Host-hikyaku=<secret>; Path=/; HttpOnly; Secure; SameSite=Strict',
    '__Host-hikyaku-browser=<secret>; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=34560000',
  ]);
  expect(JSON.stringify(reply.body)).not.toContain(client.cookies.get('__Host-hikyaku'));
  const over = await client.call('session.end');
  expect(over.headers.getSetCookie()).toEqual(['__Host-hikyaku=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0']);
});

test('a cookie that somebody planted is never taken over: neither made up, nor of a session of theirs', async () => {
  const intruder = new PageClient(running.url);
  await intruder.login('tanaka');
  for (const planted of ['A'.repeat(43), intruder.cookies.get('__Host-hikyaku')!, '', ' ', `x; __Host-hikyaku=${'B'.repeat(43)}`]) {
    const client = new PageClient(running.url);
    for (const name of ['__Host-hikyaku', '__Host-hikyaku-page', '__Host-hikyaku-browser']) client.cookies.set(name, planted);
    expect((await client.login('sato')).status).toBe(200);
    const given = client.cookies.get('__Host-hikyaku')!;
    expect([given, given === planted]).toEqual([expect.stringMatching(/^[\w-]{43}$/), false]);
    expect((await client.call('session.current')).body.value).toMatchObject({ identity: { member: { memberId: 'sato' } } });
    const old = new PageClient(running.url);
    old.cookies.set('__Host-hikyaku', planted);
    const before = await old.call('session.current');
    expect(JSON.stringify(before.body)).not.toContain('sato');
  }
  expect((await intruder.call('session.current')).body.value).toMatchObject({ identity: { member: { memberId: 'tanaka' } } });
  // Two cookies of one name: whichever is read, it is one session, and a foreign one does not ride along.
  const sato = new PageClient(running.url);
  await sato.login('sato');
  sato.cookies.set('x', `y; __Host-hikyaku=${intruder.cookies.get('__Host-hikyaku')}`);
  expect((await sato.call('session.current')).body.value).toMatchObject({ identity: { member: { memberId: 'sato' } } });
});

test('a page’s session is no program’s and a program’s is no page’s', async () => {
  const app = new RawClient(running.url);
  await app.login('sato');
  const { accessToken, refreshToken } = app.grant!;
  const own = { origin: running.url, 'sec-fetch-site': 'same-origin', 'x-hikyaku': '1' };
  for (const token of [accessToken, refreshToken]) {
    const reply = await app.send('/api/session.current', { ...own, cookie: `__Host-hikyaku=${token}` }, {});
    expect([reply.status, reply.body.error?.details?.reason]).toEqual([401, 'session_missing']);
  }
  for (const token of [page.cookies.get('__Host-hikyaku')!, refreshToken]) {
    const reply = await app.call('session.current', {}, {}, token);
    expect([reply.status, reply.body.error?.details?.reason]).toEqual([401, 'session_missing']);
  }
  // A program with a good proof and a stolen cookie, or the reverse.
  const mixed = await app.call('session.current', {}, { cookie, ...own }, accessToken);
  expect(mixed.body.value).toMatchObject({ identity: { member: { memberId: 'sato' } } });
  expect((await app.call('session.current', {}, { cookie, ...own }, 'x'.repeat(43))).status).toBe(401);
  expect((await app.send('/api/session.current', { authorization: `DPoP ${accessToken}`, cookie, ...own }, {})).status).toBe(401);
  expect((await app.call('session.current', {}, { cookie }, null)).status).toBe(401);
  const device = { name: 'b', platform: 'p', appVersion: '1' };
  for (const kind of ['pc-app', 'drive-explorer', 'mobile', 'dav']) {
    const reply = await page.call('session.login', { member: 'sato', password: testPassword, kind, device });
    expect([kind, reply.status, reply.body.error?.details?.reason]).toEqual([kind, 401, 'kind_mismatch']);
  }
  for (const kind of ['browser', 'mobile', 'dav']) {
    const reply = await new RawClient(running.url).login('sato', { kind });
    expect([kind, reply.status, reply.body.error?.details?.reason]).toEqual([kind, 401, 'kind_mismatch']);
  }
});
