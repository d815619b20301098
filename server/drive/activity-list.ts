import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { Activity } from '#shared/contract/drive.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { AppError } from '#shared/base/errors.ts';
import { nodeAccess, spacePermissions, type NodeAccess, type Reader } from '../content/access.ts';
import { everybody } from '../content/space-access.ts';
import type { Database, Services } from '../context.ts';

/** How many lines are read at once while those that the asker may not see are left out. */
const batchSize = 500;
/** ADM-37: how long activities are kept, in milliseconds. */
const keptMs = 180 * 86_400_000;

/** What is asked for, as what the database can look for. */
interface Where {
  readonly spaces: readonly string[];
  readonly nodeId: string | null;
  /** Only what the reader sees as part of this view. */
  readonly viewId: string | null;
}

/**
 * What happened, the newest first: in everything that the reader may see, in one space, or to one file or folder and what lies directly in it. Only
 * of nodes that the reader may see now; places that they may not see are left out. Throws `not_found` for a space or node that they may not see.
 */
export async function activityOf(
  database: Database,
  reader: Reader,
  input: InputOf<ServerContract, 'drive.activity'>,
): Promise<OutputOf<ServerContract, 'drive.activity'>> {
  const where = await whereOf(database, reader, input);
  const entries: Activity[] = [];
  let before = input.before;
  for (;;) {
    const rows = await read(database, reader, where, before);
    const named = rows.flatMap((row) => [row.node_id, ...placesIn(row.details)]);
    const access = await nodeAccess(database, reader, named);
    for (const row of rows) {
      const found = access.get(row.node_id);
      if (found === undefined || (where.viewId !== null && found.viewId !== where.viewId)) continue;
      if (entries.length === input.limit) return { entries, complete: false };
      entries.push({
        id: row.id,
        at: row.at,
        memberId: row.member_id,
        what: row.what,
        nodeId: row.node_id,
        name: row.name,
        details: shownDetails(row.details, access),
      });
    }
    if (rows.length < batchSize) return { entries, complete: true };
    before = rows.at(-1)!.id;
  }
}

async function whereOf(database: Database, reader: Reader, { spaceId, nodeId }: InputOf<ServerContract, 'drive.activity'>): Promise<Where> {
  const asked = nodeId ?? spaceId;
  const found = asked === undefined ? undefined : (await nodeAccess(database, reader, [asked])).get(asked);
  if (nodeId !== undefined) {
    if (found === undefined || (spaceId !== undefined && found.viewId !== spaceId))
      throw new AppError('not_found', 'No such file or folder');
    return { spaces: [found.spaceId], nodeId, viewId: null };
  }
  const permissions = await spacePermissions(database, reader.tenantId, reader.memberId);
  if (spaceId === undefined) {
    const shared = await database
      .selectFrom('folder_members')
      .select('space_id')
      .distinct()
      .where('tenant_id', '=', reader.tenantId)
      .where('member_id', 'in', [reader.memberId, everybody])
      .execute();
    return { spaces: [...new Set([...permissions.keys(), ...shared.map((row) => row.space_id)])], nodeId: null, viewId: null };
  }
  if (permissions.has(spaceId)) return { spaces: [spaceId], nodeId: null, viewId: null };
  // A folder of somebody else's my drive that was shared with the reader goes by its own id (DRV-01).
  if (found?.viewId !== spaceId) throw new AppError('not_found', 'No such space');
  return { spaces: [found.spaceId], nodeId: null, viewId: spaceId };
}

async function read(database: Database, { tenantId }: Reader, { spaces, nodeId }: Where, before: string | undefined) {
  if (spaces.length === 0) return [];
  let query = database.selectFrom('activities').selectAll().where('tenant_id', '=', tenantId).where('space_id', 'in', spaces);
  if (nodeId !== null) {
    query = query.where((where) =>
      where.or([
        where('node_id', '=', nodeId),
        where('node_id', 'in', (select) =>
          select.selectFrom('nodes').select('nodes.id').where('nodes.tenant_id', '=', tenantId).where('nodes.parent_id', '=', nodeId),
        ),
      ]),
    );
  }
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(batchSize).execute();
}

type Details = Record<string, unknown>;
const placesIn = (json: string): string[] => {
  const { fromId, toId } = JSON.parse(json) as Details;
  return [fromId, toId].filter((id) => typeof id === 'string');
};

/** Where something came from and went to, as far as the reader may see those places. */
function shownDetails(json: string, access: ReadonlyMap<string, NodeAccess>): Details {
  const { fromId, fromPlace, toId, toPlace, ...rest } = JSON.parse(json) as Details;
  const seen = (id: unknown): boolean => typeof id === 'string' && access.has(id);
  return {
    ...rest,
    ...(seen(fromId) ? { fromId, ...(fromPlace === undefined ? {} : { fromPlace }) } : {}),
    ...(seen(toId) ? { toId, toPlace } : {}),
  };
}

/** Forgets activities after half a year. */
export async function sweepActivities({ database, clock }: Pick<Services, 'database' | 'clock'>): Promise<void> {
  await database
    .deleteFrom('activities')
    .where('at', '<', clock.now() - keptMs)
    .execute();
}
