import { createHash } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import type { AppendAudit, AuditRecord } from '../context.ts';

/** The hash before the first entry. */
export const chainStart = '0'.repeat(64);

/** One link: SHA-256 over the previous hash and the entry as JSON with fixed field order. `details` is the stored text. */
export function linkHash(
  previous: string,
  entry: Omit<AuditRecord, 'details'> & { sequence: number; at: number; details: string },
): string {
  const { sequence, at, actorId, action, target, result, address, client, details } = entry;
  const fields = JSON.stringify([sequence, at, actorId, action, target, result, address, client, details]);
  return createHash('sha256').update(previous).update(fields).digest('hex');
}

/** Makes the function that adds entries to a tenant's chain (SERVER: tamper evidence). */
export function appendAudit(clock: Clock): AppendAudit {
  return async (transaction, tenantId, record) => {
    // Raising the head locks it until commit, so entries of concurrent transactions form one chain without gaps.
    const head = await transaction
      .insertInto('audit_heads')
      .values({ tenant_id: tenantId, sequence: 1, hash: chainStart })
      .onConflict((conflict) =>
        conflict.column('tenant_id').doUpdateSet((update) => ({ sequence: update('audit_heads.sequence', '+', 1) })),
      )
      .returning(['sequence', 'hash'])
      .executeTakeFirstOrThrow();
    const { actorId, action, target, result, address, client } = record;
    const entry = { sequence: head.sequence, at: clock.now(), actorId, action, target, result, address, client };
    const details = JSON.stringify(record.details);
    const hash = linkHash(head.hash, { ...entry, details });
    await transaction
      .insertInto('audit_entries')
      .values({
        tenant_id: tenantId,
        sequence: entry.sequence,
        at: entry.at,
        actor_id: actorId,
        action,
        target,
        result,
        address,
        client,
        details,
        hash,
      })
      .execute();
    await transaction.updateTable('audit_heads').set({ hash }).where('tenant_id', '=', tenantId).execute();
  };
}
