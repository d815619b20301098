import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { insertWithTokens, removeWithTokens, spaceToken } from './token-tables.ts';

/** A content in a space. */
export interface ContentPlace {
  readonly space_id: string;
  readonly content_hash: string | null;
}

/** Makes a content that was read findable in a space, where it is not yet. */
export async function indexContent(
  transaction: Database,
  tenantId: string,
  { space_id: spaceId, content_hash: hash }: { readonly space_id: string; readonly content_hash: string },
  tokens: readonly string[],
): Promise<void> {
  const there = await transaction
    .selectFrom('search_contents')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('content_hash', '=', hash)
    .where('space_id', '=', spaceId)
    .executeTakeFirst();
  if (there !== undefined) return;
  const values = { tenant_id: tenantId, space_id: spaceId, content_hash: hash };
  await insertWithTokens(transaction, 'search_contents', [{ values, tokens: new Set([...tokens, spaceToken(spaceId)]) }]);
}

/** Takes contents out of the index of a space where no node of it holds them any more, and their texts where no space does. */
export async function forgetContents(transaction: Database, tenantId: string, places: readonly ContentPlace[]): Promise<void> {
  const hashes = [...new Set(places.flatMap(({ content_hash: hash }) => (hash === null ? [] : [hash])))];
  for (const some of listBatches(hashes)) {
    const held = await transaction
      .selectFrom('search_nodes')
      .select(['content_hash', 'space_id'])
      .distinct()
      .where('tenant_id', '=', tenantId)
      .where('content_hash', 'in', some)
      .execute();
    const inSpaces = new Set(held.map((row) => `${row.content_hash} ${row.space_id}`));
    const query = transaction.selectFrom('search_contents').select(['id', 'content_hash', 'space_id']);
    const rows = await query.where('tenant_id', '=', tenantId).where('content_hash', 'in', some).execute();
    const gone = rows.filter((row) => !inSpaces.has(`${row.content_hash} ${row.space_id}`));
    await removeWithTokens(
      transaction,
      'search_contents',
      gone.map(({ id }) => id),
    );
    const anywhere = new Set(held.map((row) => row.content_hash));
    for (const unused of listBatches([...new Set(some)].filter((hash) => !anywhere.has(hash)))) {
      for (const table of ['search_text_pieces', 'search_texts'] as const) {
        await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('content_hash', 'in', unused).execute();
      }
    }
  }
}
