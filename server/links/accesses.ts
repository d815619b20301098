import { uuidv7 } from '#shared/base/uuid.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database, Services } from '../context.ts';
import type { LinkRow } from './standing.ts';

/** Who stands before a link, as far as is known. */
export interface Opener {
  readonly memberId: string | null;
  /** The address that the code went to. */
  readonly mail: string | null;
  readonly address: string;
}
export type AccessKind = 'open' | 'download' | 'upload' | 'refused';

/** One visit comes in many requests (a reload, ranges): within this long it is one line, in milliseconds. */
const onceMs = 600_000;
const mostRemembered = 20_000;
/** Lines of one page of a link's history. */
const pageSize = 100;

/** DRV-14: the history of links. */
export interface LinkAccesses {
  /** Writes down what somebody did; the same again within ten minutes is not another line. An opening counts for the link too. */
  note(link: LinkRow, what: AccessKind, name: string, opener: Opener): Promise<void>;
  /** Newest first. `before` is the id of the last line of the page before. */
  list(tenantId: string, linkId: string, before: string | undefined): Promise<OutputOf<ServerContract, 'link.accesses'>>;
}

export function linkAccesses({ database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>): LinkAccesses {
  const lately = new Map<string, number>();
  const isNew = (key: string, now: number): boolean => {
    const before = lately.get(key);
    if (before !== undefined && now - before <= onceMs) return false;
    lately.delete(key);
    lately.set(key, now);
    if (lately.size > mostRemembered) lately.delete(lately.keys().next().value!);
    return true;
  };

  const write = async (transaction: Database, link: LinkRow, what: AccessKind, name: string, opener: Opener): Promise<void> => {
    const now = clock.now();
    const { memberId, mail, address } = opener;
    await transaction
      .insertInto('link_accesses')
      .values({
        tenant_id: link.tenant_id,
        id: uuidv7(now, random(10)),
        link_id: link.id,
        at: now,
        what,
        name,
        member_id: memberId,
        mail,
        address,
      })
      .execute();
    if (what !== 'open') return;
    await transaction
      .updateTable('links')
      .set(({ eb }) => ({ opened: eb('opened', '+', 1), last_opened_at: now }))
      .where('tenant_id', '=', link.tenant_id)
      .where('id', '=', link.id)
      .execute();
  };

  return {
    note: async (link, what, name, opener) => {
      const who = `${opener.memberId ?? ''} ${opener.mail ?? ''} ${opener.address}`;
      // Each upload is one; refusals are few, since attempts are limited.
      if (what !== 'upload' && !isNew(`${link.id} ${what} ${name} ${who}`, clock.now())) return;
      await database.transaction().execute((transaction) => write(transaction, link, what, name, opener));
    },
    list: async (tenantId, linkId, before) => {
      let query = database
        .selectFrom('link_accesses')
        .select(['id', 'at', 'what', 'name', 'member_id as memberId', 'mail', 'address'])
        .where('tenant_id', '=', tenantId)
        .where('link_id', '=', linkId);
      if (before !== undefined) query = query.where('id', '<', before);
      const accesses = await query
        .orderBy('id', 'desc')
        .limit(pageSize + 1)
        .execute();
      return { accesses: accesses.slice(0, pageSize), complete: accesses.length <= pageSize };
    },
  };
}
