import { z } from 'zod';
import { AccountId, Count, Id, Instant } from './ids.ts';
import { FolderFate } from './rules-account.ts';

/** What made an account leave this device's folders (ACC-50, ACC-51, EXP-08): each has a rule of its own. */
export const Occasion = z.enum(['logout', 'block', 'wipe', 'leave']);
export type Occasion = z.infer<typeof Occasion>;

/** What became of one synced folder. */
export const FolderFarewell = z.object({
  folder: z.string(),
  fate: FolderFate,
  /** Where its content went, when it was moved. */
  movedTo: z.string().nullable(),
  /** Files that were removed, or moved to the recovery place. */
  done: Count,
  /** Files sealed first: their bytes were nowhere else. */
  sealed: Count,
  /** Files that stayed: not the account's (ignored, excluded, links), or impossible to seal. */
  stayed: Count,
  /** Some of those, by path. */
  examples: z.array(z.string()),
  /** Why nothing was touched, as a code; null when all went well. */
  trouble: z.string().nullable(),
});
export type FolderFarewell = z.infer<typeof FolderFarewell>;

/** What became of an account's local data when it left. */
export const Farewell = z.object({
  id: Id,
  accountId: AccountId,
  serverUrl: z.string(),
  tenant: z.string(),
  memberId: z.string(),
  occasion: Occasion,
  /** As in a decision. */
  reason: z.string(),
  at: Instant,
  folders: z.array(FolderFarewell),
  /** Unsent messages and drafts that were sealed. */
  messages: Count,
  /** Where sealed files lie; null where nothing was sealed. */
  sealedIn: z.string().nullable(),
  /** Everything else of the account is gone from this device. */
  erased: z.boolean(),
});
export type Farewell = z.infer<typeof Farewell>;
