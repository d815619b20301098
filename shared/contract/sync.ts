import { z } from 'zod';
import { Space } from '#shared/model/drive.ts';
import { AccountId, Count, Id, Instant } from '#shared/model/ids.ts';
import { op } from './operation.ts';

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

/** A pair of a Drive space and a folder on this PC. */
export const SyncRoot = z.object({
  rootId: Id,
  accountId: AccountId,
  spaceId: Id,
  spaceName: z.string(),
  /** What kind of space it is: one's own drive is named in one's own language. Missing where it is not known yet. */
  spaceKind: Space.shape.kind.optional(),
  folder: z.string(),
  state: SyncState,
  files: Count,
  sizeBytes: Count,
  pendingFiles: Count,
  pendingBytes: Count,
  doneFiles: Count,
  doneBytes: Count,
  issues: Count,
  lastAnswerAt: Instant.nullable(),
  /** Why nothing moves: a code such as `root_missing`, `mass_delete`, `disk_full`; null when nothing is wrong. */
  halted: z.string().nullable(),
  /** ACC-30: why it waits for a login with a password (`keep_login_forbidden`, `keep_login_off`); missing when it does not. */
  waits: z.string().optional(),
});
export type SyncRoot = z.infer<typeof SyncRoot>;

export const SyncActivity = z.object({
  rootId: Id,
  path: z.string(),
  action: z.enum(['uploaded', 'downloaded', 'deleted_here', 'deleted_there', 'moved_here', 'moved_there', 'conflict']),
  at: Instant,
});

/** What only the app has: folders on this PC. Absent in a browser. */
export const sync = {
  'sync.roots': op({}, { roots: z.array(SyncRoot), deviceName: z.string() }),
  /** `handle` comes from `shell.chooseFolder`. Refused with a reason where EXP-05 says no. */
  'sync.addRoot': op({ accountId: AccountId, spaceId: Id, handle: Id }, { rootId: Id }),
  /** Ends the pair; the files stay on this PC. */
  'sync.removeRoot': op({ rootId: Id }, {}),
  'sync.pause': op({ rootId: Id.nullable() }, {}),
  'sync.resume': op({ rootId: Id.nullable() }, {}),
  'sync.issues': op({ rootId: Id }, { issues: z.array(SyncIssue) }),
  'sync.activity': op({ rootId: Id }, { activity: z.array(SyncActivity) }),
  /** Looks again now: at a skipped file, or at everything. */
  'sync.retry': op({ rootId: Id }, {}),
  /** Answers a guard: go on with what was held back, or bring the files back from the server. */
  'sync.answerGuard': op({ rootId: Id, answer: z.enum(['proceed', 'restore']) }, {}),
  'sync.openFolder': op({ rootId: Id, path: z.string().optional() }, {}),
} as const;
export type SyncContract = typeof sync;
