export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * The local database's migrations, in order; the number is SQLite's `user_version` afterwards. They are part of the program text
 * because the agent ships as one file. A released one is never changed: add another.
 */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'start',
    sql: `
      CREATE TABLE "values" (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE rooms (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE drafts (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE outgoing (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE members (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE spaces (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE folders (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE transfers (id TEXT PRIMARY KEY, row TEXT NOT NULL);
      CREATE TABLE memberships (room_id TEXT NOT NULL, member_id TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (room_id, member_id)) WITHOUT ROWID;
      CREATE TABLE messages (room_id TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (room_id, sequence)) WITHOUT ROWID;
      CREATE INDEX messages_by_id ON messages (id);
    `,
  },
  {
    number: 2,
    name: 'nodes',
    // Listings were one row a folder; the server tells them again.
    sql: `
      DELETE FROM folders;
      CREATE TABLE nodes (place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, parent_id TEXT NOT NULL, row TEXT NOT NULL);
      CREATE INDEX nodes_by_parent ON nodes (parent_id, place);
    `,
  },
];

export const latestMigration = migrations.at(-1)?.number ?? 0;
