import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Database } from '../context.ts';
import { ownMembership, type Viewer } from './rooms.ts';
import { toMessage } from './rows.ts';

/**
 * Messages of a room, oldest first: the last ones before `beforeSequence`, or the first ones after `afterSequence`; the newest of the room when
 * neither is given. What was said before the viewer came is not there.
 */
export async function messagesOf(
  database: Database,
  viewer: Viewer,
  { roomId, beforeSequence, afterSequence, limit }: InputOf<ServerContract, 'message.list'>,
): Promise<OutputOf<ServerContract, 'message.list'>> {
  const { joined_sequence: start } = await ownMembership(database, viewer, roomId);
  const after = Math.max(afterSequence ?? 0, start);
  let query = database
    .selectFrom('messages')
    .selectAll()
    .where('tenant_id', '=', viewer.tenantId)
    .where('room_id', '=', roomId)
    .where('sequence', '>', after);
  if (beforeSequence !== undefined) query = query.where('sequence', '<', beforeSequence);
  const forward = afterSequence !== undefined;
  const rows = await query
    .orderBy('sequence', forward ? 'asc' : 'desc')
    .limit(limit)
    .execute();
  const messages = (forward ? rows : rows.toReversed()).map(toMessage);
  const first = messages[0]?.sequence;
  // Sequences have no gaps, so the oldest visible message is the one right after the start.
  const reachedStart = first === undefined ? after === start : first === start + 1;
  return { messages, reachedStart };
}
