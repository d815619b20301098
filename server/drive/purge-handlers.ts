import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { nodeAccess } from '../content/node-access.ts';
import { spaceAccess } from '../content/space-access.ts';
import { readersOf } from './audience.ts';
import { notePurge } from './activity.ts';
import { destroyMarked, markPurged } from './purge-trash.ts';

/** An entry of a trash. */
interface Entry {
  readonly id: string;
  readonly space_id: string;
  readonly parent_id: string | null;
  readonly trashed_by: string | null;
}

/** Destroying what is in the trash: masters and owners may, and whoever put it there. */
export function purgeHandlers(
  services: Services,
  { audit }: { readonly audit: AppendAudit },
): Pick<Handlers<ServerContract, RequestContext>, 'drive.purge' | 'drive.emptyTrash'> {
  const { database, bus } = services;

  /** Those that the asker may see as part of what they asked about, and of these what they may destroy. */
  const sorted = async ({ tenantId, member }: RequestContext, viewId: string, entries: readonly Entry[]) => {
    const reader = { tenantId, memberId: member.id };
    const seen = await nodeAccess(
      database,
      reader,
      entries.map(({ id }) => id),
    );
    const masters = await spaceAccess(database, reader, new Set(entries.map((entry) => entry.space_id)));
    const visible = entries.filter(({ id }) => seen.get(id)?.viewId === viewId);
    const mine = visible.filter(
      (entry) =>
        masters.get(entry.space_id)?.master === true || (entry.trashed_by === member.id && seen.get(entry.id)!.permission === 'edit'),
    );
    return { visible, mine };
  };

  const purge = async (context: RequestContext, entries: readonly Entry[]): Promise<number> => {
    const { tenantId, member, address, session } = context;
    let count = 0;
    for (const [spaceId, some] of Map.groupBy(entries, (entry) => entry.space_id)) {
      count += await database.transaction().execute(async (transaction) => {
        const ids = some.map(({ id }) => id);
        await notePurge(transaction, services, { tenantId, memberId: member.id }, spaceId, ids);
        const marked = await markPurged(transaction, tenantId, spaceId, ids);
        const record = { actorId: member.id, address, client: session.kind, action: 'drive.purge', target: spaceId } as const;
        await audit(transaction, tenantId, { ...record, result: 'success', details: { nodes: marked } });
        return marked;
      });
      await destroyMarked(services, tenantId);
      bus.publish({ tenantId, audience: await readersOf(database, tenantId, spaceId), event: { type: 'spaces.changed' } });
    }
    return count;
  };

  const inTrash = ({ tenantId }: RequestContext) =>
    database
      .selectFrom('nodes')
      .select(['id', 'space_id', 'parent_id', 'trashed_by'])
      .where('tenant_id', '=', tenantId)
      .whereRef('trash_root_id', '=', 'id');

  return {
    'drive.purge': async ({ spaceId, nodeIds }, context) => {
      const entries: Entry[] = [];
      for (const ids of listBatches([...new Set(nodeIds)])) entries.push(...(await inTrash(context).where('id', 'in', ids).execute()));
      const { visible, mine } = await sorted(context, spaceId, entries);
      if (mine.length < visible.length) {
        const { tenantId, member, address, session } = context;
        const record = { actorId: member.id, address, client: session.kind, action: 'drive.purge', target: spaceId } as const;
        const details = { reason: 'permission_missing', nodes: visible.length - mine.length };
        await database.transaction().execute((transaction) => audit(transaction, tenantId, { ...record, result: 'denied', details }));
        throw new AppError('denied', 'Somebody else put that there', { details: { reason: 'permission_missing', rule: 'DRV-09' } });
      }
      return { purged: await purge(context, mine) };
    },

    'drive.emptyTrash': async ({ spaceId }, context) => {
      const { tenantId, member } = context;
      const reader = { tenantId, memberId: member.id };
      // A folder of somebody else's drive that was shared with the asker is named by the folder.
      const view = (await nodeAccess(database, reader, [spaceId])).get(spaceId)?.spaceId ?? spaceId;
      const master = (await spaceAccess(database, reader, [view])).get(view)?.master === true;
      let query = inTrash(context).where('space_id', '=', view);
      if (!master) query = query.where('trashed_by', '=', member.id);
      const { mine } = await sorted(context, spaceId, await query.execute());
      return { purged: await purge(context, mine) };
    },
  };
}
