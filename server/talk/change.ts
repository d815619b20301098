import type { Database, Services } from '../context.ts';

/**
 * Takes the next number of the tenant's count of changes in Talk. First thing in the transaction: whoever else changes something waits until it
 * ends, so the order of numbers is the order in which changes can be seen, without gaps.
 */
export async function nextChange(transaction: Database, tenantId: string): Promise<number> {
  const { talk_change: change } = await transaction
    .updateTable('tenants')
    .set(({ eb }) => ({ talk_change: eb('talk_change', '+', 1) }))
    .where('id', '=', tenantId)
    .returning('talk_change')
    .executeTakeFirstOrThrow();
  return change;
}

/** Where Talk stands: the number of the last change. */
export async function talkCursor(database: Database, tenantId: string): Promise<number> {
  const row = await database.selectFrom('tenants').select('talk_change').where('id', '=', tenantId).executeTakeFirstOrThrow();
  return row.talk_change;
}

/** The members who are in a room now. */
export async function membersIn(database: Database, tenantId: string, roomId: string): Promise<string[]> {
  const rows = await database
    .selectFrom('memberships')
    .select('member_id')
    .where('tenant_id', '=', tenantId)
    .where('room_id', '=', roomId)
    .where('left_room', '=', 0)
    .orderBy('member_id')
    .execute();
  return rows.map((row) => row.member_id);
}

/** Tells members that there is something to pull. */
export function announceTalk({ bus }: Services, tenantId: string, audience: readonly string[], cursor: number): void {
  bus.publish({ tenantId, audience, event: { type: 'talk.changed', cursor } });
}

/** TLK-62: tells members who came into a room of several people, or left it, that the folders they may use are others now. */
export function announceFolders({ bus }: Services, tenantId: string, audience: readonly string[]): void {
  bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });
}
