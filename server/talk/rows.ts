import type { Chunk } from '#shared/model/drive.ts';
import { Notice } from '#shared/model/notice.ts';
import type { Membership, Message, MessageFile } from '#shared/model/talk.ts';
import type { Schema } from '../store/schema.ts';

/** A message's file as its row keeps it: with where the bytes are. */
export interface StoredFile extends MessageFile {
  readonly chunks: Chunk[] | null;
}

/** A row as it is written: `notice` only in rooms of notices. */
export type MessageRow = Omit<Schema['messages'], 'notice'> & Partial<Pick<Schema['messages'], 'notice'>>;

/** A message as clients know it. */
export const toMessage = (row: MessageRow): Message => ({
  id: row.id,
  roomId: row.room_id,
  sequence: row.sequence,
  senderId: row.sender_id,
  text: row.text,
  files: (JSON.parse(row.files) as StoredFile[]).map(({ id, name, sizeBytes, contentHash }) => ({ id, name, sizeBytes, contentHash })),
  mentions: JSON.parse(row.mentions) as string[],
  sentAt: row.sent_at,
  change: row.change,
  ...(row.notice == null ? {} : { notice: Notice.parse(JSON.parse(row.notice)) }),
});

/** A member's place in a room as colleagues know it. */
export const toMembership = (row: Schema['memberships']): Membership => ({
  roomId: row.room_id,
  memberId: row.member_id,
  lastReadSequence: row.last_read_sequence,
  left: row.left_room === 1,
  change: row.change,
});
