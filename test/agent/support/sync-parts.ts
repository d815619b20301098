import { expect } from 'vitest';
import type { AccountsOptions } from '../../../electron/agent/accounts.ts';
import { nodeClock, nodeRandom } from '../../../electron/agent/host/node-clock.ts';
import { SyncService } from '../../../electron/agent/sync/service.ts';
import { parcelWatching } from '../../../electron/agent/sync/watch.ts';
import { syncAccount } from '../../../electron/agent/sync-account.ts';

/** Sync, joined to the accounts as the app does it. */
export function startSyncParts(): {
  readonly service: SyncService;
  readonly parts: Pick<AccountsOptions, 'onOpened' | 'onClosing' | 'onLoggingOut' | 'onPolicy'>;
  close(): Promise<void>;
} {
  const bugs: unknown[] = [];
  const service = new SyncService({
    host: { clock: nodeClock, random: nodeRandom, report: (bug) => void bugs.push(bug) },
    workerEntry: new URL('../../../electron/agent/sync/sync-worker.ts', import.meta.url),
    watch: parcelWatching,
    onChange: () => undefined,
  });
  return {
    service,
    parts: {
      onOpened: (account, waits) => service.openAccount(syncAccount(account), waits),
      onClosing: (accountId) => service.closeAccount(accountId),
      onLoggingOut: (accountId, signal) => service.sendRest(accountId, signal),
      onPolicy: (accountId) => service.policyChanged(accountId),
    },
    close: async () => {
      await service.close();
      expect(bugs).toEqual([]);
    },
  };
}
