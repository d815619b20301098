import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../context.ts';

/** DRV-18: whether the rules take members' own drives away now. What is in them is out of everybody's reach then, and kept for a month. */
export async function areMyDrivesOff(database: Database, tenantId: string): Promise<boolean> {
  const row = await database.selectFrom('tenants').select('my_drive_off_at').where('id', '=', tenantId).executeTakeFirst();
  return row !== undefined && row.my_drive_off_at !== null;
}

/** What to answer about a space that is not there for somebody: that their own drive is switched off, else that there is none. */
export async function absentSpace(
  database: Database,
  { tenantId, memberId }: { readonly tenantId: string; readonly memberId: string },
  spaceId: string,
  message = 'No such space',
): Promise<AppError> {
  const own = await database
    .selectFrom('spaces')
    .innerJoin('tenants', 'tenants.id', 'spaces.tenant_id')
    .select('spaces.id')
    .where('spaces.tenant_id', '=', tenantId)
    .where('spaces.id', '=', spaceId)
    .where('spaces.kind', '=', 'my')
    .where('spaces.owner_id', '=', memberId)
    .where('tenants.my_drive_off_at', 'is not', null)
    .executeTakeFirst();
  return own === undefined
    ? new AppError('not_found', message)
    : new AppError('denied', 'Members have no drive of their own', { details: { reason: 'my_drive_off', rule: 'DRV-18' } });
}
