import { AppError } from '#shared/base/errors.ts';
import { mostMasters } from '#shared/contract/drive.ts';
import type { Permission } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { AuditRecord, Database } from '../context.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { restrictedIn } from '../content/scopes.ts';
import { everybody } from '../content/space-access.ts';
import { touchSubtree } from './borders.ts';
import { claimName } from './drive-names.ts';
import type { SpaceRow } from './nodes.ts';
import { spaceMembers } from './permissions.ts';
import { insertSpaceMembers, type SpaceProperties } from './spaces.ts';

/** Ends all links to what lies in a space whose switch went off (DRV-02, DRV-11), within the transaction and before its audit entry. */
export type LinksOff = (
  transaction: Database,
  tenantId: string,
  spaceId: string,
  by: Pick<AuditRecord, 'actorId' | 'address' | 'client'>,
) => Promise<unknown>;

/** What is to be otherwise about a space; what is missing stays as it is. */
export interface SpaceChange {
  readonly name?: string | undefined;
  readonly properties?: SpaceProperties & Partial<Pick<SpaceRow, 'upload_notices' | 'keep_talk_files'>>;
  readonly members?: ReadonlyMap<string, Permission> | undefined;
  readonly masters?: ReadonlySet<string> | undefined;
}

/**
 * Changes a space whose row the caller holds (DRV-02), and returns it as it is then. Throws `invalid` for a bad name, for too many masters (DRV-03)
 * and with `narrowed` where folders with members of their own forbid going from everybody to named members (DRV-06); `conflict` for a taken name.
 */
export async function changeSpace(transaction: Database, space: SpaceRow, change: SpaceChange): Promise<SpaceRow> {
  const { tenant_id: tenantId, id } = space;
  let { sequence } = space;
  const here = transaction.updateTable('spaces').where('tenant_id', '=', tenantId).where('id', '=', id);
  if (change.name !== undefined && change.name !== space.name) {
    const name = await claimName(transaction, tenantId, change.name, id);
    sequence += 1;
    await here.set({ name }).execute();
    await transaction
      .updateTable('nodes')
      .set((update) => ({ name, folded_name: foldedName(name), sequence, revision: update('revision', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', space.root_id)
      .execute();
  }
  if (change.properties !== undefined && Object.keys(change.properties).length > 0) await here.set(change.properties).execute();
  if (change.members !== undefined || change.masters !== undefined) {
    await replaceMembers(transaction, space, change);
    sequence = await touchRuled(transaction, { ...space, sequence });
  }
  return here.set({ sequence }).returningAll().executeTakeFirstOrThrow();
}

async function replaceMembers(transaction: Database, space: SpaceRow, { members, masters }: SpaceChange): Promise<void> {
  const { tenant_id: tenantId, id } = space;
  const before = await spaceMembers(transaction, tenantId, id);
  const next = members ?? new Map([...before].map(([member, { permission }]) => [member, permission]));
  const isOpen = (permission: Permission | undefined): boolean => permission !== undefined && permission !== 'none';
  if (isOpen(before.get(everybody)?.permission) && !isOpen(next.get(everybody)) && (await hasRestrictedFolder(transaction, space))) {
    throw new AppError('invalid', 'Folders with members of their own are in the way', { details: { reason: 'narrowed', rule: 'DRV-06' } });
  }
  const inCharge = masters ?? new Set([...before].flatMap(([member, { master }]) => (master ? [member] : [])));
  if (inCharge.size > mostMasters || inCharge.has(everybody)) {
    throw new AppError('invalid', `A drive has at most ${mostMasters} masters`, { details: { reason: 'too_many', rule: 'DRV-03' } });
  }
  await transaction.deleteFrom('space_members').where('tenant_id', '=', tenantId).where('space_id', '=', id).execute();
  await insertSpaceMembers(transaction, tenantId, id, next, inCharge);
}

/** Whether a folder that is not in the trash has members of its own. */
async function hasRestrictedFolder(transaction: Database, { tenant_id: tenantId, id }: SpaceRow): Promise<boolean> {
  const found = await transaction
    .selectFrom('folder_members')
    .innerJoin('nodes', (join) =>
      join.onRef('nodes.tenant_id', '=', 'folder_members.tenant_id').onRef('nodes.id', '=', 'folder_members.folder_id'),
    )
    .select('nodes.id')
    .where('folder_members.tenant_id', '=', tenantId)
    .where('folder_members.space_id', '=', id)
    .where('nodes.trashed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Lets everything below folders with members of their own come again in the feed: who is a master, or let in, sees them otherwise. */
async function touchRuled(transaction: Database, { tenant_id: tenantId, id, sequence, folder_rules: rules }: SpaceRow): Promise<number> {
  if (rules === 0) return sequence;
  const restricted = await restrictedIn(transaction, tenantId, [id]);
  const known = await ancestry(transaction, tenantId, restricted);
  let at = sequence;
  for (const rootId of restricted) {
    const above = wayUp(rootId, known).slice(1);
    if (!above.some((step) => restricted.has(step.id))) at += await touchSubtree(transaction, { tenantId, rootId, sequence: at });
  }
  return at;
}
