import type { AuditRecord, Database } from '../context.ts';
import { chainStart, linkHash } from './append.ts';

const pageSize = 1_000;

/** How far a chain was walked: the next sequence, and the hash before it; or the first entry that does not hold. */
type Place = { readonly expected: number; readonly previous: string; readonly bad: boolean };
const start: Place = { expected: 1, previous: chainStart, bad: false };

/** Walks to the last entry that is there. */
async function walk(database: Database, tenantId: string, from: Place): Promise<Place> {
  let { expected, previous } = from;
  for (;;) {
    const rows = await database
      .selectFrom('audit_entries')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('sequence', '>=', expected)
      .orderBy('sequence')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const { sequence, at, actor_id: actorId, action, target, address, client, details } = row;
      const result = row.result as AuditRecord['result'];
      const hash = linkHash(previous, { sequence, at, actorId, action, target, result, address, client, details });
      if (sequence !== expected || hash !== row.hash) return { expected, previous, bad: true };
      previous = hash;
      expected += 1;
    }
    if (rows.length < pageSize) return { expected, previous, bad: false };
  }
}

export interface AuditState {
  readonly entries: number;
  /** The hash of the last entry (kept elsewhere, it shows later that nothing was cut off), or null for an empty chain. */
  readonly head: string | null;
  /** The sequence of the first entry that is missing, changed or out of place; null when the chain holds to its head. */
  readonly firstBad: number | null;
}

/** Goes on to the head, all of it in one view of the database. */
async function finish(database: Database, tenantId: string, from: Place): Promise<AuditState> {
  const end = from.bad ? from : await walk(database, tenantId, from);
  const head = await database.selectFrom('audit_heads').select(['sequence', 'hash']).where('tenant_id', '=', tenantId).executeTakeFirst();
  const held = head ?? { sequence: 0, hash: chainStart };
  const holds = !end.bad && held.sequence === end.expected - 1 && held.hash === end.previous;
  return { entries: held.sequence, head: head?.hash ?? null, firstBad: holds ? null : end.expected };
}

/** The sequence of the first entry of a tenant that does not hold, or null; for a caller that has the one view of the database. */
export async function verifyAudit(database: Database, tenantId: string): Promise<number | null> {
  return (await finish(database, tenantId, start)).firstBad;
}

/**
 * The same beside everybody who writes: only the last few entries are read in a transaction, or they would all have to wait for a long chain.
 * What was walked before cannot change unnoticed: the rest hangs on its hash.
 */
export async function inspectAudit(database: Database, tenantId: string): Promise<AuditState> {
  const walked = await walk(database, tenantId, start);
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((transaction) => finish(transaction, tenantId, walked));
}
