import type { AccountCore } from '#shared/client/account.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import type { HostContract } from '#shared/contract/host.ts';
import type { SyncRoot, SyncState } from '#shared/contract/sync.ts';

/** What tray and badge show: sums over accounts and roots, the oldest of the last real answers, and online only when all are. */
export function statusOf(
  accounts: readonly AccountCore[],
  sync: { state(): SyncState; roots(): readonly SyncRoot[] },
): InputOf<HostContract, 'status.set'> {
  const shown = accounts.map((account) => account.account());
  const roots = sync.roots();
  const answers = shown.flatMap(({ lastAnswerAt }) => (lastAnswerAt === null ? [] : [lastAnswerAt]));
  return {
    unread: sum(shown, ({ unread }) => unread),
    mentions: sum(shown, ({ mentions }) => mentions),
    online: shown.length > 0 && shown.every(({ connection }) => connection === 'online'),
    lastAnswerAt: answers.length === 0 ? null : Math.min(...answers),
    sync: shown.length === 0 ? 'logged_out' : sync.state(),
    roots: roots.length,
    pendingFiles: sum(roots, ({ pendingFiles }) => pendingFiles),
    pendingBytes: sum(roots, ({ pendingBytes }) => pendingBytes),
    doneFiles: sum(roots, ({ doneFiles }) => doneFiles),
    issues: sum(roots, ({ issues }) => issues),
  };
}

const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((total, row) => total + of(row), 0);
