import type { AppendAudit, AuditRecord, Database, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { eraseMember } from './erase-member.ts';
import { dayOf } from './leave.ts';
import { undeleteMs } from './members.ts';
import { directoryBinMs } from './organisations.ts';

/** How often the server looks for what has run out, in milliseconds. */
const everyMs = 60_000;

export interface PurgeOptions {
  readonly audit: AppendAudit;
  readonly policies: Pick<PolicyReader, 'current'>;
  /** Destroys the drives of somebody who is erased, before they are; for whoever owns drives. */
  eraseDrives(tenantId: string, memberId: string): Promise<void>;
  /** What runs out elsewhere, by its name in the log. */
  readonly others?: Readonly<Record<string, () => Promise<void>>>;
}

export interface Purge {
  /** Does everything that is due now. One that fails does not keep the others from it: it is logged and tried again. */
  run(): Promise<void>;
  /** Runs now and then until the returned function is called, which waits for what is under way. */
  start(): () => Promise<void>;
}

/**
 * What time does to people and the directory: leaves end (ACC-44), the deleted are erased after 7 days (ACC-50), organisations and groups
 * after 30 (ADM-05, ADM-06), links and reservations run out, and whoever waits is let in where the rule says so (ADM-04).
 */
export function makePurge(services: Services, { audit, policies, eraseDrives, others = {} }: PurgeOptions): Purge {
  const { database, clock, bus, log } = services;
  const announce = (tenantId: string): void => bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
  const byItself = (action: string, target: string, details: AuditRecord['details']): AuditRecord => ({
    actorId: null,
    action,
    target,
    result: 'success',
    address: null,
    client: null,
    details,
  });

  const endLeaves = async (): Promise<void> => {
    const over = await database
      .selectFrom('members')
      .select(['tenant_id', 'id', 'member_id', 'leave_until'])
      .where('leave_until', '<', dayOf(clock.now()))
      .where('state', '!=', 'deleted')
      .execute();
    for (const row of over) {
      await database.transaction().execute(async (transaction) => {
        const here = transaction.updateTable('members').where('tenant_id', '=', row.tenant_id).where('id', '=', row.id);
        const same = here.where('leave_until', '=', row.leave_until);
        const changed = await same.set({ leave_until: null }).returning('state').executeTakeFirst();
        if (changed === undefined) return;
        if (changed.state === 'leave') await here.set({ state: 'active' }).execute();
        await audit(transaction, row.tenant_id, byItself('member.end_leave', row.id, { memberId: row.member_id, until: row.leave_until }));
      });
      announce(row.tenant_id);
    }
  };

  const eraseMembers = async (): Promise<void> => {
    const due = await database
      .selectFrom('members')
      .select(['tenant_id', 'id'])
      .where('state', '=', 'deleted')
      .where('erased_at', 'is', null)
      .where('deleted_at', '<=', clock.now() - undeleteMs)
      .execute();
    for (const { tenant_id: tenantId, id } of due) {
      // Should the server stop in between, the rest follows the next time.
      await eraseDrives(tenantId, id);
      await database.transaction().execute(async (transaction) => {
        const erased = await eraseMember(transaction, services, tenantId, id);
        if (erased !== null) await audit(transaction, tenantId, byItself('member.erase', id, { memberId: erased.memberId }));
      });
      announce(tenantId);
    }
  };

  const emptyBins = async (): Promise<void> => {
    const before = clock.now() - directoryBinMs;
    await database.transaction().execute(async (transaction) => {
      const places = await transaction
        .deleteFrom('organisations')
        .where('deleted_at', '<=', before)
        .returning(['tenant_id', 'id'])
        .execute();
      for (const { tenant_id: tenantId, id } of places) {
        // Only the deleted can still belong there.
        await transaction
          .updateTable('members')
          .set({ organisation_id: null })
          .where('tenant_id', '=', tenantId)
          .where('organisation_id', '=', id)
          .execute();
        await transaction
          .updateTable('organisations')
          .set({ parent_id: null })
          .where('tenant_id', '=', tenantId)
          .where('parent_id', '=', id)
          .execute();
      }
      const groups = await transaction
        .deleteFrom('member_groups')
        .where('deleted_at', '<=', before)
        .returning(['tenant_id', 'id'])
        .execute();
      for (const { tenant_id: tenantId, id } of groups) {
        await transaction.deleteFrom('member_group_members').where('tenant_id', '=', tenantId).where('group_id', '=', id).execute();
      }
      await transaction.deleteFrom('invitations').where('expires_at', '<=', clock.now()).execute();
      await transaction.deleteFrom('reserved_member_ids').where('until', '<=', clock.now()).execute();
    });
  };

  /** ADM-04: with automatic approval on nobody waits, also not who asked at the moment when it was switched on. */
  const admitWaiting = async (): Promise<void> => {
    const tenants = await database.selectFrom('members').select('tenant_id').distinct().where('state', '=', 'waiting').execute();
    for (const { tenant_id: tenantId } of tenants) {
      const { policy } = await policies.current(tenantId);
      if (policy.invitations.approveAutomatically) await admit(tenantId);
    }
  };
  const admit = async (tenantId: string): Promise<void> => {
    await database.transaction().execute(async (transaction: Database) => {
      const admitted = await transaction
        .updateTable('members')
        .set({ state: 'active' })
        .where('tenant_id', '=', tenantId)
        .where('state', '=', 'waiting')
        .returning(['id', 'member_id'])
        .execute();
      for (const row of admitted) {
        await audit(
          transaction,
          tenantId,
          byItself('member.approve', row.id, { memberId: row.member_id, reason: 'approved_automatically' }),
        );
      }
    });
    announce(tenantId);
  };

  const trying = async (what: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      log.error({ error, what }, 'Something that was due could not be done');
    }
  };
  const run = async (): Promise<void> => {
    await trying('leaves', endLeaves);
    await trying('deleted members', eraseMembers);
    await trying('bins', emptyBins);
    await trying('waiting members', admitWaiting);
    for (const [what, sweep] of Object.entries(others)) await trying(what, sweep);
  };

  return {
    run,
    start: () => {
      let running = Promise.resolve();
      const again = (): void => {
        running = running.then(run);
        cancel = clock.after(everyMs, again);
      };
      let cancel = clock.after(0, again);
      return () => {
        cancel();
        return running;
      };
    },
  };
}
