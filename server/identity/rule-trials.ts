import { ClientKind, type Policy } from '#shared/model/policy.ts';
import type { Act, PolicyRequest } from '#shared/policy/decide.ts';
import type { Database, Services } from '../context.ts';
import { countryFor, findAskingMember, hasRunOut, requestOf, sessionQuery, type AskingMember } from './session-rows.ts';

/** An open session, as rules that are not in force can be tried on it. */
interface OpenSession {
  readonly id: string;
  readonly memberId: string;
  readonly memberName: string;
  readonly kind: ClientKind;
  /** From where it was last used, and by which version. */
  readonly address: string;
  readonly clientVersion: string;
  readonly deviceName: string;
  /** What would be asked of these rules, as if it came now; `here` where it comes from another place than the last. */
  requestUnder(policy: Policy, act: Act, here?: { readonly address: string; readonly clientVersion: string }): PolicyRequest;
}

/** What somebody asks who does not ask, for trying rules. */
interface Imagined {
  /** By id or member id. */
  readonly member: string;
  readonly kind: ClientKind;
  readonly clientVersion: string;
  readonly address: string;
  readonly act: Act;
}

export interface RuleTrials {
  /** Every open session of a tenant, or the one that is named, with one query. */
  openSessions(tenantId: string, sessionId?: string): Promise<OpenSession[]>;
  /** What somebody would ask with a new session, under rules that the caller has; null when there is no such member. */
  imaginedRequest(tenantId: string, what: Imagined): Promise<((policy: Policy) => PolicyRequest) | null>;
}

/** Members and sessions for trying rules on. */
export function ruleTrials({ database, clock, countryOf }: Pick<Services, 'database' | 'clock' | 'countryOf'>): RuleTrials {
  return {
    openSessions: async (tenantId, sessionId) => {
      const now = clock.now();
      let query = sessionQuery(database).where('sessions.tenant_id', '=', tenantId).where('sessions.ended_at', 'is', null);
      if (sessionId !== undefined) query = query.where('sessions.id', '=', sessionId);
      const rows = await query.execute();
      return rows
        .filter((row) => !hasRunOut(row, now))
        .map((row) => {
          const last = { address: row.address, clientVersion: row.app_version ?? '' };
          return {
            id: row.id,
            memberId: row.member_id,
            memberName: row.member_name,
            kind: ClientKind.parse(row.kind),
            ...last,
            deviceName: row.device_name ?? '',
            requestUnder: (policy, act, here = last) => requestOf(row, here, act, { policy, now, countryOf }),
          };
        });
    },

    imaginedRequest: async (tenantId, { member: named, kind, clientVersion, address, act }) => {
      const member = await findNamed(database, tenantId, named);
      if (member === null) return null;
      const session = { kind, ended: false, verified: false, fresh: true };
      return (policy) => ({ clientVersion, session, member, address, country: countryFor(policy, address, countryOf), act });
    },
  };
}

async function findNamed(database: Database, tenantId: string, member: string): Promise<AskingMember | null> {
  const named = await database
    .selectFrom('members')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', member), where('member_id', '=', member)]))
    .orderBy((order) => order.case().when('id', '=', member).then(0).else(1).end())
    .executeTakeFirst();
  return named === undefined ? null : findAskingMember(database, tenantId, named.id);
}
