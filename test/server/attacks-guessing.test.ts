import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { addTenant, startTestServer, type TestServer } from '../support/test-server.ts';

const many = { windowSeconds: 900, perAddress: 1e6, perAccount: 1e6, perPair: 1e6 };
let running: TestServer;
let mail: MailSink;
let client: RawClient;
beforeAll(async () => {
  mail = await startMailSink();
  running = await startTestServer({ mail: mail.server, attemptLimits: many, recoveryLimits: many });
  const members = {
    suspended: 'member',
    nopassword: 'member',
    waiting: 'member',
    deleted: 'member',
    blocked: 'member',
    nomail: 'member',
  } as const;
  await addTenant(running.services, 'globex', { someone: 'member' });
  await addTenant(running.services, 'people', { known: 'member', ...members });
  const { database } = running.services;
  const set = (memberId: string, change: object) => database.updateTable('members').set(change).where('member_id', '=', memberId).execute();
  for (const memberId of ['known', ...Object.keys(members)]) {
    if (memberId !== 'nomail') await set(memberId, { email: `${memberId}@people.example`, email_verified_at: 1 });
  }
  await set('suspended', { state: 'suspended' });
  await set('waiting', { state: 'waiting' });
  await set('deleted', { state: 'deleted', deleted_at: Date.now() });
  await set('blocked', { app_blocked: 1 });
  await set('nopassword', { password_hash: null });
  client = new RawClient(running.url);
});
afterAll(async () => {
  await running.close();
  await mail.close();
});

/** Everything that an answer says, without what is new in each. */
const told = ({ status, body, headers }: RawReply): string => {
  const said = [...headers].filter(([name]) => !['date', 'dpop-nonce', 'set-cookie', 'connection', 'keep-alive'].includes(name));
  return `${status} ${JSON.stringify(said.map(([name, value]) => `${name}: ${value}`).toSorted((a, b) => (a < b ? -1 : 1)))} ${JSON.stringify(body).replace(/"[\w-]{43}"/g, '"<secret>"')} ${headers.getSetCookie().length}`;
};
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;

/** Those whom nobody may find out about; the first is the one to compare with. */
const people = [
  'known@people',
  'nobody@people',
  'suspended@people',
  'waiting@people',
  'deleted@people',
  'blocked@people',
  'nopassword@people',
  'nomail@people',
  'someone@nowhere',
  'known@globex',
  'no such name at all',
  '@',
  'known@people@people',
];

describe.each<{ what: string; rounds: number; ask: (member: string) => Promise<RawReply> }>([
  { what: 'a login of an app with a wrong password', rounds: 7, ask: (member) => client.login(member, { password: 'wrong password 1' }) },
  {
    what: 'a login of a page with a wrong password',
    rounds: 5,
    ask: (member) => new PageClient(running.url).login(member, 'wrong password 1'),
  },
  { what: 'a forgotten password', rounds: 15, ask: (member) => client.call('recovery.begin', { member }, {}, null) },
  {
    what: 'a forgotten id',
    rounds: 15,
    ask: (member) =>
      client.call(
        'recovery.memberId',
        { email: `${member.split('@')[0]!.replaceAll(' ', '')}x@people.example`.replace('knownx', 'known'), tenant: 'people' },
        {},
        null,
      ),
  },
  {
    what: 'the ways to log in',
    rounds: 15,
    ask: (member) => client.call('login.methods', { member: member.endsWith('@people') ? member : 'known@people' }, {}, null),
  },
])('$what', ({ rounds, ask }) => {
  test('is answered alike, and in about the same time, whoever is named', async () => {
    const times = new Map<string, number[]>(people.map((member) => [member, []]));
    // The first tells the nonce and warms everything up.
    for (let warm = 0; warm < 3; warm += 1) await ask(people[warm]!);
    const expected = told(await ask(people[0]!));
    expect(expected).not.toMatch(/rate_limited|use_dpop_nonce|internal/);
    // One after the other, round by round: what else the machine does meets all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const member of people) {
        const startedAt = performance.now();
        const reply = await ask(member);
        times.get(member)!.push(performance.now() - startedAt);
        expect([member, told(reply)]).toEqual([member, expected]);
      }
    }
    const usual = median(times.get(people[0]!)!);
    for (const [member, taken] of times) {
      // An answer without the work for a password takes a tenth of the time; a line of the log more or less is no more than noise.
      const ratio = (median(taken) + 1) / (usual + 1);
      expect([member, ratio]).toEqual([member, expect.toSatisfy((one: number) => one > 0.25 && one < 4)]);
    }
  });
});

test('what is wrong with an account is said only with its password, and only what is wrong', async () => {
  const right = async (member: string) => {
    const { status, body } = await client.login(member);
    return [status, body.error?.details?.reason];
  };
  expect(await right('suspended@people')).toEqual([403, 'member_suspended']);
  expect(await right('waiting@people')).toEqual([403, 'member_waiting']);
  expect(await right('blocked@people')).toEqual([403, 'app_blocked']);
  expect(await right('nopassword@people')).toEqual([401, 'wrong_credentials']);
  expect(await right('nobody@people')).toEqual([401, 'wrong_credentials']);
});

test('made-up tickets, codes and states are answered like used-up ones', async () => {
  const made = 'A'.repeat(43);
  const device = { name: 'n', platform: 'p', appVersion: '1' };
  const asked: readonly [string, object][] = [
    ['session.continue', { ticket: made, answer: { type: 'send_code' } }],
    ['recovery.finish', { ticket: made, code: '12345678', password: 'another horse 43' }],
    ['session.externalFinish', { code: made, verifier: made }],
    ['invitation.look', { code: made }],
    ['invitation.accept', { code: made, password: 'another horse 43' }],
    ['session.passkeyFinish', { ticket: made, response: {}, kind: 'pc-app', device }],
    ['session.refresh', { refreshToken: made, resumed: false }],
  ];
  for (const [name, input] of asked) {
    const answers = [
      input,
      { ...input, ...('ticket' in input ? { ticket: 'x' } : {}), ...('code' in input && name !== 'recovery.finish' ? { code: 'y' } : {}) },
    ];
    const [one, other] = [told(await client.call(name, answers[0], {}, null)), told(await client.call(name, answers[1], {}, null))];
    expect([name, one.slice(0, 3)]).toEqual([name, expect.stringMatching(/40[134]/)]);
    expect([name, other]).toEqual([name, one]);
  }
  const known = (await client.call('recovery.begin', { member: 'known@people' }, {}, null)).body.value as { ticket: string };
  const nobody = (await client.call('recovery.begin', { member: 'nobody@people' }, {}, null)).body.value as { ticket: string };
  const finish = (ticket: string) => client.call('recovery.finish', { ticket, code: '00000000', password: 'another horse 43' }, {}, null);
  for (let tries = 0; tries < 7; tries += 1) expect(told(await finish(nobody.ticket))).toBe(told(await finish(known.ticket)));
});
