import type { Clock } from '#shared/base/clock.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { Database, RequestContext } from '../context.ts';
import { isFresh } from './session-rows.ts';

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
  if (row === undefined || !isFresh(row, clock.now())) throw denial(deny('reauthentication_required', 'ADM-12'));
}
