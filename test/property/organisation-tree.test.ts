import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { verifyAudit } from '../../server/audit/verify.ts';
import type { RequestContext } from '../../server/context.ts';
import { directoryHandlers } from '../../server/identity/directory-handlers.ts';
import { makePurge } from '../../server/identity/purge.ts';
import { movableClock } from '../support/administrator.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { addTenant } from '../support/test-server.ts';

const dayMs = 86_400_000;
const clock = movableClock();
let made: TestServices;
beforeAll(async () => {
  made = await makeServices({ clock });
});
afterAll(() => made.close());

/** What administrators do, as numbers that shrink: places are picked among all that were ever made. */
const Step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name: fc.nat(3), parent: fc.nat(12) }),
  fc.record({ kind: fc.constant('move' as const), one: fc.nat(12), parent: fc.nat(12) }),
  fc.record({ kind: fc.constant('delete' as const), one: fc.nat(12) }),
  fc.record({ kind: fc.constant('restore' as const), one: fc.nat(12) }),
  fc.record({ kind: fc.constant('settle' as const), one: fc.nat(12) }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 20 }) }),
);
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

/** Refusals are fine; anything else is a bug. */
async function tried(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error;
  }
}

test('no order of acts makes a cycle, an orphan, two siblings of one name, or loses somebody’s place', async () => {
  const { services } = made;
  const audit = appendAudit(clock);
  const handlers = directoryHandlers(services, { audit });
  const purge = makePurge(services, {
    audit,
    policies: { current: async () => ({ revision: 0, policy: defaultPolicy }) },
    eraseDrives: async () => undefined,
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 5, maxLength: 40 }), async (steps) => {
      round += 1;
      const tenantId = await addTenant(services, `tenant-${round}`, { [`member${round}`]: 'supreme' });
      const memberId = `member-member${round}`;
      const context = {
        tenantId,
        member: { id: memberId, memberId, role: 'supreme', state: 'active', rights: ['organisations'], templateId: 'default' },
        session: { id: 's', kind: 'browser', deviceId: 'd' },
        address: '127.0.0.1',
        policy: defaultPolicy,
      } as unknown as RequestContext;
      const ids: (string | null)[] = [null];
      const pick = (index: number): string | null => ids[index % ids.length] ?? null;
      const act = async (step: Step): Promise<unknown> => {
        switch (step.kind) {
          case 'create': {
            const given = { name: `O${step.name}`, description: '', parentId: pick(step.parent) };
            return ids.push((await handlers['organisation.create'](given, context)).organisation.id);
          }
          case 'move':
            return handlers['organisation.update']({ id: pick(step.one) ?? 'none', parentId: pick(step.parent) }, context);
          case 'delete':
            return handlers['organisation.delete']({ id: pick(step.one) ?? 'none' }, context);
          case 'restore':
            return handlers['organisation.restore']({ id: pick(step.one) ?? 'none' }, context);
          case 'settle':
            return services.database
              .updateTable('members')
              .set({ organisation_id: (await live()).find(({ id }) => id === pick(step.one))?.id ?? null })
              .where('tenant_id', '=', tenantId)
              .execute();
          case 'wait':
            clock.move(step.days * dayMs);
            return purge.run();
        }
      };
      const live = async () => (await handlers['organisation.list']({ deleted: false }, context)).organisations;

      for (const step of steps) {
        await tried(() => act(step));
        const now = await live();
        const byId = new Map(now.map((one) => [one.id, one]));
        for (const one of now) {
          const seen = new Set<string>();
          for (let at: string | null = one.id; at !== null; at = byId.get(at)!.parentId) {
            expect(seen, 'a cycle').not.toContain(at);
            expect(byId.has(at), 'an orphan').toBe(true);
            seen.add(at);
          }
        }
        const places = now.map(({ parentId, name }) => `${parentId} ${name}`);
        expect(new Set(places).size, 'siblings of one name').toBe(places.length);
        const person = await services.database
          .selectFrom('members')
          .select('organisation_id')
          .where('tenant_id', '=', tenantId)
          .executeTakeFirstOrThrow();
        if (person.organisation_id !== null) expect(byId.has(person.organisation_id), 'a place that is gone').toBe(true);
      }
      expect(await verifyAudit(services.database, tenantId)).toBeNull();
    }),
    { numRuns: 60 },
  );
});
