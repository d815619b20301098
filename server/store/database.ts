import { Kysely } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../context.ts';
import { migrate, shippedMigrations, type Migration } from './migrate.ts';
import type { DatabasePlace } from './place.ts';
import { openPostgres } from './postgres.ts';
import type { Schema } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import type { WriteCounts } from './write-counts.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** The migrations that this opening applied. */
  readonly migrated: readonly number[];
  /** Where no other process writes: how often this one did. */
  readonly counts: WriteCounts | null;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Told about connections to PostgreSQL that broke while idle. */
  readonly onLost?: (error: Error) => void;
  /** Other steps than the shipped ones, for tests. */
  readonly migrations?: readonly Migration[];
  /** False while another process uses the database: then it must be up to date already. */
  readonly mayMigrate?: boolean;
}

/**
 * Opens the database and brings it up to date. Throws `conflict` when a newer program made it, `unavailable` when it cannot be reached.
 * On SQLite one connection writes: inside a transaction use only the transaction. A query beside it sees what was committed before; a second
 * transaction would wait for its end for ever.
 */
export async function openDatabase(place: DatabasePlace, options: OpenOptions = {}): Promise<OpenedDatabase> {
  const migrations = options.migrations ?? shippedMigrations();
  if (place.kind === 'sqlite') {
    const file = openSqlite(place.file);
    try {
      const migrated = await migrate(file.target, migrations, options.mayMigrate);
      const { dialect, counts } = file.open();
      const database = new Kysely<Schema>({ dialect });
      const close = async (): Promise<void> => {
        await database.destroy();
        await file.close();
      };
      return { database, migrated, counts, close };
    } catch (error) {
      await file.close();
      throw error;
    }
  }
  const pool = openPostgres(place.url, options.onLost ?? (() => undefined));
  const database = new Kysely<Schema>({ dialect: pool.dialect });
  try {
    const migrated = await pool.withTarget((target) => migrate(target, migrations, options.mayMigrate));
    return { database, migrated, counts: null, close: () => database.destroy() };
  } catch (cause) {
    await database.destroy();
    throw cause instanceof AppError
      ? cause
      : new AppError('unavailable', 'PostgreSQL could not be reached or refused the migration', { cause });
  }
}
