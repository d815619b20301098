import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite from 'better-sqlite3';

/** A thread that waits for the disk instead of the server's: on each message it brings the log into the database as far as nobody reads before that. */
const sqlite = new BetterSqlite(workerData as string, { timeout: 5_000, fileMustExist: true });
sqlite.pragma('synchronous = NORMAL');
sqlite.pragma('wal_autocheckpoint = 0');
parentPort!.on('message', () => {
  parentPort!.postMessage((sqlite.pragma('wal_checkpoint(PASSIVE)') as unknown[])[0]);
});
