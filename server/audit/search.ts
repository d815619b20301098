import { sql } from 'kysely';
import type { AuditEntry } from '#shared/contract/admin.ts';
import type { InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database } from '../context.ts';
import { containing, escapedLike } from '../store/like.ts';

export type AuditFilter = Omit<InputOf<ServerContract, 'audit.search'>, 'before' | 'limit'>;

/** The entries that a filter keeps (ADM-34): its parts join with "and". */
export async function filteredEntries(database: Database, tenantId: string, filter: AuditFilter) {
  const { action, actor, target, result, text, since, until } = filter;
  let query = database.selectFrom('audit_entries').selectAll().where('tenant_id', '=', tenantId);
  // A family of acts is found by its beginning: `member.` for everything that is done to members.
  if (action !== undefined) query = action.endsWith('.') ? query.where('action', 'like', `${action}%`) : query.where('action', '=', action);
  if (result !== undefined) query = query.where('result', '=', result);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  if (actor !== undefined) query = query.where('actor_id', '=', (await memberNamed(database, tenantId, actor)).id);
  if (target !== undefined) {
    const { id, memberId } = await memberNamed(database, tenantId, target);
    // Logins name people by what they typed, the end of a session by whose it was.
    query = query.where((where) =>
      where.or([
        where('target', 'in', [id, memberId]),
        sql<boolean>`details like ${`%"memberId":${escapedLike(JSON.stringify(id))}%`} escape '\\'`,
      ]),
    );
  }
  if (text !== undefined && text !== '') {
    const pattern = containing(text);
    const found = (column: 'target' | 'address' | 'details') => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
    query = query.where((where) => where.or([found('target'), found('address'), found('details')]));
  }
  return query;
}

/** A member by id or member id; somebody who is not there stands for themselves: the log outlives its people. */
async function memberNamed(database: Database, tenantId: string, reference: string): Promise<{ id: string; memberId: string }> {
  const rows = await database
    .selectFrom('members')
    .select(['id', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('id', '=', reference), where('member_id', '=', reference)]))
    .execute();
  const row = rows.find(({ id }) => id === reference) ?? rows[0];
  return row === undefined ? { id: reference, memberId: reference } : { id: row.id, memberId: row.member_id };
}

export type AuditRow = Awaited<ReturnType<Awaited<ReturnType<typeof filteredEntries>>['execute']>>[number];

export const toEntry = (row: AuditRow): AuditEntry => ({
  sequence: row.sequence,
  at: row.at,
  actorId: row.actor_id,
  action: row.action,
  target: row.target,
  result: row.result,
  address: row.address,
  client: row.client,
  details: JSON.parse(row.details) as Record<string, unknown>,
});
