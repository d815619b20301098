import type BetterSqlite from 'better-sqlite3';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { touchesRights, type WriteCounts } from './write-counts.ts';

/** Statements are compiled once: compiling costs more than most of our queries. */
const mostStatements = 500;
/** The most transactions that only read at a time; each has a connection of its own. */
const mostReadTransactions = 4;

/** One connection with its compiled statements. */
export interface SqliteConnection {
  statement(sql: string): BetterSqlite.Statement;
  exec(sql: string): void;
  inTransaction(): boolean;
  close(): void;
}

export function sqliteConnection(sqlite: BetterSqlite.Database): SqliteConnection {
  const statements = new Map<string, BetterSqlite.Statement>();
  return {
    statement: (sql) => {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      if (statements.size >= mostStatements) statements.delete(statements.keys().next().value!);
      const statement = sqlite.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    exec: (sql) => void sqlite.exec(sql),
    inTransaction: () => sqlite.inTransaction,
    close: () => {
      statements.clear();
      sqlite.close();
    },
  };
}

export interface SqliteDriverOptions {
  readonly writer: SqliteConnection;
  openReader(): SqliteConnection;
  /** Waits until what was committed is on the disk. */
  sync(): Promise<void>;
  /** Told after each commit; `alone` runs work while nobody writes. */
  onCommit?(alone: (work: () => void) => Promise<void>): void;
}

/** The driver, and what it tells of its commits. */
export type SqliteDriver = Driver & { readonly counts: WriteCounts };

/**
 * One connection writes, others read what was committed. A commit is over when it is on the disk; the wait for the disk is not the program's only
 * thread's, and until then nobody reads what could still be lost. Queries outside of transactions never wait for one that is under way.
 */
export function sqliteDriver({ writer, openReader, sync, onCommit }: SqliteDriverOptions): SqliteDriver {
  const counts = { any: 0, rights: 0 };
  const reader = openReader();
  const idle: SqliteConnection[] = [];
  const readTurns = turns(mostReadTransactions);
  const writeTurns = turns(1);
  /** The wait for the disk that is under way. */
  let syncing: Promise<void> | null = null;
  /** Once the disk did not take something, what it holds is not known any more. */
  let lost: AppError | null = null;

  const alone = async (work: () => void): Promise<void> => {
    await writeTurns.take();
    try {
      work();
    } finally {
      writeTurns.give();
    }
  };
  const committed = async (rights: boolean): Promise<void> => {
    counts.any += 1;
    if (rights) counts.rights += 1;
    const mine = sync().catch((cause: unknown) => {
      lost = new AppError('unavailable', 'The disk did not take the database: the server has to be started anew', { cause });
    });
    syncing = mine;
    await mine;
    if (syncing === mine) syncing = null;
    if (lost !== null) throw lost;
    onCommit?.(alone);
  };
  const durable = async (): Promise<void> => {
    while (syncing !== null) await syncing;
    if (lost !== null) throw lost;
  };

  class Lease implements DatabaseConnection {
    #mode: 'none' | 'write' | 'read' = 'none';
    #own: SqliteConnection | null = null;
    #wrote = false;
    #rights = false;

    async begin(settings: TransactionSettings): Promise<void> {
      if (settings.accessMode === 'read only') {
        await readTurns.take();
        this.#own = idle.pop() ?? openReader();
        this.#mode = 'read';
        // What is seen is fixed by the first query.
        await durable();
        this.#own.exec('BEGIN');
        this.#own.statement('SELECT 1 FROM sqlite_schema').all();
        return;
      }
      await writeTurns.take();
      this.#mode = 'write';
      if (lost !== null) {
        this.#end();
        throw lost;
      }
      this.#wrote = false;
      this.#rights = false;
      try {
        writer.exec('BEGIN');
      } catch (error) {
        this.#end();
        throw error;
      }
    }

    async commit(): Promise<void> {
      (this.#own ?? writer).exec('COMMIT');
      try {
        if (this.#wrote) await committed(this.#rights);
      } finally {
        this.#end();
      }
    }

    rollback(): void {
      // A failed commit ended the transaction for good, or left it open.
      if (this.#mode === 'none') return;
      const connection = this.#own ?? writer;
      try {
        if (connection.inTransaction()) connection.exec('ROLLBACK');
      } finally {
        this.#end();
      }
    }

    #end(): void {
      if (this.#mode === 'read') {
        idle.push(this.#own!);
        this.#own = null;
        readTurns.give();
      } else if (this.#mode === 'write') writeTurns.give();
      this.#mode = 'none';
    }

    async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
      if (this.#mode === 'read') return run<R>(this.#own!.statement(sql), parameters);
      if (this.#mode === 'write') {
        const statement = writer.statement(sql);
        if (!statement.readonly) {
          this.#wrote = true;
          this.#rights ||= touchesRights(query);
        }
        return run<R>(statement, parameters);
      }
      const reading = reader.statement(sql);
      if (reading.readonly) {
        if (syncing !== null || lost !== null) await durable();
        return run<R>(reading, parameters);
      }
      await writeTurns.take();
      try {
        if (lost !== null) throw lost;
        const result = run<R>(writer.statement(sql), parameters);
        await committed(touchesRights(query));
        return result;
      } finally {
        writeTurns.give();
      }
    }

    // oxlint-disable-next-line require-yield
    async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
      throw new Error('Queries are not streamed');
    }
  }

  const leaseOf = (connection: DatabaseConnection): Lease => {
    assert(connection instanceof Lease, 'the connection is one of this driver');
    return connection;
  };
  const savepoint = (words: string) => async (connection: DatabaseConnection, name: string) => {
    leaseOf(connection);
    writer.exec(`${words} "${name.replaceAll('"', '""')}"`);
  };
  return {
    counts,
    init: async () => undefined,
    acquireConnection: async () => new Lease(),
    beginTransaction: (connection, settings) => leaseOf(connection).begin(settings),
    commitTransaction: (connection) => leaseOf(connection).commit(),
    rollbackTransaction: async (connection) => leaseOf(connection).rollback(),
    savepoint: savepoint('SAVEPOINT'),
    rollbackToSavepoint: savepoint('ROLLBACK TO'),
    releaseSavepoint: savepoint('RELEASE'),
    releaseConnection: async () => undefined,
    destroy: async () => {
      while (syncing !== null) await syncing;
      for (const one of [reader, ...idle]) one.close();
    },
  };
}

function run<R>(statement: BetterSqlite.Statement, parameters: readonly unknown[]): QueryResult<R> {
  if (statement.reader) return { rows: statement.all(parameters) as R[] };
  const { changes, lastInsertRowid } = statement.run(parameters);
  return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] };
}

/** So many at a time; who comes later waits in line. */
function turns(most: number): { take(): Promise<void>; give(): void } {
  let free = most;
  const line: (() => void)[] = [];
  return {
    take: async () => {
      if (free > 0) {
        free -= 1;
        return;
      }
      await new Promise<void>((resolve) => void line.push(resolve));
    },
    give: () => {
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
