import path from 'node:path';
import type { ClientHost } from '#shared/client/context.ts';
import type { ClientStore } from '#shared/client/client-store.ts';
import { MemoryStore } from '#shared/client/memory-store.ts';
import { localKey } from './account-keys.ts';
import type { Secrets } from './host/secrets.ts';
import { openNamedDatabase, type Database } from './store/database.ts';
import { openStore } from './store/open-store.ts';

/** What an account keeps on this machine, open. */
export interface LocalPart {
  readonly store: ClientStore;
  /** What the person should be told about it (codes). */
  readonly notices: readonly string[];
  /** The account's folder; null when its data are in memory only. */
  readonly folder: string | null;
  /** The key of its databases, 32 bytes. */
  readonly databaseKey: Uint8Array;
  /** Another encrypted database of this account, by name; in memory when nothing may be kept. Its opener closes it. */
  openDatabase(name: string): Database;
}

export interface LocalPartOptions {
  readonly profile: string;
  readonly secrets: Secrets;
  /** Whether secrets survive a restart: without that, nothing is written to the disk. */
  readonly persistent: boolean;
  readonly host: Pick<ClientHost, 'clock' | 'random'>;
}

/** Opens it with this device's part of the key and the server's. Throws `denied` with `key_withheld` where the server keeps its part back. */
export async function openLocalPart(options: LocalPartOptions, accountId: string, serverPart: string | null): Promise<LocalPart> {
  const { profile, secrets, persistent, host } = options;
  const databaseKey = await localKey(secrets, accountId, serverPart, host.random);
  const folder = persistent ? path.join(profile, 'accounts', accountId) : null;
  const { store, notice } = openStore(folder === null ? null : path.join(folder, 'local.db'), databaseKey, host.clock.now());
  const openDatabase = (name: string) => openNamedDatabase(folder, name, databaseKey);
  return { store, notices: notice === null ? [] : [notice], folder, databaseKey, openDatabase };
}

/** Stands for a local part that must stay closed: empty, and nothing of it reaches the disk. */
export function closedLocalPart(): LocalPart {
  const databaseKey = new Uint8Array(32);
  return {
    store: new MemoryStore(),
    notices: [],
    folder: null,
    databaseKey,
    openDatabase: (name) => openNamedDatabase(null, name, databaseKey),
  };
}
