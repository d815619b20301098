import type { Database, Services } from '../context.ts';
import { pause } from './purge-trash.ts';

const sliceNodes = 500;
/** The kind of a space that is being destroyed: nobody sees it, and what is still in it counts for nothing. */
const goneKind = 'gone';

/** Takes a space away from everybody for good. Its rows are removed by the next sweep, its bytes when the chunks are collected. */
export async function markSpaceGone(transaction: Database, tenantId: string, spaceId: string, now: number): Promise<void> {
  await transaction
    .updateTable('spaces')
    .set({ kind: goneKind, deleted_at: now, room_id: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .execute();
  for (const table of ['space_members', 'folder_members', 'locks'] as const) {
    await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('space_id', '=', spaceId).execute();
  }
}

/** Removes what is left of spaces that are gone, slice by slice. Where the server stops in between, the next sweep goes on. */
export async function sweepGoneSpaces({ database }: Pick<Services, 'database'>): Promise<void> {
  const gone = await database.selectFrom('spaces').select(['tenant_id', 'id']).where('kind', '=', goneKind).execute();
  for (const { tenant_id: tenantId, id: spaceId } of gone) {
    for (;;) {
      const nodes = await database
        .selectFrom('nodes')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('space_id', '=', spaceId)
        .limit(sliceNodes)
        .execute();
      if (nodes.length === 0) break;
      const ids = nodes.map(({ id }) => id);
      await database.transaction().execute(async (transaction) => {
        for (const table of ['versions', 'dav_properties'] as const) {
          await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('node_id', 'in', ids).execute();
        }
        await transaction.deleteFrom('nodes').where('tenant_id', '=', tenantId).where('id', 'in', ids).execute();
      });
      await pause();
    }
    await database.deleteFrom('spaces').where('tenant_id', '=', tenantId).where('id', '=', spaceId).execute();
  }
}
