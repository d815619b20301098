import type { Clock } from '#shared/base/clock.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { ServerEvent } from '#shared/contract/events.ts';
import type { Connection } from '#shared/contract/workspace.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database } from '../store/database.ts';
import type { RootDisk } from './root-folder.ts';

/** What sync needs of a logged-in account; its host (the app's agent, the headless command, a test) provides it. */
export interface SyncAccount {
  readonly accountId: string;
  readonly transport: Transport;
  /** As it stands in the names of conflict copies. */
  readonly deviceName: string;
  /** The rules in force. */
  policy(): Policy;
  /** An encrypted database of the account's, by name; in memory where nothing may be kept. */
  openDatabase(name: string): Database;
  /** Hints of the server and of the line to it; the returned function ends them. */
  watch(watcher: (happening: ServerEvent | { type: 'connection'; state: Connection }) => void): () => void;
}

/** What is the same for all accounts of a program. */
export interface SyncHost {
  readonly clock: Clock;
  /** The computer's own disks by default. */
  readonly disk?: RootDisk;
  random(sizeBytes: number): Uint8Array;
  /** Bugs and surprises, for the log. */
  report(error: unknown): void;
}
