import { AppError } from '#shared/base/errors.ts';
import { encodePack, frameHeaderBytes, packHeaderBytes, type PackedChunk } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Chunk, Content } from '#shared/model/drive.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';
import type { Services } from '../context.ts';
import { storePack } from './store-pack.ts';
import { sha256 } from './stored-content.ts';

/** Chunks are stored together in packs of about this size: what one upload holds in memory, in bytes. */
const packBytes = 8 * 1024 * 1024;

export interface ReceiveOptions {
  readonly mostBytes: number;
  readonly modifiedAt: number;
  /** How chunks are kept, where that is not to be at once. */
  readonly store?: (chunks: readonly PackedChunk[]) => Promise<void>;
}

/**
 * Keeps a file whose bytes arrive as a stream, cut like our own clients cut them, for programs that know nothing of chunks. The member can
 * then use the chunks in a mutation. Throws `too_large` as soon as more than `mostBytes` came.
 */
export async function receiveFile(
  services: Services,
  { tenantId, memberId }: { readonly tenantId: string; readonly memberId: string },
  body: AsyncIterable<Uint8Array>,
  { mostBytes, modifiedAt, store }: ReceiveOptions,
): Promise<Content> {
  const chunks: Chunk[] = [];
  let pack: PackedChunk[] = [];
  let packed = packHeaderBytes;
  let size = 0;

  const send = async (): Promise<void> => {
    if (pack.length === 0) return;
    if (store === undefined) await storePack(services, tenantId, memberId, encodePack(pack));
    else await store(pack);
    pack = [];
    packed = packHeaderBytes;
  };
  const keep = async (bytes: Uint8Array): Promise<void> => {
    const hash = sha256(bytes);
    chunks.push({ hash, sizeBytes: bytes.length });
    pack.push({ hash, bytes });
    packed += frameHeaderBytes + bytes.length;
    if (packed >= packBytes) await send();
  };

  const cutter = new Chunker();
  /** What is not cut yet: the beginning of a file that may be one chunk, then the beginning of the next chunk. */
  let rest: Uint8Array[] = [];
  const cut = async (piece: Uint8Array): Promise<void> => {
    let from = 0;
    for (let at = cutter.next(piece, from); at >= 0; at = cutter.next(piece, from)) {
      await keep(Buffer.concat([...rest, piece.subarray(from, at)]));
      rest = [];
      from = at;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  };
  for await (const piece of body) {
    const before = size;
    size += piece.length;
    if (size > mostBytes) throw new AppError('too_large', `The file is larger than ${mostBytes} bytes`);
    if (size <= singleChunkBytes) rest.push(piece);
    else if (before <= singleChunkBytes) {
      const start = Buffer.concat([...rest, piece]);
      rest = [];
      await cut(start);
    } else await cut(piece);
  }
  if (rest.length > 0) await keep(Buffer.concat(rest));
  await send();
  return {
    contentHash: contentHash(chunks, sha256),
    sizeBytes: size,
    chunks: chunks.length > 1 ? chunks : null,
    modifiedAt,
    executable: false,
  };
}
