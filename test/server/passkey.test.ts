import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountSecurity } from '#shared/contract/account.ts';
import type { LoginMethod, LoginNeed } from '#shared/contract/login.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { SoftwareAuthenticator, type Misbehaviour } from '../support/software-authenticator.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

let running: TestServer;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  running = await startTestServer({ clock });
});
afterAll(() => running.close());
beforeEach(async () => {
  const { database } = running.services;
  for (const table of ['totp_keys', 'recovery_codes', 'passkeys'] as const) await database.deleteFrom(table).execute();
});

const outcome = ({ status, body }: RawReply): unknown[] => [status, body.ok || (body.error?.details?.reason ?? body.error?.code)];
const kindOf = ({ body }: RawReply): string => (body.value as { kind: string }).kind;
const page = (): PageClient => new PageClient(running.url);
/** Browsers know the machine itself as `localhost`. */
const authenticator = (): SoftwareAuthenticator => new SoftwareAuthenticator(running.url.replace('127.0.0.1', 'localhost'));
const about = { kind: 'browser', device: { name: 'Browser', platform: 'test', appVersion: '0.1.0' } };

async function withPasskey(member: string): Promise<{ browser: PageClient; key: SoftwareAuthenticator }> {
  const [browser, key] = [page(), authenticator()];
  expect(kindOf(await browser.login(member))).toBe('open');
  const { options } = (await browser.call('account.passkey.begin')).body.value as { options: unknown };
  const reply = await browser.call('account.passkey.finish', { name: 'Laptop', response: key.create(options) });
  expect(outcome(reply)).toEqual([200, true]);
  expect(reply.body.value).toMatchObject({ passkey: { name: 'Laptop', lastUsedAt: null } });
  expect((reply.body.value as { recoveryCodes: string[] }).recoveryCodes).toHaveLength(10);
  return { browser, key };
}
const begin = async (browser: PageClient) => (await browser.call('session.passkeyBegin')).body.value as { ticket: string; options: object };
async function login(browser: PageClient, key: SoftwareAuthenticator, wrong: Misbehaviour = {}): Promise<RawReply> {
  const { ticket, options } = await begin(browser);
  return browser.call('session.passkeyFinish', { ticket, response: key.get(options, wrong), ...about });
}
const patch = async (rules: object): Promise<void> => {
  const admin = new RawClient(running.url);
  await admin.login('admin');
  expect((await admin.call('policy.set', { patch: rules })).status).toBe(200);
};

test('ACC-23: a passkey alone logs in, and nothing more is asked', async () => {
  const { key } = await withPasskey('sato');
  const browser = page();
  expect((await browser.call('login.methods')).body.value).toMatchObject({ methods: [{ id: 'passkey', kind: 'passkey' }] });
  const { options } = await begin(browser);
  expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
  expect(options).not.toHaveProperty('allowCredentials.0');
  const reply = await login(browser, key);
  expect(reply.body.value).toMatchObject({ kind: 'open', grant: null, identity: { member: { memberId: 'sato' } } });
  expect((await browser.call('session.current')).status).toBe(200);
  const { method } = await running.services.database
    .selectFrom('sessions')
    .select('method')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(method).toBe('passkey');
});

test.each<[string, Misbehaviour]>([
  ['signed for another site', { origin: 'https://evil.example' }],
  ['for another server’s name', { rpId: 'evil.example' }],
  ['without having verified its user', { userVerified: false }],
  ['for another challenge', { challenge: 'AAAA' }],
  ['for another member', { userHandle: Buffer.alloc(32).toString('base64url') }],
])('a passkey is refused that was used %s', async (_how, wrong) => {
  const { key } = await withPasskey('sato');
  expect(outcome(await login(page(), key, wrong))).toEqual([403, 'passkey_failed']);
  expect(kindOf(await login(page(), key))).toBe('open');
});

test('a passkey whose counter goes backwards is a copy, and refused', async () => {
  const { key } = await withPasskey('sato');
  expect(kindOf(await login(page(), key, { counter: 7 }))).toBe('open');
  expect(outcome(await login(page(), key, { counter: 7 }))).toEqual([403, 'passkey_failed']);
  expect(outcome(await login(page(), key, { counter: 3 }))).toEqual([403, 'passkey_failed']);
  expect(kindOf(await login(page(), key, { counter: 8 }))).toBe('open');
});

test('what a passkey signed works once, for five minutes, in the browser that asked', async () => {
  const { key } = await withPasskey('sato');
  const [browser, other] = [page(), page()];
  const { ticket, options } = await begin(browser);
  const response = key.get(options);
  await begin(other);
  expect(outcome(await other.call('session.passkeyFinish', { ticket, response, ...about }))).toEqual([403, 'passkey_failed']);
  expect(kindOf(await browser.call('session.passkeyFinish', { ticket, response, ...about }))).toBe('open');
  expect(outcome(await browser.call('session.passkeyFinish', { ticket, response, ...about }))).toEqual([403, 'passkey_failed']);
  const late = await begin(browser);
  const signed = key.get(late.options);
  forward(300_001);
  expect(outcome(await browser.call('session.passkeyFinish', { ticket: late.ticket, response: signed, ...about }))).toEqual([
    403,
    'passkey_failed',
  ]);
});

test('a key that nobody registered, and nonsense, get the same answer', async () => {
  const stranger = authenticator();
  stranger.create({ challenge: 'AAAA', rp: { id: 'localhost' }, user: { id: Buffer.alloc(32).toString('base64url') } });
  expect(outcome(await login(page(), stranger))).toEqual([403, 'passkey_failed']);
  const browser = page();
  for (const response of [null, {}, 'x', { id: 'x', response: {} }, { id: 'x'.repeat(2_000), response: { userHandle: 1 } }]) {
    const { ticket } = await begin(browser);
    expect(outcome(await browser.call('session.passkeyFinish', { ticket, response, ...about }))).toEqual([403, 'passkey_failed']);
  }
});

test('where the rules take passkeys away as a login, they stay a second step', async () => {
  const { key } = await withPasskey('sato');
  await patch({ loginMethods: { passkey: false } });
  const browser = page();
  expect(((await browser.call('login.methods')).body.value as { methods: LoginMethod[] }).methods).toEqual([]);
  expect(outcome(await login(browser, key))).toEqual([403, 'login_method_denied']);
  const first = (await browser.login('sato')).body.value as { ticket: string; need: Extract<LoginNeed, { type: 'code' }> };
  expect(first.need).toMatchObject({ type: 'code', methods: ['passkey', 'recovery'] });
  expect(first.need.passkey).toMatchObject({ allowCredentials: [{ id: key.id }], rpId: 'localhost' });
  const wrong = { type: 'passkey', response: key.get(first.need.passkey, { userVerified: false }) };
  expect(outcome(await browser.continueLogin(first.ticket, wrong))).toEqual([403, 'passkey_failed']);
  const answer = { type: 'passkey', response: key.get(first.need.passkey) };
  expect(kindOf(await browser.continueLogin(first.ticket, answer))).toBe('open');
  await patch({ loginMethods: { passkey: true } });
});

test('a passkey of somebody else is no second step', async () => {
  const { key } = await withPasskey('sato');
  await withPasskey('tanaka');
  const browser = page();
  const first = (await browser.login('tanaka')).body.value as { ticket: string; need: Extract<LoginNeed, { type: 'code' }> };
  const answer = { type: 'passkey', response: key.get(first.need.passkey) };
  expect(outcome(await browser.continueLogin(first.ticket, answer))).toEqual([403, 'passkey_failed']);
});

test('an app cannot sign: it is told to use a passkey in the browser, or takes a recovery code', async () => {
  const { browser } = await withPasskey('sato');
  const app = new RawClient(running.url);
  const first = (await app.login('sato')).body.value as { need: LoginNeed };
  expect(first.need).toMatchObject({ type: 'code', methods: ['recovery'] });
  await running.services.database.deleteFrom('recovery_codes').execute();
  expect(outcome(await app.login('sato'))).toEqual([403, 'two_step_elsewhere']);
  expect((await browser.call('session.current')).status).toBe(200);
});

test('a passkey of one member cannot be registered by another', async () => {
  const { key } = await withPasskey('sato');
  const other = page();
  await other.login('tanaka');
  const { options } = (await other.call('account.passkey.begin')).body.value as { options: unknown };
  const stolen = await other.call('account.passkey.finish', { name: 'Copy', response: key.create(options) });
  expect(outcome(stolen)).toEqual([409, 'passkey_known']);
});

test('a session proves itself again with a passkey', async () => {
  const { browser, key } = await withPasskey('sato');
  const [passkey] = ((await browser.call('account.security')).body.value as AccountSecurity).twoStep.passkeys;
  forward(600_001);
  expect(outcome(await browser.call('account.passkey.remove', { id: passkey!.id }))).toEqual([403, 'reauthentication_required']);
  const { options } = (await browser.call('session.passkeyOptions')).body.value as { options: unknown };
  const failed = await browser.call('session.reauthenticate', { passkey: key.get(options, { origin: 'https://evil.example' }) });
  expect(outcome(failed)).toEqual([403, 'passkey_failed']);
  const proved = await browser.call('session.reauthenticate', { passkey: key.get(options) });
  expect((proved.body.value as { freshUntil: number }).freshUntil).toBeGreaterThan(clock.now() + 590_000);
  const other = page();
  await other.login('tanaka');
  expect(outcome(await other.call('account.passkey.remove', { id: passkey!.id }))).toEqual([404, 'not_found']);
  expect(outcome(await browser.call('account.passkey.remove', { id: passkey!.id }))).toEqual([200, true]);
  expect(outcome(await login(page(), key))).toEqual([403, 'passkey_failed']);
});
