import {
  encodePack,
  largestPackBytes,
  mostPackChunks,
  frameHeaderBytes,
  packHeaderBytes,
  type PackedChunk,
} from '#shared/contract/pack.ts';
import type { Services } from '../context.ts';
import { inGroups } from './in-groups.ts';
import { storePack } from './store-pack.ts';

/** Keeps chunks that a member sent, durable when it resolves. What several requests send at once lies in one pack and waits for the disk once. */
export type StoreChunks = (who: { readonly tenantId: string; readonly memberId: string }, chunks: readonly PackedChunk[]) => Promise<void>;

export function makeStoreChunks(services: Services): StoreChunks {
  const store = inGroups<readonly PackedChunk[], null>(
    async (groups, kind) => {
      const [tenantId = '', memberId = ''] = kind.split(' ');
      await storePack(services, tenantId, memberId, encodePack(groups.flat()));
      return groups.map(() => null);
    },
    { mostItems: mostPackChunks, mostSize: largestPackBytes / 2 - packHeaderBytes },
  );
  return async (who, chunks) => {
    // Ids hold no spaces.
    await store(
      `${who.tenantId} ${who.memberId}`,
      chunks,
      chunks.reduce((sum, { bytes }) => sum + frameHeaderBytes + bytes.length, 0),
    );
  };
}
