import { AppError } from '#shared/base/errors.ts';
import { PackReader, largestPackBytes, mostPackChunks, type PackedChunk } from '#shared/contract/pack.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import type { Services } from '../context.ts';
import { listBatches, rowBatches } from './batches.ts';
import { addToScope, uploadScope } from './reach.ts';
import { sha256 } from './stored-content.ts';
import { touchChunks } from './touch-chunks.ts';

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
  const { database, blobs, clock } = services;
  const chunks = new Map(verifiedChunks(pack).map((chunk) => [chunk.hash, chunk]));
  if (chunks.size === 0) return { chunks: 0, stored: 0 };
  const known = new Set<string>();
  for (const some of listBatches([...chunks.keys()])) {
    const rows = await database.selectFrom('chunks').select('hash').where('tenant_id', '=', tenantId).where('hash', 'in', some).execute();
    for (const row of rows) known.add(row.hash);
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
  await database.transaction().execute(async (transaction) => {
    // Chunks that were found before must still be there: somebody's drive may have been destroyed meanwhile.
    await touchChunks(transaction, tenantId, known, now);
    for (const some of rowBatches(rows)) {
      await transaction
        .insertInto('chunks')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const scope = [...chunks.keys()].map((hash) => ({ hash, ending: '' }));
    await addToScope(transaction, tenantId, uploadScope(memberId), scope);
  });
  return { chunks: chunks.size, stored: rows.length };
}
