import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Grant } from '#shared/contract/login.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let offset = 0;
beforeAll(async () => {
  const clock = {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() + offset,
    after: (milliseconds: number, callback: () => void) => {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  running = await startTestServer({ clock });
});
afterAll(() => running.close());

const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || body.error?.details?.reason];
const device = (): RawClient => new RawClient(running.url);
const loggedIn = async (member = 'sato'): Promise<RawClient> => {
  const client = device();
  expect(outcome(await client.login(member))).toEqual([200, true]);
  return client;
};
const audited = async (action: string): Promise<{ result: string; details: Record<string, unknown> }[]> => {
  const rows = await running.services.database
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', action)
    .orderBy('sequence', 'desc')
    .execute();
  return rows.map(({ result, details }) => ({ result, details: JSON.parse(details) as Record<string, unknown> }));
};

test('a first request learns the nonce from a 401 and is taken when repeated with it', async () => {
  const client = device();
  const first = await client.send(
    '/api/session.login',
    { dpop: client.proof('POST', '/api/session.login', null) },
    {
      member: 'sato',
      password: 'x',
      kind: 'pc-app',
      device: { name: 'n', platform: 'p', appVersion: '1' },
    },
  );
  expect(outcome(first)).toEqual([401, 'use_dpop_nonce']);
  expect(first.headers.get('www-authenticate')).toContain('use_dpop_nonce');
  expect(first.headers.get('dpop-nonce')).toMatch(/^[\w-]{43}$/);
  expect(outcome(await client.login('sato'))).toEqual([200, true]);
  expect(client.grant?.expiresInSeconds).toBe(300);
});

test('the identity says who is logged in and gives the same database key to the same device again', async () => {
  const client = await loggedIn();
  expect(client.identity).toMatchObject({
    tenant: 'acme',
    tenantName: 'acme Inc.',
    role: 'member',
    policyRevision: 0,
    member: { memberId: 'sato' },
  });
  const key = client.identity?.databaseKey;
  expect(Buffer.from(key!, 'base64url')).toHaveLength(32);
  await client.login('sato@acme');
  expect(client.identity?.databaseKey).toBe(key);
  await client.refresh();
  expect(client.identity?.databaseKey).toBe(key);
  const other = await loggedIn();
  expect(other.identity?.databaseKey).not.toBe(key);
});

test('tokens and passwords are stored as hashes only', async () => {
  const client = await loggedIn();
  await client.refresh();
  const rows = await running.services.database.selectFrom('sessions').selectAll().execute();
  const text = JSON.stringify(rows);
  expect(text).not.toContain(client.grant!.accessToken);
  expect(text).not.toContain(client.grant!.refreshToken);
  const members = JSON.stringify(await running.services.database.selectFrom('members').selectAll().execute());
  expect(members).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
});

test('capitals and full-width letters of an input method are the same member', async () => {
  const client = device();
  expect(outcome(await client.login('　ＳＡＴＯ＠acme '))).toEqual([200, true]);
});

test('a wrong password and an unknown member get the same answer after the same work', async () => {
  const client = device();
  await client.login('sato');
  const timed = async (member: string): Promise<{ ms: number; reply: RawReply }> => {
    const startedAt = performance.now();
    const reply = await client.login(member, { password: 'wrong password' });
    return { ms: performance.now() - startedAt, reply };
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const wrong = await timed('sato');
    const nobody = await timed('nobody');
    expect(nobody.reply.body).toEqual(wrong.reply.body);
    expect(outcome(wrong.reply)).toEqual([401, 'wrong_credentials']);
    known.push(wrong.ms);
    unknown.push(nobody.ms);
  }
  expect((await timed('sato@nowhere')).reply.body).toEqual((await timed('nobody')).reply.body);
  // Without the dummy hash an unknown member answers about ten times faster; the fastest of each is the least disturbed.
  const [a, b] = [Math.min(...known), Math.min(...unknown)];
  expect(Math.max(a, b) / Math.min(a, b)).toBeLessThan(2);
});

test('what is wrong with an account is told only to who knows its password', async () => {
  const { database } = running.services;
  const set = (fields: { state?: string; app_blocked?: number }) =>
    database.updateTable('members').set(fields).where('member_id', '=', 'tanaka').execute();
  await set({ state: 'suspended' });
  expect(outcome(await device().login('tanaka', { password: 'wrong' }))).toEqual([401, 'wrong_credentials']);
  expect(outcome(await device().login('tanaka'))).toEqual([403, 'member_suspended']);
  await set({ state: 'active', app_blocked: 1 });
  expect(outcome(await device().login('tanaka'))).toEqual([403, 'app_blocked']);
  await set({ app_blocked: 0 });
});

test('suspending a member refuses the very next request and withholds the database key', async () => {
  const client = await loggedIn('tanaka');
  const set = (state: string) =>
    running.services.database.updateTable('members').set({ state }).where('member_id', '=', 'tanaka').execute();
  await set('suspended');
  expect(outcome(await client.call('session.current'))).toEqual([403, 'member_suspended']);
  expect(outcome(await client.refresh())).toEqual([403, 'member_suspended']);
  await set('active');
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
});

test('a refresh token rotates, and calls on their way with the token before still arrive', async () => {
  const client = await loggedIn();
  const before = client.grant!;
  expect(outcome(await client.refresh())).toEqual([200, true]);
  expect(client.grant!.refreshToken).not.toBe(before.refreshToken);
  expect(client.grant!.accessToken).not.toBe(before.accessToken);
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
  client.grant = before;
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
});

test('a repeat after a lost answer gets the same refresh token, in whatever order the answers come', async () => {
  const client = await loggedIn();
  const lost = client.grant!.refreshToken;
  const first = (await client.refresh({ refreshToken: lost, keep: false })).body.value as { grant: Grant };
  const again = (await client.refresh({ refreshToken: lost, keep: false })).body.value as { grant: Grant };
  expect(again.grant.refreshToken).toBe(first.grant.refreshToken);
  expect(outcome(await client.refresh({ refreshToken: first.grant.refreshToken }))).toEqual([200, true]);
});

test('a replay after half a minute ends the whole session and is audited', async () => {
  const client = await loggedIn();
  const old = client.grant!.refreshToken;
  await client.refresh();
  offset += 31_000;
  expect(outcome(await client.refresh({ refreshToken: old, keep: false }))).toEqual([401, 'session_ended']);
  expect(outcome(await client.call('session.current'))).toEqual([401, 'session_ended']);
  expect(outcome(await client.refresh())).toEqual([401, 'session_ended']);
  expect((await audited('session.replayed'))[0]).toMatchObject({ result: 'denied', details: { reason: 'token_replayed' } });
});

test('a token of two rotations ago ends the session even at once', async () => {
  const client = await loggedIn();
  const old = client.grant!.refreshToken;
  await client.refresh();
  await client.refresh();
  expect(outcome(await client.refresh({ refreshToken: old, keep: false }))).toEqual([401, 'session_ended']);
  expect(outcome(await client.refresh())).toEqual([401, 'session_ended']);
});

test('a made-up refresh token that names a session does it no harm', async () => {
  const client = await loggedIn();
  const [tenantId, sessionId] = client.grant!.refreshToken.split('.');
  const forged = `${tenantId}.${sessionId}.${'A'.repeat(43)}.${'A'.repeat(22)}`;
  expect(outcome(await client.refresh({ refreshToken: forged, keep: false }))).toEqual([401, 'session_missing']);
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
});

test('stolen tokens are useless without the device key', async () => {
  const client = await loggedIn();
  const thief = device();
  thief.grant = client.grant;
  expect(outcome(await thief.call('session.current'))).toEqual([401, 'session_missing']);
  expect(outcome(await thief.refresh())).toEqual([401, 'key_mismatch']);
  expect(outcome(await client.refresh())).toEqual([200, true]);
});

test('an access token ends after five minutes, whatever the client believes', async () => {
  const client = await loggedIn();
  offset += 301_000;
  expect(outcome(await client.call('session.current'))).toEqual([401, 'session_missing']);
  expect(outcome(await client.refresh())).toEqual([200, true]);
  expect(outcome(await client.call('session.current'))).toEqual([200, true]);
});

test('a proof works once, for its own request, token, key and nonce only', async () => {
  const client = await loggedIn();
  const token = client.grant!.accessToken;
  const authorization = `DPoP ${token}`;
  const path = '/api/session.current';
  const send = (dpop: string) => client.send(path, { authorization, dpop }, {});
  const good = client.proof('POST', path, token);
  expect(outcome(await send(good))).toEqual([200, true]);
  expect(outcome(await send(good))).toEqual([401, 'proof_replayed']);
  expect(outcome(await send(client.proof('GET', path, token)))).toEqual([401, 'proof_for_another_request']);
  expect(outcome(await send(client.proof('POST', '/api/session.end', token)))).toEqual([401, 'proof_for_another_request']);
  expect(outcome(await send(client.proof('POST', path, token, { htu: `https://elsewhere.example${path}` })))).toEqual([
    401,
    'proof_for_another_request',
  ]);
  expect(outcome(await send(client.proof('POST', path, 'another token')))).toEqual([401, 'proof_for_another_token']);
  expect(outcome(await send(client.proof('POST', path, null)))).toEqual([401, 'proof_for_another_token']);
  expect(outcome(await send(client.proof('POST', path, token, { nonce: 'x'.repeat(43) })))).toEqual([401, 'use_dpop_nonce']);
  expect(outcome(await send(client.proof('POST', path, token, {}, { typ: 'JWT' })))).toEqual([401, 'proof_invalid']);
  expect(outcome(await send(client.proof('POST', path, token, {}, { alg: 'none' })))).toEqual([401, 'proof_invalid']);
  expect(outcome(await send(client.proof('POST', path, token, {}, { jwk: { kty: 'oct', k: 'AAAA' } })))).toEqual([401, 'proof_invalid']);
  const [head, , signature] = client.proof('POST', path, token).split('.');
  const [, body] = client.proof('POST', path, token).split('.');
  expect(outcome(await send(`${head}.${body}.${signature}`))).toEqual([401, 'proof_invalid']);
  expect(outcome(await client.send(path, { authorization }, {}))).toEqual([401, 'session_missing']);
  expect(outcome(await client.send(path, { authorization: `Bearer ${token}` }, {}))).toEqual([401, 'session_missing']);
});

test('a nonce is good for a minute or two, and the clock of the client does not matter', async () => {
  const client = await loggedIn();
  const token = client.grant!.accessToken;
  const send = (claims: object) =>
    client.send(
      '/api/session.current',
      { authorization: `DPoP ${token}`, dpop: client.proof('POST', '/api/session.current', token, claims) },
      {},
    );
  expect(outcome(await send({ iat: 4_000_000_000 }))).toEqual([200, true]);
  expect(outcome(await send({ iat: 0, exp: 1 }))).toEqual([200, true]);
  offset += 121_000;
  expect(outcome(await send({}))).toEqual([401, 'use_dpop_nonce']);
});

test('a header that claims another kind ends in 401 and an audit row', async () => {
  const client = await loggedIn();
  expect(outcome(await client.call('session.current', {}, { 'x-hikyaku-kind': 'browser' }))).toEqual([401, 'kind_mismatch']);
  expect((await audited('session.forged_kind'))[0]).toEqual({ result: 'denied', details: { claimed: 'browser' } });
  expect(outcome(await client.call('session.current', {}, { 'x-hikyaku-kind': 'pc-app' }))).toEqual([200, true]);
  expect(outcome(await client.login('sato', { kind: 'browser' }))).toEqual([401, 'kind_mismatch']);
});

test('logging out ends the session for good', async () => {
  const client = await loggedIn();
  expect(outcome(await client.call('session.end'))).toEqual([200, true]);
  expect(outcome(await client.call('session.current'))).toEqual([401, 'session_ended']);
  expect(outcome(await client.refresh())).toEqual([401, 'logged_out']);
});

test('when keeping logins is forbidden, taking a session up again ends it, going on does not', async () => {
  const admin = await loggedIn('admin');
  const keeps = await loggedIn();
  const goesOn = await loggedIn();
  const rule = (pcApp: boolean) => admin.call('policy.set', { patch: { keepLogin: { pcApp } } });
  expect(outcome(await keeps.refresh({ resumed: true }))).toEqual([200, true]);
  expect(outcome(await rule(false))).toEqual([200, true]);
  expect(outcome(await goesOn.refresh())).toEqual([200, true]);
  expect(outcome(await keeps.refresh({ resumed: true }))).toEqual([403, 'keep_login_forbidden']);
  expect(outcome(await keeps.refresh())).toEqual([401, 'session_ended']);
  await rule(true);
});

test('logins and their failures are in the audit log, whose chain holds', async () => {
  await loggedIn();
  const [latest] = await audited('session.login');
  expect(latest).toMatchObject({ result: 'success', details: { device: 'PC-01' } });
  await device().login('sato', { password: 'nope nope' });
  expect((await audited('session.login'))[0]).toMatchObject({ result: 'failure', details: { reason: 'wrong_credentials' } });
});
