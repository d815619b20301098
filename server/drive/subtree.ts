import { sql } from 'kysely';
import type { Database } from '../context.ts';

export interface Place {
  readonly tenantId: string;
  readonly rootId: string;
  /** Changes take the numbers after this one, parents before their children. */
  readonly sequence: number;
}

/** How many rows a statement changed. */
export const changedRows = ({ numAffectedRows }: { numAffectedRows?: bigint }): number => Number(numAffectedRows ?? 0);

/*
 * How these are written decides over milliseconds or minutes where there are no statistics to plan by. `tree CROSS JOIN nodes` makes SQLite go from a
 * folder to its children. The tenant travels in the tree, so that each row is found by its whole key instead of by a scan of the tenant's nodes.
 * And `trash_root_id || ''` cannot be mistaken for the better way to find the children.
 */

/** Moves everything live below a folder, and the folder, to the trash. Returns how many nodes went. */
export async function trashSubtree(
  database: Database,
  { tenantId, rootId, sequence }: Place,
  trashed: { readonly at: number; readonly by: string },
): Promise<number> {
  const result = await sql`
    WITH RECURSIVE tree (tenant_id, id, depth) AS (
      SELECT tenant_id, id, 0 FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId}
      UNION ALL
      SELECT child.tenant_id, child.id, tree.depth + 1 FROM tree CROSS JOIN nodes AS child
      WHERE child.tenant_id = tree.tenant_id AND child.parent_id = tree.id AND child.trashed_at IS NULL
    ), ordered AS (SELECT tenant_id, id, row_number() OVER (ORDER BY depth, id) AS place FROM tree)
    UPDATE nodes SET trashed_at = ${trashed.at}, trashed_by = ${trashed.by}, trash_root_id = ${rootId},
      revision = revision + 1, sequence = ${sequence} + ordered.place
    FROM ordered WHERE nodes.tenant_id = ordered.tenant_id AND nodes.id = ordered.id`.execute(database);
  return changedRows(result);
}

/** Whether anything live below a folder changed after `sequence`. */
export async function changedBelow(database: Database, { tenantId, rootId, sequence }: Place): Promise<boolean> {
  const { rows } = await sql`
    WITH RECURSIVE tree (tenant_id, id, depth, sequence) AS (
      SELECT tenant_id, id, 0, sequence FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId}
      UNION ALL
      SELECT child.tenant_id, child.id, tree.depth + 1, child.sequence FROM tree CROSS JOIN nodes AS child
      WHERE child.tenant_id = tree.tenant_id AND child.parent_id = tree.id AND child.trashed_at IS NULL
    ) SELECT id FROM tree WHERE depth > 0 AND sequence > ${sequence} LIMIT 1`.execute(database);
  return rows.length > 0;
}

/** Brings back what went to the trash together with a folder and lies below it; the folder itself is back already. Returns how many. */
export async function restoreBelow(database: Database, { tenantId, rootId, sequence }: Place, trashRootId: string): Promise<number> {
  const result = await sql`
    WITH RECURSIVE tree (tenant_id, id, depth) AS (
      SELECT tenant_id, id, 0 FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId}
      UNION ALL
      SELECT child.tenant_id, child.id, tree.depth + 1 FROM tree CROSS JOIN nodes AS child
      WHERE child.tenant_id = tree.tenant_id AND child.parent_id = tree.id AND child.trash_root_id || '' = ${trashRootId}
    ), ordered AS (SELECT tenant_id, id, row_number() OVER (ORDER BY depth, id) AS place FROM tree WHERE depth > 0)
    UPDATE nodes SET trashed_at = NULL, trashed_by = NULL, trash_root_id = NULL,
      revision = revision + 1, sequence = ${sequence} + ordered.place
    FROM ordered WHERE nodes.tenant_id = ordered.tenant_id AND nodes.id = ordered.id`.execute(database);
  return changedRows(result);
}
