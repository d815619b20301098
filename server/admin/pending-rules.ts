import type { PendingChange } from '#shared/contract/admin-rules.ts';
import { Policy } from '#shared/model/policy.ts';
import type { AppendAudit, AuditRecord, Database, Services } from '../context.ts';

/** A change that waits to be confirmed, with the rules before it. */
export interface PendingRow {
  readonly revision: number;
  readonly by_id: string;
  readonly at: number;
  readonly reverts_at: number;
  readonly patch: string;
  readonly previous: string;
}

export interface PendingRules {
  /** The change that waits, or null. Within a transaction where the caller has one. */
  find(queries: Database, tenantId: string): Promise<PendingRow | null>;
  /** Puts the rules back to what they were before; the new revision, or null when somebody else was first. Within `transaction`. */
  takeBack(
    transaction: Database,
    tenantId: string,
    pending: PendingRow,
    record: Omit<AuditRecord, 'action' | 'target' | 'result'>,
  ): Promise<number | null>;
  /** Takes a change back whose time is over. Safe to call at any time, on any node. */
  revertDue(tenantId: string): Promise<void>;
  /** Looks again when the time of a change is over. */
  schedule(tenantId: string, revertsAt: number): void;
  /** Takes up what waited when the server stopped. */
  start(): Promise<void>;
  stop(): void;
}

interface PendingOptions {
  readonly audit: AppendAudit;
  /** Called after rules were put back, before anybody is told of it. */
  readonly rulesChanged: (tenantId: string) => void;
}

/** As the contract tells of it. */
export const describePending = (row: PendingRow | null): PendingChange | null =>
  row === null
    ? null
    : { revision: row.revision, by: row.by_id, at: row.at, revertsAt: row.reverts_at, patch: JSON.parse(row.patch) as unknown };

/**
 * Changes of rules that take themselves back unless they are confirmed (NET-08): who locked themselves out needs nobody's help. They are in the
 * database, so neither a restart nor the end of the server that took them changes anything.
 */
export function pendingRules(
  { database, bus, clock, log }: Pick<Services, 'database' | 'bus' | 'clock' | 'log'>,
  { audit, rulesChanged }: PendingOptions,
): PendingRules {
  const timers = new Map<string, () => void>();

  const find = async (queries: Database, tenantId: string): Promise<PendingRow | null> => {
    const row = await queries.selectFrom('pending_rules').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst();
    return row ?? null;
  };

  const takeBack: PendingRules['takeBack'] = async (transaction, tenantId, pending, record) => {
    const mine = await transaction
      .deleteFrom('pending_rules')
      .where('tenant_id', '=', tenantId)
      .where('revision', '=', pending.revision)
      .returning('revision')
      .executeTakeFirst();
    if (mine === undefined) return null;
    const { policy_revision: revision } = await transaction
      .updateTable('tenants')
      .set((update) => ({
        policy: pending.previous,
        policy_revision: update('policy_revision', '+', 1),
        // DRV-18: from when members had no drive of their own the month is counted anew.
        my_drive_off_at: Policy.parse(JSON.parse(pending.previous)).drive.myDrive
          ? null
          : update.fn.coalesce('my_drive_off_at', update.val(clock.now())),
      }))
      .where('id', '=', tenantId)
      .returning('policy_revision')
      .executeTakeFirstOrThrow();
    const details = { ...record.details, reverted: pending.revision, revision };
    await audit(transaction, tenantId, { ...record, action: 'policy.revert', target: null, result: 'success', details });
    return revision;
  };

  const revertDue = async (tenantId: string): Promise<void> => {
    const revision = await database.transaction().execute(async (transaction) => {
      const pending = await find(transaction, tenantId);
      if (pending === null || pending.reverts_at > clock.now()) return null;
      const details = { reason: 'not_confirmed', by: pending.by_id };
      return takeBack(transaction, tenantId, pending, { actorId: null, address: null, client: null, details });
    });
    if (revision === null) return;
    rulesChanged(tenantId);
    bus.publish({ tenantId, audience: null, event: { type: 'policy.changed', revision } });
  };

  const schedule = (tenantId: string, revertsAt: number): void => {
    timers.get(tenantId)?.();
    const look = (): void => {
      timers.delete(tenantId);
      revertDue(tenantId).catch((error: unknown) => {
        log.error({ error }, 'A change of rules could not be taken back yet');
        schedule(tenantId, clock.now() + retryMs);
      });
    };
    timers.set(tenantId, clock.after(Math.max(0, revertsAt - clock.now()) + 1, look));
  };

  return {
    find,
    takeBack,
    revertDue,
    schedule,
    start: async () => {
      const rows = await database.selectFrom('pending_rules').select(['tenant_id', 'reverts_at']).execute();
      for (const { tenant_id: tenantId, reverts_at: revertsAt } of rows) {
        if (revertsAt <= clock.now()) await revertDue(tenantId);
        else schedule(tenantId, revertsAt);
      }
    },
    stop: () => {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** When the database did not answer, in milliseconds. */
const retryMs = 1_000;
