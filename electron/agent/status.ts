import type { AccountCore } from '#shared/client/account.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import type { HostContract } from '#shared/contract/host.ts';

type Status = InputOf<HostContract, 'status.set'>;

/** What tray and badge show of the accounts: sums, the last real answer, and online only when all are. */
export function accountStatus(accounts: readonly AccountCore[]): Pick<Status, 'unread' | 'mentions' | 'online' | 'lastAnswerAt'> {
  const shown = accounts.map((account) => account.account());
  const sum = (of: (account: (typeof shown)[number]) => number) => shown.reduce((total, account) => total + of(account), 0);
  const answers = shown.flatMap(({ lastAnswerAt }) => (lastAnswerAt === null ? [] : [lastAnswerAt]));
  return {
    unread: sum(({ unread }) => unread),
    mentions: sum(({ mentions }) => mentions),
    online: shown.length > 0 && shown.every(({ connection }) => connection === 'online'),
    lastAnswerAt: answers.length === 0 ? null : Math.min(...answers),
  };
}
