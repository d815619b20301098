import { z } from 'zod';
import { AccountId, Count, Id } from '#shared/model/ids.ts';
import { op } from './operation.ts';
import { Pc } from './pcs.ts';

/** EXP-07: what a person decided for a file or folder: on this PC at all times, or on the server until it is opened. */
export const SyncKeep = z.enum(['always', 'online_only']);
export type SyncKeep = z.infer<typeof SyncKeep>;

/**
 * EXP-07: how a file or folder stands on this PC. `temporary`: here because it was opened, freed again when its time or the space runs out. A folder is
 * what all that lies in it is; `mixed` where that differs.
 */
export const SyncNodeState = z.enum(['online_only', 'temporary', 'always', 'mixed', 'syncing', 'waiting', 'failed', 'not_synced']);
export type SyncNodeState = z.infer<typeof SyncNodeState>;

const place = { accountId: AccountId, spaceId: Id };
/** As many as a person can select at once in a folder of 100,000. */
const nodeIds = z.array(Id).min(1).max(100_000);

/** What is on this PC, and what only on the server (EXP-07, FIL-04). Part of the `sync` contract. */
export const syncKeeping = {
  /** States of a folder's children, for the explorer; empty where the folder is in no synced pair. `keep` is the person's own decision, if any. */
  'sync.nodeStates': op(
    { ...place, parentId: Id },
    {
      covered: z.boolean(),
      states: z.array(z.object({ nodeId: Id, state: SyncNodeState, reason: z.string().optional(), keep: SyncKeep.optional() })),
    },
  ),
  /**
   * Decides for files and folders (with all in them, now and later). Freeing removes only what is on the server with the very bytes that are here; what is not, or
   * is in use, stays and is named in `kept`.
   */
  'sync.keep': op(
    { ...place, nodeIds, keep: SyncKeep },
    { freedFiles: Count, freedBytes: Count, kept: z.array(z.object({ nodeId: Id, path: z.string(), reason: z.string() })) },
  ),
  /** Opens a file of a synced pair in the system's program; an online-only one is brought first. `opened` false where no pair has it. */
  'sync.openNode': op({ ...place, nodeId: Id }, { opened: z.boolean() }),
  /** What pairing would do, before it is done: how many files come down, go up, are equal, or differ under one name. */
  'sync.preview': op(
    { ...place, driveFolderId: Id.optional(), handle: Id, keep: SyncKeep.optional() },
    { down: Count, downBytes: Count, up: Count, upBytes: Count, equal: Count, differing: Count, freeBytes: Count },
  ),
  /** Whole-account mode: each drive of the account gets a folder of its name in the chosen one, new drives too. */
  'sync.addAccount': op(
    /** `rooms`: folders of rooms too, in a folder of their own. */
    { accountId: AccountId, handle: Id, keep: SyncKeep, rooms: z.boolean().optional() },
    {},
  ),
  /** Ends it; the files stay on this PC. */
  'sync.removeAccount': op({ accountId: AccountId }, {}),
  /** For files that nobody decided on. */
  'sync.setRootKeep': op({ rootId: Id, keep: SyncKeep }, {}),
  /** EXP-02: the person's PCs that sync, and how many there may be (zero: no limit). */
  'sync.pcs': op({ accountId: AccountId }, { most: Count, pcs: z.array(Pc) }),
  /** Another PC of the person's stops syncing, so that this one may. What it brought stays there. */
  'sync.withdrawPc': op({ accountId: AccountId, deviceId: Id }, {}),
} as const;
