import { sql } from 'kysely';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { endingOf } from '../content/judge.ts';
import { addToScope } from '../content/reach.ts';
import { chunksOf } from '../content/stored-content.ts';
import { readContent } from './nodes.ts';
import { changedRows, type Place } from './subtree.ts';

/**
 * Gives a folder (or file) and all below it, in the trash or not, the next numbers of the space, parents first: so they come again in the
 * feed of everybody who sees more, less or otherwise of them from now on. Returns how many.
 */
export async function touchSubtree(database: Database, { tenantId, rootId, sequence }: Place): Promise<number> {
  const result = await sql`
    WITH RECURSIVE tree (tenant_id, id, depth) AS (
      SELECT tenant_id, id, 0 FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId}
      UNION ALL
      SELECT child.tenant_id, child.id, tree.depth + 1 FROM tree CROSS JOIN nodes AS child
      WHERE child.tenant_id = tree.tenant_id AND child.parent_id = tree.id
    ), ordered AS (SELECT tenant_id, id, row_number() OVER (ORDER BY depth, id) AS place FROM tree)
    UPDATE nodes SET sequence = ${sequence} + ordered.place, access_sequence = ${sequence} + ordered.place
    FROM ordered WHERE nodes.tenant_id = ordered.tenant_id AND nodes.id = ordered.id`.execute(database);
  return changedRows(result);
}

/** Makes the content of a node and of all below it, earlier versions included, reachable through a scope; not what has a scope of its own. */
export async function addBelowToScope(
  database: Database,
  { tenantId, rootId }: Pick<Place, 'tenantId' | 'rootId'>,
  { scopeId, restricted }: { readonly scopeId: string; readonly restricted: ReadonlySet<string> },
): Promise<void> {
  const chunks = new Map<string, { hash: string; ending: string }>();
  const note = (name: string, content: string): void => {
    const ending = endingOf(name);
    for (const { hash } of chunksOf(readContent(content))) chunks.set(`${hash} ${ending}`, { hash, ending });
  };
  for (let level = [rootId], isRoot = true; level.length > 0; isRoot = false) {
    const folders: string[] = [];
    const files = new Map<string, string>();
    for (const ids of listBatches(level)) {
      const rows = await database
        .selectFrom('nodes')
        .select(['id', 'kind', 'name', 'content'])
        .where('tenant_id', '=', tenantId)
        .where(isRoot ? 'id' : 'parent_id', 'in', ids)
        .execute();
      for (const row of rows) {
        if (row.kind === 'folder') {
          if (!restricted.has(row.id) || row.id === scopeId) folders.push(row.id);
        } else {
          files.set(row.id, row.name);
          note(row.name, row.content!);
        }
      }
    }
    for (const ids of listBatches([...files.keys()])) {
      const query = database.selectFrom('versions').select(['node_id', 'content']).where('tenant_id', '=', tenantId);
      for (const row of await query.where('node_id', 'in', ids).execute()) note(files.get(row.node_id)!, row.content);
    }
    level = [...new Set(folders)];
  }
  await addToScope(database, tenantId, scopeId, [...chunks.values()]);
}
