import type { Pc } from '#shared/contract/pcs.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';

type Who = Pick<RequestContext, 'tenantId' | 'member' | 'session'>;

/** The devices of a member that sync (EXP-02), those first that began first. Wiping a device ends that. */
export async function pcsOf(database: Database, { tenantId, member, session }: Who): Promise<Pc[]> {
  const rows = await database
    .selectFrom('devices')
    .select(['id', 'name', 'platform', 'sync_since', 'last_seen_at'])
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', member.id)
    .where('sync_since', 'is not', null)
    .orderBy('sync_since')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    deviceId: row.id,
    name: row.name,
    platform: row.platform,
    since: row.sync_since!,
    lastSeenAt: row.last_seen_at,
    current: row.id === session.deviceId,
  }));
}

export interface Enrolled {
  readonly enrolled: boolean;
  readonly pcs: readonly Pc[];
  /** It was not one of them before. */
  readonly isNew: boolean;
}

/**
 * The asking device syncs from now on, where the rule allows one more; the audit log says so, and that it did not. Where the rule allows fewer than there are, those that began first stay.
 * Two devices that ask at once wait for each other. @param most 0 for no limit
 */
export async function enrolPc(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  audit: AppendAudit,
  context: RequestContext,
  most: number,
): Promise<Enrolled> {
  const { tenantId, member, session, address } = context;
  return database.transaction().execute(async (transaction) => {
    await lockMember(transaction, tenantId, member.id);
    const before = await pcsOf(transaction, context);
    const place = before.findIndex(({ current }) => current);
    const mayStay = most === 0 || (place === -1 ? before.length < most : place < most);
    const isNew = place === -1;
    if (mayStay && !isNew) return { enrolled: true, pcs: before, isNew: false };
    const device = transaction.updateTable('devices').where('tenant_id', '=', tenantId).where('id', '=', session.deviceId);
    await device.set({ sync_since: mayStay ? clock.now() : null }).execute();
    const details = { memberId: member.memberId, most, ...(mayStay ? {} : { reason: 'too_many_pcs' }) };
    const record = { actorId: member.id, action: 'pc.enrol', target: session.deviceId, address, client: session.kind, details };
    await audit(transaction, tenantId, { ...record, result: mayStay ? 'success' : 'denied' });
    return { enrolled: mayStay, pcs: await pcsOf(transaction, context), isNew: mayStay };
  });
}

/** One of a member's own devices syncs no more; false where it did not. */
export async function withdrawPc(
  { database }: Pick<Services, 'database'>,
  audit: AppendAudit,
  context: RequestContext,
  deviceId: string,
): Promise<boolean> {
  const { tenantId, member, session, address } = context;
  return database.transaction().execute(async (transaction) => {
    const changed = await transaction
      .updateTable('devices')
      .set({ sync_since: null })
      .where('tenant_id', '=', tenantId)
      .where('member_id', '=', member.id)
      .where('id', '=', deviceId)
      .where('sync_since', 'is not', null)
      .returning('name')
      .executeTakeFirst();
    if (changed === undefined) return false;
    const details = { memberId: member.memberId, device: changed.name };
    const record = { actorId: member.id, action: 'pc.withdraw', target: deviceId, address, client: session.kind, details };
    await audit(transaction, tenantId, { ...record, result: 'success' });
    return true;
  });
}

/** Acts of one member that look before they write wait for each other. */
const lockMember = (transaction: Database, tenantId: string, memberId: string): Promise<unknown> =>
  transaction
    .updateTable('members')
    .set((update) => ({ single_login: update.ref('single_login') }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', memberId)
    .execute();
