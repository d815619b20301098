import { sql } from 'kysely';
import { tokensVersion } from '#shared/search/tokens.ts';
import type { Database } from '../context.ts';
import { isWaiting } from './read-contents.ts';
import { clearTokens } from './token-tables.ts';
import { extractorVersion } from './texts.ts';

/** Empties the index: everything is found again as soon as it was put in anew, names first. Texts that were read are kept unless `textsToo`. */
export async function clearIndex(database: Database, { textsToo }: { readonly textsToo: boolean }): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await clearTokens(transaction, 'search_nodes');
    await clearTokens(transaction, 'search_contents');
    await transaction.deleteFrom('search_spaces').execute();
    if (!textsToo) return;
    await transaction.deleteFrom('search_text_pieces').execute();
    await transaction.deleteFrom('search_texts').execute();
  });
}

/** After an update of the program: an index of other tokens is made anew, files that an older version could not read are tried again. */
export async function renewIndex(database: Database): Promise<void> {
  if (await isOther(database, 'tokens', tokensVersion)) await clearIndex(database, { textsToo: false });
  if (await isOther(database, 'extractor', extractorVersion)) {
    await sql`
      UPDATE search_nodes SET waiting = 1 WHERE (tenant_id, content_hash) IN (
        SELECT tenant_id, content_hash FROM search_texts WHERE extractor < ${extractorVersion} AND outcome <> 'text'
      )`.execute(database);
  }
  for (const [name, version] of [
    ['tokens', tokensVersion],
    ['extractor', extractorVersion],
  ] as const) {
    await database
      .insertInto('search_versions')
      .values({ name, version })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ version }))
      .execute();
  }
}

async function isOther(database: Database, name: string, version: number): Promise<boolean> {
  const row = await database.selectFrom('search_versions').select('version').where('name', '=', name).executeTakeFirst();
  return row !== undefined && row.version !== version;
}

/** How much is in the index: names, and contents of which there is text. `waiting` were not read. */
export async function indexSize(database: Database): Promise<{ names: number; contents: number; waiting: number }> {
  const count = async (table: 'search_nodes' | 'search_contents'): Promise<number> =>
    (
      await database
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count;
  const waiting = database
    .selectFrom('search_nodes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(isWaiting);
  return {
    names: await count('search_nodes'),
    contents: await count('search_contents'),
    waiting: (await waiting.executeTakeFirstOrThrow()).count,
  };
}
