import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import type { Database, Services } from '../context.ts';
import { hashToken } from './tokens.ts';

/** ACC-11: how long a code is good, in milliseconds, and how many wrong ones end its ticket. */
export const recoveryMs = 600_000;
const mostTries = 5;
const codeDigits = 8;

/** Whose password it is about; null for somebody who does not exist, or cannot be written to. */
export interface RecoveryOwner {
  readonly tenantId: string | null;
  readonly id: string | null;
}

/** Codes and their tickets. A ticket for nobody is made, kept, tried and refused like any other. */
export interface RecoveryTickets {
  /** Makes a ticket with its code, within `transaction`. One that the member had before stops working. */
  issue(transaction: Database, owner: RecoveryOwner): Promise<{ readonly ticket: string; readonly code: string }>;
  /**
   * Whose ticket this is, if the code is right. Counts the try before it looks. Throws `denied` with `wrong_code`, or with `code_expired` where the
   * ticket has run out, was used, or had too many wrong codes.
   */
  check(ticket: string, code: string): Promise<RecoveryOwner>;
  /** The code was right but something else was wrong: it may be given again. */
  giveBack(ticket: string): Promise<void>;
  /** Uses a ticket up, within the transaction of what it was for. False where it was used already. */
  take(transaction: Database, ticket: string): Promise<boolean>;
}

const refused = (reason: 'wrong_code' | 'code_expired'): AppError =>
  new AppError('denied', `Not this code: ${reason}`, { details: { reason } });

export function makeRecoveryTickets(
  { database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>,
  key: Uint8Array,
): RecoveryTickets {
  const keyed = (ticketHash: string, code: string): string =>
    createHmac('sha256', key).update(`recovery ${ticketHash} ${code}`).digest('base64url');
  return {
    issue: async (transaction, { tenantId, id }) => {
      const now = clock.now();
      const ticket = Buffer.from(random(32)).toString('base64url');
      const ticketHash = hashToken(ticket);
      // 64 bits for 27: the bias is too small to matter.
      const code = (Buffer.from(random(8)).readBigUInt64BE() % 10n ** BigInt(codeDigits)).toString().padStart(codeDigits, '0');
      await transaction
        .deleteFrom('recovery_tickets')
        .where((where) =>
          where.or([
            where('expires_at', '<=', now),
            where.and([where('tenant_id', '=', tenantId ?? ''), where('member_id', '=', id ?? '')]),
          ]),
        )
        .execute();
      const row = {
        ticket_hash: ticketHash,
        tenant_id: tenantId,
        member_id: id,
        code_hash: keyed(ticketHash, code),
        expires_at: now + recoveryMs,
      };
      await transaction.insertInto('recovery_tickets').values(row).execute();
      return { ticket, code };
    },

    check: async (ticket, code) => {
      const ticketHash = hashToken(ticket);
      const row = await database
        .updateTable('recovery_tickets')
        .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
        .where('ticket_hash', '=', ticketHash)
        .where('tries', '<', mostTries)
        .where('expires_at', '>', clock.now())
        .returning(['tenant_id', 'member_id', 'code_hash'])
        .executeTakeFirst();
      if (row === undefined) throw refused('code_expired');
      const given = keyed(ticketHash, code.normalize('NFKC').replace(/\D/g, ''));
      const right = timingSafeEqual(Buffer.from(given), Buffer.from(row.code_hash));
      if (!right || row.member_id === null) throw refused('wrong_code');
      return { tenantId: row.tenant_id, id: row.member_id };
    },

    giveBack: async (ticket) => {
      await database
        .updateTable('recovery_tickets')
        .set(({ eb }) => ({ tries: eb('tries', '-', 1) }))
        .where('ticket_hash', '=', hashToken(ticket))
        .execute();
    },

    take: async (transaction, ticket) => {
      const row = await transaction
        .deleteFrom('recovery_tickets')
        .where('ticket_hash', '=', hashToken(ticket))
        .returning('ticket_hash')
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
