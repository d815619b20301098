import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { AppError } from '#shared/base/errors.ts';
import type { ByteOptions, DownloadSource } from '#shared/client/files.ts';
import type { Transport } from '#shared/client/transport.ts';
import { contentHash, emptyHash } from '#shared/model/content.ts';
import type { Chunk } from '#shared/model/drive.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';

/** Streams a byte route into a new file and proves that it holds what was promised, by cutting it as its writer did. */
export async function fetchRoute(
  transport: Transport,
  source: Exclude<DownloadSource, { kind: 'content' }>,
  target: string,
  options: ByteOptions,
): Promise<void> {
  const measure = source.kind === 'route' ? new ContentMeasure(source.sizeBytes) : null;
  const handle = await open(target, 'wx', 0o600);
  try {
    for await (const bytes of transport.readBytes(source.path, options.signal === undefined ? {} : { signal: options.signal })) {
      measure?.add(bytes);
      await handle.writeFile(bytes);
      options.onProgress?.(bytes.length);
    }
    if (source.kind === 'route' && measure?.end() !== source.contentHash) {
      throw new AppError('unavailable', 'The bytes that came are not those of the file', { details: { reason: 'chunk_damaged' } });
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** The content hash (shared/model/content.ts) of bytes that stream by. */
class ContentMeasure {
  readonly #chunker: Chunker | null;
  readonly #chunks: Chunk[] = [];
  #digest = createHash('sha256');
  #length = 0;

  constructor(sizeBytes: number) {
    this.#chunker = sizeBytes <= singleChunkBytes ? null : new Chunker();
  }

  add(bytes: Uint8Array): void {
    let from = 0;
    for (let end = this.#cut(bytes, from); end !== -1; end = this.#cut(bytes, from)) {
      this.#take(bytes.subarray(from, end));
      this.#close();
      from = end;
    }
    this.#take(bytes.subarray(from));
  }

  end(): string {
    if (this.#length > 0) this.#close();
    return this.#chunks.length === 0 ? emptyHash : contentHash(this.#chunks, (bytes) => hash('sha256', bytes, 'hex'));
  }

  #cut(bytes: Uint8Array, from: number): number {
    return this.#chunker === null || from >= bytes.length ? -1 : this.#chunker.next(bytes, from);
  }

  #take(bytes: Uint8Array): void {
    this.#digest.update(bytes);
    this.#length += bytes.length;
  }

  #close(): void {
    this.#chunks.push({ hash: this.#digest.digest('hex'), sizeBytes: this.#length });
    this.#digest = createHash('sha256');
    this.#length = 0;
  }
}
