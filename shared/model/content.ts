import type { Chunk } from './drive.ts';

const label = 'hikyaku-content-1';

/** SHA-256 of nothing: the content hash of an empty file. */
export const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * The content hash of a file made of `chunks`, in order: the one chunk's own hash, or `sha256(label ‖ hash₁ ‖ hash₂ …)` for more.
 * @param sha256 of bytes, as lower-case hexadecimal
 */
export function contentHash(chunks: readonly Chunk[], sha256: (bytes: Uint8Array) => string): string {
  if (chunks.length === 0) return emptyHash;
  if (chunks.length === 1) return chunks[0]!.hash;
  const bytes = new Uint8Array(label.length + chunks.length * 32);
  for (let index = 0; index < label.length; index += 1) bytes[index] = label.charCodeAt(index);
  chunks.forEach(({ hash }, place) => {
    for (let index = 0; index < 32; index += 1) {
      bytes[label.length + place * 32 + index] = Number.parseInt(hash.slice(index * 2, index * 2 + 2), 16);
    }
  });
  return sha256(bytes);
}
