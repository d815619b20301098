import { foldedName } from '#shared/model/node-name.ts';
import type { Database } from '../../context.ts';
import type { Bytes } from '../stored-content.ts';

/** Says what is wrong, in one line for people. */
export type Report = (finding: string) => void;

const sliceRows = 1_000;
/** What `trash_root_id` says of nodes that are destroyed for good (server/drive/purge-trash.ts). */
const destroyed = new Set(['purging', 'purged']);
/** A space that is being destroyed. */
const gone = 'gone';

interface Space {
  readonly id: string;
  readonly root_id: string;
  readonly sequence: number;
  readonly used_bytes: number;
  readonly folder_rules: number;
}

/** What is kept in memory of each node of a space while it is looked at. */
interface Known {
  readonly parentId: string | null;
  readonly isFolder: boolean;
  readonly trashRootId: string | null;
  readonly isTrashed: boolean;
}

/** Looks at every tree of a tenant: roots, parents, names, numbers, trashes, and how much each space holds. Within a transaction that sees one state. */
export async function checkSpaces(database: Database, tenantId: string, report: Report): Promise<void> {
  const spaces = await database
    .selectFrom('spaces')
    .select(['id', 'root_id', 'sequence', 'used_bytes', 'folder_rules'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '!=', gone)
    .execute();
  for (const space of spaces) await checkSpace(database, tenantId, space, report);
  const { lost } = await database
    .selectFrom('nodes')
    .leftJoin('spaces', (join) => join.onRef('spaces.tenant_id', '=', 'nodes.tenant_id').onRef('spaces.id', '=', 'nodes.space_id'))
    .select(({ fn }) => fn.countAll<number>().as('lost'))
    .where('nodes.tenant_id', '=', tenantId)
    .where('spaces.id', 'is', null)
    .executeTakeFirstOrThrow();
  if (lost > 0) report(`${lost} nodes are in spaces that do not exist`);
  const { stray } = await database
    .selectFrom('versions')
    .leftJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'versions.tenant_id').onRef('nodes.id', '=', 'versions.node_id'))
    .select(({ fn }) => fn.countAll<number>().as('stray'))
    .where('versions.tenant_id', '=', tenantId)
    .where('nodes.id', 'is', null)
    .executeTakeFirstOrThrow();
  if (stray > 0) report(`${stray} earlier versions are of nodes that do not exist`);
}

async function checkSpace(database: Database, tenantId: string, space: Space, report: Report): Promise<void> {
  const say = (finding: string): void => report(`space ${space.id}: ${finding}`);
  const known = new Map<string, Known>();
  const sequences = new Set<number>();
  const names = new Set<string>();
  let used = 0;
  for (let after = -1; ;) {
    const rows = await database
      .selectFrom('nodes')
      .select(['id', 'parent_id', 'name', 'folded_name', 'kind', 'version', 'content', 'trashed_at', 'trash_root_id', 'sequence'])
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', space.id)
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(sliceRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.sequence;
    for (const row of rows) {
      const isFolder = row.kind === 'folder';
      known.set(row.id, { parentId: row.parent_id, isFolder, trashRootId: row.trash_root_id, isTrashed: row.trashed_at !== null });
      if (row.sequence < 1 || row.sequence > space.sequence)
        say(`node ${row.id} has the number ${row.sequence}, the space is at ${space.sequence}`);
      if (sequences.has(row.sequence)) say(`node ${row.id} has the number ${row.sequence}, as another node has`);
      sequences.add(row.sequence);
      if (row.trashed_at === null && row.parent_id !== null) {
        const name = `${row.parent_id}/${row.folded_name}`;
        if (row.folded_name !== foldedName(row.name) || row.name === '') say(`node ${row.id} is filed under another name than its own`);
        if (names.has(name)) say(`node ${row.id} has a name that another one in its folder has`);
        names.add(name);
      }
      if (isFolder !== (row.content === null) && row.trash_root_id !== 'purged')
        say(`node ${row.id} is a ${row.kind} and has ${row.content === null ? 'no' : 'a'} content`);
      if (row.content !== null) used += (JSON.parse(row.content) as Bytes).sizeBytes;
    }
  }
  const { count } = await database
    .selectFrom('nodes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', space.id)
    .executeTakeFirstOrThrow();
  // Pages follow the numbers: nodes with the same number can fall between two.
  if (count !== known.size) say(`has ${count} nodes, ${known.size} of them with a number of their own`);
  checkTree(space, known, say);
  used += await versionBytes(database, tenantId, space.id);
  if (used !== space.used_bytes) say(`holds ${used} bytes, noted are ${space.used_bytes}`);
  const rules = await database
    .selectFrom('folder_members')
    .select('folder_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('space_id', '=', space.id)
    .execute();
  if (rules.length > 0 && space.folder_rules === 0) say('has folders that say who may do what, and says it has none');
  for (const { folder_id: id } of rules) if (!known.has(id)) say(`folder ${id} says who may do what, and does not exist`);
}

function checkTree(space: Space, known: ReadonlyMap<string, Known>, say: Report): void {
  const root = known.get(space.root_id);
  if (root === undefined || !root.isFolder || root.parentId !== null || root.isTrashed) say(`its root ${space.root_id} is not one`);
  /** Nodes from which the way up is known to end at the root. */
  const good = new Set<string>([space.root_id]);
  for (const [id, node] of known) {
    const isDestroyed = node.trashRootId !== null && destroyed.has(node.trashRootId);
    if (node.isTrashed !== (node.trashRootId !== null)) say(`node ${id} is ${node.isTrashed ? '' : 'not '}in the trash and says otherwise`);
    if (node.trashRootId !== null && !isDestroyed) {
      const entry = known.get(node.trashRootId);
      if (entry?.trashRootId !== node.trashRootId) say(`node ${id} went to the trash with ${node.trashRootId}, which is no entry there`);
    }
    if (id === space.root_id) continue;
    const parent = node.parentId === null ? undefined : known.get(node.parentId);
    if (parent === undefined) say(`node ${id} lies in ${node.parentId ?? 'nothing'}, which is not in the space`);
    else if (!parent.isFolder) say(`node ${id} lies in ${node.parentId}, which is a file`);
    else if (!node.isTrashed && parent.isTrashed) say(`node ${id} is live in ${node.parentId}, which is in the trash`);
    const way: string[] = [];
    const passed = new Set<string>();
    for (let at: string | null = id; at !== null && !good.has(at) && known.has(at); at = known.get(at)!.parentId) {
      if (passed.has(at)) {
        say(`node ${id} lies within itself`);
        break;
      }
      passed.add(at);
      way.push(at);
    }
    for (const step of way) good.add(step);
  }
}

async function versionBytes(database: Database, tenantId: string, spaceId: string): Promise<number> {
  let bytes = 0;
  for (let [node, version] = ['', 0]; ;) {
    const rows = await database
      .selectFrom('versions')
      .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'versions.tenant_id').onRef('nodes.id', '=', 'versions.node_id'))
      .select(['versions.node_id', 'versions.version', 'versions.content'])
      .where('versions.tenant_id', '=', tenantId)
      .where('nodes.space_id', '=', spaceId)
      .where('versions.node_id', '>=', node)
      .where((where) => where.or([where('versions.node_id', '>', node), where('versions.version', '>', version)]))
      .orderBy('versions.node_id')
      .orderBy('versions.version')
      .limit(sliceRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return bytes;
    [node, version] = [last.node_id, last.version];
    for (const { content } of rows) bytes += (JSON.parse(content) as Bytes).sizeBytes;
  }
}
