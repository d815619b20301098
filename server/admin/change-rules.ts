import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { decide } from '#shared/policy/decide.ts';
import type { AppendAudit, AuditRecord, Database, RequestContext, Services } from '../context.ts';
import { describePending, type PendingRow, type PendingRules } from './pending-rules.ts';
import { patched, requireRights } from './rule-patch.ts';
import type { RuleTrials } from './trials.ts';

export type RuleChanges = Pick<Handlers<ServerContract, RequestContext>, 'policy.get' | 'policy.set' | 'policy.confirm' | 'policy.revert'>;

export interface RuleChangeOptions {
  readonly audit: AppendAudit;
  readonly pending: PendingRules;
  readonly trials: RuleTrials;
  /** Called after a change was committed, before anybody is told of it. */
  readonly rulesChanged: (tenantId: string) => void;
  /** Does what rules that are there to stay bring with them elsewhere (DRV-11: links die), within the transaction that makes them so. */
  readonly rulesSettled: (transaction: Database, tenantId: string, policy: Policy, by: RecordedBy) => Promise<void>;
}
/** Who did it, for the audit log. */
type RecordedBy = Pick<AuditRecord, 'actorId' | 'address' | 'client'>;

const conflict = (reason: string, message: string, more: object = {}): AppError =>
  new AppError('conflict', message, { details: { reason, ...more } });

/** Reading and changing a tenant's rules. Whether somebody administers at all is the gate's to say (ADM-10), each section's right is asked here. */
export function ruleChanges(services: Pick<Services, 'database' | 'bus' | 'clock'>, options: RuleChangeOptions): RuleChanges {
  const { database, bus, clock } = services;
  const { audit, pending, trials, rulesChanged, rulesSettled } = options;

  const recordedBy = ({ member, session, address }: RequestContext): RecordedBy => ({ actorId: member.id, address, client: session.kind });
  const recordOf = ({ member, session, address }: RequestContext, details: AuditRecord['details']) => ({
    actorId: member.id,
    address,
    client: session.kind,
    details,
  });

  const inForce = async (tenantId: string) => {
    const row = await database
      .selectFrom('tenants')
      .select(['policy', 'policy_revision'])
      .where('id', '=', tenantId)
      .executeTakeFirstOrThrow();
    const waiting = await pending.find(database, tenantId);
    return { revision: row.policy_revision, policy: Policy.parse(JSON.parse(row.policy)), pending: describePending(waiting) };
  };

  const tell = (tenantId: string, revision: number): void => {
    rulesChanged(tenantId);
    bus.publish({ tenantId, audience: null, event: { type: 'policy.changed', revision } });
  };

  /** Whether the asker could not come back to undo it. */
  const locksOut = async (context: RequestContext, policy: Policy): Promise<boolean> => {
    const [own] = await trials.openSessions(context.tenantId, context.session.id);
    const request = own?.requestUnder(policy, { kind: 'call', access: 'administrator' }, context);
    return request !== undefined && decide(request, policy).effect === 'deny';
  };

  /** ADM-04: who waits for approval comes in when it becomes automatic. */
  const admitWaiting = async (transaction: Database, context: RequestContext, before: Policy, after: Policy): Promise<void> => {
    if (before.invitations.approveAutomatically || !after.invitations.approveAutomatically) return;
    const { tenantId } = context;
    const admitted = await transaction
      .updateTable('members')
      .set({ state: 'active' })
      .where('tenant_id', '=', tenantId)
      .where('state', '=', 'waiting')
      .returning(['id', 'member_id'])
      .execute();
    for (const { id, member_id: memberId } of admitted) {
      const record = recordOf(context, { memberId, reason: 'approved_automatically' });
      await audit(transaction, tenantId, { ...record, action: 'member.approve', target: id, result: 'success' });
    }
    if (admitted.length > 0) bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
  };

  /** The change that waits, if it is the one that is meant and may be decided on. */
  const waitingFor = async (queries: Database, tenantId: string, revision: number): Promise<PendingRow> => {
    const row = await pending.find(queries, tenantId);
    if (row === null) throw conflict('nothing_pending', 'No change waits to be confirmed');
    if (row.revision !== revision) throw conflict('revision_changed', 'Another change waits', { revision: row.revision });
    return row;
  };
  const mayDecideOn = async (context: RequestContext, action: string, revision: number): Promise<void> => {
    await pending.revertDue(context.tenantId);
    const row = await waitingFor(database, context.tenantId, revision);
    await requireRights(database, audit, context, { action, patch: PolicyPatch.parse(JSON.parse(row.patch)) });
  };

  return {
    'policy.get': async (_input, { tenantId }) => {
      await pending.revertDue(tenantId);
      return inForce(tenantId);
    },

    'policy.set': async ({ patch, revision, confirmWithinSeconds }, context) => {
      const { tenantId, member } = context;
      await requireRights(database, audit, context, { action: 'policy.set', patch });
      await pending.revertDue(tenantId);
      const before = await inForce(tenantId);
      const tried = await patched(database, tenantId, before.policy, patch);
      if (confirmWithinSeconds === undefined && (await locksOut(context, tried))) {
        throw conflict('would_lock_out_self', 'The change would lock out whoever makes it');
      }
      const revertsAt = confirmWithinSeconds === undefined ? null : clock.now() + confirmWithinSeconds * 1_000;
      const saved = await database.transaction().execute(async (transaction) => {
        // Raising the revision first locks the row: two administrators at once get two revisions, one after the other.
        const row = await transaction
          .updateTable('tenants')
          .set((update) => ({ policy_revision: update('policy_revision', '+', 1) }))
          .where('id', '=', tenantId)
          .returning(['policy', 'policy_revision', 'my_drive_off_at'])
          .executeTakeFirstOrThrow();
        const now = row.policy_revision;
        if (revision !== undefined && revision !== now - 1) {
          throw conflict('revision_changed', 'The rules were changed meanwhile', { revision: now - 1 });
        }
        const waiting = await pending.find(transaction, tenantId);
        if (waiting !== null) throw conflict('change_pending', 'Another change waits to be confirmed', { revision: waiting.revision });
        const policy = await patched(transaction, tenantId, Policy.parse(JSON.parse(row.policy)), patch);
        await transaction
          .updateTable('tenants')
          // DRV-18: a month from now what is in members' own drives is destroyed, unless they have them again.
          .set({ policy: JSON.stringify(policy), my_drive_off_at: policy.drive.myDrive ? null : (row.my_drive_off_at ?? clock.now()) })
          .where('id', '=', tenantId)
          .execute();
        if (revertsAt !== null) {
          const change = { by_id: member.id, at: clock.now(), reverts_at: revertsAt, patch: JSON.stringify(patch), previous: row.policy };
          await transaction
            .insertInto('pending_rules')
            .values({ tenant_id: tenantId, revision: now, ...change })
            .execute();
        }
        if (revertsAt === null) {
          await admitWaiting(transaction, context, before.policy, policy);
          await rulesSettled(transaction, tenantId, policy, recordedBy(context));
        }
        const details = { patch, revision: now, ...(revertsAt === null ? {} : { confirmWithinSeconds }) };
        await audit(transaction, tenantId, { ...recordOf(context, details), action: 'policy.set', target: null, result: 'success' });
        return { revision: now, policy, pending: describePending(await pending.find(transaction, tenantId)) };
      });
      if (revertsAt !== null) pending.schedule(tenantId, revertsAt);
      tell(tenantId, saved.revision);
      return saved;
    },

    'policy.confirm': async ({ revision }, context) => {
      const { tenantId } = context;
      await mayDecideOn(context, 'policy.confirm', revision);
      await database.transaction().execute(async (transaction) => {
        const { previous } = await waitingFor(transaction, tenantId, revision);
        const kept = transaction.deleteFrom('pending_rules').where('tenant_id', '=', tenantId).where('revision', '=', revision);
        if ((await kept.returning('revision').executeTakeFirst()) === undefined) throw conflict('nothing_pending', 'Already decided');
        await admitWaiting(transaction, context, Policy.parse(JSON.parse(previous)), context.policy);
        await rulesSettled(transaction, tenantId, context.policy, recordedBy(context));
        await audit(transaction, tenantId, {
          ...recordOf(context, { revision }),
          action: 'policy.confirm',
          target: null,
          result: 'success',
        });
      });
      return inForce(tenantId);
    },

    'policy.revert': async ({ revision }, context) => {
      const { tenantId } = context;
      await mayDecideOn(context, 'policy.revert', revision);
      const now = await database.transaction().execute(async (transaction) => {
        const row = await waitingFor(transaction, tenantId, revision);
        return pending.takeBack(transaction, tenantId, row, recordOf(context, { reason: 'asked' }));
      });
      if (now === null) throw conflict('nothing_pending', 'Already decided');
      tell(tenantId, now);
      return inForce(tenantId);
    },
  };
}
