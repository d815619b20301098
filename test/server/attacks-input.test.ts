import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '#shared/contract/operation.ts';
import { server as contract } from '#shared/contract/server.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { allPlaces, plausible } from '../support/plausible.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import type { RawClient } from '../support/raw-client.ts';
import '../support/seed.ts';
import { testPassword } from '../support/test-server.ts';
import { ownFields, signed, twoCompanies, type TwoCompanies } from '../support/two-companies.ts';

/** Longest that any of it may take, in milliseconds. */
const patience = 2_000;
const many = { windowSeconds: 900, perAddress: 1e6, perAccount: 1e6, perPair: 1e6 };

/** Nested as deep as a body of a few kilobytes allows. */
const deep = (levels: number): unknown => JSON.parse(`${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`);
const polluting: unknown = JSON.parse('{"__proto__":{"role":"supreme"},"constructor":{"prototype":{"x":1}},"hasOwnProperty":1}');
/** What no careful client sends. */
const nasty: readonly unknown[] = [
  null,
  '',
  'a\u0000b',
  '\ud800',
  'x\udfff\ud800y',
  '\u202egpj.exe',
  "' OR 1=1; --",
  '%_\\',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  'ﷺ'.repeat(20),
  'e\u0301'.repeat(50),
  'a'.repeat(100_000),
  '(a+)+$'.repeat(1_000),
  `${'a.'.repeat(2_000)}@example.com`,
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  1e308,
  true,
  [],
  {},
  [null],
  [[[]]],
  Array.from({ length: 5_000 }, () => 'x'),
  Array.from({ length: 5_000 }, (_, index) => ({ id: index })),
  deep(1_000),
  polluting,
];
/** Of the nasty values, how many go into each place; another few for each. */
const turns: Readonly<Record<string, number>> = { SQLite: 2, PostgreSQL: 1 };

describe.each(['SQLite', 'PostgreSQL'])('on %s', (kind) => {
  let world: TwoCompanies;
  let mail: MailSink;
  let postgres: TestPostgres | null;
  let passwordHash: string | null;
  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    mail = await startMailSink();
    const limits = { attemptLimits: many, recoveryLimits: many, mail: mail.server };
    world = await twoCompanies({ ...limits, ...(postgres === null ? {} : { place: await postgres.place() }) });
    const members = world.running.services.database.selectFrom('members').select('password_hash');
    passwordHash = (await members.where('member_id', '=', 'sato').executeTakeFirstOrThrow()).password_hash;
  });
  afterAll(async () => {
    await world.running.close();
    await mail.close();
    await postgres?.close();
  });

  /** Somebody who may call it, logged in as new where what was sent before ended that. */
  async function asker(name: string): Promise<{ client: RawClient; token: string | null }> {
    const { access } = (contract as Contract)[name]!;
    const who = access === 'administrator' ? 'admin' : 'sato';
    const known = who === 'admin' ? world.admin : world.attacker;
    if (access === 'public') return { client: known, token: null };
    const open = known.grant !== null && (!doubtful || (await known.call('session.current')).body.ok);
    doubtful = false;
    if (open) return { client: known, token: known.grant!.accessToken };
    const { database, bus } = world.running.services;
    const policy = JSON.stringify(defaultPolicy);
    await database
      .updateTable('tenants')
      .set((update) => ({ policy, policy_revision: update('policy_revision', '+', 1) }))
      .execute();
    bus.publish({ tenantId: world.running.tenantId, audience: null, event: { type: 'policy.changed', revision: 0 } });
    await database
      .updateTable('members')
      .set({ state: 'active', app_blocked: 0, password_due: null, failed_logins: 0, email_codes: 0 })
      .execute();
    for (const table of ['totp_keys', 'passkeys'] as const) await database.deleteFrom(table).execute();
    await database.updateTable('members').set({ password_hash: passwordHash }).where('member_id', 'in', ['admin', 'sato']).execute();
    expect([who, (await known.login(`${who}@acme`)).body]).toMatchObject([who, { ok: true, value: { kind: 'open' } }]);
    return { client: known, token: known.grant!.accessToken };
  }

  /** Whether the session may have ended with what was sent last. */
  let doubtful = false;
  let count = 0;
  const fields = () => ({
    ...ownFields(world.own),
    'session.login.member': 'sato@acme',
    'session.login.password': testPassword,
    'recovery.begin.member': 'sato@acme',
    'identityProvider.set.provider|0.issuer': 'http://127.0.0.1:9',
    'organisation.delete.id': world.own['organisation'],
  });
  const next = () => (count += 1);
  const inputOf = (name: string, at: string, value: unknown): unknown => {
    const own: Readonly<Record<string, unknown>> = fields();
    return plausible((contract as Contract)[name]!.input, name, {
      at: { path: at, value },
      own: (path, field) => (Object.hasOwn(own, path) ? own[path] : (own[field ?? ''] ?? (field === null ? undefined : 'member-nobody'))),
      next,
    });
  };
  const statuses = new Set<number>();
  const slow: string[] = [];
  const broken: string[] = [];
  async function sent(name: string, what: string, body: unknown): Promise<void> {
    const { client, token } = await asker(name);
    const startedAt = performance.now();
    const { status, body: reply } = await client.call(name, body, {}, token);
    const took = performance.now() - startedAt;
    statuses.add(status);
    doubtful = status === 401 || status === 403 || status === 426;
    if (took > patience) slow.push(`${name} ${what}: ${took} ms`);
    if (status >= 500 && reply.error?.code !== 'unavailable')
      broken.push(`${name} ${what}: ${status} ${JSON.stringify(reply).slice(0, 200)}`);
    const cause = world.running.logged.filter(({ level }) => level === 'error');
    if (cause.length > 0) broken.push(`${name} ${what} logged ${String((cause[0]!.fields as { error?: unknown }).error).slice(0, 300)}`);
    (world.running.logged as unknown[]).length = 0;
  }

  test('nothing that is put into any field of any operation breaks the server, or keeps it busy', async () => {
    const values = fc.sample(fc.shuffledSubarray([...nasty], { minLength: nasty.length }), 1)[0]!;
    let turn = 0;
    for (const [name, { input }] of Object.entries(contract as Contract)) {
      for (const path of allPlaces(name, input)) {
        for (let times = 0; times < turns[kind]!; times += 1) {
          const value = values[(turn += 1) % values.length];
          await sent(name, `${path} = ${JSON.stringify(value)?.slice(0, 60)}`, inputOf(name, path, value));
        }
      }
    }
    expect([broken, slow]).toEqual([[], []]);
    expect(({} as { role?: string }).role).toBeUndefined();
    // Inputs of every kind were tried: taken, refused for their form, for who asks, and for what they name.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 403, 404]));
  }, 120_000);

  test('a text that the database cannot even look for is the sender’s mistake, in operations and in addresses', async () => {
    const fields = ['audit.search.text', 'audit.search.action', 'download.search.text', 'member.list.text', 'device.list.text'];
    const more = ['recovery.memberId.email', 'recovery.memberId.tenant', 'group.createOwn.name', 'identityProvider.set.provider|0.name'];
    for (const path of [...fields, ...more]) {
      const name = path.split('.').slice(0, 2).join('.');
      await sent(name, path, inputOf(name, path, 'a\u0000b'));
    }
    const { client } = await asker('drive.spaces');
    for (const path of ['/api/files/a%00b/content', '/api/messages/a%00b/files/%00']) {
      const response = await fetch(`${client.url}${path}`, { headers: signed(client, 'GET', path) });
      expect([path, response.status < 500, await response.json()]).toMatchObject([path, true, { ok: false }]);
    }
    expect(broken).toEqual([]);
  });

  test('bodies that are no input at all, or far too much of it, are refused at once', async () => {
    const whole: readonly (readonly [string, string])[] = [
      ['a broken body', '{"a":'],
      ['nothing but brackets', '['.repeat(200_000)],
      ['very deep', `${'{"a":['.repeat(50_000)}1${']}'.repeat(50_000)}`],
      ['a mebibyte', JSON.stringify({ member: 'x'.repeat(1_048_560) })],
      ['more than fits', JSON.stringify({ member: 'x'.repeat(9 * 1_048_576) })],
      ['keys by the thousand', JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`k${key}`, key])))],
    ];
    // What is read before an operation looks at it is the same for all: one that is open, one that is not, and the two that take more.
    for (const name of ['session.login', 'session.current', 'drive.mutate', 'member.import']) {
      for (const [what, body] of whole) await sent(name, what, body);
    }
    expect([broken, slow]).toEqual([[], []]);
  }, 120_000);
});
