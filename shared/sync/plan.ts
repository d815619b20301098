import type { Place } from './tree.ts';

/** What only the bookkeeping does; all of a plan's are applied together, in one transaction, before anything else. */
export type BookStep =
  /** Remote and local are equal: that is what both agree on now. */
  | { readonly kind: 'agree'; readonly id: string }
  /** Gone on both sides. */
  | { readonly kind: 'forget'; readonly id: string }
  /** The new local thing `localId` and the server's `id` are the same: it takes that id, and its children that parent. */
  | { readonly kind: 'adopt'; readonly id: string; readonly localId: string }
  /** Deleted on the server but worth keeping: it gets a new id and no synced state, so that it is created anew. Children follow, in the synced tree too. */
  | { readonly kind: 'renew'; readonly id: string }
  /** Deleted here but changed there: the synced state is dropped, so that it comes down again. */
  | { readonly kind: 'release'; readonly id: string };

/** What changes the disk. */
export type HereStep =
  | { readonly kind: 'make_folder'; readonly id: string; readonly to: Place }
  /** Brings the server's content: a new file at `to`, or over the one that is there (`to` null). */
  | { readonly kind: 'write'; readonly id: string; readonly to: Place | null }
  | { readonly kind: 'move_here'; readonly id: string; readonly to: Place; readonly why: 'follow' | 'undo' | 'name_taken' | 'swap' }
  | { readonly kind: 'delete_here'; readonly id: string }
  /** Both sides changed: the local bytes become a new file called `name` beside it, then the server's content takes its place. */
  | { readonly kind: 'fork'; readonly id: string; readonly name: string };

/** What changes the server. Content is read when the step is carried out. */
export type ThereStep =
  | { readonly kind: 'create_folder'; readonly id: string; readonly to: Place }
  | { readonly kind: 'create_file'; readonly id: string; readonly to: Place }
  | { readonly kind: 'update'; readonly id: string; readonly baseVersion: number }
  | { readonly kind: 'move_there'; readonly id: string; readonly to: Place }
  /** A folder goes with all that is known to lie in it, as one deletion; only if the server has nothing else in it. */
  | { readonly kind: 'delete_there'; readonly id: string; readonly baseVersion: number };

/** Asks for the content of a local file that was not read yet. */
export interface LookStep {
  readonly kind: 'hash';
  readonly id: string;
}

export type Step = BookStep | HereStep | ThereStep | LookStep;

/** Something that is left alone, and why: a code of the policy's, or one of ours. */
export interface Skipped {
  readonly id: string;
  readonly side: 'here' | 'there';
  readonly reason: string;
}

/** How much a plan, with all rounds that will follow it, would delete: for the guard that asks first. */
export interface Deletions {
  /** Ids of files and folders to be deleted on this disk, because they were deleted on the server. */
  readonly here: readonly string[];
  readonly there: readonly string[];
}

/**
 * One round: steps that may be done in any order, each checked against the world right before. After them, look again and plan again;
 * an empty round means that nothing is left to do (but what is skipped).
 */
export interface Plan {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skipped[];
  readonly deletions: Deletions;
}

export interface PlanOptions {
  /** Why the content or the name of a thing may not go that way now (a code), or null. Deleting and moving away are never asked. */
  readonly verdict: (thing: { name: string; kind: 'folder' | 'file'; sizeBytes: number }, way: 'up' | 'down') => string | null;
  /** False in a space that the member may only read. */
  readonly writable: boolean;
  /** Folders whose listing failed: nothing in them is touched, nothing is inferred from their absence. */
  readonly frozen: ReadonlySet<string>;
  /** Deletions that wait for a person's answer. */
  readonly hold: { readonly here: boolean; readonly there: boolean };
  /** Whether what is only on the server is to come down (see `wantedHere`); missing: everything is. What is here already stays in step either way. */
  readonly wanted?: (id: string, parentId?: string | null) => boolean;
  /** The part of a conflict's name that says whose bytes these are: device and time. */
  readonly conflictLabel: string;
}
