import type { Account } from '#shared/contract/workspace.ts';

/** An account that is open beside the first, with what tells it apart. */
export interface OtherAccount {
  readonly tenantName: string;
  readonly name: string;
  readonly unread: number;
  readonly mentions: number;
}

/** Accounts of other companies: as the first one, but for their names and counts. */
export class OtherAccounts {
  readonly #others: readonly OtherAccount[];
  readonly #ended = new Set<string>();

  constructor(others: readonly OtherAccount[] = []) {
    this.#others = others;
  }

  /** Those that are open, `account-2` being the first of them. */
  list(first: Account): Account[] {
    const all = this.#others.map(({ tenantName, name, unread, mentions }, index): Account => {
      const accountId = `account-${index + 2}`;
      const member = { ...first.member, id: `member-${accountId}`, name };
      return { ...first, accountId, tenantName, member, unread, mentions, connection: 'online', reason: null };
    });
    return all.filter(({ accountId }) => !this.#ended.has(accountId));
  }

  end(accountId: string): void {
    this.#ended.add(accountId);
  }
}
