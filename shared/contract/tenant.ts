import { z } from 'zod';
import { Chunk, Mutation, MutationResult, Node, Space, Cursor, Version, mostHashes, mostMutations } from '#shared/model/drive.ts';
import { Count, Id, Instant, Sha256, Uuid } from '#shared/model/ids.ts';
import { Member } from '#shared/model/member.ts';
import { ClientKind, Policy } from '#shared/model/policy.ts';
import { Membership, Message, Room, RoomKind, longestMessage, mostMessageFiles } from '#shared/model/talk.ts';
import { Identity } from './login.ts';
import { op } from './operation.ts';

/** A place where a member is or was logged in (ACC-40, ACC-49). `version` is the program's, as it last said. */
export const Session = z.object({
  id: Id,
  kind: ClientKind,
  deviceName: z.string(),
  platform: z.string(),
  version: z.string(),
  address: z.string(),
  createdAt: Instant,
  lastUsedAt: Instant,
  /** Null while it is open. */
  endedAt: Instant.nullable(),
  endedReason: z.string().nullable(),
  /** The one that asks. */
  current: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** ADM-08: operations of a service, which the member's permission template may deny where they are. */
const talkOp = <I extends z.ZodRawShape, O extends z.ZodRawShape>(input: I, output: O) => op(input, output, 'member', { service: 'talk' });
const driveOp = <I extends z.ZodRawShape, O extends z.ZodRawShape>(input: I, output: O) =>
  op(input, output, 'member', { service: 'drive' });

/** What the tenant server serves to every client: `POST /api/<name>`. Bytes travel on the content routes (docs/protocol.md). */
export const tenant = {
  'server.info': op(
    {},
    {
      product: z.literal('hikyaku'),
      version: z.string(),
      /** Where the server has exactly one tenant, its name: the member id alone suffices to log in. */
      tenant: z.object({ name: z.string(), displayName: z.string() }).nullable(),
      /** ACC-30 as the login form may say it beforehand; only where there is exactly one tenant. */
      keepLogin: z.object({ pcApp: z.boolean(), driveExplorer: z.boolean() }).optional(),
      /** Only on a server started with `--demo`. */
      demoAccounts: z.array(z.object({ memberId: z.string(), name: z.string(), password: z.string() })),
    },
    'public',
  ),
  'session.current': op({}, { identity: Identity }),
  /** Ends the asking session; with `sessionId` another one of one's own or, for administrators, anybody's (ACC-41). */
  /** `reason: 'idle'`: the asking session ends because nobody touched its program for as long as the rule says (ACC-31, ACC-33). */
  'session.end': op({ sessionId: Id.optional(), reason: z.literal('idle').optional() }, {}),
  /** One's own sessions, open ones first; with `member` (id or member id) somebody else's, for administrators. Ended ones of 90 days. */
  'session.list': op({ member: Id.optional() }, { sessions: z.array(Session) }),
  /** Ends all of one's own sessions but this one; with `member` all of theirs, for administrators. */
  'session.endAll': op({ member: Id.optional() }, { ended: Count }),
  /** Gives oneself a new password. Ends all of one's other sessions. `denied` with `wrong_password` leaves everything as it is. */
  'member.changePassword': op({ current: z.string().min(1).max(128), password: z.string().min(1).max(128) }, { ended: Count }),
  /** A single-use ticket, good for 30 seconds, that opens the event socket. */
  'session.ticket': op({}, { ticket: z.string(), expiresInSeconds: Count }),
  /** The rules as they concern the asker, and the permission template that counts for them (ADM-09). */
  'policy.mine': op({}, { revision: Count, policy: Policy, templateId: Id.default('default') }),
  'directory.list': op({}, { members: z.array(Member) }),

  /** What changed in Talk since `cursor`; null asks for the fresh snapshot (rooms only; history is pulled by `message.list`). */
  'talk.changes': talkOp(
    { cursor: Count.nullable(), limit: z.number().int().min(1).max(1_000).default(500) },
    { rooms: z.array(Room), messages: z.array(Message), memberships: z.array(Membership), cursor: Count, complete: z.boolean() },
  ),
  'room.create': talkOp(
    { id: Uuid, kind: RoomKind, name: z.string().max(100).nullable(), memberIds: z.array(Id).max(1_000) },
    { room: Room },
  ),
  /** Brings colleagues into a group. What was said before they came stays unseen by them. */
  'room.invite': talkOp({ roomId: Id, memberIds: z.array(Id).min(1).max(1_000) }, { room: Room }),
  /** Leaves a group; the room goes away from this member's clients. */
  'room.leave': talkOp({ roomId: Id }, {}),
  'room.members': talkOp({ roomId: Id }, { memberships: z.array(Membership) }),
  'room.read': talkOp({ roomId: Id, sequence: Count }, {}),
  'room.pin': talkOp({ roomId: Id, pinned: z.boolean() }, {}),
  /** Messages around a place in a room, oldest first. */
  'message.list': talkOp(
    { roomId: Id, beforeSequence: Count.optional(), afterSequence: Count.optional(), limit: z.number().int().min(1).max(200).default(50) },
    { messages: z.array(Message), reachedStart: z.boolean() },
  ),
  /** Sending the same id again returns the message that is already there. */
  'message.send': talkOp(
    {
      id: Uuid,
      roomId: Id,
      text: z.string().max(longestMessage),
      files: z
        .array(
          z.object({
            name: z.string(),
            sizeBytes: Count,
            contentHash: Sha256,
            chunks: z.array(Chunk).nullable(),
            /** Attached from Drive, whose rules hold too (FIL-03). */
            through: z.literal('drive').optional(),
          }),
        )
        .max(mostMessageFiles)
        .default([]),
      mentions: z.array(Id).max(200).default([]),
    },
    { message: Message },
  ),

  'drive.spaces': driveOp({}, { spaces: z.array(Space) }),
  /** Full node states in sequence order, parents first; a null cursor lists everything that is not trashed. */
  'drive.changes': driveOp(
    { spaceId: Id, cursor: Cursor.nullable(), limit: z.number().int().min(1).max(10_000).default(5_000), after: z.string().optional() },
    {
      nodes: z.array(Node),
      /** To be kept only when `complete`; until then ask again with `after`. */
      cursor: Cursor,
      after: z.string().optional(),
      complete: z.boolean(),
      /** True when the cursor's epoch is gone: the answer is a full listing, and absence proves nothing. */
      reset: z.boolean(),
    },
  ),
  /** `path` leads from the space's root to the folder itself, both included. */
  'drive.children': driveOp(
    /** Folders first, by name. `after` is what the page before gave; without `limit` everything comes at once. */
    { folderId: Id, after: z.string().max(1_000).optional(), limit: z.number().int().min(1).max(10_000).optional() },
    {
      folder: Node,
      path: z.array(z.object({ id: Id, name: z.string() })),
      nodes: z.array(Node),
      after: z.string().nullable().default(null),
      /** How many there are in all. */
      total: Count.optional(),
    },
  ),
  'drive.mutate': driveOp(
    { spaceId: Id, mutations: z.array(Mutation).min(1).max(mostMutations) },
    { results: z.array(MutationResult), sequence: Count },
  ),
  /** Puts a file of a message into Drive without sending a byte, under a free name where its own is taken (TLK-26, FIL-03). */
  'drive.saveFromMessage': driveOp({ spaceId: Id, parentId: Id, messageId: Uuid, fileId: Id }, { result: MutationResult }),
  'drive.versions': driveOp({ nodeId: Id }, { versions: z.array(Version) }),
  'drive.trash': driveOp(
    { spaceId: Id },
    { nodes: z.array(z.object({ node: Node, trashedAt: Instant, trashedBy: Id, path: z.string() })) },
  ),
  /** May this file go there? Asked before the first byte is read or sent; the server judges again at commit. */
  'file.judge': op(
    /** `spaceId`: the drive that it is to go to, which may be full (DRV-18). */
    { service: z.enum(['talk', 'drive']), name: z.string().max(1_000), sizeBytes: Count, spaceId: Id.optional() },
    { allowed: z.boolean(), reason: z.string().optional(), rule: z.string().optional(), subject: z.string().optional() },
  ),
  /** Which of these chunks must be sent. A chunk counts as present only where the asker can already reach it. */
  'content.missing': op({ hashes: z.array(Sha256).max(mostHashes) }, { missing: z.array(Sha256) }),
} as const;
export type TenantContract = typeof tenant;
