import { sql } from 'kysely';
import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../../context.ts';
import { listBatches } from '../../content/batches.ts';

/** A property that only programs understand (RFC 4918, section 4): its name, and the element as XML. */
export interface DeadProperty {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}
export type PropertyChange =
  | ({ readonly kind: 'set' } & DeadProperty)
  | { readonly kind: 'remove'; readonly namespace: string; readonly name: string };

const mostProperties = 100;
const mostBytes = 65_536;

/** The dead properties of some nodes. */
export async function deadProperties(
  database: Database,
  tenantId: string,
  nodeIds: readonly string[],
): Promise<Map<string, DeadProperty[]>> {
  const found = new Map<string, DeadProperty[]>();
  for (const ids of listBatches(nodeIds)) {
    const rows = await database
      .selectFrom('dav_properties')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('node_id', 'in', ids)
      .orderBy('namespace')
      .orderBy('name')
      .execute();
    for (const { node_id: nodeId, namespace, name, value } of rows) {
      found.set(nodeId, [...(found.get(nodeId) ?? []), { namespace, name, value }]);
    }
  }
  return found;
}

/** Sets and removes properties in the order given. Throws `too_large` beyond what a node may have. */
export async function changeDeadProperties(
  transaction: Database,
  tenantId: string,
  nodeId: string,
  changes: readonly PropertyChange[],
): Promise<void> {
  for (const change of changes) {
    const { namespace, name } = change;
    if (change.kind === 'remove') {
      await transaction
        .deleteFrom('dav_properties')
        .where('tenant_id', '=', tenantId)
        .where('node_id', '=', nodeId)
        .where('namespace', '=', namespace)
        .where('name', '=', name)
        .execute();
      continue;
    }
    const { value } = change;
    await transaction
      .insertInto('dav_properties')
      .values({ tenant_id: tenantId, node_id: nodeId, namespace, name, value })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'node_id', 'namespace', 'name']).doUpdateSet({ value }))
      .execute();
  }
  const held = (await deadProperties(transaction, tenantId, [nodeId])).get(nodeId) ?? [];
  const bytes = held.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
  if (held.length > mostProperties || bytes > mostBytes) {
    throw new AppError('too_large', `At most ${mostProperties} properties with ${mostBytes} bytes`);
  }
}

/** Gives a copy, and what was copied below it, the properties of what it was copied from; it had none, or loses them. */
export async function copyDeadProperties(
  transaction: Database,
  tenantId: string,
  { from, to, deep }: { readonly from: string; readonly to: string; readonly deep: boolean },
): Promise<void> {
  await transaction.deleteFrom('dav_properties').where('tenant_id', '=', tenantId).where('node_id', '=', to).execute();
  if (!deep) {
    await sql`
      INSERT INTO dav_properties (tenant_id, node_id, namespace, name, value)
      SELECT tenant_id, ${to}, namespace, name, value FROM dav_properties WHERE tenant_id = ${tenantId} AND node_id = ${from}`.execute(
      transaction,
    );
    return;
  }
  // Both trees have the same names. How it is written keeps SQLite going from a folder to its children (subtree.ts).
  await sql`
    INSERT INTO dav_properties (tenant_id, node_id, namespace, name, value)
    WITH RECURSIVE pairs (tenant_id, source, copy) AS (
      SELECT tenant_id, id, ${to} FROM nodes WHERE tenant_id = ${tenantId} AND id = ${from}
      UNION ALL
      SELECT child.tenant_id, child.id, twin.id FROM pairs CROSS JOIN nodes AS child CROSS JOIN nodes AS twin
      WHERE child.tenant_id = pairs.tenant_id AND child.parent_id = pairs.source AND child.trashed_at IS NULL
        AND twin.tenant_id = pairs.tenant_id AND twin.parent_id = pairs.copy AND twin.folded_name = child.folded_name
        AND twin.trashed_at IS NULL
    )
    SELECT kept.tenant_id, pairs.copy, kept.namespace, kept.name, kept.value
    FROM pairs CROSS JOIN dav_properties AS kept WHERE kept.tenant_id = pairs.tenant_id AND kept.node_id = pairs.source`.execute(
    transaction,
  );
}

/** Removes the properties of nodes that were destroyed. */
export async function sweepDeadProperties(database: Database): Promise<void> {
  await database
    .deleteFrom('dav_properties')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('nodes')
            .select('nodes.id')
            .whereRef('nodes.tenant_id', '=', 'dav_properties.tenant_id')
            .whereRef('nodes.id', '=', 'dav_properties.node_id'),
        ),
      ),
    )
    .execute();
}
