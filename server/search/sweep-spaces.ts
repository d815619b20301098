import type { Database } from '../context.ts';
import { forgetContents } from './content-index.ts';
import { removeWithTokens } from './token-tables.ts';

const mostAtOnce = 500;

/** Takes out of the index what belonged to spaces that are gone altogether. */
export async function sweepSpaces(database: Database): Promise<void> {
  const gone = await database
    .selectFrom('search_spaces')
    .leftJoin('spaces', (join) =>
      join.onRef('spaces.tenant_id', '=', 'search_spaces.tenant_id').onRef('spaces.id', '=', 'search_spaces.space_id'),
    )
    .select(['search_spaces.tenant_id', 'search_spaces.space_id'])
    .where('spaces.id', 'is', null)
    .execute();
  for (const { tenant_id: tenantId, space_id: spaceId } of gone) {
    for (let isDone = false; !isDone;)
      isDone = await database.transaction().execute((transaction) => sweep(transaction, tenantId, spaceId));
  }
}

async function sweep(transaction: Database, tenantId: string, spaceId: string): Promise<boolean> {
  const rows = await transaction
    .selectFrom('search_nodes')
    .select(['id', 'space_id', 'content_hash'])
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', spaceId)
    .limit(mostAtOnce)
    .execute();
  await removeWithTokens(
    transaction,
    'search_nodes',
    rows.map(({ id }) => id),
  );
  await forgetContents(transaction, tenantId, rows);
  if (rows.length === mostAtOnce) return false;
  await transaction.deleteFrom('search_spaces').where('tenant_id', '=', tenantId).where('space_id', '=', spaceId).execute();
  return true;
}
