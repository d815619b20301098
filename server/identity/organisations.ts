import type { Organisation } from '#shared/model/profile.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';
import { refusal } from './directory-acts.ts';

/** ADM-05: how long a deleted organisation or group can come back, in milliseconds. */
export const directoryBinMs = 30 * 86_400_000;

export interface OrganisationRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly name: string;
  readonly description: string;
  readonly deleted_at: number | null;
  readonly deleted_root_id: string | null;
}

/** Every organisation of a tenant, those in the bin too: a company has hundreds, so a tree is walked in memory. */
export const allOrganisations = (database: Database, tenantId: string): Promise<OrganisationRow[]> =>
  database
    .selectFrom('organisations')
    .select(['id', 'parent_id', 'name', 'description', 'deleted_at', 'deleted_root_id'])
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .orderBy('id')
    .execute();

/** `id` and everything below it among `rows`. */
export function subtree(rows: readonly OrganisationRow[], id: string): Set<string> {
  const children = Map.groupBy(rows, (row) => row.parent_id);
  const found = new Set([id]);
  for (const parent of found) for (const child of children.get(parent) ?? []) found.add(child.id);
  return found;
}

/** Organisations as administrators see them: the live ones, or those in the bin. */
export async function listOrganisations(database: Database, tenantId: string, deleted: boolean): Promise<Organisation[]> {
  const rows = await allOrganisations(database, tenantId);
  const counts = await memberCounts(database, tenantId);
  return rows.filter((row) => (row.deleted_at !== null) === deleted).map((row) => toOrganisation(row, counts.get(row.id) ?? 0));
}

export async function oneOrganisation(database: Database, tenantId: string, id: string): Promise<Organisation> {
  const row = (await allOrganisations(database, tenantId)).find((candidate) => candidate.id === id);
  if (row === undefined) throw refusal('not_found', 'organisation_unknown', id);
  return toOrganisation(row, (await memberCounts(database, tenantId)).get(id) ?? 0);
}

const toOrganisation = (row: OrganisationRow, memberCount: number): Organisation => ({
  id: row.id,
  parentId: row.parent_id,
  name: row.name,
  description: row.description,
  memberCount,
  deletedAt: row.deleted_at,
});

/** How many people who are not deleted belong directly to each organisation. */
export async function memberCounts(database: Database, tenantId: string): Promise<Map<string, number>> {
  const rows = await database
    .selectFrom('members')
    .select(({ fn }) => ['organisation_id', fn.countAll<number>().as('count')])
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'deleted')
    .where('organisation_id', 'is not', null)
    .groupBy('organisation_id')
    .execute();
  return new Map(rows.map((row) => [row.organisation_id!, Number(row.count)]));
}

/** Throws `not_found` unless there is a live organisation of this id; null stands for none. */
export function requireLive(rows: readonly OrganisationRow[], id: string | null): void {
  if (id !== null && !rows.some((row) => row.id === id && row.deleted_at === null)) throw refusal('not_found', 'organisation_unknown', id);
}

/** Names are unique among siblings, so that a path names one place. Throws `conflict`. */
export function requireFreeName(rows: readonly OrganisationRow[], parentId: string | null, name: string, self: string | null): void {
  const taken = rows.some((row) => row.deleted_at === null && row.parent_id === parentId && row.name === name && row.id !== self);
  if (taken) throw refusal('conflict', 'name_taken', name);
}

export async function insertOrganisation(
  transaction: Database,
  { clock, random }: Pick<Services, 'clock' | 'random'>,
  tenantId: string,
  { name, description, parentId }: { readonly name: string; readonly description: string; readonly parentId: string | null },
): Promise<string> {
  const id = uuidv7(clock.now(), random(10));
  await transaction.insertInto('organisations').values({ tenant_id: tenantId, id, parent_id: parentId, name, description }).execute();
  return id;
}
