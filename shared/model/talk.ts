import { z } from 'zod';
import { Count, Id, Instant, Sha256, Uuid } from './ids.ts';
import { Notice } from './notice.ts';

/** TLK-01, as far as built: one to one, group, organisation, to oneself, and what the service tells a member, where nobody writes. */
export const RoomKind = z.enum(['direct', 'group', 'organisation', 'self', 'service']);
export type RoomKind = z.infer<typeof RoomKind>;

/** A file that travels with a message; its bytes are chunks like any other content. */
export const MessageFile = z.object({ id: Id, name: z.string(), sizeBytes: Count, contentHash: Sha256 });
export type MessageFile = z.infer<typeof MessageFile>;

/** One message. `sequence` is its place in the room, without gaps; `change` is when it last changed in the tenant's order. */
export const Message = z.object({
  id: Uuid,
  roomId: Id,
  sequence: Count,
  senderId: Id,
  text: z.string(),
  files: z.array(MessageFile),
  mentions: z.array(Id),
  sentAt: Instant,
  change: Count,
  /** In the room of notices: what the service says. `text` says the same in the language of the member's profile. */
  notice: Notice.optional(),
});
export type Message = z.infer<typeof Message>;

/** A room as one member sees it. Unread is `lastSequence - me.lastReadSequence`: own messages advance one's own pointer. */
export const Room = z.object({
  id: Id,
  kind: RoomKind,
  /** Null for direct and self rooms: clients name them after the other member. */
  name: z.string().nullable(),
  memberCount: Count,
  /** At most the first eight members, enough to name and picture the room. */
  memberIds: z.array(Id),
  lastSequence: Count,
  lastMessage: Message.nullable(),
  me: z.object({
    lastReadSequence: Count,
    /** What the member may see starts after this sequence; it rises when somebody leaves and is invited again. */
    joinedSequence: Count.optional(),
    /** Unread messages that mention this member. */
    mentions: Count,
    pinned: z.boolean(),
    /** True once the member is no longer in the room: clients drop it. */
    left: z.boolean(),
  }),
  change: Count,
});
export type Room = z.infer<typeof Room>;

/** A member's place in a room. 既読 N of a message = other members whose `lastReadSequence` is at least its sequence. */
export const Membership = z.object({ roomId: Id, memberId: Id, lastReadSequence: Count, left: z.boolean(), change: Count });
export type Membership = z.infer<typeof Membership>;

/** The longest message text, in UTF-16 units. */
export const longestMessage = 10_000;
/** The most files one message carries. */
export const mostMessageFiles = 20;
