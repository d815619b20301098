import type { Account } from '#shared/contract/workspace.ts';

/** An account that is open beside the first, with what tells it apart. */
export interface OtherAccount {
  readonly tenantName: string;
  readonly name: string;
  readonly unread: number;
  readonly mentions: number;
}

/** Accounts of other companies: as the first one, but for their names and counts. */
export const otherAccounts = (first: Account, others: readonly OtherAccount[]): Account[] =>
  others.map(({ tenantName, name, unread, mentions }, index) => {
    const accountId = `account-${index + 2}`;
    const member = { ...first.member, id: `member-${accountId}`, name };
    return { ...first, accountId, tenantName, member, unread, mentions, connection: 'online', reason: null };
  });
