import { sql } from 'kysely';
import type { Database } from '../context.ts';
import { listBatches } from './batches.ts';

/** A node as part of the way to others. */
export interface Step {
  readonly id: string;
  readonly parent_id: string | null;
  readonly name: string;
}

/** Some nodes with all of their ancestors, by id: one statement for hundreds of nodes, however deep they lie. */
export async function ancestry(database: Database, tenantId: string, ids: Iterable<string>): Promise<Map<string, Step>> {
  const known = new Map<string, Step>();
  for (const some of listBatches([...new Set(ids)])) {
    const { rows } = await sql<Step>`
      WITH RECURSIVE way (tenant_id, id, parent_id, name) AS (
        SELECT tenant_id, id, parent_id, name FROM nodes WHERE tenant_id = ${tenantId} AND id IN (${sql.join(some)})
        UNION
        SELECT up.tenant_id, up.id, up.parent_id, up.name FROM way CROSS JOIN nodes AS up
        WHERE up.tenant_id = way.tenant_id AND up.id = way.parent_id
      ) SELECT id, parent_id, name FROM way`.execute(database);
    for (const row of rows) known.set(row.id, row);
  }
  return known;
}

/** From a node up to its space's root, the node itself first. */
export function wayUp(id: string, known: ReadonlyMap<string, Step>): Step[] {
  const way: Step[] = [];
  for (let at = known.get(id); at !== undefined; at = known.get(at.parent_id ?? '')) way.push(at);
  return way;
}
