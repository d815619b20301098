import type { Services } from '../../context.ts';

/** How long a listing may be used again, in milliseconds: as long as rules are. */
const freshMs = 1_000;
/** How much all of them may be, in bytes. */
const mostBytes = 16 * 1024 * 1024;

interface Kept {
  readonly readAt: number;
  readonly writes: number;
  readonly bytes: Uint8Array;
}

export interface KeptListings {
  /** The listing as it still is, if there is one, and how to keep it otherwise; null where nothing may be kept. Ask before reading what it is made of. */
  find(key: string): { readonly bytes: Uint8Array | null; keep(bytes: Uint8Array): void } | null;
}

/**
 * Listings that were sent lately: programs ask for the same one again and again to see whether something changed. One is used again while this process
 * wrote nothing at all, and only where no other process writes.
 */
export function keptListings({ clock, counts }: Pick<Services, 'clock' | 'counts'>): KeptListings {
  const kept = new Map<string, Kept>();
  let size = 0;
  const drop = (key: string, one: Kept): void => {
    kept.delete(key);
    size -= one.bytes.length;
  };
  return {
    find: (key) => {
      if (counts === undefined || counts === null) return null;
      const before = kept.get(key);
      const [readAt, writes] = [clock.monotonic(), counts.any];
      if (before !== undefined && before.writes === writes && readAt - before.readAt < freshMs)
        return { bytes: before.bytes, keep: () => undefined };
      if (before !== undefined) drop(key, before);
      return {
        bytes: null,
        keep: (bytes) => {
          if (bytes.length > mostBytes / 4) return;
          const twin = kept.get(key);
          if (twin !== undefined) drop(key, twin);
          kept.set(key, { readAt, writes, bytes });
          size += bytes.length;
          for (const [oldest, one] of kept) {
            if (size <= mostBytes) break;
            drop(oldest, one);
          }
        },
      };
    },
  };
}
