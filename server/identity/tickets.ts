import type { Services } from '../context.ts';
import { hashToken } from './tokens.ts';

/** How long a ticket opens the event socket, in seconds. */
export const ticketSeconds = 30;

export interface Tickets {
  issue(tenantId: string, sessionId: string): Promise<string>;
  /** Whose ticket it is, once: taking it uses it up. Null for an unknown, used or stale one. */
  take(ticket: string): Promise<{ tenantId: string; sessionId: string } | null>;
}

/** Tickets stand for a session where a proof cannot: in the upgrade request of a socket. Stored hashed, in the database, for every node. */
export function makeTickets({ database, clock, random }: Pick<Services, 'database' | 'clock' | 'random'>): Tickets {
  return {
    issue: async (tenantId, sessionId) => {
      const ticket = Buffer.from(random(32)).toString('base64url');
      const now = clock.now();
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('tickets').where('expires_at', '<', now).execute();
        const row = { hash: hashToken(ticket), tenant_id: tenantId, session_id: sessionId, expires_at: now + ticketSeconds * 1_000 };
        await transaction.insertInto('tickets').values(row).execute();
      });
      return ticket;
    },
    take: async (ticket) => {
      const row = await database
        .deleteFrom('tickets')
        .where('hash', '=', hashToken(ticket))
        .returning(['tenant_id', 'session_id', 'expires_at'])
        .executeTakeFirst();
      return row === undefined || row.expires_at <= clock.now() ? null : { tenantId: row.tenant_id, sessionId: row.session_id };
    },
  };
}
