import { contentHash, emptyHash } from '#shared/model/content.ts';
import { largestChunkBytes } from '#shared/contract/pack.ts';
import type { Chunk, Content } from '#shared/model/drive.ts';
import { hash } from 'node:crypto';

/** The part of a content that says where its bytes are. */
export type Bytes = Pick<Content, 'contentHash' | 'sizeBytes' | 'chunks'>;

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes);

/** The chunks of a content, in order: none for an empty file, the content itself where the list is left out. */
export const chunksOf = ({ contentHash: whole, sizeBytes, chunks }: Bytes): readonly Chunk[] =>
  chunks ?? (sizeBytes === 0 ? [] : [{ hash: whole, sizeBytes }]);

/** Whether a content's hash, size and chunks agree with each other. */
export function isWhole(content: Bytes): boolean {
  const chunks = chunksOf(content);
  const size = chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  if (size !== content.sizeBytes || chunks.some(({ sizeBytes }) => sizeBytes === 0 || sizeBytes > largestChunkBytes)) return false;
  return (chunks.length === 0 ? emptyHash : contentHash(chunks, sha256)) === content.contentHash;
}

/** The one form in which contents are stored: no list of chunks where the content hash says it all. */
export const normalContent = <T extends Bytes>(content: T): T => ({
  ...content,
  chunks: chunksOf(content).length > 1 ? content.chunks : null,
});
