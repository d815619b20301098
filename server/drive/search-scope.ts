import { AppError } from '#shared/base/errors.ts';
import type { Database } from '../context.ts';
import { visibleNode } from '../content/access.ts';
import { listBatches } from '../content/batches.ts';
import { spacesSharing } from '../content/scopes.ts';
import { spacesOf, type Reader } from '../content/space-access.ts';
import { readableView } from './view.ts';

/** Where a search looks. */
export interface SearchScope {
  /** Spaces in which the reader sees anything at all. */
  readonly spaceIds: readonly string[];
  /** Only below this folder. */
  readonly folderId: string | null;
}

/** Spaces that hold more of the index than this are not asked for by name: nearly all that is found lies in them anyway. */
const wideShare = 0.25;

/** Whether little of the index is of these spaces, as far as the changes that they have had tell. */
export async function isNarrow(database: Database, tenantId: string, spaceIds: readonly string[]): Promise<boolean> {
  if (spaceIds.length === 1) return true;
  const sum = database.selectFrom('search_spaces').select(({ fn }) => fn.sum<number | null>('sequence').as('sum'));
  let own = 0;
  for (const ids of listBatches(spaceIds)) {
    own += (await sum.where('tenant_id', '=', tenantId).where('space_id', 'in', ids).executeTakeFirstOrThrow()).sum ?? 0;
  }
  return own < ((await sum.executeTakeFirstOrThrow()).sum ?? 0) * wideShare;
}

/** Everything that the reader may see, or the one place that they ask for. Throws `not_found` for a place that is not theirs to see. */
export async function searchScope(
  database: Database,
  reader: Reader,
  asked: { readonly spaceId?: string | undefined; readonly folderId?: string | undefined },
): Promise<SearchScope> {
  const folder = asked.folderId === undefined ? null : await visibleNode(database, reader, asked.folderId);
  if (asked.spaceId === undefined) {
    return { spaceIds: folder === null ? await seenSpaces(database, reader) : [folder.spaceId], folderId: asked.folderId ?? null };
  }
  const view = await readableView(database, reader, asked.spaceId);
  if (folder !== null && folder.viewId !== view.id) throw new AppError('not_found', 'No such folder in that space');
  // A folder of somebody else's my drive is a space for the reader, and a part of one for the index.
  const ofView = view.id === view.space.id ? null : view.rootId;
  return { spaceIds: [view.space.id], folderId: asked.folderId ?? ofView };
}

async function seenSpaces(database: Database, reader: Reader): Promise<string[]> {
  const whole = await spacesOf(database, reader);
  return [...new Set([...whole.keys(), ...(await spacesSharing(database, reader))])];
}
