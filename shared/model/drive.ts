import { z } from 'zod';
import { Count, Id, Instant, Sha256, Uuid } from './ids.ts';

/** DRV-01. `folder`: a folder of somebody else's my drive that was shared with the asker; its id is the folder's. */
export const SpaceKind = z.enum(['my', 'shared', 'folder', 'room']);
export type SpaceKind = z.infer<typeof SpaceKind>;
export const Permission = z.enum(['edit', 'read', 'none']);
export type Permission = z.infer<typeof Permission>;

/** A tree of nodes. `epoch` changes when the server was restored from a backup; `sequence` counts its changes without gaps. */
export const Space = z.object({
  id: Id,
  kind: SpaceKind,
  name: z.string(),
  rootId: Id,
  permission: Permission,
  epoch: z.string(),
  sequence: Count,
  /** Null where that is not for the reader to know: in a folder of somebody else's my drive. */
  usedBytes: Count.nullable(),
  description: z.string().default(''),
  /** Whose my drive it is, or lies in; null for shared drives and room folders. */
  ownerId: Id.nullable().default(null),
  /** The room of a room folder (TLK-62). */
  roomId: Id.nullable().default(null),
  /** The asker may change its properties and who may do what in its folders (DRV-02, DRV-07). */
  isMaster: z.boolean().default(false),
  /** DRV-18: how much it may hold, earlier versions and trash included; null for no limit. */
  quotaBytes: Count.nullable().default(null),
  /** DRV-02, DRV-11, TLK-62: whether links to what is in it may be made. */
  links: z.boolean().default(false),
});
export type Space = z.infer<typeof Space>;

/** One piece of content, found by the SHA-256 of its bytes. */
export const Chunk = z.object({ hash: Sha256, sizeBytes: Count });
export type Chunk = z.infer<typeof Chunk>;

/**
 * What a file holds. `contentHash` is the SHA-256 of the bytes when there are no or one chunk, else the SHA-256 over
 * `hikyaku-content-1` and the chunks' 32-byte hashes in order: both ends can check it without reading twice.
 */
export const Content = z.object({
  contentHash: Sha256,
  sizeBytes: Count,
  /** In order; null where the file is empty or one chunk whose hash is `contentHash`. An empty list: left out, where only people look. */
  chunks: z.array(Chunk).nullable(),
  /** The writer's modification time, data only. */
  modifiedAt: Instant,
  executable: z.boolean(),
});
export type Content = z.infer<typeof Content>;

/** DRV-15: who holds a file, since when, and until when unless they hold it longer. Others may read it. */
export const Lock = z.object({ by: Id, since: Instant, until: Instant });
export type Lock = z.infer<typeof Lock>;

/** A file or folder. `revision` counts every change of the node, `version` only those of its content. */
export const Node = z.object({
  id: Id,
  spaceId: Id,
  /** Null for the space's root. */
  parentId: Id.nullable(),
  name: z.string(),
  kind: z.enum(['folder', 'file']),
  revision: Count,
  /** 0 for folders, from 1 on for files. */
  version: Count,
  content: Content.nullable(),
  updatedAt: Instant,
  updatedBy: Id,
  /** In the trash (or within a trashed folder at its time of deletion): gone for sync, restorable for people. */
  trashed: z.boolean(),
  /** The space's sequence at which this state came to be. */
  sequence: Count,
  /** DRV-07: what the asker may do here, where it is not what they may do in the whole space. */
  permission: Permission.exclude(['none']).optional(),
  /** DRV-07: a folder that says by itself who may do what. */
  restricted: z.boolean().optional(),
  lock: Lock.nullable().optional(),
});
export type Node = z.infer<typeof Node>;

export const Version = z.object({ version: Count, content: Content, createdAt: Instant, createdBy: Id });
export type Version = z.infer<typeof Version>;

/** Where a reader stands in a space's changes. Another epoch means: list again, delete nothing. */
export const Cursor = z.object({ epoch: z.string(), sequence: Count });
export type Cursor = z.infer<typeof Cursor>;

const base = { key: Uuid };
/** One change that a client asks for. `key` makes repeating it harmless; ids of new nodes are the client's own UUIDs. */
export const Mutation = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('create_folder'), id: Uuid, parentId: Id, name: z.string() }),
  /** `through` is the service that the bytes come from, whose rules hold too (FIL-03). */
  z.object({
    ...base,
    kind: z.literal('create_file'),
    id: Uuid,
    parentId: Id,
    name: z.string(),
    content: Content,
    through: z.literal('talk').optional(),
  }),
  /** Applied only when the file's content version is still `baseVersion`. */
  z.object({ ...base, kind: z.literal('update_content'), nodeId: Id, baseVersion: Count, content: Content }),
  /** Renames, moves, or both. */
  z.object({ ...base, kind: z.literal('move'), nodeId: Id, parentId: Id, name: z.string() }),
  /**
   * Files: only when the content version is still `baseVersion`. Folders: their whole subtree goes; `ifEmpty` refuses when it holds anything,
   * `baseSequence` when anything in it changed after that sequence of the space (`not_empty`): the deleter has not seen it.
   */
  z.object({
    ...base,
    kind: z.literal('delete'),
    nodeId: Id,
    baseVersion: Count,
    ifEmpty: z.boolean().optional(),
    baseSequence: Count.optional(),
  }),
  z.object({ ...base, kind: z.literal('restore'), nodeId: Id }),
  z.object({ ...base, kind: z.literal('restore_version'), nodeId: Id, version: Count }),
  /**
   * A file, or a folder with all that is live in it, once more under another id: not a byte is sent. `nodeId` may lie in any space that the
   * asker can read; the copy goes into the space of the request. Descendants get ids of the server's making.
   */
  z.object({ ...base, kind: z.literal('copy'), id: Uuid, nodeId: Id, parentId: Id, name: z.string() }),
  /** DRV-15. Locking what one holds already holds it longer. Who may edit may also unlock; the holder is told. */
  z.object({ ...base, kind: z.literal('lock'), nodeId: Id }),
  z.object({ ...base, kind: z.literal('unlock'), nodeId: Id }),
]);
export type Mutation = z.infer<typeof Mutation>;

/** What became of a mutation. Each answers for itself: one refused item never stops the others. */
export const MutationResult = z.discriminatedUnion('kind', [
  z.object({ key: Uuid, kind: z.literal('applied'), node: Node }),
  /** `node` is the one in the way: the current state, or the occupant of the name. */
  z.object({
    key: Uuid,
    kind: z.literal('conflict'),
    reason: z.enum(['name_taken', 'version_changed', 'parent_missing', 'cycle', 'missing', 'trashed', 'not_empty', 'id_taken']),
    node: Node.nullable(),
  }),
  /** A rule or a right says no (`reason` as in a Decision), or the name or size is not acceptable. */
  z.object({ key: Uuid, kind: z.literal('refused'), reason: z.string(), detail: z.string().optional() }),
  /** Chunks that are not there (any more): send them, then repeat. */
  z.object({ key: Uuid, kind: z.literal('missing_chunks'), hashes: z.array(Sha256) }),
]);
export type MutationResult = z.infer<typeof MutationResult>;

/** FIL-12: the longest name of a file or folder, in UTF-16 units. */
export const longestName = 200;
export const mostMutations = 1_000;
/** DRV-15: the most files that one member holds at once. */
export const mostLocks = 10;
/** The most files and folders that one copy takes along. */
export const mostCopied = 10_000;
export const mostHashes = 2_000;
