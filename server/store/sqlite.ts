import { existsSync, fsyncSync, openSync, closeSync, renameSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Dialect } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import type { MigrationTarget } from './migrate.ts';
import { sqliteCheckpoints } from './sqlite-checkpoints.ts';
import { sqliteConnection, sqliteDriver, type SqliteConnection } from './sqlite-driver.ts';
import { walSync } from './wal-sync.ts';
import type { WriteCounts } from './write-counts.ts';

/** What one connection keeps of the file, in KiB: more than a drive of 100,000 files needs to be listed. */
const cacheKib = 32_768;

/** An open SQLite file: WAL, and durable at commit. */
export interface SqliteFile {
  /** To be made after migrating. */
  open(): { readonly dialect: Dialect; readonly counts: WriteCounts };
  readonly target: MigrationTarget;
  close(): Promise<void>;
}

/** SQLite as Kysely speaks to it, where queries beside a transaction need not wait for its end. */
class ManyConnections extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Opens or creates the file. Throws `conflict` for a file that is no database. */
export function openSqlite(file: string): SqliteFile {
  const sqlite = new BetterSqlite(file, { timeout: 5_000 });
  try {
    sqlite.pragma('journal_mode = WAL');
  } catch (cause) {
    sqlite.close();
    throw new AppError('conflict', `${file} is not a database of this program, or it is damaged`, { cause });
  }
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma(`cache_size = -${cacheKib}`);
  const openReader = (): SqliteConnection => {
    const reading = new BetterSqlite(file, { readonly: true, timeout: 5_000 });
    reading.pragma(`cache_size = -${cacheKib}`);
    return sqliteConnection(reading);
  };
  const sync = walSync(`${file}-wal`);
  const checkpoints = sqliteCheckpoints(file, sqlite);
  return {
    open: () => {
      // From here on the driver waits for the disk itself, and checkpoints are made beside the program's only thread.
      sqlite.pragma('synchronous = NORMAL');
      sqlite.pragma('wal_autocheckpoint = 0');
      const driver = sqliteDriver({
        writer: sqliteConnection(sqlite),
        openReader,
        sync: sync.sync,
        onCommit: checkpoints.committed,
      });
      return {
        counts: driver.counts,
        dialect: {
          createAdapter: () => new ManyConnections(),
          createDriver: () => driver,
          createIntrospector: (database) => new SqliteIntrospector(database),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        },
      };
    },
    target: migrationTarget(sqlite, file),
    close: async () => {
      await checkpoints.close();
      await sync.close();
      sqlite.close();
    },
  };
}

function migrationTarget(sqlite: BetterSqlite.Database, file: string): MigrationTarget {
  sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)');
  return {
    kind: 'sqlite',
    bytesType: 'BLOB',
    applied: async () => sqlite.prepare<[], { number: number; name: string }>('SELECT number, name FROM migrations ORDER BY number').all(),
    apply: async ({ number, name, sql }) => {
      const step = sqlite.transaction(() => {
        sqlite.exec(sql);
        sqlite.prepare('INSERT INTO migrations (number, name) VALUES (?, ?)').run(number, name);
      });
      step.exclusive();
    },
    backup: async (lastApplied) => {
      const copy = `${file}.before-${String(lastApplied + 1).padStart(2, '0')}`;
      // A copy of this step is there already when an earlier try broke off: the first one is the one worth keeping.
      if (existsSync(copy)) return;
      const partial = `${copy}.partial`;
      await sqlite.backup(partial);
      const handle = openSync(partial, 'r+');
      fsyncSync(handle);
      closeSync(handle);
      renameSync(partial, copy);
    },
  };
}
