import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginOutcome } from '#shared/contract/login.ts';
import type { Message } from '#shared/model/talk.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { makeMailQueue } from '../../server/mail/queue.ts';
import { openSmtp } from '../../server/mail/smtp.ts';
import { makeSealer, serverSecret } from '../../server/store/secrets.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

// Passwords, mail and notices on both databases: what counts, what is only once, and what happens at the same time.

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.close();
});

const places: [string, () => Promise<DatabasePlace | undefined>][] = [
  ['SQLite', async () => undefined],
  ['PostgreSQL', () => postgres.place()],
];

describe.each(places)('on %s', (_, placeOf) => {
  let running: TestServer;
  let sink: MailSink;
  let admin: RawClient;
  beforeAll(async () => {
    sink = await startMailSink();
    const place = await placeOf();
    running = await startTestServer({ mail: sink.server, ...(place === undefined ? {} : { place }) });
    admin = await loggedIn('admin');
    const { database } = running.services;
    await database.updateTable('members').set({ email: 'sato@acme.example' }).where('member_id', '=', 'sato').execute();
  });
  afterAll(async () => {
    await running.close();
    await sink.close();
  });
  const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];
  const login = async (member: string, password = testPassword) => outcome(await new RawClient(running.url).login(member, { password }));
  async function loggedIn(member: string, password = testPassword): Promise<RawClient> {
    const client = new RawClient(running.url);
    const reply = await client.login(member, { password });
    expect([...outcome(reply), (reply.body.value as LoginOutcome).kind]).toEqual([200, true, 'open']);
    return client;
  }
  const valueOf = <T>({ body }: RawReply): T => {
    expect(body).toMatchObject({ ok: true });
    return body.value as T;
  };
  const public_ = (name: string, input: object) => new RawClient(running.url).call(name, input, {}, null);

  it('failures at once are counted one by one, and end in one suspension with one notice to each administrator', async () => {
    valueOf(await admin.call('policy.set', { patch: { password: { lockoutFailures: 10, reuseBan: 2 } } }));
    const guesses = await Promise.all(Array.from({ length: 14 }, (_guess, at) => login('tanaka', `guess ${at}`)));
    expect(new Set(guesses.map(String))).toEqual(new Set(['401,wrong_credentials']));
    expect(await login('tanaka')).toEqual([403, 'member_suspended_failures']);
    const { rooms } = valueOf<{ rooms: { id: string; kind: string }[] }>(await admin.call('talk.changes', { cursor: null }));
    const room = rooms.find(({ kind }) => kind === 'service')!;
    const { messages } = valueOf<{ messages: Message[] }>(await admin.call('message.list', { roomId: room.id }));
    expect(messages.filter(({ notice }) => notice?.kind === 'locked_out')).toHaveLength(1);
    valueOf(await admin.call('member.setState', { member: 'tanaka', state: 'active' }));
    await loggedIn('tanaka');
  });

  it('two changes of one password at once: one wins, and the history has the one of before', async () => {
    const client = await loggedIn('sato');
    const next = ['the one 1', 'the other 2'];
    const replies = await Promise.all(next.map((password) => client.call('member.changePassword', { current: testPassword, password })));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
    const current = next[replies.findIndex(({ status }) => status === 200)]!;
    expect(outcome(await client.call('member.changePassword', { current, password: testPassword }))).toEqual([400, 'password_reused']);
  });

  it('a code is good once, however often it is given at the same time', async () => {
    const { ticket } = valueOf<{ ticket: string }>(await public_('recovery.begin', { member: 'sato' }));
    const code = /(\d{8})/u.exec((await sink.to('sato@acme.example')).text)![1]!;
    const replies = await Promise.all([1, 2, 3].map((at) => public_('recovery.finish', { ticket, code, password: `at once ${at}` })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    const won = replies.findIndex(({ status }) => status === 200) + 1;
    await loggedIn('sato', `at once ${won}`);
    expect(outcome(await public_('recovery.memberId', { email: 'SATO@acme.example' }))).toEqual([200, true]);
    expect((await sink.to('sato@acme.example', 1)).text).toContain('sato@acme');
  });

  it('asking for new passwords and resetting all of them do what they say', async () => {
    expect(valueOf(await admin.call('member.requestPasswordChange', { members: ['tanaka'] }))).toEqual({ requested: 1 });
    const begun = valueOf<{ need: object }>(await new RawClient(running.url).login('tanaka'));
    expect(begun.need).toMatchObject({ type: 'new_password', why: 'requested' });
    const reset = valueOf<{ links: { memberId: string }[] }>(await admin.call('member.resetAllPasswords'));
    expect(reset).toMatchObject({ reset: 2, excluded: 1, links: [{ memberId: 'tanaka' }] });
    expect(await login('tanaka')).toEqual([401, 'wrong_credentials']);
    expect((await sink.to('sato@acme.example', 2)).text).toContain('#/invitation/');
  });

  it('several processes send each letter once', async () => {
    const { services } = running;
    // The server itself is one of them.
    const sealer = makeSealer(await serverSecret(services, 'sealed'), 'letters', services.random);
    const queue = () => makeMailQueue(services, { smtp: openSmtp(sink.server), sealer });
    const queues = [queue(), queue(), queue(), queue()];
    await services.database.transaction().execute(async (transaction) => {
      for (let at = 0; at < 12; at += 1) {
        const content = { kind: 'login_code', code: '12345678' } as const;
        await queues[0]!.send(transaction, {
          tenantId: 't',
          to: `p${at}@acme.example`,
          language: 'en',
          content,
          expiresAt: Date.now() + 60_000,
        });
      }
    });
    await Promise.all(queues.map((one) => one.drain()));
    for (let at = 0; at < 12; at += 1) await sink.to(`p${at}@acme.example`);
    expect(sink.mails.filter(({ to }) => /^p\d/u.test(to[0]!))).toHaveLength(12);
    for (const one of queues) await one.close();
  });
});
