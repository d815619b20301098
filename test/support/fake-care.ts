import type { SyncConflict, SyncRecovered, SyncTransfer } from '#shared/contract/sync-care.ts';

/** What is on its way, what needs a choice and what was put aside in one synced folder. */
export interface FakeCare {
  queue: SyncTransfer[];
  conflicts: SyncConflict[];
  recovered: SyncRecovered[];
}
