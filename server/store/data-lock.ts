import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { AppError } from '#shared/base/errors.ts';

/** One server's hold on its data folder. */
export interface DataLock {
  release(): void;
}

/**
 * Takes the folder for this process alone, or gives null when another one has it. The lock is the operating system's, on the file
 * `server.lock`, taken through SQLite: it goes with the process however that ends, so none is ever left behind.
 * @param patienceMs how long another process is waited for
 */
export function lockData(folder: string, patienceMs: number): DataLock | null {
  const lock = new BetterSqlite(path.join(folder, 'server.lock'), { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if ((cause as { code?: unknown }).code === 'SQLITE_BUSY') return null;
    throw new AppError('conflict', `${folder} cannot be locked for this server: ${(cause as Error).message}`, { cause });
  }
  const note = path.join(folder, 'server.pid');
  writeFileSync(note, `${process.pid}\n`);
  return {
    release: () => {
      rmSync(note, { force: true });
      lock.close();
    },
  };
}

/** What to tell somebody whose folder is taken. */
export function takenBy(folder: string): AppError {
  let who = '';
  try {
    who = ` (process ${readFileSync(path.join(folder, 'server.pid'), 'utf8').trim()})`;
  } catch {
    // It has the lock but has not said its number yet: the message is as good without it.
  }
  return new AppError(
    'conflict',
    `The data folder ${folder} is in use by another server${who}. Stop that one, or give each its own folder.`,
  );
}
