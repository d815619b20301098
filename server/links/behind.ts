import { AppError } from '#shared/base/errors.ts';
import { Id } from '#shared/model/ids.ts';
import type { Database } from '../context.ts';
import { liesWithin, linkedNode, type LinkedNode } from './linked-node.ts';
import type { Visit } from './look.ts';

/**
 * What lies at a link (`asked` null) or below it, as far as the link's maker may see it. Throws `not_found` for everything else, whoever it
 * belongs to.
 */
export async function behind(database: Database, { link, target }: Visit, asked: string | null): Promise<LinkedNode> {
  if (asked === null || asked === target.node.id) return target;
  const absent = (): AppError => new AppError('not_found', 'There is no such file or folder behind this link');
  if (!Id.safeParse(asked).success || !(await liesWithin(database, link.tenant_id, asked, link.node_id))) throw absent();
  const found = await linkedNode(database, link.tenant_id, link.created_by, asked);
  if (found === null) throw absent();
  return found;
}
