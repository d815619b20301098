import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { op } from './operation.ts';

/** Something on its way, or waiting for its turn. */
export const SyncTransfer = z.object({
  /** The node's id. */
  itemId: Id,
  path: z.string(),
  way: z.enum(['up', 'down']),
  state: z.enum(['waiting', 'running', 'retrying']),
  doneBytes: Count,
  sizeBytes: Count,
  /** A person said "this one first" (EXP-20). */
  first: z.boolean(),
  /** Why it is tried again, as a code, and when. */
  reason: z.string().nullable(),
  nextTryAt: Instant.nullable(),
});
export type SyncTransfer = z.infer<typeof SyncTransfer>;

const ConflictSide = z.object({
  /** Null while it is not on the server; with it its version there, for pictures. */
  nodeId: Id.nullable(),
  version: Count.nullable(),
  path: z.string(),
  sizeBytes: Count,
  modifiedAt: Instant,
  /** The id of the member who wrote it, as far as the server says. */
  by: z.string().nullable(),
});

/** EXP-13: two contents of one file, both kept. */
export const SyncConflict = z.object({
  conflictId: Id,
  at: Instant,
  /** The version that has the name, and the copy of this PC's bytes beside it. */
  theirs: ConflictSide,
  mine: ConflictSide,
});
export type SyncConflict = z.infer<typeof SyncConflict>;

/** Bytes that sync took away or replaced on this PC, kept in the recovery area. */
export const SyncRecovered = z.object({
  itemId: Id,
  path: z.string(),
  sizeBytes: Count,
  at: Instant,
  why: z.enum(['deleted', 'replaced', 'freed', 'conflict']),
  expiresAt: Instant,
});
export type SyncRecovered = z.infer<typeof SyncRecovered>;

const mostItems = 10_000;
const itemIds = z.array(Id).min(1).max(mostItems);

/** What people see and do about a synced pair beyond its state. Part of the `sync` contract. */
export const syncCare = {
  /** Running ones first, then in the order of their turns; `total` counts all, `items` are at most `mostShown`. */
  'sync.queue': op({ rootId: Id }, { total: Count, items: z.array(SyncTransfer).max(500) }),
  /** This one first (EXP-20). */
  'sync.first': op({ rootId: Id, itemId: Id }, {}),
  'sync.conflicts': op({ rootId: Id }, { conflicts: z.array(SyncConflict) }),
  /** `mine`: this PC's bytes become the newest version under the name; `theirs`: the copy goes; the other stays a version, or in the trash. `both`: it is listed no more. */
  'sync.resolve': op({ rootId: Id, conflictId: Id, choice: z.enum(['both', 'mine', 'theirs']) }, {}),
  'sync.recovered': op({ rootId: Id }, { items: z.array(SyncRecovered).max(mostItems), totalBytes: Count }),
  /** Puts copies back under their old names, or beside what is there now; `paths` are where they are. */
  'sync.restore': op({ rootId: Id, itemIds }, { paths: z.array(z.string()) }),
  'sync.discard': op({ rootId: Id, itemIds }, {}),
  /** Everything that helps whoever is asked for help, without contents or secrets: states, counts, reasons, versions, effective settings. */
  'sync.diagnostics': op(
    { /** Call files and folders by their names; otherwise by numbers that say nothing about them. */ names: z.boolean().optional() },
    { name: z.string(), text: z.string() },
  ),
} as const;
