import { frameHeaderBytes, packHeaderBytes, packMagic } from '#shared/contract/pack.ts';
import type { Chunk } from '#shared/model/drive.ts';
import type { BlobStore } from '../context.ts';
import type { StoredChunk } from './reach.ts';

/** The most bytes read from a blob at once: what a download holds in memory. */
const mostBytesAtOnce = 4 * 1024 * 1024;

/** A stretch of a stored pack, whole frames with their headers. */
export interface Run {
  readonly packId: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Groups chunks that lie side by side in a pack, so that many small ones cost one read. A stored frame has the form in which it is sent. */
export function runsOf(chunks: Iterable<StoredChunk>): Run[] {
  const ordered = [...chunks].toSorted((a, b) => (a.packId === b.packId ? a.offset - b.offset : a.packId < b.packId ? -1 : 1));
  const runs: Run[] = [];
  for (const { packId, offset, sizeBytes } of ordered) {
    const start = offset - frameHeaderBytes;
    const size = sizeBytes + frameHeaderBytes;
    const last = runs.at(-1);
    if (last?.packId === packId && last.offset + last.sizeBytes === start && last.sizeBytes + size <= mostBytesAtOnce) {
      runs[runs.length - 1] = { packId, offset: last.offset, sizeBytes: last.sizeBytes + size };
    } else {
      runs.push({ packId, offset: start, sizeBytes: size });
    }
  }
  return runs;
}

/** The size of the pack that `packOf` makes, in bytes. */
export const packSize = (runs: readonly Run[]): number => runs.reduce((sum, run) => sum + run.sizeBytes, packHeaderBytes);

/** A pack of the runs' chunks, one run in memory at a time. */
export async function* packOf(blobs: BlobStore, runs: readonly Run[]): AsyncGenerator<Uint8Array> {
  yield packMagic;
  for (const run of runs) yield await blobs.read(run.packId, run.offset, run.sizeBytes);
}

/** The bytes `start` up to but not including `end` of the content that `chunks` make, chunk by chunk. */
export async function* bytesOf(
  blobs: BlobStore,
  chunks: readonly Chunk[],
  stored: ReadonlyMap<string, StoredChunk>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, undefined> {
  let at = 0;
  for (const { hash, sizeBytes } of chunks) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, sizeBytes);
    if (from < to) {
      const place = stored.get(hash)!;
      yield await blobs.read(place.packId, place.offset + from, to - from);
    }
    at += sizeBytes;
    if (at >= end) return;
  }
}
