import { sql } from 'kysely';
import type { Database } from '../context.ts';
import type { TokenQuery, TokenTable } from './token-query.ts';

/*
 * PostgreSQL answers a look into a GIN index with all rows that fit and sorts them: for a word in every tenth name of a million that are a hundred
 * thousand. So each row has the token of its block of ids, and the newest blocks are asked for first, in as few steps as what was found allows.
 */

/** Ids of a block are equal after so many bits are shifted out: as in the migration `19-search-blocks`. */
const blockBits = 13;
const blockRows = 2 ** blockBits;
/** Each step looks at most at so many times as many blocks as the one before: a word may be old. */
const growth = 16;
/** Where no more rows than this are expected in all that is left, it is asked for at once. */
const fewRows = 1_000;

/** Ids of rows that fit, the highest first, at most `limit` of those below `before`. */
export async function walkBlocks(
  database: Database,
  table: TokenTable,
  query: TokenQuery,
  written: (query: TokenQuery) => string,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<number[]> {
  const end = Math.min(before, (await newest(database, table, query)) + 1);
  const found: number[] = [];
  /** Blocks below this one were not looked at. */
  let left = Math.ceil(end / blockRows);
  for (let [count, looked] = [1, 0]; left > 0 && found.length < limit;) {
    const first = Math.max(0, left - count);
    const blocks = Array.from({ length: left - first }, (_, index) => `#${first + index}`);
    const asked = first === 0 ? query : { ...query, any: [...query.any, blocks] };
    found.push(...(await matching(database, table, written(asked), Math.min(end, left * blockRows), limit - found.length)));
    looked += left - first;
    left = first;
    count = nextCount({ looked, left, found: found.length, limit });
  }
  return found;
}

/** The highest id of a row that the query may find. */
async function newest(database: Database, table: TokenTable, { within }: TokenQuery): Promise<number> {
  const { rows } =
    within === undefined
      ? await sql<{ top: number | null }>`SELECT max(id) AS top FROM ${sql.table(table)}`.execute(database)
      : await sql<{ top: number | null }>`
          SELECT max(row.id) AS top FROM unnest(${within.spaceIds}::text[]) AS space (id), LATERAL (
            SELECT id FROM ${sql.table(table)} WHERE tenant_id = ${within.tenantId} AND space_id = space.id ORDER BY id DESC LIMIT 1
          ) AS row`.execute(database);
  return rows[0]?.top ?? 0;
}

/** How many blocks to look at next. */
function nextCount({ looked, left, found, limit }: Record<'looked' | 'left' | 'found' | 'limit', number>): number {
  const expected = (found / looked) * left;
  if (expected <= fewRows && (found > 0 || looked >= growth)) return left;
  return Math.min(found === 0 ? Infinity : Math.ceil(((limit - found) * looked) / found), looked * growth);
}

/** Materialized, or the planner walks the primary key from the top as soon as it sees the order. */
async function matching(database: Database, table: TokenTable, query: string, before: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    WITH hits AS MATERIALIZED (
      SELECT id FROM ${sql.table(table)} WHERE (tokens || array_to_tsvector(ARRAY['#' || (id >> 13)::text])) @@ ${query}::tsquery
    ) SELECT id FROM hits WHERE id < ${before} ORDER BY id DESC LIMIT ${limit}`.execute(database);
  return rows.map(({ id }) => id);
}
