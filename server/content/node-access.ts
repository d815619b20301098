import type { Permission } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { ancestry, wayUp, type Step } from './ancestry.ts';
import { listBatches } from './batches.ts';
import { absentSpace } from './my-drive.ts';
import { everybody, spaceAccess, type Reader, type SpaceAccess } from './space-access.ts';

/** What a member may do with a node that they may see (DRV-07). */
export interface NodeAccess {
  readonly permission: 'edit' | 'read';
  /** The space that it lies in. */
  readonly spaceId: string;
  /** As what the member sees that space: its own id, or that of the folder of somebody else's my drive that was shared with them (DRV-01). */
  readonly viewId: string;
  /** What they may do in the view as a whole. */
  readonly viewPermission: 'edit' | 'read';
  /** Whether any folder of the space says by itself who may do what. */
  readonly hasRules: boolean;
}

/** Where a node lies. */
export interface Placed {
  readonly id: string;
  readonly space_id: string;
  readonly parent_id: string | null;
}

/** What folders say by themselves for one member: their own row beats everybody's. */
export type FolderRules = ReadonlyMap<string, Permission>;

/**
 * What a member may do with some nodes, in few statements however many they are. Nodes that they may not see, and those that do not exist, are
 * absent. Nodes in the trash are judged by where they were.
 */
export async function nodeAccess(database: Database, reader: Reader, nodeIds: Iterable<string>): Promise<Map<string, NodeAccess>> {
  const placed: Placed[] = [];
  for (const ids of listBatches([...new Set(nodeIds)])) {
    const query = database.selectFrom('nodes').select(['id', 'space_id', 'parent_id']);
    placed.push(...(await query.where('tenant_id', '=', reader.tenantId).where('id', 'in', ids).execute()));
  }
  return accessOf(database, reader, placed);
}

/** The same for nodes of which one knows already where they lie. */
export async function accessOf(database: Database, reader: Reader, placed: readonly Placed[]): Promise<Map<string, NodeAccess>> {
  const access = new Map<string, NodeAccess>();
  if (placed.length === 0) return access;
  const spaces = await spaceAccess(
    database,
    reader,
    placed.map((node) => node.space_id),
  );
  const ruled = new Set([...spaces.values()].filter(isRuled).map(({ spaceId }) => spaceId));
  const rules = await folderRules(database, reader, ruled);
  const inRuled = placed.filter((node) => ruled.has(node.space_id));
  const known = await ancestry(
    database,
    reader.tenantId,
    inRuled.flatMap(({ parent_id: parentId }) => (parentId === null ? [] : [parentId])),
  );
  for (const node of placed) {
    const space = spaces.get(node.space_id);
    if (space === undefined) continue;
    const way = ruled.has(node.space_id) ? [node, ...wayUp(node.parent_id ?? '', known)] : null;
    const found = way === null ? whole(space) : judgeWay(space, rules, way);
    if (found !== null) access.set(node.id, found);
  }
  return access;
}

/** A node that the reader may see, live or in the trash. Throws `not_found` for every other. */
export async function visibleNode(database: Database, reader: Reader, nodeId: string): Promise<NodeAccess> {
  const found = (await nodeAccess(database, reader, [nodeId])).get(nodeId);
  if (found !== undefined) return found;
  const node = await database
    .selectFrom('nodes')
    .select('space_id')
    .where('tenant_id', '=', reader.tenantId)
    .where('id', '=', nodeId)
    .executeTakeFirst();
  throw await absentSpace(database, reader, node?.space_id ?? '', 'No such file or folder');
}

/** Whether one has to look at folders to know what a member may do in the space. */
export const isRuled = (space: SpaceAccess): boolean =>
  space.hasRules && !space.master && (space.kind === 'my' || space.permission !== 'none');

function whole({ spaceId, permission, hasRules }: SpaceAccess): NodeAccess | null {
  return permission === 'none' ? null : { permission, spaceId, viewId: spaceId, viewPermission: permission, hasRules };
}

/** What folders of these spaces say by themselves about a member. */
export async function folderRules(database: Database, reader: Reader, spaceIds: Iterable<string>): Promise<FolderRules> {
  const rules = new Map<string, Permission>();
  for (const ids of listBatches([...spaceIds])) {
    const rows = await database
      .selectFrom('folder_members')
      .select(['folder_id', 'member_id', 'permission'])
      .where('tenant_id', '=', reader.tenantId)
      .where('space_id', 'in', ids)
      .where('member_id', 'in', [reader.memberId, everybody])
      .execute();
    for (const row of rows) {
      if (row.member_id === reader.memberId || !rules.has(row.folder_id)) rules.set(row.folder_id, row.permission as Permission);
    }
  }
  return rules;
}

/**
 * What a way from a node up to its space's root comes to. The nearest folder that says something decides; in shared drives and room folders
 * `none` anywhere hides all that is below it. In somebody else's my drive only what was shared is there, and what lies together below the
 * topmost shared folder is one view.
 */
export function judgeWay(space: SpaceAccess, rules: FolderRules, way: readonly Pick<Step, 'id'>[]): NodeAccess | null {
  const { spaceId, hasRules } = space;
  let nearest: 'edit' | 'read' | null = null;
  let top: { readonly id: string; readonly permission: 'edit' | 'read' } | null = null;
  for (const { id } of way) {
    const rule = rules.get(id);
    if (rule === undefined) continue;
    if (rule === 'none') {
      if (space.kind !== 'my' || nearest === null) return null;
      break;
    }
    nearest ??= rule;
    top = { id, permission: rule };
  }
  if (space.kind === 'my' && space.permission === 'none') {
    return nearest === null ? null : { permission: nearest, spaceId, viewId: top!.id, viewPermission: top!.permission, hasRules };
  }
  // A way that leads nowhere: what stood above it was destroyed, and with it what it said.
  if (space.permission === 'none' || way.at(-1)?.id !== space.rootId) return null;
  return { permission: nearest ?? space.permission, spaceId, viewId: spaceId, viewPermission: space.permission, hasRules };
}
