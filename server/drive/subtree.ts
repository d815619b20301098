import { sql } from 'kysely';
import type { Database } from '../context.ts';

interface Place {
  readonly tenantId: string;
  readonly rootId: string;
  /** The changes take the numbers after this one, parents before their children. */
  readonly sequence: number;
}

const changedRows = ({ numAffectedRows }: { numAffectedRows?: bigint }): number => Number(numAffectedRows ?? 0);

/** Moves everything live below a folder, and the folder, to the trash. Returns how many nodes went. */
export async function trashSubtree(
  database: Database,
  { tenantId, rootId, sequence }: Place,
  trashed: { readonly at: number; readonly by: string },
): Promise<number> {
  const result = await sql`
    WITH RECURSIVE tree (id, depth) AS (
      SELECT id, 0 FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId}
      UNION ALL
      SELECT child.id, tree.depth + 1 FROM nodes AS child JOIN tree ON child.parent_id = tree.id
      WHERE child.tenant_id = ${tenantId} AND child.trashed_at IS NULL
    ), ordered AS (SELECT id, row_number() OVER (ORDER BY depth, id) AS place FROM tree)
    UPDATE nodes SET trashed_at = ${trashed.at}, trashed_by = ${trashed.by}, trash_root_id = ${rootId},
      revision = revision + 1, sequence = ${sequence} + ordered.place
    FROM ordered WHERE nodes.tenant_id = ${tenantId} AND nodes.id = ordered.id`.execute(database);
  return changedRows(result);
}

/** Brings back what went to the trash together with a folder and lies below it; the folder itself is back already. Returns how many. */
export async function restoreBelow(database: Database, { tenantId, rootId, sequence }: Place, trashRootId: string): Promise<number> {
  const result = await sql`
    WITH RECURSIVE tree (id, depth) AS (
      SELECT id, 1 FROM nodes WHERE tenant_id = ${tenantId} AND parent_id = ${rootId} AND trash_root_id = ${trashRootId}
      UNION ALL
      SELECT child.id, tree.depth + 1 FROM nodes AS child JOIN tree ON child.parent_id = tree.id
      WHERE child.tenant_id = ${tenantId} AND child.trash_root_id = ${trashRootId}
    ), ordered AS (SELECT id, row_number() OVER (ORDER BY depth, id) AS place FROM tree)
    UPDATE nodes SET trashed_at = NULL, trashed_by = NULL, trash_root_id = NULL,
      revision = revision + 1, sequence = ${sequence} + ordered.place
    FROM ordered WHERE nodes.tenant_id = ${tenantId} AND nodes.id = ordered.id`.execute(database);
  return changedRows(result);
}
