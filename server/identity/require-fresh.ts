import type { Clock } from '#shared/base/clock.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, RequestContext } from '../context.ts';

/** How long a proof of who somebody is counts for dangerous acts, in milliseconds (`session.reauthenticate`). */
const freshMs = 600_000;

/**
 * ADM-12: an operation of which only some uses are dangerous asks here what the gate asks for the others. Throws `denied` with
 * `reauthentication_required`.
 */
export async function requireFresh(database: Database, clock: Clock, { tenantId, session }: RequestContext): Promise<void> {
  const row = await database
    .selectFrom('sessions')
    .select(['proven_at', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', session.id)
    .executeTakeFirst();
  const provenAt = row?.proven_at ?? row?.created_at;
  if (provenAt === undefined || clock.now() - provenAt > freshMs) throw denial(deny('reauthentication_required', 'ADM-12'));
}
