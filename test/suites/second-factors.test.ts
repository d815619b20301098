import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../server/audit/verify.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { PageClient } from '../support/page-client.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { SoftwareAuthenticator } from '../support/software-authenticator.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

let postgres: TestPostgres;
let folder: string;
let sink: MailSink;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-second-factors-'));
  sink = await startMailSink();
});
afterAll(async () => {
  await sink.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

const places: readonly [string, () => Promise<DatabasePlace>][] = [
  ['SQLite', async () => ({ kind: 'sqlite', file: path.join(folder, 'one.sqlite') })],
  ['PostgreSQL', () => postgres.place()],
];
const results = (replies: readonly RawReply[]): string[] =>
  replies.map(({ body }) => (body.ok ? 'ok' : String(body.error?.details?.reason))).toSorted((a, b) => (a < b ? -1 : 1));
const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));
const ticketOf = ({ body }: RawReply): string => (body.value as { ticket: string }).ticket;

describe.each(places)('second steps on %s', (_name, place) => {
  let running: TestServer;
  let secret: string;
  let recoveryCodes: string[];
  const { clock, forward } = turnedClock();
  const codeOf = (): string => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now() });
  const waiting = async (): Promise<{ client: RawClient; ticket: string }> => {
    const client = new RawClient(running.url);
    return { client, ticket: ticketOf(await client.login('sato')) };
  };
  beforeAll(async () => {
    running = await startTestServer({ place: await place(), clock, mail: sink.server });
    const client = new RawClient(running.url);
    await client.login('sato');
    secret = ((await client.call('account.totp.begin')).body.value as { secret: string }).secret;
    const confirmed = await client.call('account.totp.confirm', { code: codeOf() });
    recoveryCodes = (confirmed.body.value as { recoveryCodes: string[] }).recoveryCodes;
  });
  afterAll(() => running.close());

  test('of many logins that answer with one code at once, one opens', async () => {
    forward(60_000);
    const logins = await times(4, waiting);
    const answer = { type: 'code', method: 'totp', code: codeOf() };
    const replies = await Promise.all(logins.map(({ client, ticket }) => client.continueLogin(ticket, answer)));
    expect(results(replies)).toEqual(['ok', 'wrong_code', 'wrong_code', 'wrong_code']);
    const recovery = { type: 'code', method: 'recovery', code: recoveryCodes[0] };
    const again = await Promise.all((await times(4, waiting)).map(({ client, ticket }) => client.continueLogin(ticket, recovery)));
    expect(results(again)).toEqual(['ok', 'wrong_code', 'wrong_code', 'wrong_code']);
  });

  test('of many answers to one ticket at once, one opens one session', async () => {
    const { client, ticket } = await waiting();
    const count = async () => (await running.services.database.selectFrom('sessions').select('id').execute()).length;
    const before = await count();
    const replies = await times(4, (index) =>
      client.continueLogin(ticket, { type: 'code', method: 'recovery', code: recoveryCodes[index + 1] }),
    );
    expect(results(replies)).toEqual(['ok', 'ticket_expired', 'ticket_expired', 'ticket_expired']);
    expect((await count()) - before).toBe(1);
  });

  test('five wrong codes end a ticket, however many come at once', async () => {
    const { client, ticket } = await waiting();
    const replies = await times(8, () => client.continueLogin(ticket, { type: 'code', method: 'recovery', code: 'AAAA-AAAA-AAAA-AAAA' }));
    expect(results(replies).filter((reason) => reason === 'wrong_code')).toHaveLength(5);
    expect(results([await client.continueLogin(ticket, { type: 'code', method: 'recovery', code: recoveryCodes[9] })])).toEqual([
      'ticket_expired',
    ]);
  });

  test('a trusted device, a registered address and a passkey are kept as they are on the other database', async () => {
    forward(60_000);
    const { client, ticket } = await waiting();
    await client.continueLogin(ticket, { type: 'code', method: 'totp', code: codeOf(), trustDevice: true });
    expect((await client.login('sato')).body.value).toMatchObject({ kind: 'open' });
    const skip = sink.mails.filter(({ to }) => to.includes('sato@example.com')).length;
    expect((await client.call('account.email.set', { address: 'sato@example.com' })).status).toBe(200);
    const code = /\d{8}/.exec((await sink.to('sato@example.com', skip)).text)![0];
    expect((await client.call('account.email.confirm', { code })).status).toBe(200);

    const browser = new PageClient(running.url);
    await browser.login('tanaka');
    const key = new SoftwareAuthenticator(running.url.replace('127.0.0.1', 'localhost'));
    const { options } = (await browser.call('account.passkey.begin')).body.value as { options: unknown };
    const [first, second] = await times(2, () => browser.call('account.passkey.finish', { name: 'Key', response: key.create(options) }));
    expect(results([first!, second!])).toEqual(['ok', 'passkey_failed']);
    const begun = (await browser.call('session.passkeyBegin')).body.value as { ticket: string; options: unknown };
    const device = { name: 'Browser', platform: 'test', appVersion: '0.1.0' };
    const response = key.get(begun.options);
    const finish = () => browser.call('session.passkeyFinish', { ticket: begun.ticket, response, kind: 'browser', device });
    expect(results(await times(3, finish))).toEqual(['ok', 'passkey_failed', 'passkey_failed']);

    const security = (await client.call('account.security')).body.value;
    expect(security).toMatchObject({
      email: { address: 'sato@example.com', verified: true },
      twoStep: { enabled: true, totp: true, recoveryCodesLeft: expect.any(Number) as number },
      trustedDevices: [{ name: 'PC-01', verifiedAt: expect.any(Number) as number, until: expect.any(Number) as number }],
    });
  });

  test('the audit chain holds after all that', async () => {
    expect(await verifyAudit(running.services.database, running.tenantId)).toBeNull();
  });
});
