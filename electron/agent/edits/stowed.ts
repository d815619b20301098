import { createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../store/database.ts';
import { EditRecord, folderOf } from './edit-record.ts';

/** The name of an account's database for it. */
export const stowedDatabase = 'edits';
const pieceBytes = 1024 * 1024;

/** What was written in other programs and never sent, while nobody may see it: under the account's key, in a database of its own. */
export class Stowed {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS edits (id TEXT PRIMARY KEY, record TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS pieces (id TEXT NOT NULL, name TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, name, part));
    `);
  }

  /** Takes in files of an edit; when it resolves they are safe here. */
  async put(record: EditRecord, root: string, names: readonly string[]): Promise<void> {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO pieces (id, name, part, bytes) VALUES (?, ?, ?, ?)');
    this.#database.prepare('DELETE FROM pieces WHERE id = ?').run(record.id);
    for (const name of names) {
      const file = await open(path.join(folderOf(root, record.id), name), 'r');
      try {
        for (let part = 0; ; part += 1) {
          const bytes = Buffer.alloc(pieceBytes);
          const { bytesRead } = await file.read(bytes, 0, pieceBytes, part * pieceBytes);
          // An empty file is one empty piece.
          if (bytesRead > 0 || part === 0) insert.run(record.id, name, part, bytes.subarray(0, bytesRead));
          if (bytesRead < pieceBytes) break;
        }
      } finally {
        await file.close();
      }
    }
    // Last: what has no record was interrupted, and its file still lies where it was.
    this.#database.prepare('INSERT OR REPLACE INTO edits (id, record) VALUES (?, ?)').run(record.id, JSON.stringify(record));
  }

  records(): EditRecord[] {
    const rows = this.#database.prepare<[], { record: string }>('SELECT record FROM edits').all();
    return rows.map(({ record }) => EditRecord.parse(JSON.parse(record)));
  }

  names(id: string): string[] {
    const rows = this.#database.prepare<[string], { name: string }>('SELECT DISTINCT name FROM pieces WHERE id = ?').all(id);
    return rows.map(({ name }) => name);
  }

  *bytes(id: string, name: string): Generator<Uint8Array> {
    const pieces = this.#database.prepare<[string, string, number], { bytes: Buffer }>(
      'SELECT bytes FROM pieces WHERE id = ? AND name = ? AND part = ?',
    );
    for (let part = 0; ; part += 1) {
      const found = pieces.get(id, name, part);
      if (found === undefined) return;
      yield found.bytes;
    }
  }

  /** Puts the files of an edit back to where they were. */
  async giveBack(record: EditRecord, root: string): Promise<void> {
    const folder = folderOf(root, record.id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of this.names(record.id)) {
      await pipeline(Readable.from(this.bytes(record.id, name)), createWriteStream(path.join(folder, name), { mode: 0o600, flush: true }));
    }
  }

  remove(id: string): void {
    this.#database.prepare('DELETE FROM edits WHERE id = ?').run(id);
    this.#database.prepare('DELETE FROM pieces WHERE id = ?').run(id);
  }

  close(): void {
    this.#database.close();
  }
}
