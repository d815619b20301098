import type { Keep, KeepRow } from '#shared/sync/keeping.ts';
import type { Database } from '../store/database.ts';

/**
 * What a person decided to have on this PC, of one root (EXP-07). It is apart from the three trees, so that losing those loses no decision; losing this one brings everything
 * back to what the root does with things that nobody decided on.
 */
export class KeepList {
  readonly #rows = new Map<string, KeepRow>();
  readonly #bringing = new Set<string>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.exec(
      'CREATE TABLE IF NOT EXISTS keeping (id TEXT PRIMARY KEY, keep TEXT, bring INTEGER NOT NULL, opened INTEGER) WITHOUT ROWID',
    );
    const statement = database.prepare<[], { id: string; keep: Keep | null; bring: number; opened: number | null }>(
      'SELECT * FROM keeping',
    );
    for (const { id, keep, bring, opened } of statement.iterate()) {
      this.#rows.set(id, { id, keep, bring: bring === 1, openedAt: opened });
      if (bring === 1) this.#bringing.add(id);
    }
  }

  get rows(): ReadonlyMap<string, KeepRow> {
    return this.#rows;
  }
  /** What was asked for and has to come. */
  get bringing(): ReadonlySet<string> {
    return this.#bringing;
  }

  /** Writes changes down durably, all or none. A row that says nothing any more goes. */
  change(changes: Iterable<Pick<KeepRow, 'id'> & Partial<KeepRow>>): void {
    const put = this.#database.prepare<[string, string | null, number, number | null]>(
      'INSERT OR REPLACE INTO keeping (id, keep, bring, opened) VALUES (?, ?, ?, ?)',
    );
    const remove = this.#database.prepare<[string]>('DELETE FROM keeping WHERE id = ?');
    this.#database
      .transaction(() => {
        for (const change of changes) {
          const row = { ...(this.#rows.get(change.id) ?? { keep: null, bring: false, openedAt: null }), ...change };
          if (row.bring) this.#bringing.add(row.id);
          else this.#bringing.delete(row.id);
          if (row.keep === null && !row.bring && row.openedAt === null) {
            this.#rows.delete(row.id);
            remove.run(row.id);
          } else {
            this.#rows.set(row.id, row);
            put.run(row.id, row.keep, row.bring ? 1 : 0, row.openedAt);
          }
        }
      })
      .immediate();
  }

  /** A thing has another id from now on: what was decided for it goes along. */
  renamed(ids: ReadonlyMap<string, string>): void {
    const moved = [...ids].flatMap(([from, to]) => {
      const row = this.#rows.get(from);
      return row === undefined
        ? []
        : [
            { ...row, id: to },
            { id: from, keep: null, bring: false, openedAt: null },
          ];
    });
    if (moved.length > 0) this.change(moved);
  }

  close(): void {
    this.#database.close();
  }
}
