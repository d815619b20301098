import { frameHeader, frameHeaderBytes, largestChunkBytes, packHeaderBytes, packMagic } from '#shared/contract/pack.ts';
import type { Chunk } from '#shared/model/drive.ts';
import { Chunker, smallestChunkBytes } from '#shared/sync/chunker.ts';
import { nodeFiles, type FileSystem } from '../sync/file-system.ts';
import { sha256 } from './digest.ts';
import type { PackFrame } from './pack-files.ts';
import { openRegular, readFailure, readFully, stillSame, type Piece, type ReadOutcome } from './read-content.ts';
import { sameStamp, type FileStamp } from './stamp.ts';

/** Where to go on in a large file. */
export interface CutStart {
  readonly path: string;
  /** The end of the last piece; 0 at first. */
  readonly offset: number;
  /** What the file was when the first piece was read; null at first. */
  readonly stamp: FileStamp | null;
  /** What an earlier version held, which the server has: it is not packed, and where it is still in its place it is not cut anew either. */
  readonly known: readonly Chunk[];
}

/** Some more pieces of a file, and a pack of those that the server may lack. `isLast`: the file was the same from the first piece to here. */
export interface CutPart {
  readonly kind: 'part';
  readonly stamp: FileStamp;
  readonly pieces: readonly Piece[];
  readonly pack: Uint8Array<ArrayBuffer>;
  readonly frames: readonly PackFrame[];
  readonly isLast: boolean;
}
export type CutOutcome = CutPart | Exclude<ReadOutcome, { kind: 'read' }>;

/** A part is complete when this much is packed, or when this much was looked at: nobody waits long for it. */
const packedBytes = 4 * 1024 * 1024;
const lookedAtBytes = 64 * 1024 * 1024;
/** Read at once while a cut is looked for: what is read past the cut is read again. */
const stepBytes = 512 * 1024;

/**
 * Reads, cuts, hashes and packs a stretch of a large file: while one part is on its way to the server the next is made. State lies only in `start`, so
 * that it goes on after any failure. The file must be what it was (SYNC.md invariant S8), or the outcome is `changed`.
 */
export function cutFile(start: CutStart, files: FileSystem = nodeFiles): CutOutcome {
  let descriptor: number | undefined;
  try {
    const opened = openRegular(start.path, files);
    descriptor = opened.descriptor;
    if (start.stamp !== null && !sameStamp(start.stamp, opened.stamp)) return { kind: 'changed' };
    const cutter = new FileCutter(descriptor, opened.stamp.sizeBytes, start, files);
    const isWhole = cutter.run();
    if (!isWhole || !stillSame(descriptor, start.path, opened.stamp, files)) return { kind: 'changed' };
    const { pieces, pack, frames, isLast } = cutter;
    return { kind: 'part', stamp: opened.stamp, pieces, pack, frames, isLast };
  } catch (error) {
    return readFailure(error) as CutOutcome;
  } finally {
    if (descriptor !== undefined) files.close(descriptor);
  }
}

class FileCutter {
  readonly pieces: Piece[] = [];
  readonly frames: PackFrame[] = [];
  readonly #descriptor: number;
  readonly #sizeBytes: number;
  readonly #files: FileSystem;
  readonly #known: readonly Chunk[];
  readonly #knownAt: ReadonlyMap<string, number>;
  readonly #packed = new Set<string>();
  readonly #room: Uint8Array<ArrayBuffer>;
  #offset: number;
  #at = packHeaderBytes;
  /** The chunk that should come next, if this is the earlier version at this place. */
  #next: number;

  constructor(descriptor: number, sizeBytes: number, { offset, known }: CutStart, files: FileSystem) {
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
    this.#files = files;
    this.#known = known;
    this.#knownAt = new Map(known.map(({ hash }, index) => [hash, index]));
    this.#offset = offset;
    this.#next = indexAt(known, offset);
    const left = sizeBytes - offset + frameHeaderBytes * 2;
    this.#room = new Uint8Array(
      new ArrayBuffer(packHeaderBytes + Math.min(packedBytes + frameHeaderBytes * 32 + largestChunkBytes, left * 2)),
    );
    this.#room.set(packMagic);
  }

  get isLast(): boolean {
    return this.#offset === this.#sizeBytes;
  }
  get pack(): Uint8Array<ArrayBuffer> {
    return this.#room.subarray(0, this.#at);
  }

  /** False when the file turned out to be shorter than it said. */
  run(): boolean {
    const end = this.#offset + lookedAtBytes;
    while (!this.isLast && this.#offset < end && this.#at < packedBytes) {
      const bytes = this.#room.subarray(this.#at + frameHeaderBytes);
      const length = this.#asBefore(bytes) ?? this.#cut(bytes);
      if (length === null) return false;
    }
    return true;
  }

  /** The chunk of the earlier version, if it is still here: one hash, no search for its end. Null when it is not. */
  #asBefore(room: Uint8Array): number | null {
    const expected = this.#known[this.#next];
    if (expected === undefined || expected.sizeBytes > this.#sizeBytes - this.#offset) return null;
    // The last chunk ends where its file ended, not where its bytes say so.
    if (this.#next === this.#known.length - 1 && this.#offset + expected.sizeBytes !== this.#sizeBytes) return null;
    const bytes = room.subarray(0, expected.sizeBytes);
    if (readFully(this.#descriptor, bytes, this.#offset, this.#files) !== bytes.length || sha256(bytes) !== expected.hash) return null;
    this.#take(expected.hash, expected.sizeBytes);
    return expected.sizeBytes;
  }

  #cut(room: Uint8Array): number | null {
    const chunker = new Chunker();
    const most = Math.min(largestChunkBytes, this.#sizeBytes - this.#offset);
    let end = -1;
    for (let read = 0; end === -1 && read < most;) {
      const wanted = Math.min(most - read, read === 0 ? smallestChunkBytes + stepBytes : stepBytes);
      const bytes = room.subarray(read, read + wanted);
      if (readFully(this.#descriptor, bytes, this.#offset + read, this.#files) !== wanted) return null;
      const found = chunker.next(bytes, 0);
      if (found !== -1) end = read + found;
      read += wanted;
    }
    const length = end === -1 ? most : end;
    this.#take(sha256(room.subarray(0, length)), length);
    return length;
  }

  /** The piece that lies at the pack's end; it stays there where the server may lack it. */
  #take(hash: string, sizeBytes: number): void {
    this.pieces.push({ hash, offset: this.#offset, sizeBytes });
    this.#offset += sizeBytes;
    const index = this.#knownAt.get(hash);
    this.#next = index === undefined ? indexAt(this.#known, this.#offset) : index + 1;
    if (index !== undefined || this.#packed.has(hash)) return;
    this.#packed.add(hash);
    this.#room.set(frameHeader(hash, sizeBytes), this.#at);
    const end = this.#at + frameHeaderBytes + sizeBytes;
    this.frames.push({ hash, start: this.#at, end });
    this.#at = end;
  }
}

/** The chunk that begins at an offset; an index past the end where none does. */
function indexAt(chunks: readonly Chunk[], offset: number): number {
  let at = 0;
  for (let index = 0; index < chunks.length && at <= offset; index += 1) {
    if (at === offset) return index;
    at += chunks[index]!.sizeBytes;
  }
  return chunks.length;
}
