import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let provider: TestIdentityProvider;
let admin: RawClient;
let providerId: string;
beforeAll(async () => {
  running = await startTestServer();
  provider = await startIdentityProvider([`${running.url}/sign-in/oidc`]);
  admin = new RawClient(running.url);
  expect((await admin.login('admin')).status).toBe(200);
  const made = await admin.call('identityProvider.set', {
    provider: {
      kind: 'oidc',
      name: '会社のID',
      enabled: true,
      issuer: provider.issuer,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      match: 'preferred_username',
    },
  });
  expect(made.body).toMatchObject({ ok: true, value: { provider: { hasSecret: true, redirectUri: `${running.url}/sign-in/oidc` } } });
  expect(JSON.stringify(made.body)).not.toContain(provider.clientSecret);
  providerId = (made.body.value as { provider: { id: string } }).provider.id;
});
afterAll(async () => {
  await running.close();
  await provider.close();
});

const device = { name: 'PC-02', platform: 'test', appVersion: '0.1.0' };
const back = 'http://127.0.0.1:45678/back';
const reasonOf = ({ body }: RawReply): unknown => body.error?.details?.reason ?? body.error?.code ?? body.ok;

/** What an app does: begins, lets the browser go, and hears where it ends. */
async function through(client: RawClient, more: object = {}): Promise<{ ended: URL; verifier: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const input = { method: providerId, kind: 'pc-app', device, returnTo: back, challenge, ...more };
  const begun = await client.call('session.external', input, {}, null);
  expect(begun.body).toMatchObject({ ok: true });
  const callback = await provider.browse((begun.body.value as { url: string }).url);
  expect(callback.startsWith(`${running.url}/sign-in/oidc?`)).toBe(true);
  const answer = await fetch(callback, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  return { ended: new URL(answer.headers.get('location')!), verifier };
}
const finish = (client: RawClient, code: string, verifier: string): Promise<RawReply> =>
  client.call('session.externalFinish', { code, verifier }, {}, null);

test('an app logs in through the company’s identity provider, and the subject stays whom it was linked to', async () => {
  const client = new RawClient(running.url);
  expect((await client.call('login.methods', {}, {}, null)).body.value).toMatchObject({
    methods: [{ kind: 'passkey' }, { id: providerId, kind: 'oidc', name: '会社のID' }],
  });
  const { ended, verifier } = await through(client);
  expect(ended.origin + ended.pathname).toBe(back);
  const opened = await finish(client, ended.searchParams.get('code')!, verifier);
  expect(opened.body).toMatchObject({ ok: true, value: { kind: 'open', identity: { member: { memberId: 'sato' } } } });

  // The provider calls the person otherwise now; here they are who they were.
  provider.account = { sub: 'person-1', preferred_username: 'tanaka' };
  const again = await through(client);
  const second = await finish(client, again.ended.searchParams.get('code')!, again.verifier);
  expect(second.body).toMatchObject({ value: { identity: { member: { memberId: 'sato' } } } });
  const { entries } = (await admin.call('audit.search', { action: 'session.login', limit: 1 })).body.value as { entries: object[] };
  expect(entries[0]).toMatchObject({ result: 'success', actorId: 'member-sato', details: { method: providerId } });
  const details = (await admin.call('member.details', { member: 'sato' })).body.value as { identities: { subject: string }[] };
  expect(details.identities).toMatchObject([{ method: '会社のID', subject: 'person-1', linked: true }]);
});

test('a code is good once, for the program that began, with its own secret', async () => {
  provider.account = { sub: 'person-1', preferred_username: 'sato' };
  const client = new RawClient(running.url);
  const thief = new RawClient(running.url);
  const first = await through(client);
  expect(reasonOf(await finish(client, first.ended.searchParams.get('code')!, randomBytes(32).toString('base64url')))).toBe(
    'ticket_expired',
  );
  expect(reasonOf(await finish(client, first.ended.searchParams.get('code')!, first.verifier))).toBe('ticket_expired');
  const second = await through(client);
  expect(reasonOf(await finish(thief, second.ended.searchParams.get('code')!, second.verifier))).toBe('ticket_expired');
  const third = await through(client);
  expect(reasonOf(await finish(client, third.ended.searchParams.get('code')!, third.verifier))).toBe(true);
  expect(reasonOf(await finish(client, third.ended.searchParams.get('code')!, third.verifier))).toBe('ticket_expired');
});

test('the browser only ever comes back to the program itself', async () => {
  const client = new RawClient(running.url);
  const begin = (returnTo: string, kind = 'pc-app') =>
    client.call('session.external', { method: providerId, kind, device, returnTo, challenge: 'x'.repeat(43) }, {}, null);
  for (const returnTo of [
    'https://evil.example/',
    'http://localhost:80/',
    'http://127.0.0.1/',
    'http://127.0.0.1:1/?a=b',
    'hikyaku://x',
    '/',
  ]) {
    expect([returnTo, reasonOf(await begin(returnTo))]).toEqual([returnTo, 'return_forbidden']);
  }
  const stray = await fetch(`${running.url}/sign-in/oidc?state=nobody&code=x`, { redirect: 'manual' });
  expect(stray.status).toBe(400);
  expect(stray.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('who is nobody here, was taken away, or comes by a way that the rules closed, is refused with the reason', async () => {
  const client = new RawClient(running.url);
  provider.account = { sub: 'person-9', preferred_username: 'nobody' };
  expect((await through(client)).ended.searchParams.get('error')).toBe('identity_unknown');
  provider.account = { sub: 'person-1', preferred_username: 'sato' };
  const { identities } = (await admin.call('member.details', { member: 'sato' })).body.value as { identities: { id: string }[] };
  expect(reasonOf(await admin.call('member.unlinkIdentity', { member: 'sato', id: identities[0]!.id }))).toBe(true);
  expect((await through(client)).ended.searchParams.get('error')).toBe('identity_unlinked');
  expect(reasonOf(await admin.call('member.relinkIdentity', { member: 'sato', id: identities[0]!.id }))).toBe(true);
  expect((await through(client)).ended.searchParams.get('code')).not.toBeNull();

  expect(reasonOf(await admin.call('member.setState', { member: 'sato', state: 'suspended' }))).toBe(true);
  const suspended = await through(client);
  expect(reasonOf(await finish(client, suspended.ended.searchParams.get('code')!, suspended.verifier))).toBe('member_suspended');
  expect(reasonOf(await admin.call('member.setState', { member: 'sato', state: 'active' }))).toBe(true);

  expect(reasonOf(await admin.call('policy.set', { patch: { loginMethods: { oidc: false } } }))).toBe(true);
  const input = { method: providerId, kind: 'pc-app', device, returnTo: back, challenge: 'x'.repeat(43) };
  expect(reasonOf(await client.call('session.external', input, {}, null))).toBe('login_method_denied');
  expect((await client.call('login.methods', {}, {}, null)).body.value).toMatchObject({ methods: [{ kind: 'passkey' }] });
  expect(reasonOf(await admin.call('policy.set', { patch: { loginMethods: { oidc: true } } }))).toBe(true);
});

test('a provider says whether it answers, keeps its secret when changed, and only the right opens it', async () => {
  expect((await admin.call('identityProvider.test', { id: providerId })).body.value).toMatchObject({ ok: true, problem: null });
  const { providers } = (await admin.call('identityProvider.list')).body.value as { providers: object[] };
  expect(providers).toHaveLength(1);
  const changed = {
    kind: 'oidc',
    id: providerId,
    name: '新しい名前',
    enabled: true,
    issuer: provider.issuer,
    clientId: provider.clientId,
    match: 'sub',
  };
  expect((await admin.call('identityProvider.set', { provider: changed })).body.value).toMatchObject({ provider: { hasSecret: true } });
  const dead = { ...changed, id: undefined, issuer: 'http://127.0.0.1:9' };
  const made = (await admin.call('identityProvider.set', { provider: dead })).body.value as { provider: { id: string } };
  expect((await admin.call('identityProvider.test', { id: made.provider.id })).body.value).toMatchObject({ ok: false });
  expect(reasonOf(await admin.call('identityProvider.remove', { id: made.provider.id }))).toBe(true);
  const member = new RawClient(running.url);
  await member.login('tanaka');
  expect(reasonOf(await member.call('identityProvider.list'))).toBe('role_missing');
  const row = await running.services.database
    .selectFrom('identity_providers')
    .select(['settings', 'sealed_secret'])
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(row)).not.toContain(provider.clientSecret);
});
