import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import type { Database, Mail, Services } from '../../context.ts';
import { languageOf } from '../../store/language.ts';
import { codeExpired, codeMs, mostTries, wrongCode, type FactorOwner } from './owner.ts';

/** How soon another code may be sent to one member, in milliseconds. */
const pauseMs = 20_000;
const digits = 8;

/** What a code is for; one for one purpose is no good for another. */
export type CodePurpose = 'login' | 'address';

/** A code on its way. `use` tells apart what it is good for: a login's id; nothing for an address, of which there is one at a time. */
export interface CodeRequest {
  readonly purpose: CodePurpose;
  readonly use: string;
  readonly address: string;
}

/** Codes by e-mail: eight digits, ten minutes, five tries. Kept as keyed hashes: the database alone does not give them away. */
export interface MailCodes {
  readonly available: boolean;
  /** Sends a new code; the one of before is void. Throws `rate_limited` shortly after another, `unavailable` where no mail can be sent. */
  send(owner: FactorOwner, request: CodeRequest): Promise<void>;
  /** Counts a try before it is looked at. Throws `code_expired` where there is nothing to try. */
  countTry(owner: FactorOwner, purpose: CodePurpose, use: string): Promise<void>;
  /** Uses the code up and returns the address that it was sent to. Throws `wrong_code` or `code_expired`. */
  spend(transaction: Database, owner: FactorOwner, purpose: CodePurpose, use: string, code: string): Promise<string>;
}

export function makeMailCodes(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  { key, mail }: { readonly key: Uint8Array; readonly mail: Mail },
): MailCodes {
  const hashOf = ({ tenantId, memberId }: FactorOwner, purpose: string, code: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([tenantId, memberId, purpose, code]))
      .digest('hex');
  const where = ({ tenantId, memberId }: FactorOwner, purpose: string) => ({ tenant_id: tenantId, member_id: memberId, purpose });

  return {
    available: mail.configured,
    send: async (owner, { purpose: kind, use, address }) => {
      const purpose = `${kind} ${use}`;
      const now = clock.now();
      const code = String(Buffer.from(random(8)).readBigUInt64BE() % 10n ** BigInt(digits)).padStart(digits, '0');
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('mail_codes').where('expires_at', '<=', now).execute();
        const latest = await transaction
          .selectFrom('mail_codes')
          .select(({ fn }) => fn.max<number | null>('sent_at').as('at'))
          .where('tenant_id', '=', owner.tenantId)
          .where('member_id', '=', owner.memberId)
          .executeTakeFirst();
        const waitMs = (latest?.at ?? 0) + pauseMs - now;
        if (waitMs > 0) {
          const details = { reason: 'code_sent_lately', retryAfterSeconds: Math.ceil(waitMs / 1_000) };
          throw new AppError('rate_limited', 'A code was sent a moment ago', { details });
        }
        const row = { address, hash: hashOf(owner, purpose, code), tries: 0, sent_at: now, expires_at: now + codeMs };
        await transaction
          .insertInto('mail_codes')
          .values({ ...where(owner, purpose), ...row })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id', 'purpose']).doUpdateSet(row))
          .execute();
        const { profile } = await transaction
          .selectFrom('members')
          .select('profile')
          .where('tenant_id', '=', owner.tenantId)
          .where('id', '=', owner.memberId)
          .executeTakeFirstOrThrow();
        const content = { kind: kind === 'login' ? 'login_code' : 'address_code', code } as const;
        const letter = { tenantId: owner.tenantId, to: address, language: languageOf(profile), content, expiresAt: now + codeMs };
        await mail.send(transaction, letter);
      });
    },
    countTry: async (owner, kind, use) => {
      const row = await database
        .updateTable('mail_codes')
        .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
        .where((clause) => clause.and(where(owner, `${kind} ${use}`)))
        .where('tries', '<', mostTries)
        .where('expires_at', '>', clock.now())
        .returning('tries')
        .executeTakeFirst();
      if (row === undefined) throw codeExpired();
    },
    spend: async (transaction, owner, kind, use, code) => {
      const purpose = `${kind} ${use}`;
      const expected = await transaction
        .selectFrom('mail_codes')
        .select(['hash', 'address', 'expires_at'])
        .where((clause) => clause.and(where(owner, purpose)))
        .executeTakeFirst();
      if (expected === undefined || expected.expires_at <= clock.now()) throw codeExpired();
      const given = hashOf(owner, purpose, code.normalize('NFKC').replace(/\D/g, ''));
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected.hash))) throw wrongCode();
      const taken = await transaction
        .deleteFrom('mail_codes')
        .where((clause) => clause.and(where(owner, purpose)))
        .where('hash', '=', given)
        .returning('address')
        .executeTakeFirst();
      if (taken === undefined) throw codeExpired();
      return taken.address;
    },
  };
}

/** An address as it may be shown to who knows the password only: `s•••@example.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0] ?? ''}•••${address.slice(at)}`;
}
