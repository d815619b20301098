import { z } from 'zod';
import { SyncKeep } from '#shared/contract/sync-keeping.ts';
import { Space } from '#shared/model/drive.ts';
import type { Database } from '../store/database.ts';
import type { RootRecord } from './root-record.ts';
import type { WholeAccount } from './whole-account.ts';

const Record = z.object({
  rootId: z.string(),
  spaceId: z.string(),
  spaceName: z.string(),
  spaceKind: Space.shape.kind.optional(),
  topId: z.string(),
  drivePath: z.string().optional(),
  keep: SyncKeep.optional(),
  whole: z.boolean().optional(),
  writable: z.boolean().optional(),
  ended: z.string().optional(),
  folder: z.string(),
  paused: z.boolean(),
  pausedUntil: z.number().optional(),
});

const Whole = z.object({
  folder: z.string(),
  keep: SyncKeep,
  rooms: z.boolean(),
  names: z.object({ rooms: z.string(), my: z.string() }),
});

/** The pairs of one account, and its whole-account mode. */
export class RootList {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.exec('CREATE TABLE IF NOT EXISTS roots (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID');
    database.exec('CREATE TABLE IF NOT EXISTS whole (row TEXT NOT NULL)');
  }

  /** The whole-account mode, where it is on. */
  whole(): WholeAccount | null {
    const row = this.#database.prepare<[], { row: string }>('SELECT row FROM whole').get();
    return row === undefined ? null : Whole.parse(JSON.parse(row.row));
  }
  setWhole(whole: WholeAccount | null): void {
    this.#database.exec('DELETE FROM whole');
    if (whole !== null) this.#database.prepare<[string]>('INSERT INTO whole (row) VALUES (?)').run(JSON.stringify(whole));
  }
  all(): RootRecord[] {
    const rows = this.#database.prepare<[], { row: string }>('SELECT row FROM roots ORDER BY id').all();
    return rows.map(({ row }) => Record.parse(JSON.parse(row)));
  }
  put(record: RootRecord): void {
    this.#database
      .prepare<[string, string]>('INSERT OR REPLACE INTO roots (id, row) VALUES (?, ?)')
      .run(record.rootId, JSON.stringify(record));
  }
  delete(rootId: string): void {
    this.#database.prepare<[string]>('DELETE FROM roots WHERE id = ?').run(rootId);
  }
  close(): void {
    this.#database.close();
  }
}
