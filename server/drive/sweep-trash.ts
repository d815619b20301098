import type { AppendAudit, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { destroyMarked, markPurged, pause } from './purge-trash.ts';

const dayMs = 86_400_000;
/** How many entries of trashes are marked in one transaction. */
const sliceEntries = 50;

/** DRV-09: empties trashes of what lies there for as long as the rule says, and finishes what a stop of the server interrupted. */
export async function sweepTrash(
  services: Pick<Services, 'database' | 'clock'>,
  { audit, policies }: { readonly audit: AppendAudit; readonly policies: Pick<PolicyReader, 'current'> },
): Promise<void> {
  const { database, clock } = services;
  const tenants = await database.selectFrom('tenants').select('id').execute();
  for (const { id: tenantId } of tenants) {
    const { trashDays } = (await policies.current(tenantId)).policy.drive;
    for (let more = trashDays > 0; more;) {
      const due = await database
        .selectFrom('nodes')
        .select(['id', 'space_id'])
        .where('tenant_id', '=', tenantId)
        .whereRef('trash_root_id', '=', 'id')
        .where('trashed_at', '<=', clock.now() - trashDays * dayMs)
        .orderBy('trashed_at')
        .limit(sliceEntries)
        .execute();
      more = due.length > 0;
      for (const [spaceId, entries] of Map.groupBy(due, (node) => node.space_id)) {
        const ids = entries.map(({ id }) => id);
        await database.transaction().execute(async (transaction) => {
          const nodes = await markPurged(transaction, tenantId, spaceId, ids);
          await audit(transaction, tenantId, {
            ...{ actorId: null, address: null, client: null, action: 'drive.trash_expired' },
            ...{ target: spaceId, result: 'success', details: { nodes, trashDays } },
          });
        });
      }
      await pause();
    }
    await destroyMarked(services, tenantId);
  }
}
