import { constants } from 'node:fs';
import { contentHash, emptyHash } from '#shared/model/content.ts';
import type { Content } from '#shared/model/drive.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';
import { nodeFiles, type FileSystem } from '../sync/file-system.ts';
import { sha256, sha256Stream } from './digest.ts';
import { sameStamp, stampOf, type FileStamp } from './stamp.ts';

/** A run of bytes in a file, found by its hash. */
export interface Piece {
  readonly hash: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** One state of a file that really existed (SYNC.md invariant S8), as the server wants it. */
export interface FileContent {
  readonly path: string;
  readonly stamp: FileStamp;
  readonly content: Content;
  readonly pieces: readonly Piece[];
}

/** `changed`: somebody wrote while we read; try again later. `unreadable` carries the system's code. */
export type ReadOutcome =
  | { readonly kind: 'read'; readonly file: FileContent }
  | { readonly kind: 'changed' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly code: string };

const readBlockBytes = 4 * 1024 * 1024;
const noFollow = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The outcome for an error of the file system. */
export function readFailure(error: unknown): ReadOutcome {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'gone' } : { kind: 'unreadable', code };
}

/** Opens a regular file without following a link at its end. Throws the system's error, or `ELOOP` for what is no regular file. */
export function openRegular(path: string, files: FileSystem = nodeFiles): { descriptor: number; stamp: FileStamp } {
  const descriptor = files.open(path, noFollow);
  const stats = files.fstat(descriptor);
  if (stats.isFile()) return { descriptor, stamp: stampOf(stats) };
  files.close(descriptor);
  throw Object.assign(new Error('Not a regular file'), { code: 'ELOOP' });
}

/** True when file and path are still what they were when `before` was taken: nobody wrote, nobody put another file there. */
export function stillSame(descriptor: number, path: string, before: FileStamp, files: FileSystem = nodeFiles): boolean {
  const after = files.fstat(descriptor);
  if (!sameStamp(before, stampOf(after))) return false;
  const there = files.lstat(path);
  return there !== undefined && sameStamp(before, stampOf(there));
}

/** Reads exactly `into.length` bytes at `offset`, or fewer at the end of the file. */
export function readFully(descriptor: number, into: Uint8Array, offset: number, files: FileSystem = nodeFiles): number {
  let done = 0;
  while (done < into.length) {
    const count = files.read(descriptor, into, done, into.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Describes content that is `pieces`. */
export function describeContent(pieces: readonly Piece[], stamp: FileStamp): Content {
  const chunks = pieces.map(({ hash, sizeBytes }) => ({ hash, sizeBytes }));
  return {
    contentHash: pieces.length === 0 ? emptyHash : contentHash(chunks, sha256),
    sizeBytes: stamp.sizeBytes,
    chunks: chunks.length > 1 ? chunks : null,
    modifiedAt: Math.floor(stamp.modifiedAt),
    executable: stamp.executable,
  };
}

/** Cuts and hashes what `descriptor` holds, one block a step, with the memory of one block. */
function* pieceSteps(descriptor: number, sizeBytes: number, files: FileSystem): Generator<void, Piece[] | null> {
  if (sizeBytes === 0) return [];
  const block = new Uint8Array(Math.min(readBlockBytes, sizeBytes));
  if (sizeBytes <= singleChunkBytes) {
    if (readFully(descriptor, block, 0, files) !== sizeBytes) return null;
    return [{ hash: sha256(block), offset: 0, sizeBytes }];
  }
  const pieces: Piece[] = [];
  const chunker = new Chunker();
  let digest = sha256Stream();
  let start = 0;
  for (let offset = 0; offset < sizeBytes;) {
    const count = readFully(descriptor, block, offset, files);
    if (count === 0) return null;
    const bytes = block.subarray(0, count);
    let from = 0;
    for (;;) {
      const end = chunker.next(bytes, from);
      digest.update(bytes.subarray(from, end === -1 ? count : end));
      if (end === -1) break;
      pieces.push({ hash: digest.digest('hex'), offset: start, sizeBytes: offset + end - start });
      digest = sha256Stream();
      start = offset + end;
      from = end;
    }
    offset += count;
    yield;
  }
  if (start < sizeBytes) pieces.push({ hash: digest.digest('hex'), offset: start, sizeBytes: sizeBytes - start });
  return pieces;
}

function* readSteps(path: string, files: FileSystem): Generator<void, ReadOutcome> {
  let descriptor: number | undefined;
  try {
    const opened = openRegular(path, files);
    descriptor = opened.descriptor;
    const pieces = yield* pieceSteps(descriptor, opened.stamp.sizeBytes, files);
    if (pieces === null || !stillSame(descriptor, path, opened.stamp, files)) return { kind: 'changed' };
    return { kind: 'read', file: { path, stamp: opened.stamp, content: describeContent(pieces, opened.stamp), pieces } };
  } catch (error) {
    return readFailure(error);
  } finally {
    if (descriptor !== undefined) files.close(descriptor);
  }
}

/** Reads a file without letting go of the thread: for workers. */
export function readContentSync(path: string, files: FileSystem = nodeFiles): ReadOutcome {
  const steps = readSteps(path, files);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Reads a file stably: stats before and after, and those of the path, are all the same, or the result is `changed`. Memory: 4 MiB. */
export async function readContent(path: string, signal?: AbortSignal): Promise<ReadOutcome> {
  const steps = readSteps(path, nodeFiles);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise((resolve) => void setImmediate(resolve));
    if (signal?.aborted === true) {
      steps.return({ kind: 'changed' });
      signal.throwIfAborted();
    }
  }
}
