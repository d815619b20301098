import type { Services } from '../../context.ts';

/** How long a listing may be used again, in milliseconds: as long as rules are. */
const freshMs = 1_000;
/** How much all of them may be, in bytes. */
const mostBytes = 16 * 1024 * 1024;

/** What a listing came to; null where it is not to be kept, so that everybody makes their own. */
type Made = Uint8Array | null;
interface Kept {
  readonly readAt: number;
  readonly writes: number;
  readonly made: Promise<Made>;
  size: number;
}

export interface KeptListings {
  /** The listing as it still is, made by `make` where there is none; who comes while it is being made waits for it. */
  get(key: string, make: () => Promise<Made>): Promise<Made>;
}

/**
 * Listings that were sent lately: programs ask for the same one again and again to see whether something changed. One is used again while this process
 * wrote nothing at all, and only where no other process writes.
 */
export function keptListings({ clock, counts }: Pick<Services, 'clock' | 'counts'>): KeptListings {
  const kept = new Map<string, Kept>();
  let size = 0;
  const drop = (key: string, one: Kept): void => {
    if (kept.get(key) !== one) return;
    kept.delete(key);
    size -= one.size;
  };
  return {
    get: async (key, make) => {
      if (counts === undefined || counts === null) return null;
      const before = kept.get(key);
      const [readAt, writes] = [clock.monotonic(), counts.any];
      if (before !== undefined && before.writes === writes && readAt - before.readAt < freshMs) return before.made;
      if (before !== undefined) drop(key, before);
      const one: Kept = { readAt, writes, made: make(), size: 0 };
      kept.set(key, one);
      try {
        const bytes = await one.made;
        if (bytes === null || bytes.length > mostBytes / 4) drop(key, one);
        else if (kept.get(key) === one) {
          one.size = bytes.length;
          size += one.size;
        }
        for (const [oldest, gone] of kept) {
          if (size <= mostBytes) break;
          drop(oldest, gone);
        }
        return bytes;
      } catch (error) {
        drop(key, one);
        throw error;
      }
    },
  };
}
