import type { AuditRecord, Database } from '../context.ts';
import { chainStart, linkHash } from './append.ts';

const pageSize = 1_000;

/** The sequence of the first entry of a tenant that is missing, changed or out of place; null when the chain holds to its head. */
export async function verifyAudit(database: Database, tenantId: string): Promise<number | null> {
  let previous = chainStart;
  let expected = 1;
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
      if (sequence !== expected || hash !== row.hash) return expected;
      previous = hash;
      expected += 1;
    }
    if (rows.length < pageSize) break;
  }
  const head = await database.selectFrom('audit_heads').select(['sequence', 'hash']).where('tenant_id', '=', tenantId).executeTakeFirst();
  const held = head ?? { sequence: 0, hash: chainStart };
  return held.sequence === expected - 1 && held.hash === previous ? null : expected;
}
