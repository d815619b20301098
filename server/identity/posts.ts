import { PostKind, type Post } from '#shared/model/profile.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database } from '../context.ts';
import { refusal } from './directory-acts.ts';

/** Where a member's post of this kind stands. */
export const memberColumnOf = (kind: PostKind): 'position_id' | 'level_id' | 'user_type_id' =>
  kind === 'position' ? 'position_id' : kind === 'level' ? 'level_id' : 'user_type_id';

/** ADM-07: whether the company uses this kind of post. */
export const usesPosts = ({ directory }: Policy, kind: PostKind): boolean =>
  kind === 'position' ? directory.positions : kind === 'level' ? directory.levels : directory.userTypes;

/** Positions, levels and user types in their order, with how many people who are not deleted have each. */
export async function listPosts(database: Database, tenantId: string, kind?: PostKind): Promise<Post[]> {
  let query = database.selectFrom('posts').selectAll().where('tenant_id', '=', tenantId).where('deleted_at', 'is', null);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const rows = await query.orderBy('kind').orderBy('sort_order').orderBy('name').execute();
  const counts = new Map<string, number>();
  for (const column of (kind === undefined ? PostKind.options : [kind]).map((one) => memberColumnOf(one))) {
    const counted = await database
      .selectFrom('members')
      .select(({ fn }) => [`${column} as post`, fn.countAll<number>().as('count')])
      .where('tenant_id', '=', tenantId)
      .where('state', '!=', 'deleted')
      .where(column, 'is not', null)
      .groupBy(column)
      .execute();
    for (const { post, count } of counted) counts.set(post!, Number(count));
  }
  return rows.map((row) => ({
    id: row.id,
    kind: PostKind.parse(row.kind),
    name: row.name,
    order: row.sort_order,
    templateId: row.template_id,
    memberCount: counts.get(row.id) ?? 0,
  }));
}

/** Throws `not_found`. */
export async function onePost(database: Database, tenantId: string, id: string): Promise<Post> {
  const post = (await listPosts(database, tenantId)).find((candidate) => candidate.id === id);
  if (post === undefined) throw refusal('not_found', 'post_unknown', id);
  return post;
}

/** A post that a member can be given: of this kind, there, and of a kind that the company uses. Throws `invalid`. */
export async function requirePost(
  database: Database,
  tenantId: string,
  policy: Policy,
  kind: PostKind,
  id: string,
): Promise<{ name: string }> {
  if (!usesPosts(policy, kind)) throw refusal('invalid', 'posts_unused', kind);
  const row = await database
    .selectFrom('posts')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw refusal('invalid', 'post_unknown', id);
  return row;
}
