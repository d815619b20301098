import type { Database } from '../store/database.ts';
import { NodeTable } from './node-table.ts';
import type { LocalRow, RemoteRow, SyncedRow } from './rows.ts';

export const schemaVersion = 2;

/**
 * What one node is in all three trees is one row: at rest they agree, and what agrees is stored once. `parent` and `name` are the server's where it
 * knows the node, else the disk's; `l_parent` and `s_parent` stand only where the disk's or the agreed place is another one. `body` holds
 * numbers and hashes, `extra` (JSON) whatever does not fit the usual form. See `node-codec.ts`.
 */
const nodes = `
  CREATE TABLE nodes (
    key INTEGER PRIMARY KEY, id BLOB NOT NULL, flags INTEGER NOT NULL, parent BLOB, fold INTEGER NOT NULL, name TEXT NOT NULL,
    l_parent BLOB, s_parent BLOB, identity INTEGER NOT NULL, content INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL, extra TEXT
  );
  CREATE UNIQUE INDEX nodes_by_id ON nodes (id);
  CREATE INDEX nodes_by_place ON nodes (parent, fold);
  CREATE INDEX nodes_by_local_parent ON nodes (l_parent) WHERE l_parent IS NOT NULL;
  CREATE INDEX nodes_by_synced_parent ON nodes (s_parent) WHERE s_parent IS NOT NULL;
  CREATE INDEX nodes_by_identity ON nodes (identity) WHERE (flags & 2) <> 0;
  CREATE INDEX nodes_by_content ON nodes (content) WHERE (flags & 128) <> 0;
  CREATE INDEX nodes_open ON nodes (key) WHERE (flags & 65536) <> 0;
  CREATE INDEX nodes_racy ON nodes (key) WHERE (flags & 131072) <> 0;
  CREATE INDEX nodes_mapped ON nodes (key) WHERE (flags & 262144) <> 0;
`;
const others = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE pending (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, mutation TEXT NOT NULL);
  CREATE TABLE journal (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE notes (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, row TEXT NOT NULL);
  CREATE INDEX notes_by_kind ON notes (kind, place);
`;

/** Makes the tables of a new state, or brings those of an earlier program to today's form. Throws for a state of a newer program. */
export function prepareState(database: Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version === schemaVersion) return;
  if (version > schemaVersion) throw new Error(`Sync state of version ${version}`);
  database
    .transaction(() => {
      database.exec(version === 0 ? nodes + others : nodes);
      if (version === 1) takeOver(database);
      database.pragma(`user_version = ${schemaVersion}`);
    })
    .immediate();
  // What version 1 took is several times what is left: given back, once.
  if (version === 1) database.exec('VACUUM');
}

const pageRows = 500;

/** Version 1 kept each tree as JSON texts in a table of its own. All is carried over in one transaction: nothing is sent or asked anew. */
function takeOver(database: Database): void {
  const table = new NodeTable(database);
  const page = database.prepare<[string, number], { id: string }>(
    'SELECT id FROM (SELECT id FROM remote UNION SELECT id FROM local UNION SELECT id FROM synced) WHERE id > ? ORDER BY id LIMIT ?',
  );
  const rowOf = (name: string) => {
    const statement = database.prepare<[string], { row: string }>(`SELECT row FROM ${name} WHERE id = ?`);
    return (id: string): unknown => {
      const found = statement.get(id);
      return found === undefined ? undefined : JSON.parse(found.row);
    };
  };
  const [remote, local, synced] = [rowOf('remote'), rowOf('local'), rowOf('synced')];
  let last = '';
  for (;;) {
    const ids = page.all(last, pageRows).map(({ id }) => id);
    if (ids.length === 0) break;
    for (const id of ids) {
      table.put('remote', id, remote(id) as RemoteRow | undefined);
      table.put('local', id, local(id) as LocalRow | undefined);
      table.put('synced', id, synced(id) as SyncedRow | undefined);
    }
    table.flush();
    last = ids.at(-1)!;
  }
  database.exec('DROP TABLE remote; DROP TABLE local; DROP TABLE synced;');
}
