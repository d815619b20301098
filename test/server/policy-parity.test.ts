import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { decide, type PolicyRequest } from '#shared/policy/decide.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { patch, version } from '../property/policy-requests.ts';
import type { RawClient } from '../support/raw-client.ts';
import { from, startRulesServer, valueOf, type InForce, type RulesServer } from '../support/rules-server.ts';

let server: RulesServer;
let sato: RawClient;
beforeAll(async () => {
  server = await startRulesServer();
  sato = await server.loggedIn('sato');
});
afterAll(() => server.running.close());
beforeEach(() => server.reset());

/** Puts rules in force past the operation that sets them: the point is what they do, and some shut the asker out. */
async function inForce(policy: Policy): Promise<void> {
  const row = await server
    .database()
    .updateTable('tenants')
    .set((update) => ({ policy: JSON.stringify(policy), policy_revision: update('policy_revision', '+', 1) }))
    .returning(['id', 'policy_revision'])
    .executeTakeFirstOrThrow();
  server.running.services.bus.publish({
    tenantId: row.id,
    audience: null,
    event: { type: 'policy.changed', revision: row.policy_revision },
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
}

test('over the wire the server gives the verdict that anybody can work out from the same rules', async () => {
  const addresses = fc.constantFrom(
    '192.0.2.1',
    '198.51.100.9',
    '10.1.2.3',
    '133.11.0.1',
    '8.8.8.8',
    '2001:4860:4860::8888',
    '127.0.0.1',
    '240.0.0.1',
  );
  const operations = fc.constantFrom(
    ['session.current', {}] as const,
    ['talk.changes', { service: 'talk' }] as const,
    ['drive.spaces', { service: 'drive' }] as const,
  );
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      patch,
      addresses,
      version,
      operations,
      fc.boolean(),
      async (change, address, clientVersion, [name, needs], explorer) => {
        // Who is excepted is named by id; `a` of the sample stands for the asker.
        const policy = applyPatch(defaultPolicy, change);
        policy.network.exceptions = policy.network.exceptions.map((id) => (id === 'a' ? 'member-sato' : id));
        await inForce(policy);
        sato.version = clientVersion;
        const headers = { ...from(address), ...(explorer ? { 'x-hikyaku-environment': 'drive-explorer' } : {}) };
        const { status, body } = await sato.call(name, name === 'talk.changes' ? { cursor: null } : {}, headers);
        const request: PolicyRequest = {
          clientVersion,
          session: { kind: 'pc-app', ended: false, verified: false },
          member: { id: 'member-sato', state: 'active', appBlocked: false, role: 'member', rights: [], templateId: 'default' },
          address,
          country: server.running.services.countryOf(address),
          act: { kind: 'call', access: 'member', ...needs, ...(explorer ? { environment: 'drive-explorer' as const } : {}) },
        };
        const decision = decide(request, policy);
        seen.add(decision.effect === 'allow' ? 'allow' : decision.reason);
        if (decision.effect === 'allow') expect([status, body.ok]).toEqual([200, true]);
        else {
          const { effect: _effect, ...details } = decision;
          expect(body.error?.details).toEqual(details);
          expect(status).toBe(decision.reason === 'upgrade_required' ? 426 : 403);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect([...seen].toSorted()).toEqual([
    'allow',
    'country_denied',
    'country_unverified',
    'network_denied',
    'service_denied',
    'upgrade_required',
  ]);
});

test('what the server says of a file is what the client said before it asked', async () => {
  sato.version = '0.1.0';
  const name = fc.constantFrom('a.exe', 'setup．ＥＸＥ', 'report.pdf', 'x.tar.gz', 'annex\u202Efdp.exe', 'b.txt', 'noend', 'c.exe. .');
  const rules = fc.record({
    blockedExtensions: fc.record({ talk: fc.subarray(['exe', 'gz', 'txt']), drive: fc.subarray(['exe', 'tar.gz']) }),
    talkFileLimitBytes: fc.nat(1_000),
    files: fc.record({ driveLimitBytes: fc.nat(1_000) }),
  });
  await fc.assert(
    fc.asyncProperty(
      rules,
      name,
      fc.constantFrom('talk' as const, 'drive' as const),
      fc.nat(1_200),
      async (change, file, service, sizeBytes) => {
        const policy = applyPatch(defaultPolicy, change);
        await inForce(policy);
        const told = valueOf<InForce>(await sato.call('policy.mine', {}, from('192.0.2.1'))).policy;
        const judged = valueOf<{ allowed: boolean }>(await sato.call('file.judge', { service, name: file, sizeBytes }, from('192.0.2.1')));
        const own = decideFile({ kind: 'file', direction: 'send', service, name: file, sizeBytes }, told);
        const { effect, ...details } = own;
        expect(judged).toEqual({ allowed: effect === 'allow', ...details });
      },
    ),
    { numRuns: 100 },
  );
});
