import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { nodeAccess } from './access.ts';
import { rowBatches } from './batches.ts';
import type { DownloadLog } from './download-log.ts';

/** How many files of each member are remembered. */
export const mostRecent = 200;
/** A file that is read in many requests is opened once within this long, in milliseconds. */
const onceMs = 60_000;
const mostRemembered = 20_000;
/** More at once is no opening but a download of folders. */
const mostAtOnce = 20;

/** Files that a member used just now, the last one last. What is older than the newest two hundred is forgotten. */
export async function noteRecent(
  database: Database,
  { tenantId, memberId }: { readonly tenantId: string; readonly memberId: string },
  nodeIds: readonly string[],
  at: number,
): Promise<void> {
  const newest = [...new Set(nodeIds.toReversed())].slice(0, mostRecent);
  if (newest.length === 0) return;
  for (const ids of rowBatches(newest.toSorted())) {
    await database
      .insertInto('recent_files')
      .values(ids.map((id) => ({ tenant_id: tenantId, member_id: memberId, node_id: id, at })))
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'member_id', 'node_id']).doUpdateSet(({ ref }) => ({ at: ref('excluded.at') })),
      )
      .execute();
  }
  const limit = await database
    .selectFrom('recent_files')
    .select('at')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .orderBy('at', 'desc')
    .offset(mostRecent)
    .limit(1)
    .executeTakeFirst();
  if (limit === undefined) return;
  await database
    .deleteFrom('recent_files')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .where('at', '<=', limit.at)
    .where('at', '<', at)
    .execute();
}

/** Files that people opened, as far as the server hears of it. */
export interface OpenedFiles {
  /** Somebody opened these; what synchronises, a program over WebDAV, and links open nothing, and many at once are a download of folders. */
  note(context: RequestContext, nodeIds: readonly string[]): Promise<void>;
}

export function openedFiles({ database, clock }: Pick<Services, 'database' | 'clock'>): OpenedFiles {
  const lately = new Map<string, number>();
  const isNew = (key: string, now: number): boolean => {
    const before = lately.get(key);
    if (before !== undefined && now - before <= onceMs) return false;
    lately.delete(key);
    lately.set(key, now);
    if (lately.size > mostRemembered) lately.delete(lately.keys().next().value!);
    return true;
  };
  const isPerson = ({ session, environment }: RequestContext): boolean =>
    (session.kind === 'browser' || session.kind === 'pc-app') && environment === undefined;
  return {
    note: async (context, nodeIds) => {
      if (!isPerson(context) || nodeIds.length > mostAtOnce) return;
      const reader = { tenantId: context.tenantId, memberId: context.member.id };
      const now = clock.now();
      const opened = nodeIds.filter((id) => isNew(`${reader.tenantId} ${reader.memberId} ${id}`, now));
      if (opened.length === 0) return;
      const seen = await nodeAccess(database, reader, opened);
      await noteRecent(
        database,
        reader,
        opened.filter((id) => seen.has(id)),
        now,
      );
    },
  };
}

/** A download log through which files that people are given come to their recent ones, whether downloads are recorded or not. */
export function notingRecent(log: DownloadLog, opened: OpenedFiles): DownloadLog {
  return {
    ...log,
    note: async (context, downloads) => {
      await log.note(context, downloads);
      const files = downloads.filter(({ service, client, isPicture }) => service === 'drive' && client === undefined && isPicture !== true);
      await opened.note(
        context,
        files.map(({ itemId }) => itemId),
      );
    },
    noteChunks: async (context, hashes, items) => {
      await log.noteChunks(context, hashes, items);
      await opened.note(context, items);
    },
  };
}

type Preview = Handlers<ServerContract, RequestContext>['drive.preview'];

/** `drive.preview`, through which files that people look at come to their recent ones. */
export function notingViews(preview: Preview, opened: OpenedFiles): Preview {
  return async (input, context) => {
    const answer = await preview(input, context);
    await opened.note(context, [input.nodeId]);
    return answer;
  };
}
