import { AppError } from '#shared/base/errors.ts';
import type { Clock } from '#shared/base/clock.ts';
import { Policy } from '#shared/model/policy.ts';
import type { Database } from '../context.ts';

/** How long rules may be used without looking whether they changed, in milliseconds (DESIGN: a lost hint must not matter). */
const freshMs = 1_000;

export interface RulesInForce {
  readonly revision: number;
  readonly policy: Policy;
}

/** The rules of each tenant, read from the database at most a second ago. */
export interface PolicyReader {
  /** Throws `not_found` for an unknown tenant. Not to be called within a transaction. */
  current(tenantId: string): Promise<RulesInForce>;
  /** To be called by whoever just changed the rules, or heard of it: the next request reads them. */
  forget(tenantId: string): void;
}

/** Takes back a change that nobody confirmed in time; called when one is due (NET-08). */
type RevertDue = (tenantId: string) => Promise<unknown>;

/** Makes the reader. The full text is parsed only when the revision moved. */
export function policyReader(database: Database, clock: Clock, revertDue: RevertDue): PolicyReader {
  const known = new Map<string, { readAt: number; rules: RulesInForce }>();
  /** Counted up with each `forget`: an answer that was under way then is older than the change. */
  const forgotten = new Map<string, number>();

  const rowOf = (tenantId: string) =>
    database
      .selectFrom('tenants')
      .leftJoin('pending_rules', 'pending_rules.tenant_id', 'tenants.id')
      .select(['tenants.policy', 'tenants.policy_revision', 'pending_rules.reverts_at'])
      .where('tenants.id', '=', tenantId)
      .executeTakeFirst();

  const read = async (tenantId: string): Promise<RulesInForce> => {
    const startedAt = clock.monotonic();
    const turn = forgotten.get(tenantId);
    const before = known.get(tenantId)?.rules;
    let row = await rowOf(tenantId);
    if (row !== undefined && row.reverts_at !== null && row.reverts_at <= clock.now()) {
      await revertDue(tenantId);
      row = await rowOf(tenantId);
    }
    if (row === undefined) throw new AppError('not_found', 'No such tenant');
    const rules =
      before?.revision === row.policy_revision ? before : { revision: row.policy_revision, policy: Policy.parse(JSON.parse(row.policy)) };
    if (forgotten.get(tenantId) !== turn) return read(tenantId);
    known.set(tenantId, { readAt: startedAt, rules });
    return rules;
  };

  return {
    current: async (tenantId) => {
      const entry = known.get(tenantId);
      return entry !== undefined && clock.monotonic() - entry.readAt < freshMs ? entry.rules : read(tenantId);
    },
    forget: (tenantId) => {
      known.delete(tenantId);
      forgotten.set(tenantId, (forgotten.get(tenantId) ?? 0) + 1);
    },
  };
}
