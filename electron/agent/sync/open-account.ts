import type { SyncAccount } from './account.ts';
import type { RootEngine } from './root-engine.ts';
import type { RootList } from './root-list.ts';

/** A logged-in account with its pairs. */
export interface OpenAccount {
  readonly account: SyncAccount;
  readonly list: RootList;
  readonly engines: Map<string, RootEngine>;
  readonly unwatch: () => void;
  /** Why nothing of it moves before a login with a password; null when nothing stands in the way. */
  readonly waits: string | null;
  /** EXP-02: this PC is one too many; nothing of it moves. */
  tooManyPcs: boolean;
  /** One look at the drives after the other. */
  refreshing: Promise<void>;
}
