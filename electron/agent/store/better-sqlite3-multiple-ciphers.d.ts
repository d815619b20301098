// The package's own declarations cannot be reached through its `exports`; this is the part of its interface that the agent uses.
declare module 'better-sqlite3-multiple-ciphers' {
  namespace Sqlite {
    interface RunResult {
      changes: number;
      lastInsertRowid: number | bigint;
    }
    interface Statement<Parameters extends unknown[] = unknown[], Row = unknown> {
      run(...parameters: Parameters): RunResult;
      get(...parameters: Parameters): Row | undefined;
      all(...parameters: Parameters): Row[];
      iterate(...parameters: Parameters): IterableIterator<Row>;
      pluck(toggle?: boolean): this;
      raw(toggle?: boolean): this;
      safeIntegers(toggle?: boolean): this;
    }
    interface Transaction<Parameters extends unknown[], Result> {
      (...parameters: Parameters): Result;
      immediate(...parameters: Parameters): Result;
    }
    interface Options {
      readonly?: boolean;
      fileMustExist?: boolean;
      timeout?: number;
      nativeBinding?: string;
    }
    interface Database {
      readonly open: boolean;
      readonly inTransaction: boolean;
      readonly name: string;
      prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Parameters, Row>;
      exec(sql: string): this;
      pragma(sql: string, options?: { simple?: boolean }): unknown;
      transaction<Parameters extends unknown[], Result>(work: (...parameters: Parameters) => Result): Transaction<Parameters, Result>;
      backup(file: string): Promise<unknown>;
      close(): this;
    }
  }
  const Sqlite: new (file: string, options?: Sqlite.Options) => Sqlite.Database;
  export default Sqlite;
}
