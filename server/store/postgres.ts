import { PostgresDialect, type Dialect } from 'kysely';
import pg from 'pg';
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
export function openPostgres(url: string, onLost: (error: Error) => void): PostgresPool {
  const pool = new pg.Pool({ connectionString: url, max: 16, types: { getTypeParser } });
  pool.on('error', onLost);
  return {
    dialect: new PostgresDialect({ pool }),
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

async function migrationTarget(client: pg.PoolClient): Promise<MigrationTarget> {
  await client.query('CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)');
  return {
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
