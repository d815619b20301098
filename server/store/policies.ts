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
  /** Throws `not_found` for an unknown tenant. */
  current(tenantId: string): Promise<RulesInForce>;
  /** To be called by whoever just changed the rules: the next request reads them. */
  forget(tenantId: string): void;
}

/** Makes the reader. The full text is parsed only when the revision moved. */
export function policyReader(database: Database, clock: Clock): PolicyReader {
  const known = new Map<string, { readAt: number; rules: RulesInForce }>();

  const read = async (tenantId: string): Promise<RulesInForce> => {
    const startedAt = clock.monotonic();
    const row = await database.selectFrom('tenants').select(['policy', 'policy_revision']).where('id', '=', tenantId).executeTakeFirst();
    if (row === undefined) throw new AppError('not_found', 'No such tenant');
    const before = known.get(tenantId)?.rules;
    const rules =
      before?.revision === row.policy_revision ? before : { revision: row.policy_revision, policy: Policy.parse(JSON.parse(row.policy)) };
    known.set(tenantId, { readAt: startedAt, rules });
    return rules;
  };

  return {
    current: async (tenantId) => {
      const entry = known.get(tenantId);
      return entry !== undefined && clock.monotonic() - entry.readAt < freshMs ? entry.rules : read(tenantId);
    },
    forget: (tenantId) => void known.delete(tenantId),
  };
}
