import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import type { Database, Mail, Services } from '../context.ts';
import { hashBrowser, hashCode } from './secrets.ts';
import type { LinkRow } from './standing.ts';

const codeMs = 600_000;
const mostTries = 5;
const digits = 6;

const refused = (reason: 'wrong_code' | 'code_expired'): AppError =>
  new AppError('denied', `Not this code: ${reason}`, { details: { reason } });

/** An address as it is compared and kept. */
export const plainMail = (mail: string): string => mail.normalize('NFKC').trim().toLowerCase();

/** DRV-13, DRV-14: one-time passwords by mail. Six digits, ten minutes, five tries, good once, in the browser that asked. */
export interface LinkCodes {
  readonly available: boolean;
  /** Sends a code, where the address is listed; the same work is done, and nothing sent, where it is not. The one of before is void. */
  send(link: LinkRow, cookie: string, mail: string, about: { readonly company: string; readonly language: 'ja' | 'en' }): Promise<void>;
  /** Whether this browser has asked for a code that may still be given. */
  isWaited(link: LinkRow, cookie: string | null): Promise<boolean>;
  /** Uses the code up and returns the address that it went to. Counts the try before it looks. Throws `wrong_code` or `code_expired`. */
  spend(link: LinkRow, cookie: string | null, code: string): Promise<string>;
}

export function linkCodes(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  { mail: letters, key }: { readonly mail: Mail; readonly key: Uint8Array },
): LinkCodes {
  const own = (link: LinkRow, cookie: string) => ({
    tenant_id: link.tenant_id,
    link_id: link.id,
    browser_hash: hashBrowser(cookie, link.id),
  });

  return {
    available: letters.configured,

    send: async (link, cookie, typed, { company, language }) => {
      const mail = plainMail(typed);
      const listed = (JSON.parse(link.addresses) as string[]).includes(mail);
      const now = clock.now();
      // 64 bits for 20: the bias is too small to matter.
      const code = String(Buffer.from(random(8)).readBigUInt64BE() % 10n ** BigInt(digits)).padStart(digits, '0');
      const place = own(link, cookie);
      const row = {
        mail,
        listed: Number(listed),
        code_hash: hashCode(key, link.id, place.browser_hash, code),
        tries: 0,
        sent_at: now,
        expires_at: now + codeMs,
      };
      await database.transaction().execute(async (transaction: Database) => {
        await transaction
          .insertInto('link_codes')
          .values({ ...place, ...row })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'link_id', 'browser_hash']).doUpdateSet(row))
          .execute();
        await letters.send(transaction, {
          tenantId: link.tenant_id,
          to: listed ? mail : null,
          language,
          content: { kind: 'link_code', company, code },
          expiresAt: now + codeMs,
        });
      });
    },

    isWaited: async (link, cookie) => {
      if (cookie === null) return false;
      const row = await database
        .selectFrom('link_codes')
        .select('sent_at')
        .where((where) => where.and(own(link, cookie)))
        .where('tries', '<', mostTries)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row !== undefined;
    },

    spend: async (link, cookie, code) => {
      if (cookie === null) throw refused('code_expired');
      const place = own(link, cookie);
      const row = await database
        .updateTable('link_codes')
        .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
        .where((where) => where.and(place))
        .where('tries', '<', mostTries)
        .where('expires_at', '>', clock.now())
        .returning(['mail', 'listed', 'code_hash'])
        .executeTakeFirst();
      if (row === undefined) throw refused('code_expired');
      const given = hashCode(key, link.id, place.browser_hash, code.normalize('NFKC').replace(/\D/g, ''));
      const right = timingSafeEqual(Buffer.from(given), Buffer.from(row.code_hash));
      if (!right || row.listed === 0) throw refused('wrong_code');
      const spent = await database
        .deleteFrom('link_codes')
        .where((where) => where.and(place))
        .where('code_hash', '=', row.code_hash)
        .returning('mail')
        .executeTakeFirst();
      // Two at once with the right code: one of them used it up.
      if (spent === undefined) throw refused('code_expired');
      return row.mail;
    },
  };
}
