import { createHash } from 'node:crypto';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { foldedName } from '#shared/model/node-name.ts';
import type { Message } from '#shared/model/talk.ts';
import type { RequestContext } from '../context.ts';
import { mutateSpace, type DriveServices } from './mutate.ts';
import { saveFromTalk } from './save-from-talk.ts';

/** TLK-62: where files of messages are kept, in a room's folder. */
export const talkFilesName = 'トークファイル';

/**
 * Wraps the sending of messages: where the room's folder says so (TLK-62), files of a message are kept in it, without a byte sent. What rules or a
 * full folder keep out is logged; the message is sent all the same. A message that is sent again is kept once.
 */
export function keepingTalkFiles<D>(
  services: DriveServices,
  send: (draft: D, context: RequestContext) => Promise<{ message: Message }>,
): (draft: D, context: RequestContext) => Promise<{ message: Message }> {
  const { database, log } = services;
  return async (draft, context) => {
    const sent = await send(draft, context);
    if (sent.message.files.length === 0) return sent;
    const { tenantId } = context;
    const space = await database
      .selectFrom('spaces')
      .select(['id', 'root_id'])
      .where('tenant_id', '=', tenantId)
      .where('room_id', '=', sent.message.roomId)
      .where('keep_talk_files', '=', 1)
      .executeTakeFirst();
    if (space === undefined) return sent;
    try {
      const parentId = await talkFilesFolder(services, context, space);
      for (const { id: fileId } of sent.message.files) {
        const result = await saveFromTalk(
          services,
          context,
          { spaceId: space.id, parentId, messageId: sent.message.id, fileId },
          idFrom(`${tenantId} ${fileId}`),
        );
        if (result.kind === 'refused')
          log.info({ reason: result.reason, fileId }, 'A file of a message is not kept in the folder of its room');
      }
    } catch (error) {
      log.warn({ error, messageId: sent.message.id }, 'Files of a message could not be kept in the folder of their room');
    }
    return sent;
  };
}

/** The same id for the same file, so that a repeat finds it there. */
function idFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** The folder, made when it is first needed. */
async function talkFilesFolder(
  services: DriveServices,
  { tenantId, member, policy }: RequestContext,
  space: { readonly id: string; readonly root_id: string },
): Promise<string> {
  const { database, clock, random } = services;
  const find = () =>
    database
      .selectFrom('nodes')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('parent_id', '=', space.root_id)
      .where('folded_name', '=', foldedName(talkFilesName))
      .where('kind', '=', 'folder')
      .where('trashed_at', 'is', null)
      .executeTakeFirst();
  const there = await find();
  if (there !== undefined) return there.id;
  const id = uuidv7(clock.now(), random(10));
  const mutation = { kind: 'create_folder', key: id, id, parentId: space.root_id, name: talkFilesName } as const;
  await mutateSpace(services, { tenantId, memberId: member.id, policy, at: clock.now() }, space.id, [mutation]);
  // Another message may have been first.
  const made = await find();
  if (made === undefined) throw new AppError('unavailable', 'There is no folder for files of messages');
  return made.id;
}
