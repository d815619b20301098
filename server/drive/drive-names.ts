import { AppError } from '#shared/base/errors.ts';
import { mostSharedDrives } from '#shared/contract/drive.ts';
import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';
import type { Database } from '../context.ts';

/**
 * The form of a name that a shared drive may have, new or, with `id`, of that one. Throws `invalid` for a bad name, `conflict` for one that
 * another shared drive has, deleted ones included: they can be taken back.
 */
export async function claimName(transaction: Database, tenantId: string, name: string, id: string | null): Promise<string> {
  const stored = normalName(name.trim());
  const problem = nameProblem(stored);
  if (problem !== null) throw new AppError('invalid', 'Not a name for a drive', { details: { reason: problem } });
  // Writing the tenant's row first makes two who create at once wait for each other, so the look at names is good.
  await transaction
    .updateTable('tenants')
    .set((update) => ({ talk_change: update.ref('talk_change') }))
    .where('id', '=', tenantId)
    .execute();
  const query = transaction.selectFrom('spaces').select(['id', 'name', 'deleted_at']).where('tenant_id', '=', tenantId);
  const drives = await query.where('kind', '=', 'shared').execute();
  const others = drives.filter((drive) => drive.id !== id);
  if (others.some((drive) => foldedName(drive.name) === foldedName(stored))) {
    throw new AppError('conflict', `There is a shared drive ${stored} already`, { details: { reason: 'name_taken', subject: stored } });
  }
  if (id === null && others.filter((drive) => drive.deleted_at === null).length >= mostSharedDrives) {
    throw new AppError('invalid', `There are ${mostSharedDrives} shared drives`, { details: { reason: 'too_many', rule: 'DRV-03' } });
  }
  return stored;
}
