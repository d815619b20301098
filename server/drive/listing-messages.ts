import type { Reader } from '../content/space-access.ts';
import type { DatabasePlace } from '../store/place.ts';

/** The operations whose long answers are made in the thread of listings. */
export type ListingOperation = 'drive.children' | 'drive.changes';

export interface ListingThreadOptions {
  readonly place: DatabasePlace;
}

/** To the thread: an operation with its input as it was parsed. */
export interface ToListingThread {
  readonly id: number;
  readonly operation: ListingOperation;
  readonly reader: Reader;
  readonly input: unknown;
}

/** From the thread: the reply (shared/contract/operation.ts) as JSON in UTF-8. */
export interface FromListingThread {
  readonly id: number;
  readonly status: number;
  readonly body: Uint8Array;
  /** What was a bug. */
  readonly cause?: string;
}
