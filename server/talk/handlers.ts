import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { Inspector } from '../content/inspection/inspector.ts';
import { talkChanges } from './changes.ts';
import { createRoom } from './create-room.ts';
import { messagesOf } from './history.ts';
import { invite, leave } from './people.ts';
import { markRead, membershipsOf, pin } from './places.ts';
import type { Viewer } from './rooms.ts';
import { sendMessage } from './send.ts';

type TalkOperation = Extract<keyof ServerContract, `talk.${string}` | `room.${string}` | `message.${string}`>;

const viewerOf = ({ tenantId, member }: RequestContext): Viewer => ({ tenantId, memberId: member.id });

/** Talk's operations. */
export function talkHandlers(
  services: Services & { readonly inspector: Inspector },
): Pick<Handlers<ServerContract, RequestContext>, TalkOperation> {
  const { database } = services;
  return {
    'talk.changes': async ({ cursor, limit }, context) =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (transaction) => talkChanges(transaction, viewerOf(context), cursor, limit)),

    'room.create': async (draft, context) => ({ room: await createRoom(services, viewerOf(context), draft) }),

    'room.invite': async ({ roomId, memberIds }, context) => ({ room: await invite(services, viewerOf(context), roomId, memberIds) }),

    'room.leave': async ({ roomId }, context) => {
      await leave(services, viewerOf(context), roomId);
      return {};
    },

    'room.members': async ({ roomId }, context) => ({ memberships: await membershipsOf(database, viewerOf(context), roomId) }),

    'room.read': async ({ roomId, sequence }, context) => {
      await markRead(services, viewerOf(context), roomId, sequence);
      return {};
    },

    'room.pin': async ({ roomId, pinned }, context) => {
      await pin(services, viewerOf(context), roomId, pinned);
      return {};
    },

    'message.list': async (input, context) => messagesOf(database, viewerOf(context), input),

    'message.send': async (draft, context) => ({ message: await sendMessage(services, context, draft) }),
  };
}
