import type { Database, Services } from '../context.ts';
import { hashBrowser } from './secrets.ts';
import { endOf, type LinkRow } from './standing.ts';
import type { Policy } from '#shared/model/policy.ts';

/** How long a browser that gave the password or a code may go on, in milliseconds. */
const longestMs = 43_200_000;

/** Browsers that proved themselves before a link. What ends the link ends them, since both are looked at with every request. */
export interface LinkBrowsers {
  /** What this browser proved, or null: nothing (any more). */
  find(link: LinkRow, cookie: string | null): Promise<{ readonly mail: string | null } | null>;
  /** Lets the browser in, within `transaction`, until half a day is over or the link's end. */
  admit(transaction: Database, link: LinkRow, cookie: string, mail: string | null, policy: Policy): Promise<void>;
}

export function linkBrowsers({ database, clock }: Pick<Services, 'database' | 'clock'>): LinkBrowsers {
  return {
    find: async (link, cookie) => {
      if (cookie === null) return null;
      const row = await database
        .selectFrom('link_sessions')
        .select('mail')
        .where('tenant_id', '=', link.tenant_id)
        .where('link_id', '=', link.id)
        .where('browser_hash', '=', hashBrowser(cookie, link.id))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row ?? null;
    },
    admit: async (transaction, link, cookie, mail, policy) => {
      const expiresAt = Math.min(clock.now() + longestMs, endOf(link, policy) ?? Number.MAX_SAFE_INTEGER);
      await transaction
        .insertInto('link_sessions')
        .values({
          tenant_id: link.tenant_id,
          link_id: link.id,
          browser_hash: hashBrowser(cookie, link.id),
          mail,
          expires_at: expiresAt,
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'link_id', 'browser_hash']).doUpdateSet({ mail, expires_at: expiresAt }))
        .execute();
    },
  };
}

/** Sends browsers away from a link, within `transaction`: all of them, or those that proved themselves by these addresses. */
export async function dismissBrowsers(transaction: Database, tenantId: string, linkId: string, mails?: readonly string[]): Promise<void> {
  if (mails?.length === 0) return;
  for (const table of ['link_sessions', 'link_codes'] as const) {
    let query = transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('link_id', '=', linkId);
    if (mails !== undefined) query = query.where('mail', 'in', mails);
    await query.execute();
  }
}
