import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { parseCommand } from '../../server/arguments.ts';
import type { Letter } from '../../server/context.ts';
import { makeMailQueue, type MailQueue } from '../../server/mail/queue.ts';
import { openSmtp } from '../../server/mail/smtp.ts';
import { makeSealer } from '../../server/store/secrets.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { startTestServer } from '../support/test-server.ts';

const minute = 60_000;
let sink: MailSink;
let made: TestServices;
let now = 1_000_000;
const clock: Clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
beforeEach(async () => {
  now = 1_000_000;
  sink = await startMailSink();
  made = await makeServices({ clock });
});
afterEach(async () => {
  await sink.close();
  await made.close();
});

const queueOver = (server = sink.server): MailQueue =>
  makeMailQueue(made.services, { smtp: openSmtp(server), sealer: makeSealer(Buffer.alloc(32, 7), 'letters', made.services.random) });
const letter = (more: Partial<Letter> = {}): Letter => ({
  tenantId: 'acme',
  to: 'sato@acme.example',
  language: 'ja',
  content: { kind: 'login_code', code: '12345678' },
  expiresAt: now + 10 * minute,
  ...more,
});
const put = (queue: MailQueue, ...given: Letter[]): Promise<void> =>
  made.services.database.transaction().execute(async (transaction) => {
    for (const one of given) await queue.send(transaction, one);
  });
const waiting = () => made.services.database.selectFrom('letters').selectAll().execute();
const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];

test('a letter leaves by itself once its transaction ends, in the language of the person, and is gone from the database', async () => {
  const queue = queueOver();
  await put(queue, letter(), letter({ to: 'smith@acme.example', language: 'en' }));
  const japanese = await sink.to('sato@acme.example');
  expect(japanese).toMatchObject({ from: 'no-reply@acme.example', to: ['sato@acme.example'], subject: 'ログインの確認コード' });
  expect(japanese.text).toContain('ログインの確認コード：12345678');
  expect(await sink.to('smith@acme.example')).toMatchObject({ subject: 'Your login code' });
  await queue.drain();
  expect(await waiting()).toEqual([]);
  await queue.close();
});

test('what waits is sealed, and no log names a code or an address', async () => {
  sink.answer(450);
  const queue = queueOver();
  await put(queue, letter());
  await queue.drain();
  const [row] = await waiting();
  expect(JSON.stringify(row)).not.toMatch(/12345678|sato@/u);
  now += minute;
  sink.answer(550);
  await queue.drain();
  expect(made.logged.map(({ message }) => message)).toEqual([
    'The mail server did not take a letter; it is tried again',
    'A letter was given up',
  ]);
  expect(JSON.stringify(made.logged)).not.toMatch(/12345678|sato@/u);
  await queue.close();
});

test('a transaction that is undone sends nothing', async () => {
  const queue = queueOver();
  const undone = made.services.database.transaction().execute(async (transaction) => {
    await queue.send(transaction, letter());
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await queue.drain();
  expect([sink.attempts(), await waiting()]).toEqual([0, []]);
  await queue.close();
});

test('a mail server that says "later" is asked again, each time later, until the letter is useless', async () => {
  sink.answer(450);
  const queue = queueOver();
  await put(queue, letter());
  const waits: number[] = [];
  for (let tries = 1; tries <= 4; tries += 1) {
    await queue.drain();
    expect(sink.attempts()).toBe(tries);
    const [row] = await waiting();
    waits.push(row!.next_at - now);
    await queue.drain();
    expect(sink.attempts()).toBe(tries);
    now = row!.next_at;
  }
  expect(waits).toEqual([5_000, 20_000, 60_000, 300_000]);
  now += 10 * minute;
  await queue.drain();
  expect([sink.attempts(), await waiting()]).toEqual([4, []]);
  await queue.close();
});

test('a mail server that says no is not asked again', async () => {
  sink.answer(550);
  const queue = queueOver();
  await put(queue, letter());
  await queue.drain();
  now += minute;
  await queue.drain();
  expect([sink.attempts(), await waiting()]).toEqual([1, []]);
  await queue.close();
});

test('letters survive a mail server that is away and a restart, and several processes send each once', async () => {
  const away = queueOver({ ...sink.server, port: 1 });
  await put(away, letter(), letter({ to: 'tanaka@acme.example' }), letter({ to: 'ito@acme.example' }));
  await away.drain();
  await away.close();
  expect(await waiting()).toHaveLength(3);
  now += minute;
  const queues = [queueOver(), queueOver(), queueOver()];
  await Promise.all(queues.map((queue) => queue.drain()));
  expect(sink.mails).toHaveLength(3);
  expect(new Set(sink.mails.map(({ to }) => to[0]))).toEqual(new Set(['ito@acme.example', 'sato@acme.example', 'tanaka@acme.example']));
  for (const queue of queues) await queue.close();
});

test('a letter to nobody is kept like any other and sent to nobody', async () => {
  const queue = queueOver();
  await put(queue, letter({ to: null }));
  await queue.drain();
  expect([sink.attempts(), await waiting()]).toEqual([0, []]);
  await queue.close();
});

test('a user of the mail server logs in there; a wrong password is no reason to throw letters away', async () => {
  const guarded = await startMailSink({ user: 'hikyaku' });
  const wrong = queueOver({ ...guarded.server, password: 'guess' });
  await put(wrong, letter());
  await wrong.drain();
  await wrong.close();
  expect([guarded.mails.length, (await waiting()).length]).toEqual([0, 1]);
  now += minute;
  const right = queueOver(guarded.server);
  await right.drain();
  expect(guarded.mails).toHaveLength(1);
  await right.close();
  await guarded.close();
});

test('administrators see where mail goes, test it to their own address, and hear what the mail server said', async () => {
  const running = await startTestServer({ mail: sink.server });
  const admin = new RawClient(running.url);
  await admin.login('admin');
  const { host, port, from } = sink.server;
  expect((await admin.call('mail.status')).body.value).toEqual({ configured: true, host, port, from });
  expect(outcome(await admin.call('mail.test'))).toEqual([400, 'email_missing']);
  const { database } = running.services;
  await database.updateTable('members').set({ email: 'admin@acme.example' }).where('member_id', '=', 'admin').execute();
  expect((await admin.call('mail.test')).body.value).toEqual({ sentTo: 'admin@acme.example' });
  expect((await sink.to('admin@acme.example')).text).toContain('acme Inc.');
  sink.answer(554);
  const refused = await admin.call('mail.test');
  expect([refused.status, refused.body.error?.details]).toEqual([503, { reason: 'mail_failed', subject: 'EMESSAGE 554' }]);
  const rows = await database.selectFrom('audit_entries').select(['result', 'details']).where('action', '=', 'mail.test').execute();
  expect(rows.map(({ result, details }) => [result, JSON.parse(details)])).toEqual([
    ['success', {}],
    ['failure', { problem: 'EMESSAGE 554' }],
  ]);
  const sato = new RawClient(running.url);
  await sato.login('sato');
  expect(outcome(await sato.call('mail.test'))).toEqual([403, 'role_missing']);
  await running.close();
});

test('a server without mail says so where mail is needed', async () => {
  const running = await startTestServer();
  const admin = new RawClient(running.url);
  await admin.login('admin');
  expect((await admin.call('mail.status')).body.value).toEqual({ configured: false, host: '', port: 0, from: '' });
  expect(outcome(await admin.call('mail.test'))).toEqual([503, 'mail_not_configured']);
  expect(outcome(await new RawClient(running.url).call('recovery.begin', { member: 'sato' }, {}, null))).toEqual([
    503,
    'mail_not_configured',
  ]);
  await running.close();
});

test('the command line takes the mail server, never its password', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-mail-'));
  const file = path.join(folder, 'password');
  await writeFile(file, 'sesame\n');
  const run = (...args: string[]) => parseCommand(['--data', folder, '--port', '0', ...args]);
  expect(run('--mail-server', 'smtp://mail.acme.example:2525', '--mail-from', 'it@acme.example')).toMatchObject({
    mail: { host: 'mail.acme.example', port: 2_525, secure: false, user: null, from: 'it@acme.example', passwordFile: null },
  });
  expect(
    run('--mail-server', 'smtps://it%40acme@mail.acme.example', '--mail-from', 'IT <it@acme.example>', '--mail-password-file', file),
  ).toMatchObject({ mail: { port: 465, secure: true, user: 'it@acme', passwordFile: file } });
  expect(run()).toMatchObject({ mail: null });
  for (const wrong of [
    ['--mail-server', 'mail.acme.example', '--mail-from', 'it@acme.example'],
    ['--mail-server', 'https://mail.acme.example', '--mail-from', 'it@acme.example'],
    ['--mail-server', 'smtp://mail.acme.example'],
    ['--mail-server', 'smtp://mail.acme.example', '--mail-from', 'nobody'],
    ['--mail-server', 'smtps://it:sesame@mail.acme.example', '--mail-from', 'it@acme.example'],
    ['--mail-server', 'smtps://it@mail.acme.example', '--mail-from', 'it@acme.example'],
    ['--mail-from', 'it@acme.example'],
  ]) {
    expect(() => run(...wrong), wrong.join(' ')).toThrow(expect.objectContaining({ code: 'invalid' }));
  }
  await rm(folder, { recursive: true });
});
