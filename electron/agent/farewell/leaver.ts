import path from 'node:path';
import type { AccountRecord } from '../account-list.ts';
import type { LiveAccount } from '../live-account.ts';
import type { Leaver } from './farewells.ts';

/** An account as its farewell sees it; without `live` nothing of it can be opened. */
export function leaverOf(
  profile: string,
  { accountId, serverUrl, tenant, memberId }: AccountRecord,
  live: Pick<LiveAccount, 'core' | 'latest' | 'openDatabase' | 'closedFor' | 'folder'> | null = null,
): Leaver {
  const folder = path.join(profile, 'accounts', accountId);
  const facts = { accountId, serverUrl, tenant, memberId };
  if (live === null || live.closedFor !== null)
    return { ...facts, folder, recoveryKey: live?.latest.identity.recoveryKey ?? null, open: null };
  const { core, latest, openDatabase } = live;
  return {
    ...facts,
    folder: live.folder,
    recoveryKey: latest.identity.recoveryKey,
    open: { openDatabase, policy: () => core.policy(), store: core.store },
  };
}
