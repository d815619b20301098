import { AppError } from '#shared/base/errors.ts';
import { PackReader, largestPackBytes, mostPackChunks, type PackedChunk } from '#shared/contract/pack.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Database, Services } from '../context.ts';
import { listBatches, rowBatches } from './batches.ts';
import { addToScope, uploadScope, type StoredChunk } from './reach.ts';
import { sha256 } from './stored-content.ts';
import { touchChunks } from './touch-chunks.ts';
import { insertRows, prepared } from '../store/prepared.ts';

/** The chunks of a pack, each proven by its hash. Throws `invalid` naming the chunk that is not what it says, `too_large` beyond the limits. */
function verifiedChunks(pack: Uint8Array): PackedChunk[] {
  if (pack.length > largestPackBytes) throw new AppError('too_large', `A pack holds at most ${largestPackBytes} bytes`);
  const reader = new PackReader();
  const chunks = reader.push(pack);
  reader.end();
  if (chunks.length > mostPackChunks) throw new AppError('too_large', `A pack holds at most ${mostPackChunks} chunks`);
  for (const { hash, bytes } of chunks) {
    if (sha256(bytes) !== hash) throw new AppError('invalid', `The bytes of chunk ${hash} do not match its hash`, { details: { hash } });
  }
  return chunks;
}

/**
 * Keeps a pack that `memberId` sent: one blob for all its chunks, none when every chunk is there already. Durable when it resolves;
 * a crash before leaves at most a blob that nobody refers to.
 */
export async function storePack(
  services: Services,
  tenantId: string,
  memberId: string,
  pack: Uint8Array,
): Promise<{ chunks: number; stored: number }> {
  const { places, stored, commit } = await placePack(services, tenantId, memberId, pack);
  if (places.size > 0) await services.database.transaction().execute(commit);
  return { chunks: places.size, stored };
}

/** A pack whose bytes are in the store, and whose chunks become known by `commit`, within a transaction of the caller's. */
export interface PlacedPack {
  readonly places: ReadonlyMap<string, StoredChunk>;
  /** How many of them were not there yet. */
  readonly stored: number;
  commit(transaction: Database): Promise<void>;
}

/** The first half of `storePack`, for whoever commits something else in the same transaction. */
export async function placePack(services: Services, tenantId: string, memberId: string, pack: Uint8Array): Promise<PlacedPack> {
  const { database, blobs, clock } = services;
  const chunks = new Map(verifiedChunks(pack).map((chunk) => [chunk.hash, chunk]));
  const known = new Map<string, StoredChunk>();
  for (const some of listBatches([...chunks.keys()])) {
    const found = await prepared(
      database,
      `known chunks ${some.length}`,
      (queries) =>
        queries
          .selectFrom('chunks')
          .select(['hash', 'pack_id', 'pack_offset', 'size_bytes'])
          .where('tenant_id', '=', tenantId)
          .where('hash', 'in', some),
      [tenantId, ...some],
    );
    for (const row of found) {
      known.set(row.hash, { hash: row.hash, packId: row.pack_id, offset: row.pack_offset, sizeBytes: row.size_bytes });
    }
  }
  const now = clock.now();
  const packId = uuidv7(now, services.random(10));
  const rows = [...chunks.values()]
    .filter(({ hash }) => !known.has(hash))
    .map(({ hash, bytes }) => ({
      tenant_id: tenantId,
      hash,
      pack_id: packId,
      pack_offset: bytes.byteOffset - pack.byteOffset,
      size_bytes: bytes.length,
      created_at: now,
      touched_at: now,
    }))
    // In one order everywhere, so that two who send the same chunks never wait for each other.
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  if (rows.length > 0) await blobs.put(packId, pack);
  const fresh = rows.map((row): [string, StoredChunk] => [
    row.hash,
    { hash: row.hash, packId, offset: row.pack_offset, sizeBytes: row.size_bytes },
  ]);
  const commit = async (transaction: Database): Promise<void> => {
    // Chunks that were found before must still be there: somebody's drive may have been destroyed meanwhile.
    await touchChunks(transaction, tenantId, known.keys(), now);
    for (const some of rowBatches(rows)) {
      await insertRows(transaction, 'chunks', some, true);
    }
    const scope = [...chunks.keys()].map((hash) => ({ hash, ending: '' }));
    await addToScope(transaction, tenantId, uploadScope(memberId), scope);
  };
  return { places: new Map([...known, ...fresh]), stored: rows.length, commit };
}
