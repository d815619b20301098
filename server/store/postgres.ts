import { PostgresDialect, type Dialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { AppError } from '#shared/base/errors.ts';
import type { MigrationTarget } from './migrate.ts';

/** Any number that is only ours: nodes that start together take turns at migrating. */
const migrationLock = 4_867_118;
const int8 = 20;
const numeric = 1_700;

/** An open pool of connections. */
export interface PostgresPool {
  readonly dialect: Dialect;
  /** Runs `work` with the migration lock held on a connection of its own. */
  withTarget<T>(work: (target: MigrationTarget) => Promise<T>): Promise<T>;
}

/** Our counts, sizes and times fit a double exactly, so 64-bit columns and sums come back as numbers, as SQLite gives them. */
const getTypeParser: typeof pg.types.getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;

/**
 * Connects to PostgreSQL.
 * @param onLost told about connections that broke while idle; the pool makes new ones by itself
 */
export function openPostgres(url: string, onLost: (error: Error) => void, max = 16): PostgresPool {
  const pool = new pg.Pool({ connectionString: url, max, types: { getTypeParser } });
  pool.on('error', onLost);
  return {
    dialect: new PostgresDialect({
      pool: { connect: async () => understood(await pool.connect()), end: () => pool.end(), options: pool.options },
    }),
    withTarget: async (work) => {
      const client = await pool.connect();
      try {
        await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
        return await work(await migrationTarget(client));
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
        client.release();
      }
    },
  };
}

/** A text with NUL, which PostgreSQL cannot hold or even look for, by its codes for that. */
const unstorable = new Set(['22021', '22P05']);

/** What somebody sent and no text can be is their mistake (`invalid`), wherever it was not looked at before. */
function understood(client: pg.PoolClient): PostgresPoolClient {
  const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (cause) {
      if (!(cause instanceof pg.DatabaseError) || !unstorable.has(cause.code ?? '')) throw cause;
      throw new AppError('invalid', 'A text holds a character that cannot be kept', { cause });
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}

async function migrationTarget(client: pg.PoolClient): Promise<MigrationTarget> {
  await client.query('CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)');
  return {
    kind: 'postgres',
    bytesType: 'BYTEA',
    applied: async () => (await client.query<{ number: number; name: string }>('SELECT number, name FROM migrations ORDER BY number')).rows,
    apply: async ({ number, name, sql }) => {
      await client.query('BEGIN');
      try {
        await client.query(sql);
        await client.query('INSERT INTO migrations (number, name) VALUES ($1, $2)', [number, name]);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    },
    // A server's own database is backed up by those who run it (pg_dump, base backups); see docs.
    backup: async () => undefined,
  };
}
