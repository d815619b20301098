import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { reasonOf } from '#shared/base/errors.ts';
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent, type TestKeychain } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';

let server: TestServer;
let provider: TestIdentityProvider;
let method: string;
let agent: TestAgent | null = null;
beforeAll(async () => {
  server = await startTestServer();
  provider = await startIdentityProvider([`${server.url}/sign-in/oidc`]);
  const admin = new RawClient(server.url);
  await admin.login('admin');
  const { issuer, clientId, clientSecret } = provider;
  const given = { kind: 'oidc', name: 'ID', enabled: true, issuer, clientId, clientSecret, match: 'preferred_username' };
  const made = await admin.call('identityProvider.set', { provider: given });
  method = (made.body.value as { provider: { id: string } }).provider.id;
});
afterAll(async () => {
  await server.close();
  await provider.close();
});
afterEach(async () => {
  await agent?.close();
  expect(agent?.bugs ?? []).toEqual([]);
  agent = null;
});

/** The person's browser: goes where it is sent, through the provider and the server, and back to the program. */
const browser = async (url: string): Promise<void> => {
  const callback = await provider.browse(url);
  const answer = await fetch(callback, { redirect: 'manual' });
  const landed = await fetch(answer.headers.get('location')!);
  expect(landed.status).toBe(200);
  expect(await landed.text()).toContain('アプリに戻って');
};
const start = async (keychain: TestKeychain, openUrl: (url: string) => Promise<void>, profile = tempFolder('browser-login')) =>
  (agent = await startAgent({ profile, keychain, parts: { openUrl } }));
const input = (loginId: string) => ({ loginId, serverUrl: server.url, method, keepLogin: true });

it('logs in with the system’s browser, and finds the same local data the next time', async () => {
  const keychain = testKeychain();
  const started = await start(keychain, browser);
  expect((await started.workspace['login.methods']({ serverUrl: server.url })).methods.map(({ id }) => id)).toContain(method);
  const { accountId } = await openedAccount(started.workspace['account.loginExternal'](input('one')));
  await eventually('online', async () => (await started.account()).connection === 'online');
  expect(await started.account()).toMatchObject({ accountId, member: { memberId: 'sato' }, persistent: true });
  await started.workspace['account.logout']({ accountId });
  expect(await openedAccount(started.workspace['account.loginExternal'](input('two')))).toEqual({ accountId });
});

it('says why the browser came back without a login, and ends when the person gives up', async () => {
  const started = await start(testKeychain(), browser);
  provider.account = { sub: 'person-2', preferred_username: 'nobody' };
  await expect(started.workspace['account.loginExternal'](input('one'))).rejects.toMatchObject({
    code: 'denied',
    details: { reason: 'identity_unknown' },
  });
  provider.account = { sub: 'person-1', preferred_username: 'sato' };
  let opened = false;
  await started.close();
  const waiting = await start(testKeychain(), async () => void (opened = true));
  const ended = waiting.workspace['account.loginExternal'](input('two')).then(
    () => null,
    (error: unknown) => reasonOf(error),
  );
  await eventually('the browser', () => opened);
  await waiting.workspace['account.cancelLogin']({ loginId: 'two' });
  expect(await ended).toBe('ticket_expired');
});

it('another program on this machine cannot bring a code of its own', async () => {
  let landing = '';
  const started = await start(testKeychain(), async (url) => {
    const callback = await provider.browse(url);
    const { headers } = await fetch(callback, { redirect: 'manual' });
    landing = headers.get('location')!;
    const { origin } = new URL(landing);
    expect((await fetch(`${origin}/?code=stolen`)).status).toBe(404);
    const stolen = new URL(landing);
    stolen.searchParams.set('code', 'stolen');
    await fetch(stolen);
  });
  await expect(started.workspace['account.loginExternal'](input('one'))).rejects.toMatchObject({ details: { reason: 'ticket_expired' } });
});
