import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { makeSamlProvider, type SamlAnswer } from '../support/saml-provider.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const audience = 'https://hikyaku.test/sp';
const provider = makeSamlProvider();
let running: TestServer;
let admin: RawClient;
let providerId: string;
beforeAll(async () => {
  running = await startTestServer();
  admin = new RawClient(running.url);
  expect((await admin.login('admin')).status).toBe(200);
  const given = { kind: 'saml', name: '社内認証', enabled: true, entryPoint: 'https://idp.test/sso', issuer: audience, match: 'nameId' };
  const refused = await admin.call('identityProvider.set', { provider: { ...given, certificate: 'not one' } });
  expect(refused.body.error?.details).toMatchObject({ reason: 'certificate_invalid' });
  // Without its first and last line, as many consoles show it.
  const certificate = provider.certificate.replace(/-----[A-Z ]+-----/g, '').trim();
  const made = await admin.call('identityProvider.set', { provider: { ...given, certificate } });
  providerId = (made.body.value as { provider: { id: string } }).provider.id;
});
afterAll(() => running.close());

const device = { name: 'PC-03', platform: 'test', appVersion: '0.1.0' };
const back = 'http://127.0.0.1:45678/back';

/** Goes to the provider and back with its answer, as a browser does; the parameters that the program gets. */
async function through(client: RawClient, answer: Partial<SamlAnswer> & { readonly response?: string } = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const begun = await client.call('session.external', { method: providerId, kind: 'pc-app', device, returnTo: back, challenge }, {}, null);
  const { url } = begun.body.value as { url: string };
  const SAMLResponse = answer.response ?? provider.answer(url, { nameId: 'sato', audience, ...answer });
  const RelayState = new URL(url).searchParams.get('RelayState')!;
  const posted = await fetch(`${running.url}/sign-in/saml`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ SAMLResponse, RelayState }),
  });
  const ended = posted.status === 303 ? new URL(posted.headers.get('location')!).searchParams : new URLSearchParams();
  return { ended, verifier, response: SAMLResponse };
}

test('a signed answer to our own request logs its person in, once', async () => {
  const client = new RawClient(running.url);
  const { ended, verifier, response } = await through(client);
  const opened = await client.call('session.externalFinish', { code: ended.get('code'), verifier }, {}, null);
  expect(opened.body).toMatchObject({ ok: true, value: { kind: 'open', identity: { member: { memberId: 'sato' } } } });
  expect((await through(client, { response })).ended.get('error')).toBe('provider_refused');
});

test.each<[string, Partial<SamlAnswer>]>([
  ['with an unsigned assertion', { sign: ['response'] }],
  ['with an unsigned response', { sign: ['assertion'] }],
  ['without any signature', { sign: [] }],
  ['for somebody else', { audience: 'https://other.test' }],
  ['to a request that nobody made', { inResponseTo: '_nobody' }],
  ['that has run out', { notOnOrAfter: Date.now() - 120_000 }],
])('an answer %s is refused', async (_what, answer) => {
  expect((await through(new RawClient(running.url), answer)).ended.get('error')).toBe('provider_refused');
});

test('an answer that another key signed, or that was changed, is refused', async () => {
  const client = new RawClient(running.url);
  const stranger = makeSamlProvider();
  const { response } = await through(client);
  const changed = Buffer.from(Buffer.from(response, 'base64').toString('utf8').replaceAll('>sato<', '>admin<')).toString('base64');
  expect((await through(client, { response: changed })).ended.get('error')).toBe('provider_refused');
  const begun = await client.call(
    'session.external',
    { method: providerId, kind: 'pc-app', device, returnTo: back, challenge: 'x'.repeat(43) },
    {},
    null,
  );
  const { url } = begun.body.value as { url: string };
  const forged = stranger.answer(url, { nameId: 'admin', audience });
  expect((await through(client, { response: forged })).ended.get('error')).toBe('provider_refused');
  expect((await through(client, { nameId: 'nobody' })).ended.get('error')).toBe('identity_unknown');
});
