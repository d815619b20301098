import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Contract } from '#shared/contract/operation.ts';
import { administration, server as contract } from '#shared/contract/server.ts';
import { ruleSections } from '#shared/model/policy.ts';
import { AdminRight } from '#shared/model/rights.ts';
import { Role } from '#shared/model/member.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import { plausible } from '../support/plausible.ts';
import type { RawClient } from '../support/raw-client.ts';
import { office, startRulesServer, type RulesServer } from '../support/rules-server.ts';
import { rowsWith, signed } from '../support/two-companies.ts';

let server: RulesServer;
let sato: RawClient;
beforeAll(async () => {
  server = await startRulesServer();
});
afterAll(() => server.running.close());
beforeEach(async () => {
  await server.reset();
  sato = await server.loggedIn('sato');
});

const operations = Object.entries(administration as Contract);
/** The rules are one thing with many owners: the operation itself asks for the right of each section that it touches. */
const bySection = ['policy.get', 'policy.set', 'policy.confirm', 'policy.revert', 'policy.preview', 'policy.simulate', 'policy.affected'];
/** What `server/start.ts` offers for download, and the right that each needs. */
const exportsOffered = { 'members.xlsx': 'members', 'blocked-members.xlsx': 'members', 'audit.csv': 'audit' } as const;

let count = 0;
const inputOf = (name: string): unknown =>
  plausible((contract as Contract)[name]!.input, name, {
    own: (_path, field) => (field === null ? undefined : 'member-tanaka'),
    next: () => (count += 1),
  });
/** Who holds which rights: every role, and one of the company's own for each single right. */
const askers: readonly { label: string; role: Role; own: readonly AdminRight[] }[] = [
  ...Role.options.filter((role) => role !== 'custom').map((role) => ({ label: role, role, own: [] })),
  { label: 'custom without rights', role: 'custom', own: [] },
  ...AdminRight.options.map((right) => ({ label: `custom with ${right}`, role: 'custom' as const, own: [right] })),
];
const everything = (): Promise<string[]> => rowsWith(server.database(), ['']);
/** Sessions note when they were used, and refusals are in the log. */
const lasting = (rows: readonly string[]): string[] => rows.filter((row) => !/^(sessions|audit_heads) /.test(row));
const denials = async (): Promise<{ operation: string; right: string | undefined }[]> => {
  const rows = await server
    .database()
    .selectFrom('audit_entries')
    .selectAll()
    .where('action', '=', 'access.denied')
    .orderBy('sequence')
    .execute();
  return rows.map(({ details }) => JSON.parse(details) as { operation: string; right: string | undefined });
};

test('every operation of the administration names its right; only the rules’ own ask for each section', () => {
  for (const [name, { access }] of operations) expect([name, access]).toEqual([name, 'administrator']);
  expect(operations.filter(([, { needs }]) => needs.right === undefined).map(([name]) => name)).toEqual(bySection);
  const elsewhere = Object.entries(contract as Contract).filter(([name]) => !Object.hasOwn(administration, name));
  for (const [name, { access, needs }] of elsewhere)
    expect([name, access === 'administrator', needs.right]).toEqual([name, false, undefined]);
});

test.each(askers)(
  '$label gets exactly what the contract and the table of rights say; each refusal is in the log, and nothing was done',
  async ({ role, own }) => {
    await server.as('sato', role === 'supreme' ? 'administrator' : role, own);
    // There is one supreme administrator; its rights are tried under the name of the one who asks.
    if (role === 'supreme') await server.database().updateTable('members').set({ role }).where('member_id', '=', 'sato').execute();
    const rights = rightsOf(role, own);
    const before = lasting(await everything());
    const logged = (await denials()).length;
    const expectedDenials: { operation: string; right: string | undefined }[] = [];
    for (const [name, { needs }] of operations) {
      const open = rights.length > 0 && (needs.right === undefined || rights.includes(needs.right));
      // Who may is asked with nothing to do: the gate comes before the input.
      const { status, body } = await sato.call(name, open ? [] : inputOf(name), office);
      const denied = body.error?.details?.reason === 'role_missing';
      expect([name, status === 403 && denied]).toEqual([name, !open]);
      if (!open) expectedDenials.push({ operation: name, right: rights.length > 0 ? needs.right : undefined });
    }
    for (const [name, right] of Object.entries(exportsOffered)) {
      const open = rights.includes(right);
      const path = `/api/exports/${name}`;
      const response = await fetch(`${sato.url}${path}`, { headers: { ...signed(sato, 'GET', path), ...office } });
      expect([name, response.status]).toEqual([name, open ? 200 : 403]);
      await response.arrayBuffer();
      if (!open) expectedDenials.push({ operation: `export.${name}`, right: rights.length > 0 ? right : undefined });
    }
    const made = (await denials()).slice(logged);
    expect(made.map(({ operation, right }) => ({ operation, right }))).toEqual(expectedDenials);
    expect(lasting(await everything())).toEqual(before);
    if (role === 'supreme') await server.as('sato', 'member');
  },
);

test('an input that is no input does not come before the question who asks', async () => {
  for (const [name] of operations) {
    const path = `/api/${name}`;
    const headers = { ...signed(sato, 'POST', path), ...office };
    const { status, body } = await sato.send(path, headers, '{"broken');
    expect([name, status, body.error?.details?.reason]).toEqual([name, 403, 'role_missing']);
  }
});

test('each section of the rules opens to one right, in every operation that changes or tries it', async () => {
  const { policy } = await server.rulesNow();
  const sections = [...Object.keys(ruleSections), 'talkFileLimitBytes', 'minimumVersion', 'offlineLeaseHours'] as (keyof typeof policy)[];
  expect(Object.keys(policy).toSorted()).toEqual(sections.toSorted());
  const openTo = new Map<string, string[]>(sections.map((section) => [section, []]));
  for (const right of AdminRight.options) {
    await server.as('sato', 'custom', [right]);
    for (const section of sections) {
      const patch = { [section]: policy[section] };
      const set = await sato.call('policy.set', { patch, revision: 999_999 }, office);
      const reason = set.body.error?.details?.reason;
      expect([right, section, reason]).toEqual([right, section, expect.stringMatching(/^(role_missing|revision_changed)$/)]);
      if (reason === 'revision_changed') openTo.get(section)!.push(right);
      // Who may not set it may not try it either: what would happen to whom tells where people are.
      if (section !== 'network' && section !== 'files') continue;
      const tried = await sato.call('policy.preview', { patch }, office);
      expect([right, section, tried.body.error?.details?.reason]).toEqual([right, section, reason === 'role_missing' ? reason : undefined]);
    }
  }
  for (const [section, rights] of openTo) expect([section, rights.length, rights.includes('roles')]).toEqual([section, 1, false]);
});

test('a change that waits is decided on only by who could have made it', async () => {
  await server.admin.call('policy.set', { patch: { network: { mode: 'all' } }, confirmWithinSeconds: 600 }, office);
  const { revision } = (await server.rulesNow()).pending!;
  for (const right of AdminRight.options) {
    if (right === 'security_network') continue;
    await server.as('sato', 'custom', [right]);
    for (const name of ['policy.confirm', 'policy.revert']) {
      expect([right, name, (await sato.call(name, { revision }, office)).body.error?.details?.reason]).toEqual([
        right,
        name,
        'role_missing',
      ]);
    }
  }
  expect((await server.rulesNow()).pending?.revision).toBe(revision);
  await server.as('sato', 'custom', ['security_network']);
  expect((await sato.call('policy.revert', { revision }, office)).status).toBe(200);
});
