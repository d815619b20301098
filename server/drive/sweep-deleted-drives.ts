import type { AppendAudit, Services } from '../context.ts';
import { markSpaceGone } from './destroy-spaces.ts';

/** DRV-02: for how long a deleted shared drive can be taken back, in milliseconds. */
export const undeleteDriveMs = 30 * 86_400_000;

/** Destroys shared drives that were deleted long enough ago. */
export async function sweepDeletedDrives(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit }: { readonly audit: AppendAudit },
): Promise<void> {
  const now = clock.now();
  const due = await database
    .selectFrom('spaces')
    .select(['tenant_id', 'id', 'name'])
    .where('kind', '=', 'shared')
    .where('deleted_at', '<=', now - undeleteDriveMs)
    .execute();
  for (const { tenant_id: tenantId, id, name } of due) {
    await database.transaction().execute(async (transaction) => {
      await markSpaceGone(transaction, tenantId, id, now);
      const record = { actorId: null, action: 'space.destroy', target: id, result: 'success', address: null, client: null } as const;
      await audit(transaction, tenantId, { ...record, details: { name } });
    });
  }
}
