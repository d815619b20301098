import { existsSync, fsyncSync, openSync, closeSync, renameSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { SqliteDialect, type Dialect } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import type { MigrationTarget } from './migrate.ts';

/** Statements are compiled once: compiling costs more than most of our queries. */
const mostStatements = 500;

/** An open SQLite file: WAL, and durable at commit (synchronous=FULL). */
export interface SqliteFile {
  readonly dialect: Dialect;
  readonly target: MigrationTarget;
  close(): void;
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
  const statements = new Map<string, BetterSqlite.Statement>();
  const prepare = (sql: string): BetterSqlite.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= mostStatements) statements.delete(statements.keys().next().value!);
    const statement = sqlite.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    dialect: new SqliteDialect({ database: { prepare, close: () => undefined } }),
    target: migrationTarget(sqlite, file),
    close: () => {
      statements.clear();
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
