import type { Database, Services } from '../context.ts';
import { reservedIdMs } from './member-make.ts';

/** Tables in which everything of a member goes with them. */
const ownTables = [
  'password_history',
  'recovery_tickets',
  'login_steps',
  'totp_keys',
  'recovery_codes',
  'passkeys',
  'mail_codes',
  'linked_identities',
  'invitations',
  'member_group_members',
  'space_members',
] as const;

/**
 * Erases a member whose deletion nobody took back, within the caller's transaction (ACC-44, ACC-50): password, second factors, profile,
 * addresses, places in groups and drives, and the server's part of their devices' keys, so that what is left on those disks stays noise.
 * Their name stays: what they wrote belongs to the rooms, and colleagues see who wrote it and that they have left. Their id is free again
 * 90 days later (ACC-47). Returns what they logged in with, or null for somebody who was taken back meanwhile.
 */
export async function eraseMember(
  transaction: Database,
  { clock }: Pick<Services, 'clock'>,
  tenantId: string,
  id: string,
): Promise<{ readonly memberId: string } | null> {
  const now = clock.now();
  const own = transaction.updateTable('members').where('tenant_id', '=', tenantId).where('id', '=', id);
  // Writing first: an undelete that comes at the same moment finds them gone, or keeps them.
  const before = await own
    .where('state', '=', 'deleted')
    .where('erased_at', 'is', null)
    .set({ erased_at: now })
    .returning('member_id')
    .executeTakeFirst();
  if (before === undefined) return null;
  await own
    .set({
      member_id: `-${id}`,
      role: 'member',
      role_id: null,
      password_hash: null,
      password_set_at: null,
      password_due: null,
      email: null,
      email_verified_at: null,
      email_codes: 0,
      profile: '{}',
      title: null,
      organisation_id: null,
      position_id: null,
      level_id: null,
      user_type_id: null,
      template_id: null,
      leave_until: null,
      state_before: null,
    })
    .execute();
  const held = { held_by: id, until: now + reservedIdMs };
  await transaction
    .insertInto('reserved_member_ids')
    .values({ tenant_id: tenantId, member_id: before.member_id, ...held })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id']).doUpdateSet(held))
    .execute();
  for (const table of ownTables) {
    await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('member_id', '=', id).execute();
  }
  const devices = transaction.updateTable('devices').where('tenant_id', '=', tenantId).where('member_id', '=', id);
  await devices.set({ database_key: '', trusted_at: null, trusted_until: null, browser_hash: null, sync_since: null }).execute();
  return { memberId: before.member_id };
}
