import { AppError } from '#shared/base/errors.ts';
import { deny } from '#shared/model/decision.ts';
import type { Node, Permission } from '#shared/model/drive.ts';
import { denial } from '#shared/policy/denial.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { AppendAudit, Database, RequestContext, Services } from '../context.ts';
import { noteActivity } from '../content/activities.ts';
import { rowBatches } from '../content/batches.ts';
import { restrictedIn, scopeOfNodes } from '../content/scopes.ts';
import { spaceAccess } from '../content/space-access.ts';
import { announceChange, grantsIn } from './audience.ts';
import { addBelowToScope, touchSubtree } from './borders.ts';
import { readableNode } from './browse.ts';
import { lockSpace } from './mutate.ts';
import { resolveMembers } from './shared-drives.ts';
import type { NodeRow, SpaceRow } from './nodes.ts';
import { shownNodes } from './shown.ts';

/**
 * DRV-07: lets a folder say by itself who may do what; in a my drive this shares it (DRV-01). With null it has it from above again. All that
 * lies in it comes again in the feed, and its content is reached through the folder alone from now on. Throws `denied` for who may not say so,
 * `invalid` with `root_fixed` for a space's root.
 */
export async function setPermissions(
  services: Services,
  audit: AppendAudit,
  context: RequestContext,
  folderId: string,
  wanted: readonly { readonly member: string; readonly permission: Permission }[] | null,
): Promise<Node> {
  const { database, clock, random } = services;
  const { tenantId, member } = context;
  const reader = { tenantId, memberId: member.id };
  const { row: folder, access } = await readableNode(database, reader, folderId);
  if (folder.kind !== 'folder' || folder.trashed_at !== null) throw new AppError('not_found', 'No such folder');
  const by = {
    actorId: member.id,
    action: 'folder.set_permissions',
    target: folderId,
    address: context.address,
    client: context.session.kind,
  };
  if ((await spaceAccess(database, reader, [access.spaceId])).get(access.spaceId)?.master !== true) {
    await database
      .transaction()
      .execute((transaction) => audit(transaction, tenantId, { ...by, result: 'denied', details: { name: folder.name } }));
    throw denial(deny('permission_missing', 'DRV-07'));
  }
  if (folder.parent_id === null) throw new AppError('invalid', 'A space has members of its own', { details: { reason: 'root_fixed' } });
  // A list that names nobody says nothing.
  const members = wanted === null || wanted.length === 0 ? null : await resolveMembers(database, tenantId, wanted);
  const { space, before } = await database.transaction().execute(async (transaction) => {
    const locked = await lockSpace(transaction, tenantId, access.spaceId);
    const sharedBefore = await grantsIn(transaction, tenantId, locked);
    const changed = await replaceRules(transaction, locked, folder, members);
    await noteActivity(transaction, tenantId, {
      id: uuidv7(clock.now(), random(10)),
      at: clock.now(),
      memberId: member.id,
      what: 'permissions',
      spaceId: locked.id,
      nodeId: folderId,
      name: folder.name,
      details: {},
    });
    const details = { name: folder.name, members: members === null ? null : Object.fromEntries(members) };
    await audit(transaction, tenantId, { ...by, result: 'success', details });
    return { space: changed, before: sharedBefore };
  });
  await announceChange(services, space, { crossed: true });
  // Whoever had it until now looks at their spaces too.
  const audience = before.get(folderId);
  if (audience !== undefined && space.kind === 'my') services.bus.publish({ tenantId, audience, event: { type: 'spaces.changed' } });
  const { row } = await readableNode(database, reader, folderId);
  return (await shownNodes(database, reader, [row])).get(folderId)!;
}

/** Replaces a folder's own list; the space's row is the caller's. Returns it as it is now. */
async function replaceRules(
  transaction: Database,
  space: SpaceRow,
  folder: NodeRow,
  members: ReadonlyMap<string, Permission> | null,
): Promise<SpaceRow> {
  const { tenant_id: tenantId, id: spaceId } = space;
  await transaction.deleteFrom('folder_members').where('tenant_id', '=', tenantId).where('folder_id', '=', folder.id).execute();
  const rows = [...(members ?? [])].map(([member_id, permission]) => ({
    tenant_id: tenantId,
    space_id: spaceId,
    folder_id: folder.id,
    member_id,
    permission,
  }));
  for (const some of rowBatches(rows)) await transaction.insertInto('folder_members').values(some).execute();
  const restricted = await restrictedIn(transaction, tenantId, [spaceId]);
  await transaction
    .updateTable('spaces')
    .set({ folder_rules: restricted.size })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .execute();
  const place = { tenantId, rootId: folder.id, sequence: space.sequence };
  const sequence = space.sequence + (await touchSubtree(transaction, place));
  const scopeId = (await scopeOfNodes(transaction, tenantId, [folder])).get(folder.id)!;
  await addBelowToScope(transaction, place, { scopeId, restricted });
  return transaction
    .updateTable('spaces')
    .set({ sequence })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .returningAll()
    .executeTakeFirstOrThrow();
}
