import { z } from 'zod';
import { Space } from '#shared/model/drive.ts';
import { AccountId, Count, Id, Instant } from '#shared/model/ids.ts';
import { op } from './operation.ts';
import { syncCare } from './sync-care.ts';
import { syncKeeping, SyncKeep } from './sync-keeping.ts';

/** EXP-09: the states of the tray and of each root. `idle` = in step (remote = local = synced, and looked at lately). */
export const SyncState = z.enum(['idle', 'done', 'syncing', 'attention', 'paused', 'logged_out', 'unstable']);
export type SyncState = z.infer<typeof SyncState>;

/** Something that was not synced, or that needs a person: `reason` is a code, the text is chosen by it. */
export const SyncIssue = z.object({
  rootId: Id,
  path: z.string(),
  kind: z.enum(['skipped', 'failed', 'conflict', 'guard']),
  reason: z.string(),
  subject: z.string().nullable(),
  /** For conflicts: the path of the kept copy. For mapped names: the name on disk. */
  otherPath: z.string().nullable(),
  at: Instant,
});
export type SyncIssue = z.infer<typeof SyncIssue>;

/** A pair of a Drive folder (a whole space, or a folder in it) and a folder on this PC (EXP-04). */
export const SyncRoot = z.object({
  rootId: Id,
  accountId: AccountId,
  spaceId: Id,
  spaceName: z.string(),
  /** What kind of space it is: one's own drive is named in one's own language. Missing where it is not known yet. */
  spaceKind: Space.shape.kind.optional(),
  /** The folder in the space that is synced; missing where it is all of the space. `drivePath` is its path there, for people. */
  driveFolderId: Id.optional(),
  drivePath: z.string().optional(),
  folder: z.string(),
  /** EXP-07: what becomes of files that nobody decided on: they come down, or stay online-only until they are opened. */
  keep: SyncKeep.default('always'),
  /** True where it belongs to the whole-account mode: made and ended with the account's drives. */
  whole: z.boolean().default(false),
  /** Files that are on the server only, by choice or because nobody opened them yet. */
  onlineOnlyFiles: Count.default(0),
  state: SyncState,
  files: Count,
  sizeBytes: Count,
  pendingFiles: Count,
  pendingBytes: Count,
  doneFiles: Count,
  doneBytes: Count,
  /** Bytes a second at the moment, and seconds until all is done at that pace; null where nobody can tell. */
  bytesPerSecondUp: Count.default(0),
  bytesPerSecondDown: Count.default(0),
  remainingSeconds: Count.nullable().default(null),
  /** While paused: when it goes on by itself; null where a person does that. */
  pausedUntil: Instant.nullable().default(null),
  /** Since when the oldest of what is not in step yet waits; missing where everything is. */
  oldestUnsyncedAt: Instant.optional(),
  issues: Count,
  lastAnswerAt: Instant.nullable(),
  /** Why nothing moves: a code such as `root_missing`, `mass_delete`, `disk_full`; null when nothing is wrong. */
  halted: z.string().nullable(),
  /** ACC-30: why it waits for a login with a password (`keep_login_forbidden`, `keep_login_off`); missing when it does not. */
  waits: z.string().optional(),
});
export type SyncRoot = z.infer<typeof SyncRoot>;

/** `kept_there`: a folder was deleted here, and what was online-only in it stays on the server. */
export const SyncActivity = z.object({
  rootId: Id,
  path: z.string(),
  action: z.enum([
    'uploaded',
    'downloaded',
    'deleted_here',
    'deleted_there',
    'moved_here',
    'moved_there',
    'conflict',
    'freed',
    'kept_there',
  ]),
  at: Instant,
});

/** What only the app has: folders on this PC. Absent in a browser. */
export const sync = {
  'sync.roots': op(
    {},
    {
      roots: z.array(SyncRoot),
      deviceName: z.string(),
      /** Accounts in whole-account mode, with the folder that holds one folder for each of their drives. */
      whole: z.array(z.object({ accountId: AccountId, folder: z.string(), keep: SyncKeep })).default([]),
    },
  ),
  /**
   * `handle` comes from `shell.chooseFolder`; `driveFolderId` where only a folder of the space is meant. Refused with a reason where
   * EXP-02, EXP-04 or EXP-05 say no.
   */
  'sync.addRoot': op(
    { accountId: AccountId, spaceId: Id, driveFolderId: Id.optional(), handle: Id, keep: SyncKeep.optional() },
    { rootId: Id },
  ),
  /** Ends the pair; the files stay on this PC. */
  'sync.removeRoot': op({ rootId: Id }, {}),
  /** `minutes`: goes on by itself after them. */
  'sync.pause': op({ rootId: Id.nullable(), minutes: z.number().int().min(1).max(10_080).optional() }, {}),
  'sync.resume': op({ rootId: Id.nullable() }, {}),
  'sync.issues': op({ rootId: Id }, { issues: z.array(SyncIssue) }),
  'sync.activity': op({ rootId: Id }, { activity: z.array(SyncActivity) }),
  /** Looks again now: at a skipped file, or at everything. */
  'sync.retry': op({ rootId: Id }, {}),
  /** Answers a guard: go on with what was held back, or bring the files back from the server. */
  'sync.answerGuard': op({ rootId: Id, answer: z.enum(['proceed', 'restore']) }, {}),
  'sync.openFolder': op({ rootId: Id, path: z.string().optional() }, {}),
  ...syncKeeping,
  ...syncCare,
} as const;
export type SyncContract = typeof sync;
