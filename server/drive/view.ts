import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../context.ts';
import { absentSpace } from '../content/my-drive.ts';
import { nodeAccess } from '../content/node-access.ts';
import { spaceAccess, type Reader, type SpaceAccess } from '../content/space-access.ts';
import type { SpaceRow } from './nodes.ts';
import { prepared } from '../store/prepared.ts';

/** A space as one reader sees it: as a whole, or a folder of somebody else's my drive that was shared with them (DRV-01). */
export interface View {
  readonly space: SpaceRow;
  /** What the reader knows it by: the space's id, or the folder's. */
  readonly id: string;
  readonly rootId: string;
  /** In the view as a whole; folders may say otherwise. */
  readonly permission: 'edit' | 'read';
  readonly access: SpaceAccess;
}

/** What `spaceId` is for the reader. Throws `not_found` for what they may not see. */
export async function readableView(database: Database, reader: Reader, spaceId: string): Promise<View> {
  const { tenantId } = reader;
  const whole = (await spaceAccess(database, reader, [spaceId])).get(spaceId);
  if (whole !== undefined) {
    if (whole.permission === 'none') throw absent();
    return {
      space: await spaceRow(database, tenantId, spaceId),
      id: spaceId,
      rootId: whole.rootId,
      permission: whole.permission,
      access: whole,
    };
  }
  const shared = (await nodeAccess(database, reader, [spaceId])).get(spaceId);
  if (shared === undefined || shared.viewId !== spaceId) throw await absentSpace(database, reader, spaceId);
  const folder = await database
    .selectFrom('nodes')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .where('trashed_at', 'is', null)
    .executeTakeFirst();
  const access = (await spaceAccess(database, reader, [shared.spaceId])).get(shared.spaceId);
  if (folder === undefined || access === undefined) throw absent();
  const space = await spaceRow(database, tenantId, shared.spaceId);
  return { space, id: spaceId, rootId: spaceId, permission: shared.viewPermission, access };
}

const absent = () => new AppError('not_found', 'No such space');

async function spaceRow(database: Database, tenantId: string, id: string): Promise<SpaceRow> {
  const [row] = await prepared(
    database,
    'space',
    (queries) => queries.selectFrom('spaces').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id),
    [tenantId, id],
  );
  if (row === undefined) throw absent();
  return row;
}
