/** The largest content that is kept in memory, in bytes. */
export const largestSmallBytes = 65_536;
/** How much all of them may be, in bytes. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Small contents that were sent or read lately, as they are on the disk: bytes that were compared with their hash. Who may have them is judged before they
 * are asked for; the key says through what they were reached.
 */
export interface SmallContents {
  get(key: string): Uint8Array | null;
  /** Keeps the bytes where they are small enough; what was not asked for the longest goes. */
  keep(key: string, bytes: Uint8Array): void;
}

export const smallKey = (tenantId: string, scopeId: string, contentHash: string): string => `${tenantId} ${scopeId} ${contentHash}`;

export function smallContents(): SmallContents {
  const kept = new Map<string, Uint8Array>();
  let size = 0;
  return {
    get: (key) => {
      const bytes = kept.get(key);
      if (bytes === undefined) return null;
      kept.delete(key);
      kept.set(key, bytes);
      return bytes;
    },
    keep: (key, bytes) => {
      if (bytes.length > largestSmallBytes || kept.has(key)) return;
      kept.set(key, bytes);
      size += bytes.length;
      for (const [oldest, gone] of kept) {
        if (size <= mostBytes) break;
        kept.delete(oldest);
        size -= gone.length;
      }
    },
  };
}
