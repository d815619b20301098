import type { OpenAccount } from './live-account.ts';
import { deviceName } from './open-session.ts';
import type { SyncAccount } from './sync/account.ts';

/** A logged-in account of the app as sync sees it. */
export const syncAccount = ({ core, session, openDatabase }: OpenAccount): SyncAccount => ({
  accountId: core.accountId,
  transport: session.syncTransport,
  deviceName: deviceName(),
  policy: () => core.policy(),
  openDatabase,
  watch: (watcher) => core.watch(watcher),
});
