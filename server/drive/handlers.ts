import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext } from '../context.ts';
import { trashOf, versionsOf } from './browse.ts';
import { changesOf } from './changes.ts';
import { childrenOf } from './children.ts';
import { lockedBy } from './locked.ts';
import { mutateSpace, type DriveServices } from './mutate.ts';
import { saveFromTalk } from './save-from-talk.ts';
import { visibleSpaces } from './visible-spaces.ts';
import { readableView } from './view.ts';

type DriveOperation = `drive.${'spaces' | 'changes' | 'children' | 'mutate' | 'saveFromMessage' | 'versions' | 'trash' | 'locked'}`;

const readerOf = ({ tenantId, member }: RequestContext) => ({ tenantId, memberId: member.id });

/** The Drive's operations. */
export function driveHandlers(services: DriveServices): Pick<Handlers<ServerContract, RequestContext>, DriveOperation> {
  const { database, clock } = services;
  return {
    'drive.spaces': async (_, context) => ({ spaces: await visibleSpaces(services, readerOf(context), context.policy) }),

    'drive.changes': async ({ spaceId, cursor, limit, after }, context) =>
      database
        .transaction()
        .setAccessMode('read only')
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) =>
          changesOf(transaction, readerOf(context), await readableView(transaction, readerOf(context), spaceId), { cursor, limit, after }),
        ),

    'drive.children': async (input, context) => childrenOf(database, readerOf(context), input),

    'drive.mutate': async ({ spaceId, mutations }, context) =>
      mutateSpace(services, { ...readerOf(context), policy: context.policy, at: clock.now() }, spaceId, mutations),

    'drive.locked': async (_, context) => ({ nodes: await lockedBy(services, readerOf(context)) }),

    'drive.saveFromMessage': async (input, context) => ({ result: await saveFromTalk(services, context, input) }),

    'drive.versions': async ({ nodeId }, context) => ({ versions: await versionsOf(database, readerOf(context), nodeId) }),

    'drive.trash': async ({ spaceId }, context) => ({
      nodes: await trashOf(database, readerOf(context), await readableView(database, readerOf(context), spaceId)),
    }),
  };
}
