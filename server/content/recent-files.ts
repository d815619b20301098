import type { Database, RequestContext, Services } from '../context.ts';
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

/**
 * A download log through which files that people open come to their recent ones, whether downloads are recorded or not. What synchronises, a
 * program over WebDAV, and links open nothing.
 */
export function notingRecent(log: DownloadLog, { database, clock }: Pick<Services, 'database' | 'clock'>): DownloadLog {
  const lately = new Map<string, number>();
  const isNew = (key: string, now: number): boolean => {
    const before = lately.get(key);
    if (before !== undefined && now - before <= onceMs) return false;
    lately.delete(key);
    lately.set(key, now);
    if (lately.size > mostRemembered) lately.delete(lately.keys().next().value!);
    return true;
  };
  const isPerson = ({ session }: RequestContext): boolean => session.kind === 'browser' || session.kind === 'pc-app';
  return {
    ...log,
    note: async (context, downloads) => {
      await log.note(context, downloads);
      if (!isPerson(context) || downloads.length > mostAtOnce) return;
      const { tenantId, member } = context;
      const now = clock.now();
      const opened = downloads
        .filter(({ service, client }) => service === 'drive' && client === undefined)
        .map(({ itemId }) => itemId)
        .filter((id) => isNew(`${tenantId} ${member.id} ${id}`, now));
      if (opened.length === 0) return;
      await noteRecent(database, { tenantId, memberId: member.id }, opened, now);
    },
  };
}
