import type { PlacedNode } from '#shared/contract/drive.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { nodeAccess, type Reader } from '../content/access.ts';
import { listBatches, rowBatches } from '../content/batches.ts';
import { mostRecent } from '../content/recent-files.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import { activityOf } from './activity-list.ts';
import type { NodeRow } from './nodes.ts';
import { placedNodes } from './placed.ts';

/** The most starred nodes that are listed, those starred last first. */
const mostStarred = 1_000;

export type EverydayHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  `drive.${'setStarred' | 'starred' | 'setPinned' | 'pinned' | 'recent' | 'activity'}`
>;

const readerOf = ({ tenantId, member }: RequestContext): Reader => ({ tenantId, memberId: member.id });

/** What members find quickly: starred, pinned, used lately, and what happened. Each list holds only what its owner may see now. */
export function everydayHandlers({ database, clock }: Pick<Services, 'database' | 'clock'>): EverydayHandlers {
  /** Rows of one of the lists, of one member. */
  const own = (reader: Reader) => ({ tenant_id: reader.tenantId, member_id: reader.memberId });

  return {
    // What the asker may not see is passed over, like what does not exist.
    'drive.setStarred': async ({ nodeIds, starred }, context) => {
      const reader = readerOf(context);
      const ids = [...(await nodeAccess(database, reader, nodeIds)).keys()].toSorted();
      if (starred) {
        const rows = ids.map((id) => ({ ...own(reader), node_id: id, at: clock.now() }));
        await database.transaction().execute(async (transaction) => {
          for (const some of rowBatches(rows)) {
            await transaction
              .insertInto('starred_nodes')
              .values(some)
              .onConflict((conflict) => conflict.doNothing())
              .execute();
          }
        });
        return {};
      }
      for (const some of listBatches(nodeIds)) {
        await database
          .deleteFrom('starred_nodes')
          .where((where) => where.and(own(reader)))
          .where('node_id', 'in', some)
          .execute();
      }
      return {};
    },

    'drive.starred': async (_input, context) => {
      const reader = readerOf(context);
      const rows = await database
        .selectFrom('starred_nodes')
        .select('node_id')
        .where((where) => where.and(own(reader)))
        .orderBy('at', 'desc')
        .orderBy('node_id')
        .limit(mostStarred)
        .execute();
      return {
        nodes: await placedById(
          database,
          reader,
          rows.map((row) => row.node_id),
        ),
      };
    },

    'drive.setPinned': async ({ folderIds }, context) => {
      const reader = readerOf(context);
      const wanted = [...new Set(folderIds)];
      const placed = await placedById(database, reader, wanted);
      const folders = new Set(placed.filter(({ node }) => node.kind === 'folder').map(({ node }) => node.id));
      const rows = wanted.filter((id) => folders.has(id)).map((id, place) => ({ ...own(reader), node_id: id, place }));
      await database.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom('pinned_folders')
          .where((where) => where.and(own(reader)))
          .execute();
        for (const some of rowBatches(rows)) {
          await transaction
            .insertInto('pinned_folders')
            .values(some)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      });
      return {};
    },

    'drive.pinned': async (_input, context) => {
      const reader = readerOf(context);
      const rows = await database
        .selectFrom('pinned_folders')
        .select('node_id')
        .where((where) => where.and(own(reader)))
        .orderBy('place')
        .execute();
      return {
        folders: await placedById(
          database,
          reader,
          rows.map((row) => row.node_id),
        ),
      };
    },

    'drive.recent': async ({ limit }, context) => {
      const reader = readerOf(context);
      const rows = await database
        .selectFrom('recent_files')
        .select(['node_id', 'at'])
        .where((where) => where.and(own(reader)))
        .orderBy('at', 'desc')
        .orderBy('node_id')
        .limit(mostRecent)
        .execute();
      const at = new Map(rows.map((row) => [row.node_id, row.at]));
      const placed = await placedById(database, reader, [...at.keys()]);
      return { nodes: placed.slice(0, limit).map((one) => ({ ...one, at: at.get(one.node.id)! })) };
    },

    'drive.activity': async (input, context) => activityOf(database, readerOf(context), input),
  };
}

/** Live nodes with where they lie, in the given order; those that the reader may not see are absent. */
export async function placedById(database: Database, reader: Reader, ids: readonly string[]): Promise<PlacedNode[]> {
  const rows = new Map<string, NodeRow>();
  for (const some of listBatches(ids)) {
    const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', reader.tenantId).where('id', 'in', some);
    for (const row of await query.where('trashed_at', 'is', null).execute()) rows.set(row.id, row);
  }
  return placedNodes(
    database,
    reader,
    ids.flatMap((id) => rows.get(id) ?? []),
  );
}
