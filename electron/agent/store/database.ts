/// <reference path="./better-sqlite3-multiple-ciphers.d.ts" />
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3-multiple-ciphers';

export type Database = InstanceType<typeof Sqlite>;

/**
 * Opens an encrypted database (ChaCha20-Poly1305 per page), or one in memory when `file` is null. Nothing is read yet: a wrong key
 * shows at the first query. Temporary tables stay in memory, so nothing readable reaches the disk.
 * @param key 32 bytes
 */
export function openDatabase(file: string | null, key: Uint8Array): Database {
  if (file !== null) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // The old test runtime brings its own build of the addon (docs: HIKYAKU_SQLITE_BINDING).
  const nativeBinding = process.env['HIKYAKU_SQLITE_BINDING'] ?? '';
  const database = new Sqlite(file ?? ':memory:', nativeBinding === '' ? {} : { nativeBinding });
  if (file !== null) {
    database.pragma(`cipher = 'chacha20'`);
    database.pragma(`key = 'raw:${Buffer.from(key).toString('hex')}'`);
  }
  return database;
}

/** An account's database by name, ready for use: `<folder>/<name>.db`, or one in memory when `folder` is null. */
export function openNamedDatabase(folder: string | null, name: string, key: Uint8Array): Database {
  const database = openDatabase(folder === null ? null : path.join(folder, `${name}.db`), key);
  prepare(database);
  return database;
}

/** Settings of a database that is ours and readable: what was answered for survives a power cut. */
export function prepare(database: Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('temp_store = MEMORY');
  database.pragma('busy_timeout = 5000');
}
