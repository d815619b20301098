import { PostgresAdapter, sql, type RawBuilder } from 'kysely';
import type { FileKind } from '#shared/model/file-kind.ts';
import type { Database } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import { walkBlocks } from './block-walk.ts';
import type { TokenQuery, TokenTable } from './token-query.ts';

/*
 * The one place that knows how each database finds rows by tokens. SQLite: a full-text table beside the rows, without texts, positions or a word
 * breaker of its own (FTS5, `detail=none`), which goes through its rows from the newest on. PostgreSQL: a `tsvector` without positions in the row,
 * under a GIN index that is asked block by block (`block-walk.ts`).
 */

/** The table that SQLite keeps the tokens in. */
const tokenTables = { search_nodes: 'search_node_tokens', search_contents: 'search_content_tokens' } as const;

export const isPostgres = (database: Database): boolean => database.getExecutor().adapter instanceof PostgresAdapter;

/** The token under which everything of a space is. Ids that are not made of small letters, digits and dashes are written in hexadecimal. */
export const spaceToken = (spaceId: string): string => `@${idToken(spaceId)}`;

const idToken = (id: string): string => (/^[0-9a-z-]+$/.test(id) ? id : `=${Buffer.from(id, 'utf8').toString('hex')}`);

/** What filters ask for: a kind of file, who changed it last, and the month in which that was (UTC). No name has such tokens. */
export const kindToken = (kind: FileKind): string => `@^k-${kind}`;
export const personToken = (memberId: string): string => `@^u-${idToken(memberId)}`;
export const monthToken = (milliseconds: number): string => `@^m-${new Date(milliseconds).toISOString().slice(0, 7)}`;

/** Puts rows into an index, each with its tokens. Returns their ids in the order of the rows; later rows have higher ids. */
export async function insertWithTokens(
  database: Database,
  table: TokenTable,
  rows: readonly { readonly values: Readonly<Record<string, string | number | null>>; readonly tokens: Iterable<string> }[],
): Promise<void> {
  const onPostgres = isPostgres(database);
  for (const some of rowBatches(rows)) {
    const columns = Object.keys(some[0]!.values);
    const names = sql.join([...columns, ...(onPostgres ? ['tokens'] : [])].map((column) => sql.ref(column)));
    const tuples = some.map(({ values, tokens }) => {
      const cells: RawBuilder<unknown>[] = columns.map((column) => sql`${values[column]}`);
      if (onPostgres) cells.push(sql`array_to_tsvector(${[...tokens]}::text[])`);
      return sql`(${sql.join(cells)})`;
    });
    const insert = sql<{ id: number }>`INSERT INTO ${sql.table(table)} (${names}) VALUES ${sql.join(tuples)} RETURNING id`;
    const { rows: inserted } = await insert.execute(database);
    if (onPostgres) continue;
    // SQLite's one writer numbers rows of a statement in their order, without gaps; the order in which it returns them is not promised.
    const first = Math.min(...inserted.map(({ id }) => id));
    const entries = some.map(({ tokens }, index) => sql`(${first + index}, ${[...tokens].join(' ')})`);
    await sql`INSERT INTO ${sql.table(tokenTables[table])} (rowid, tokens) VALUES ${sql.join(entries)}`.execute(database);
  }
}

/** Takes rows out of an index. */
export async function removeWithTokens(database: Database, table: TokenTable, ids: readonly number[]): Promise<void> {
  for (const some of rowBatches(ids)) {
    if (!isPostgres(database)) await sql`DELETE FROM ${sql.table(tokenTables[table])} WHERE rowid IN (${sql.join(some)})`.execute(database);
    await sql`DELETE FROM ${sql.table(table)} WHERE id IN (${sql.join(some)})`.execute(database);
  }
}

/** Empties an index. */
export async function clearTokens(database: Database, table: TokenTable): Promise<void> {
  if (!isPostgres(database))
    await sql`INSERT INTO ${sql.table(tokenTables[table])} (${sql.ref(tokenTables[table])}) VALUES ('delete-all')`.execute(database);
  await sql`DELETE FROM ${sql.table(table)}`.execute(database);
}

/** Ids of rows that fit, the highest first: at most `limit` of those below `before`. */
export async function rowsWithTokens(
  database: Database,
  table: TokenTable,
  query: TokenQuery,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<number[]> {
  if (isPostgres(database)) return walkBlocks(database, table, query, postgresQuery, { before, limit });
  const found = sql<{ id: number }>`
    SELECT rowid AS id FROM ${sql.table(tokenTables[table])}
    WHERE ${sql.ref(tokenTables[table])} MATCH ${sqliteQuery(query)} AND rowid < ${before} ORDER BY rowid DESC LIMIT ${limit}`;
  return (await found.execute(database)).rows.map(({ id }) => id);
}

/** Pages of an index that one step of merging writes: some milliseconds. */
const mergedPages = 64;

/**
 * Merges what many small writes left behind in the indexes, on SQLite by one step each: every look into an index is the slower the more parts it
 * has. Returns whether there is more to do.
 */
export async function mergeTokens(database: Database): Promise<boolean> {
  if (isPostgres(database)) {
    await sql`SELECT gin_clean_pending_list('search_nodes_by_token'), gin_clean_pending_list('search_contents_by_token')`.execute(database);
    return false;
  }
  const changes = async (): Promise<number> =>
    (await sql<{ count: number }>`SELECT total_changes() AS count`.execute(database)).rows[0]!.count;
  const before = await changes();
  for (const table of Object.values(tokenTables)) {
    await sql`INSERT INTO ${sql.table(table)} (${sql.ref(table)}, rank) VALUES ('merge', ${mergedPages})`.execute(database);
  }
  // A step that found nothing to merge counts as one change.
  return (await changes()) - before > Object.values(tokenTables).length;
}

function written({ all, any }: TokenQuery, quoted: (token: string) => string, and: string, or: string): string {
  const groups = any.map((group) => `(${group.map(quoted).join(or)})`);
  return [...groups, ...all.map(quoted)].join(and);
}

/** A string of FTS5, in which only the quote has a meaning. */
const sqliteQuery = (query: TokenQuery): string => written(query, (token) => `"${token.replaceAll('"', '""')}"`, ' AND ', ' OR ');

/** A lexeme of `tsquery`, in which quote and backslash have a meaning. */
const postgresQuery = (query: TokenQuery): string => written(query, (token) => `'${token.replaceAll(/['\\]/g, '$&$&')}'`, ' & ', ' | ');
