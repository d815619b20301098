import type { AppendAudit, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { markSpaceGone } from './destroy-spaces.ts';

/** DRV-18: how long what is in members' own drives is kept after these were switched off, in milliseconds. */
const keptMs = 30 * 86_400_000;

/** DRV-18: notes since when members have no drive of their own, and gives up what was in them a month later. */
export async function sweepMyDrives(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { audit, policies }: { readonly audit: AppendAudit; readonly policies: Pick<PolicyReader, 'current'> },
): Promise<void> {
  const tenants = await database.selectFrom('tenants').select(['id', 'my_drive_off_at']).execute();
  for (const { id: tenantId, my_drive_off_at: offAt } of tenants) {
    const { myDrive } = (await policies.current(tenantId)).policy.drive;
    const now = clock.now();
    if (myDrive !== (offAt === null)) {
      // Rules that came another way than through the console.
      const since = myDrive ? null : now;
      await database.updateTable('tenants').set({ my_drive_off_at: since }).where('id', '=', tenantId).execute();
      continue;
    }
    if (offAt === null || offAt > now - keptMs) continue;
    const drives = await database
      .selectFrom('spaces')
      .select(['id', 'owner_id'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'my')
      .execute();
    for (const { id, owner_id: owner } of drives) {
      await database.transaction().execute(async (transaction) => {
        await markSpaceGone(transaction, tenantId, id, now);
        await audit(transaction, tenantId, {
          ...{ actorId: null, address: null, client: null, action: 'drive.my_drive_destroyed' },
          ...{ target: owner, result: 'success', details: { spaceId: id } },
        });
      });
    }
  }
}
