import { constants } from 'node:fs';
import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { Transport } from '#shared/client/transport.ts';
import { largestChunkBytes } from '#shared/contract/pack.ts';
import type { Content } from '#shared/model/drive.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { nodeFiles, removeIfThere, type FileSystem, type OpenFile } from '../sync/file-system.ts';
import { digestOf, sha256 } from './digest.ts';
import { grouped } from './grouped.ts';
import { packBytes, packChunks } from './upload.ts';

/** A file to be fetched: its content, and the staged file to write (created new, never overwritten). */
export interface Download {
  readonly content: Pick<Content, 'contentHash' | 'sizeBytes' | 'chunks'>;
  readonly target: string;
  /** The node in Drive, for the server's record of downloads (FIL-07). */
  readonly item?: string;
}

/** Where bytes with a given hash may already lie on this disk. A hint: they are checked like those of the network. */
export interface LocalSource {
  readonly path: string;
  readonly offset: number;
}

export interface DownloadOptions {
  readonly onProgress?: (target: string, bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Called when a target is complete, verified and flushed. */
  readonly onDone?: (download: Download) => void;
  /** Called when only this target failed (its own error, such as a full disk); without it the whole call fails. */
  readonly onFailed?: (download: Download, error: unknown) => void;
  readonly source?: (hash: string) => LocalSource | undefined;
  /** A target may hold some of its bytes from an earlier try: they are checked, not fetched, and kept when this one fails too. */
  readonly partial?: boolean;
  /** Flush each target to the disk before it counts as done; default true. */
  readonly flush?: boolean;
  /** Asked before each request: true leaves the rest for another time. A target that is then incomplete is neither done nor failed. */
  readonly isEnough?: () => boolean;
  /** The computer's own disks by default. */
  readonly files?: FileSystem;
}

/** The chunks of a file, in order, also where it has one or none. */
export function chunksOf(content: Download['content']): { hash: string; sizeBytes: number }[] {
  if (content.chunks !== null) return content.chunks;
  return content.sizeBytes === 0 ? [] : [{ hash: content.contentHash, sizeBytes: content.sizeBytes }];
}

interface Place {
  readonly target: Target;
  readonly offset: number;
}
interface Need {
  readonly hash: string;
  readonly sizeBytes: number;
  readonly places: Place[];
}
interface Target {
  readonly download: Download;
  /** Opened once, by whichever chunk comes first. */
  handle: Promise<OpenFile> | null;
  left: number;
  failed: boolean;
  /** Bytes that lie there from an earlier try. */
  had: number;
  /** Whether zeros were left out, which a file has by itself where nothing was written. */
  sparse: boolean;
}

/** The files that need these chunks, each once. */
const itemsOf = (needs: Iterable<Need>): string[] => {
  const items = new Set<string>();
  for (const { places } of needs) for (const { target } of places) if (target.download.item !== undefined) items.add(target.download.item);
  return [...items];
};

const smallLanes = 2;
const largeLanes = 2;
/** Chunks that are being proven and written in one lane, and their bytes, before more is read from the line. */
const mostWrites = 64;
const mostUnderWay = 8 * 1024 * 1024;

const zeros = Buffer.alloc(largestChunkBytes);
/** Stops at the first byte that is not zero. */
const isZero = (bytes: Uint8Array): boolean => bytes.length >= 4096 && zeros.subarray(0, bytes.length).equals(bytes);

const Missing = z.object({ missing: z.array(z.string()) });
/** The hashes that a refused read names as not there. */
function missingOf(error: unknown): string[] {
  const parsed = Missing.safeParse(error instanceof AppError && error.code === 'not_found' ? error.details : null);
  return parsed.success ? parsed.data.missing : [];
}

/**
 * Fetches contents into staged files: packs of chunks in a few lanes, small files apart from large ones; each chunk's hash is checked before
 * its bytes are written, and each file is flushed. Chunks that several files need travel once. Throws `AppError`.
 */
export async function downloadContents(transport: Transport, downloads: readonly Download[], options: DownloadOptions = {}): Promise<void> {
  const run = new DownloadRun(transport, options);
  const small = downloads.filter(({ content }) => content.sizeBytes <= singleChunkBytes);
  const large = downloads.filter(({ content }) => content.sizeBytes > singleChunkBytes);
  await Promise.all([run.fetch(small, smallLanes), run.fetch(large, largeLanes)]);
}

class DownloadRun {
  readonly #transport: Transport;
  readonly #options: DownloadOptions;
  readonly #files: FileSystem;

  constructor(transport: Transport, options: DownloadOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#files = options.files ?? nodeFiles;
  }

  async fetch(downloads: readonly Download[], lanes: number): Promise<void> {
    const needs = new Map<string, Need>();
    const targets = downloads.map((download): Target => ({
      download,
      handle: null,
      left: chunksOf(download.content).length,
      failed: false,
      had: this.#options.partial === true ? Number(this.#files.lstat(download.target)?.size ?? 0) : 0,
      sparse: false,
    }));
    for (const target of targets) {
      if (target.left === 0) await this.#attempt(target, () => this.#finish(target));
      let offset = 0;
      for (const { hash, sizeBytes } of chunksOf(target.download.content)) {
        const need = needs.get(hash) ?? { hash, sizeBytes, places: [] };
        needs.set(hash, need);
        need.places.push({ target, offset });
        offset += sizeBytes;
      }
    }
    try {
      await inLanes(
        grouped(needs.values(), ({ sizeBytes }) => sizeBytes, packBytes, packChunks),
        lanes,
        (group) => this.#fetchGroup(group),
      );
    } finally {
      for (const target of targets) {
        if (target.handle === null) continue;
        const opened = await target.handle.catch(() => null);
        if (opened === null) continue;
        await opened.close();
        if (this.#options.partial !== true) removeIfThere(this.#files, target.download.target);
      }
    }
  }

  async #fetchGroup(group: readonly Need[]): Promise<void> {
    const { signal, isEnough } = this.#options;
    signal?.throwIfAborted();
    if (isEnough?.() === true) return;
    const wanted = new Map<string, Need>();
    for (const need of group) {
      if (need.places.every(({ target }) => target.failed)) continue;
      const bytes = await this.#fromDisk(need);
      if (bytes === null) wanted.set(need.hash, need);
      else await this.#write(need, bytes);
    }
    for (let missing = await this.#stream(wanted); missing.length > 0; missing = await this.#stream(wanted)) {
      const error = new AppError('not_found', 'The server does not have every chunk', { details: { reason: 'chunk_missing', missing } });
      for (const hash of missing) {
        this.#fail(wanted.get(hash)!, error);
        wanted.delete(hash);
      }
    }
  }

  /** Fetches what is wanted and takes it off; returns what the server says it does not have (then nothing was sent). */
  async #stream(wanted: Map<string, Need>): Promise<string[]> {
    if (wanted.size === 0) return [];
    const writes: Promise<void>[] = [];
    let underWay = 0;
    try {
      const { signal } = this.#options;
      const options = { items: itemsOf(wanted.values()), ...(signal === undefined ? {} : { signal }) };
      for await (const { hash, bytes } of this.#transport.readChunks([...wanted.keys()], options)) {
        const need = wanted.get(hash);
        if (need === undefined) continue;
        wanted.delete(hash);
        const write = this.#take(need, bytes);
        // It is awaited below, with others; until then its failure is nobody's surprise.
        write.catch(() => undefined);
        writes.push(write);
        underWay += bytes.length;
        if (writes.length < mostWrites && underWay < mostUnderWay) continue;
        await Promise.all(writes.splice(0));
        underWay = 0;
      }
      await Promise.all(writes);
    } catch (error) {
      await Promise.allSettled(writes);
      const missing = missingOf(error).filter((hash) => wanted.has(hash));
      if (missing.length === 0) throw error;
      return missing;
    }
    return [...wanted.keys()];
  }

  /** Writes what came, once it is proven. */
  async #take(need: Need, bytes: Uint8Array): Promise<void> {
    if (bytes.length === need.sizeBytes && (await digestOf(bytes)) === need.hash) return this.#write(need, bytes);
    const details = { reason: 'chunk_damaged' };
    this.#fail(need, new AppError('unavailable', `The bytes that came for ${need.hash} are not those`, { details }));
  }

  /** Gives up the files that need a chunk; the others go on. Throws where nobody takes single failures. */
  #fail(need: Need, error: AppError): void {
    if (this.#options.onFailed === undefined) throw error;
    for (const { target } of need.places) {
      if (target.failed) continue;
      target.failed = true;
      this.#options.onFailed(target.download, error);
    }
  }

  /** New, or as an earlier try left it; what lies there from before is never longer than the file. */
  async #open({ download: { target, content } }: Target): Promise<OpenFile> {
    if (this.#options.partial !== true) return this.#files.openFile(target, 'wx', 0o600);
    const handle = await this.#files.openFile(target, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
    await handle.truncate(Math.min((await handle.stat()).size, content.sizeBytes));
    return handle;
  }

  #written({ places }: Need): LocalSource | undefined {
    const [place] = places;
    if (place === undefined || place.offset >= place.target.had) return undefined;
    return { path: place.target.download.target, offset: place.offset };
  }

  async #fromDisk(need: Need): Promise<Uint8Array | null> {
    const source = this.#options.source?.(need.hash) ?? this.#written(need);
    if (source === undefined) return null;
    try {
      const handle = await this.#files.openFile(source.path, 'r');
      try {
        const bytes = new Uint8Array(need.sizeBytes);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, source.offset);
        return bytesRead === bytes.length && sha256(bytes) === need.hash ? bytes : null;
      } finally {
        await handle.close();
      }
    } catch {
      return null;
    }
  }

  async #write(need: Need, bytes: Uint8Array): Promise<void> {
    for (const { target, offset } of need.places) {
      await this.#attempt(target, async () => {
        target.handle ??= this.#open(target);
        const handle = await target.handle;
        const isHole = offset >= target.had && isZero(bytes);
        target.sparse ||= isHole;
        for (let done = isHole ? bytes.length : 0; done < bytes.length;) {
          done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
        }
        this.#options.onProgress?.(target.download.target, bytes.length);
        target.left -= 1;
        if (target.left === 0) await this.#finish(target);
      });
    }
  }

  async #finish(target: Target): Promise<void> {
    target.handle ??= this.#open(target);
    const handle = await target.handle;
    if (target.sparse) await handle.truncate(target.download.content.sizeBytes);
    if (this.#options.flush !== false) await handle.datasync();
    target.handle = null;
    await handle.close();
    this.#options.onDone?.(target.download);
  }

  async #attempt(target: Target, work: () => Promise<void>): Promise<void> {
    if (target.failed) return;
    try {
      await work();
    } catch (error) {
      if (this.#options.onFailed === undefined) throw error;
      target.failed = true;
      this.#options.onFailed(target.download, error);
    }
  }
}
