import type { Services } from '../context.ts';
import { announceChange } from './audience.ts';
import { Locks } from './locks.ts';
import { lockSpace } from './mutate.ts';
import { Tree } from './tree.ts';

/** DRV-15: locks that have run out end, and everybody who sees the files is told. */
export async function sweepLocks(services: Services): Promise<void> {
  const { database, clock } = services;
  const spaces = await database
    .selectFrom('locks')
    .select(['tenant_id', 'space_id'])
    .distinct()
    .where('expires_at', '<=', clock.now())
    .execute();
  for (const { tenant_id: tenantId, space_id: spaceId } of spaces) {
    const changed = await database.transaction().execute(async (transaction) => {
      const space = await lockSpace(transaction, tenantId, spaceId);
      const tree = new Tree(transaction, tenantId, spaceId, space.sequence);
      const at = clock.now();
      const over = await transaction
        .deleteFrom('locks')
        .where('tenant_id', '=', tenantId)
        .where('space_id', '=', spaceId)
        .where('expires_at', '<=', at)
        .returning('node_id')
        .execute();
      const locks = new Locks(transaction, tree, spaceId, { tenantId, memberId: '', at });
      for (const nodeId of new Set(over.map((row) => row.node_id))) {
        const node = await tree.node(nodeId);
        if (node !== null) await locks.showAnew(node);
      }
      await tree.flush();
      await transaction
        .updateTable('spaces')
        .set({ sequence: tree.sequence })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', spaceId)
        .execute();
      return { ...space, sequence: tree.sequence };
    });
    await announceChange(services, changed);
  }
}
