import type { Space } from '#shared/model/drive.ts';
import type { Keep } from '#shared/sync/keeping.ts';

/** A pair of a space and a folder, as it is kept. */
export interface RootRecord {
  readonly rootId: string;
  readonly spaceId: string;
  readonly spaceName: string;
  /** Missing in pairs of older versions, until the server has told it. */
  readonly spaceKind?: Space['kind'] | undefined;
  /** The id of the folder whose content is synced: the space's root folder, or one in it (EXP-04). */
  readonly topId: string;
  /** Where only a folder of the space is synced: its path there when the pair was made, for people. */
  readonly drivePath?: string | undefined;
  /** EXP-07: for what nobody decided on; missing in pairs of older versions, which bring everything. */
  readonly keep?: Keep | undefined;
  /** Made by the whole-account mode. */
  readonly whole?: boolean | undefined;
  /** Whether the member could change what is there when the pair was made; losing that ends it (EXP-06). */
  readonly writable?: boolean | undefined;
  /** EXP-06: why the pair has ended; what it brought stays. */
  readonly ended?: string | undefined;
  readonly folder: string;
  readonly paused: boolean;
  /** While paused: when it goes on by itself, in epoch milliseconds; missing where a person does that. */
  readonly pausedUntil?: number | undefined;
}
