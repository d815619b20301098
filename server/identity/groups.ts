import type { Group } from '#shared/model/profile.ts';
import type { Database } from '../context.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import { refusal } from './directory-acts.ts';

/** Groups with their people (ADM-06): the live ones, or those in the bin; one alone with `id`. */
export async function listGroups(
  database: Database,
  tenantId: string,
  which: { readonly deleted: boolean; readonly id?: string },
): Promise<Group[]> {
  let query = database.selectFrom('member_groups').selectAll().where('tenant_id', '=', tenantId);
  query = which.deleted ? query.where('deleted_at', 'is not', null) : query.where('deleted_at', 'is', null);
  if (which.id !== undefined) query = query.where('id', '=', which.id);
  const groups = await query.orderBy('name').orderBy('id').execute();
  // Whoever is deleted keeps their place for as long as that can be taken back, out of sight.
  let places = database
    .selectFrom('member_group_members as places')
    .innerJoin('members', (join) => join.onRef('members.tenant_id', '=', 'places.tenant_id').onRef('members.id', '=', 'places.member_id'))
    .select(['places.group_id', 'places.member_id', 'places.master'])
    .where('places.tenant_id', '=', tenantId)
    .where('members.state', '!=', 'deleted');
  if (which.id !== undefined) places = places.where('places.group_id', '=', which.id);
  const people = Map.groupBy(await places.orderBy('places.member_id').execute(), (row) => row.group_id);
  return groups.map((group) => {
    const rows = people.get(group.id) ?? [];
    return {
      id: group.id,
      name: group.name,
      description: group.description,
      visible: group.visible !== 0,
      masters: rows.filter(({ master }) => master !== 0).map((row) => row.member_id),
      members: rows.filter(({ master }) => master === 0).map((row) => row.member_id),
      deletedAt: group.deleted_at,
    };
  });
}

/** A live group. Throws `not_found`. */
export async function oneGroup(database: Database, tenantId: string, id: string): Promise<Group> {
  const [group] = await listGroups(database, tenantId, { deleted: false, id });
  if (group === undefined) throw refusal('not_found', 'group_unknown', id);
  return group;
}

/** Ids for people as they were named (id or member id), once each. Throws `invalid` for somebody who is not there, or deleted. */
export async function peopleNamed(database: Database, tenantId: string, given: readonly string[]): Promise<string[]> {
  const ids = new Map<string, string>();
  for (const some of listBatches([...new Set(given)])) {
    const rows = await database
      .selectFrom('members')
      .select(['id', 'member_id'])
      .where('tenant_id', '=', tenantId)
      .where('state', '!=', 'deleted')
      .where((where) => where.or([where('id', 'in', some), where('member_id', 'in', some)]))
      .execute();
    for (const row of rows) if (!ids.has(row.member_id)) ids.set(row.member_id, row.id);
    for (const row of rows) ids.set(row.id, row.id);
  }
  const unknown = given.find((name) => !ids.has(name));
  if (unknown !== undefined) throw refusal('invalid', 'member_unknown', unknown);
  return [...new Set(given.map((name) => ids.get(name)!))];
}

/** Replaces who is in a group. A master is not listed a second time as a member. */
export async function setGroupPeople(
  transaction: Database,
  tenantId: string,
  groupId: string,
  people: { readonly masters: readonly string[]; readonly members: readonly string[] },
): Promise<void> {
  const masters = new Set(people.masters);
  const rows = [
    ...[...masters].map((member_id) => ({ tenant_id: tenantId, group_id: groupId, member_id, master: 1 })),
    ...people.members
      .filter((id) => !masters.has(id))
      .map((member_id) => ({ tenant_id: tenantId, group_id: groupId, member_id, master: 0 })),
  ];
  await transaction
    .deleteFrom('member_group_members')
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .where('member_id', 'not in', (select) =>
      select.selectFrom('members').select('members.id').where('members.tenant_id', '=', tenantId).where('members.state', '=', 'deleted'),
    )
    .execute();
  for (const some of rowBatches(rows)) await transaction.insertInto('member_group_members').values(some).execute();
}
