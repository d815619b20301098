import type { BlobStore } from '../../context.ts';
import { bytesOf } from '../read-chunks.ts';
import type { StoredChunk } from '../reach.ts';
import { chunksOf, type Bytes } from '../stored-content.ts';

/** Bytes that can be read from any place. */
export interface Source {
  readonly sizeBytes: number;
  /** From `start` up to but not including `end`, in pieces. */
  stream(start: number, end: number): AsyncGenerator<Uint8Array>;
}

/** A content whose chunks are all in the store. */
export const storedSource = (blobs: BlobStore, content: Bytes, stored: ReadonlyMap<string, StoredChunk>): Source => ({
  sizeBytes: content.sizeBytes,
  stream: (start, end) => bytesOf(blobs, chunksOf(content), stored, start, end),
});

/** Bytes in memory: what was taken out of an archive. */
export const memorySource = (bytes: Uint8Array): Source => ({
  sizeBytes: bytes.length,
  async *stream(start, end) {
    yield bytes.subarray(start, end);
  },
});

/** The first bytes of a source, at most `most`. */
export async function headOf(source: Source, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.stream(0, Math.min(most, source.sizeBytes))) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
