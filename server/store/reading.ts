import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Database } from '../context.ts';
import type { DatabasePlace } from './place.ts';
import { openPostgres } from './postgres.ts';
import type { Schema } from './schema.ts';

/** How many connections to PostgreSQL a thread has that only reads. */
const mostConnections = 4;
/** Pages that a connection to SQLite keeps in memory, in KiB. */
const cacheKib = 32 * 1_024;
/** Statements are compiled once. */
const mostStatements = 500;

/** Opens a database that is up to date once more, for a thread that reads beside whoever writes: on SQLite nothing can be written here. */
export function openReading(place: DatabasePlace): { readonly database: Database; close(): Promise<void> } {
  if (place.kind === 'postgres') {
    const pool = openPostgres(place.url, () => undefined, mostConnections);
    const database = new Kysely<Schema>({ dialect: pool.dialect });
    return { database, close: () => database.destroy() };
  }
  const sqlite = new BetterSqlite(place.file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  sqlite.pragma(`cache_size = -${cacheKib}`);
  const statements = new Map<string, BetterSqlite.Statement>();
  const prepare = (sql: string): BetterSqlite.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= mostStatements) statements.delete(statements.keys().next().value!);
    const statement = sqlite.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: { prepare, close: () => void sqlite.close() } }) });
  return { database, close: () => database.destroy() };
}
