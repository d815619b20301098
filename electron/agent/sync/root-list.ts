import { z } from 'zod';
import { SyncKeep } from '#shared/contract/sync-keeping.ts';
import { Space } from '#shared/model/drive.ts';
import type { Database } from '../store/database.ts';
import type { RootRecord } from './root-record.ts';

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

/** The pairs of one account. */
export class RootList {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.exec('CREATE TABLE IF NOT EXISTS roots (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID');
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
