import { AppError } from '#shared/base/errors.ts';
import { connect } from '#shared/contract/operation.ts';
import { encodePack, type PackedChunk } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Chunk, Content } from '#shared/model/drive.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';
import type { ByteOptions } from './files.ts';
import type { Transport } from './transport.ts';

/** Bytes that can be read once, front to back, as a browser gives them. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  read(): AsyncIterable<Uint8Array>;
}

/** Digests may be asynchronous (a browser's are): SHA-256 in lower-case hexadecimal. */
export type Digest = (bytes: Uint8Array) => Promise<string> | string;

/** How much is gathered before it is asked for and sent, in bytes: the memory that an upload takes. */
const batchBytes = 8 * 1024 * 1024;

/** Uploads a stream in one pass: cuts it, asks what is missing, sends that in packs. Throws `conflict`/`file_changed` when the size is not what was said. */
export async function uploadStream(transport: Transport, source: ByteSource, digest: Digest, options: ByteOptions = {}): Promise<Content> {
  const server = connect(tenant, transport.call);
  const chunks: Chunk[] = [];
  let batch: PackedChunk[] = [];
  let gathered = 0;

  const flush = async (): Promise<void> => {
    const unique = new Map(batch.map((chunk) => [chunk.hash, chunk]));
    batch = [];
    if (unique.size === 0) return;
    options.signal?.throwIfAborted();
    const { missing } = await server['content.missing']({ hashes: [...unique.keys()] });
    const wanted = missing.flatMap((hash) => unique.get(hash) ?? []);
    if (wanted.length > 0) await transport.sendPack(encodePack(wanted), options.signal);
    options.onProgress?.(gathered);
    gathered = 0;
  };

  for await (const bytes of cut(source)) {
    const hash = await digest(bytes);
    chunks.push({ hash, sizeBytes: bytes.length });
    if (gathered + bytes.length > batchBytes) await flush();
    batch.push({ hash, bytes });
    gathered += bytes.length;
  }
  await flush();
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  if (sizeBytes !== source.sizeBytes) {
    throw new AppError('conflict', 'The file is being written', { details: { reason: 'file_changed' } });
  }
  return {
    contentHash: await hashOf(chunks, digest),
    sizeBytes,
    chunks: chunks.length > 1 ? chunks : null,
    modifiedAt: source.modifiedAt,
    executable: false,
  };
}

/** `contentHash` with a digest that may be asynchronous. */
async function hashOf(chunks: readonly Chunk[], digest: Digest): Promise<string> {
  let listed: Uint8Array | null = null;
  const direct = contentHash(chunks, (bytes) => {
    listed = bytes;
    return '';
  });
  return listed === null ? direct : digest(listed);
}

/** The chunks of a stream, each as one array of its own. */
async function* cut({ sizeBytes, read }: ByteSource): AsyncGenerator<Uint8Array> {
  const chunker = sizeBytes <= singleChunkBytes ? null : new Chunker();
  let parts: Uint8Array[] = [];
  for await (const bytes of read()) {
    let from = 0;
    while (chunker !== null && from < bytes.length) {
      const end = chunker.next(bytes, from);
      if (end === -1) break;
      parts.push(bytes.slice(from, end));
      yield joined(parts);
      parts = [];
      from = end;
    }
    if (from < bytes.length) parts.push(bytes.slice(from));
  }
  if (parts.length > 0) yield joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
