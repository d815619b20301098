import { Worker } from 'node:worker_threads';
import type BetterSqlite from 'better-sqlite3';

/** How many commits are between two looks at the log. */
const lookEvery = 16;
/** So many pages are brought from the log into the database at once, and so long may the log become before writers wait for that, in pages. */
const usualPages = 1_000;
const mostPages = 16_384;

/** What SQLite says of the log: its pages, and those of them that are in the database. */
export interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/** Brings what was committed from the log into the database, beside the program's only thread. */
export interface SqliteCheckpoints {
  /** `alone` runs work while nobody writes. */
  committed(alone: (work: () => void) => Promise<void>): void;
  close(): Promise<void>;
}

/** @param writer the connection that writes; only it can bring the log back to its beginning */
export function sqliteCheckpoints(file: string, writer: BetterSqlite.Database): SqliteCheckpoints {
  let commits = 0;
  let worker: Worker | null = null;
  let working = false;

  const look = (mode: 'NOOP' | 'PASSIVE'): LogState => (writer.pragma(`wal_checkpoint(${mode})`) as LogState[])[0]!;
  const begin = (alone: (work: () => void) => Promise<void>): void => {
    working = true;
    worker ??= new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: file });
    worker.unref();
    worker.once('message', ({ log }: LogState) => {
      // While others write there is always something left; once nobody does for a moment, the log begins anew.
      if (log < mostPages) working = false;
      else
        void alone(() => void look('PASSIVE'))
          .catch(() => undefined)
          .finally(() => (working = false));
    });
    worker.postMessage('checkpoint');
  };

  return {
    committed: (alone) => {
      commits += 1;
      if (working || commits % lookEvery !== 0) return;
      const { log, checkpointed } = look('NOOP');
      if (log - checkpointed >= usualPages) begin(alone);
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
