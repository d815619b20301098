import type { Database, Services } from '../context.ts';
import { dropScopes, removePacks } from '../content/drop-scopes.ts';
import { uploadScope } from '../content/reach.ts';

/**
 * Destroys the my drive of somebody who is erased (ACC-50): its tree, its versions, and every byte that nobody reaches through another drive
 * or a room. What they put into shared drives and rooms stays there. Doing it again does nothing.
 */
export async function eraseDrives(
  services: Pick<Services, 'database' | 'blobs' | 'log' | 'clock'>,
  tenantId: string,
  memberId: string,
): Promise<void> {
  const { database } = services;
  const packs = await database.transaction().execute(async (transaction) => {
    const own = await transaction
      .selectFrom('spaces')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('owner_id', '=', memberId)
      .where('kind', '=', 'my')
      .execute();
    for (const { id } of own) await destroySpace(transaction, tenantId, id);
    await transaction.deleteFrom('mutation_results').where('tenant_id', '=', tenantId).where('member_id', '=', memberId).execute();
    return dropScopes(transaction, tenantId, [...own.map(({ id }) => id), uploadScope(memberId)]);
  });
  await removePacks(services, packs);
}

async function destroySpace(transaction: Database, tenantId: string, spaceId: string): Promise<void> {
  await transaction
    .deleteFrom('versions')
    .where('tenant_id', '=', tenantId)
    .where('node_id', 'in', (select) =>
      select.selectFrom('nodes').select('nodes.id').where('nodes.tenant_id', '=', tenantId).where('nodes.space_id', '=', spaceId),
    )
    .execute();
  await transaction.deleteFrom('nodes').where('tenant_id', '=', tenantId).where('space_id', '=', spaceId).execute();
  await transaction.deleteFrom('space_members').where('tenant_id', '=', tenantId).where('space_id', '=', spaceId).execute();
  await transaction.deleteFrom('spaces').where('tenant_id', '=', tenantId).where('id', '=', spaceId).execute();
}
