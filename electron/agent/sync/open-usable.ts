import type { Database } from '../store/database.ts';
import type { SyncAccount } from './account.ts';

const mostGenerations = 20;

/**
 * Opens a database and what is read from it. One that is damaged, or from a newer program, is left as it is, and the next generation (`name-2`)
 * is begun: what it held is found again by looking at both sides.
 */
export function openUsable<T>(account: Pick<SyncAccount, 'openDatabase'>, name: string, read: (database: Database) => T): T {
  for (let generation = 1; ; generation += 1) {
    let database: Database | null = null;
    try {
      database = account.openDatabase(generation === 1 ? name : `${name}-${generation}`);
      return read(database);
    } catch (error) {
      database?.close();
      if (generation === mostGenerations) throw error;
    }
  }
}
