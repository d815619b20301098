import { deny } from '#shared/model/decision.ts';
import { Role } from '#shared/model/member.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import { denial } from '#shared/policy/denial.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import type { AppendAudit, Database, Notify, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { Sessions } from './sessions.ts';

/** States that a suspension for failures replaces (ACC-44: suspending clears "absent"). */
const lockable = ['active', 'absent', 'leave'];
/** The roles that can lift a suspension, and are told of it. */
const lifters = Role.options.filter((role) => rightsOf(role).includes('members'));
/** How long the supreme administrator waits after each failure from the limit on, in milliseconds: doubled each time. */
const firstDelayMs = 30_000;
const longestDelayMs = 900_000;

/** What the sessions of a suspended member are told. */
const endedReason = 'member_suspended_failures';

export interface LockoutOptions {
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
  readonly notify: Notify;
}

/** Whose login it is: the id of a member, or null for somebody who does not exist. */
export interface LockoutSubject {
  readonly tenantId: string;
  readonly memberId: string | null;
}

/** ACC-05: consecutive failures, counted in the database for every process. They end with a suspension that only an administrator lifts. */
export interface Lockout {
  /** To be asked before the password is looked at. Throws `rate_limited` with `retryAfterSeconds` while the supreme administrator is delayed. */
  requireNoDelay(who: LockoutSubject): Promise<void>;
  /** A wrong password or code. Nobody who does not exist takes less time. */
  failed(who: LockoutSubject, from: { readonly address: string; readonly kind: ClientKind }): Promise<void>;
  /** A whole login, or another proof of who it is, within its transaction: the count begins anew. */
  succeeded(transaction: Database, who: { readonly tenantId: string; readonly memberId: string }): Promise<void>;
}

/** How long after the last failure no further password is looked at, in milliseconds. The supreme administrator is delayed, never suspended. */
export function delayOf(role: Role, failures: number, { password: { lockoutFailures } }: Pick<Policy, 'password'>): number {
  if (role !== 'supreme' || lockoutFailures === null || failures < lockoutFailures) return 0;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - lockoutFailures));
}

export function makeLockout(services: Services, { policies, audit, sessions, notify }: LockoutOptions): Lockout {
  const { database, clock, bus } = services;

  /** Suspends, within the transaction that counted. Returns what tells everybody, to be called after its commit. */
  const suspend = async (
    transaction: Database,
    member: { readonly tenantId: string; readonly id: string; readonly memberId: string; readonly name: string },
    failures: number,
    from: { readonly address: string; readonly kind: ClientKind },
  ): Promise<(() => void) | null> => {
    const { tenantId, id, memberId, name } = member;
    const suspended = await transaction
      .updateTable('members')
      .set({ state: 'suspended_failures' })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('state', 'in', lockable)
      .returning('id')
      .executeTakeFirst();
    if (suspended === undefined) return null;
    const ended = await sessions.endAll(transaction, tenantId, id, endedReason);
    const administrators = await transaction
      .selectFrom('members')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('role', 'in', lifters)
      .where('state', 'in', lockable)
      .where('id', '!=', id)
      .execute();
    const announcements: (() => void)[] = [];
    for (const administrator of administrators) {
      const facts = { memberId, name, failures };
      announcements.push(await notify(transaction, tenantId, administrator.id, { kind: 'locked_out', facts }));
    }
    await audit(transaction, tenantId, {
      actorId: null,
      action: 'member.lock_out',
      target: id,
      result: 'success',
      address: from.address,
      client: from.kind,
      details: { memberId, failures, ended: ended.length },
    });
    return () => {
      for (const sessionId of ended) sessions.announceEnd(tenantId, id, sessionId, endedReason);
      for (const announce of announcements) announce();
      bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
    };
  };

  return {
    requireNoDelay: async ({ tenantId, memberId }) => {
      const row = await database
        .selectFrom('members')
        .select(['role', 'failed_logins', 'last_failed_at'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', memberId ?? '')
        .executeTakeFirst();
      if (row === undefined || row.last_failed_at === null) return;
      const { policy } = await policies.current(tenantId);
      const waitMs = row.last_failed_at + delayOf(Role.parse(row.role), row.failed_logins, policy) - clock.now();
      if (waitMs > 0) throw denial(deny('too_many_attempts', 'ACC-05'), { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
    },

    failed: async ({ tenantId, memberId }, from) => {
      const { policy } = await policies.current(tenantId);
      const limit = policy.password.lockoutFailures;
      const announce = await database.transaction().execute(async (transaction) => {
        // Nobody has the empty id: the same statement, for the same time.
        const counted = await transaction
          .updateTable('members')
          .set(({ eb }) => ({ failed_logins: eb('failed_logins', '+', 1), last_failed_at: clock.now() }))
          .where('tenant_id', '=', tenantId)
          .where('id', '=', memberId ?? '')
          .returning(['id', 'member_id', 'name', 'role', 'failed_logins'])
          .executeTakeFirst();
        if (counted === undefined || limit === null || counted.failed_logins < limit || counted.role === 'supreme') return null;
        const member = { tenantId, id: counted.id, memberId: counted.member_id, name: counted.name };
        return suspend(transaction, member, counted.failed_logins, from);
      });
      announce?.();
    },

    succeeded: async (transaction, { tenantId, memberId }) => {
      await transaction
        .updateTable('members')
        .set({ failed_logins: 0, last_failed_at: null })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', memberId)
        .where('failed_logins', '>', 0)
        .execute();
    },
  };
}
