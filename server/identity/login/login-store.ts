import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { Device } from '#shared/contract/login.ts';
import { ClientKind } from '#shared/model/policy.ts';
import type { Database, Services } from '../../context.ts';
import type { DeviceFacts } from '../devices.ts';
import { hashToken } from '../tokens.ts';
import { Progress } from './state.ts';

/** How long a ticket is good, in milliseconds, and how many wrong codes end it. */
const ticketMs = 600_000;
export const mostFailures = 5;

/** A login that waits for an answer. */
export interface StoredLogin {
  readonly id: string;
  readonly ticketHash: string;
  readonly tenantId: string;
  readonly memberId: string;
  readonly kind: ClientKind;
  readonly thumbprint: string | null;
  readonly pageHash: string | null;
  readonly method: string;
  readonly device: DeviceFacts;
  readonly credentialMark: string;
  readonly progress: Progress;
}

/** What a login goes on with. `guessed`: the answer was counted beforehand and was right. */
export interface NextTicket {
  readonly hash: string;
  readonly progress: Progress;
  readonly guessed: boolean;
}

/** For a ticket that is unknown, used, stale, or somebody else's: one answer for all. */
export const ticketExpired = (): AppError =>
  new AppError('unauthenticated', 'The login must begin anew', { details: { reason: 'ticket_expired' } });

/** Where logins wait between two answers: in the database, for every node; tickets as hashes only. */
export interface LoginStore {
  newTicket(): { readonly ticket: string; readonly hash: string };
  add(login: StoredLogin): Promise<void>;
  /** Null for a ticket that is unknown or stale. */
  find(ticket: string): Promise<StoredLogin | null>;
  /** Counts a guess as wrong before it is looked at, so that many at once cannot slip through. Returns how many remain; throws `ticketExpired`. */
  countGuess(login: StoredLogin): Promise<number>;
  /** Uses the ticket up for a new one, within the transaction of what the answer does; throws `ticketExpired` where another answer was first. */
  advance(transaction: Database, login: StoredLogin, next: NextTicket): Promise<void>;
  /** The member's password changed within this login. */
  remark(transaction: Database, id: string, credentialMark: string): Promise<void>;
  /** Notes what the next answer is judged by. */
  remember(id: string, progress: Progress): Promise<void>;
  /** Ends a login; false when it was over already. */
  remove(queries: Database, id: string): Promise<boolean>;
}

export function makeLoginStore({ database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>): LoginStore {
  return {
    newTicket: () => {
      const ticket = Buffer.from(random(32)).toString('base64url');
      return { ticket, hash: hashToken(ticket) };
    },
    add: async (login) => {
      const now = clock.now();
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('login_steps').where('expires_at', '<=', now).execute();
        await transaction
          .insertInto('login_steps')
          .values({
            id: login.id,
            ticket_hash: login.ticketHash,
            tenant_id: login.tenantId,
            member_id: login.memberId,
            kind: login.kind,
            key_thumbprint: login.thumbprint,
            page_hash: login.pageHash,
            method: login.method,
            device: JSON.stringify(login.device),
            credential_mark: login.credentialMark,
            progress: JSON.stringify(login.progress),
            expires_at: now + ticketMs,
          })
          .execute();
      });
    },
    find: async (ticket) => {
      const row = await database.selectFrom('login_steps').selectAll().where('ticket_hash', '=', hashToken(ticket)).executeTakeFirst();
      if (row === undefined || row.expires_at <= clock.now()) return null;
      return {
        id: row.id,
        ticketHash: row.ticket_hash,
        tenantId: row.tenant_id,
        memberId: row.member_id,
        kind: ClientKind.parse(row.kind),
        thumbprint: row.key_thumbprint,
        pageHash: row.page_hash,
        method: row.method,
        device: Device.parse(JSON.parse(row.device)),
        credentialMark: row.credential_mark,
        progress: Progress.parse(JSON.parse(row.progress)),
      };
    },
    countGuess: async ({ id, ticketHash }) => {
      const row = await database
        .updateTable('login_steps')
        .set(({ eb }) => ({ failures: eb('failures', '+', 1) }))
        .where('id', '=', id)
        .where('ticket_hash', '=', ticketHash)
        .where('failures', '<', mostFailures)
        .returning('failures')
        .executeTakeFirst();
      if (row === undefined) throw ticketExpired();
      return mostFailures - z.number().parse(row.failures);
    },
    advance: async (transaction, { id, ticketHash }, { hash, progress, guessed }) => {
      const row = await transaction
        .updateTable('login_steps')
        .set({ ticket_hash: hash, progress: JSON.stringify(progress) })
        .set(({ eb }) => ({ failures: eb('failures', '-', guessed ? 1 : 0) }))
        .where('id', '=', id)
        .where('ticket_hash', '=', ticketHash)
        .returning('id')
        .executeTakeFirst();
      if (row === undefined) throw ticketExpired();
    },
    remark: async (transaction, id, mark) => {
      await transaction.updateTable('login_steps').set({ credential_mark: mark }).where('id', '=', id).execute();
    },
    remember: async (id, progress) => {
      await database
        .updateTable('login_steps')
        .set({ progress: JSON.stringify(progress) })
        .where('id', '=', id)
        .execute();
    },
    remove: async (queries, id) => {
      const row = await queries.deleteFrom('login_steps').where('id', '=', id).returning('id').executeTakeFirst();
      return row !== undefined;
    },
  };
}
