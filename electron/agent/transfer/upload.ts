import { AppError } from '#shared/base/errors.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { encodePack, type PackedChunk } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { mostHashes } from '#shared/model/drive.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { nodeFiles, type FileSystem } from '../sync/file-system.ts';
import { sha256 } from './digest.ts';
import { grouped } from './grouped.ts';
import { openRegular, readFully, type FileContent, type Piece } from './read-content.ts';
import { sameStamp } from './stamp.ts';

export const packBytes = 8 * 1024 * 1024;
export const packChunks = 1_000;
const smallLanes = 2;
const largeLanes = 2;

export interface UploadOptions {
  /** Called with bytes that the server now holds (sent, or there already), of one file. */
  readonly onProgress?: (path: string, bytes: number) => void;
  readonly signal?: AbortSignal;
  /** The computer's own disks by default. */
  readonly files?: FileSystem;
}

/** Which of `hashes` the server lacks, asked in batches. Throws `AppError`. */
export async function missingChunks(transport: Pick<Transport, 'call'>, hashes: readonly string[]): Promise<Set<string>> {
  const server = connect(tenant, transport.call);
  const missing = new Set<string>();
  for (let from = 0; from < hashes.length; from += mostHashes) {
    const answer = await server['content.missing']({ hashes: hashes.slice(from, from + mostHashes) });
    for (const hash of answer.missing) missing.add(hash);
  }
  return missing;
}

interface WantedPiece {
  readonly file: FileContent;
  readonly piece: Piece;
}

/** Reads pieces again, in the order given, and proves that they are still what was hashed. Throws `conflict` when a file has changed. */
function readPieces(pieces: readonly WantedPiece[], disk: FileSystem): PackedChunk[] {
  let open: { path: string; descriptor: number } | null = null;
  try {
    return pieces.map(({ file, piece }) => {
      if (open?.path !== file.path) {
        if (open !== null) disk.close(open.descriptor);
        open = null;
        const opened = openRegular(file.path, disk);
        open = { path: file.path, descriptor: opened.descriptor };
        if (!sameStamp(opened.stamp, file.stamp)) throw changed(file.path);
      }
      const bytes = new Uint8Array(piece.sizeBytes);
      if (readFully(open.descriptor, bytes, piece.offset, disk) !== bytes.length || sha256(bytes) !== piece.hash) throw changed(file.path);
      return { hash: piece.hash, bytes };
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('conflict', 'The file cannot be read any more', { cause: error, details: { reason: 'file_changed' } });
  } finally {
    const left = open as { descriptor: number } | null;
    if (left !== null) disk.close(left.descriptor);
  }
}

const changed = (path: string) =>
  new AppError('conflict', `${path} changed while it was sent`, { details: { reason: 'file_changed', path } });

/**
 * Brings the chunks of files to the server: asks what is missing, packs that, and sends the packs in a few lanes, small files apart
 * from large ones so that neither waits for the other. Repeating it is free. Throws `AppError`; `conflict` with reason `file_changed`
 * when a file is no longer what was read.
 */
export async function uploadContents(transport: Transport, files: readonly FileContent[], options: UploadOptions = {}): Promise<void> {
  const { onProgress, signal } = options;
  const hashes = [...new Set(files.flatMap(({ pieces }) => pieces.map(({ hash }) => hash)))];
  const missing = await missingChunks(transport, hashes);
  const wanted: WantedPiece[] = [];
  for (const file of files) {
    for (const piece of file.pieces) {
      if (missing.delete(piece.hash)) wanted.push({ file, piece });
      else onProgress?.(file.path, piece.sizeBytes);
    }
  }
  const send = async (group: readonly WantedPiece[]): Promise<void> => {
    signal?.throwIfAborted();
    await transport.sendPack(encodePack(readPieces(group, options.files ?? nodeFiles)), signal);
    for (const { file, piece } of group) onProgress?.(file.path, piece.sizeBytes);
  };
  const isSmall = ({ file }: WantedPiece): boolean => file.content.sizeBytes <= singleChunkBytes;
  const weigh = ({ piece }: WantedPiece): number => piece.sizeBytes;
  await Promise.all([
    inLanes(grouped(wanted.filter(isSmall), weigh, packBytes, packChunks), smallLanes, send),
    inLanes(
      grouped(
        wanted.filter((piece) => !isSmall(piece)),
        weigh,
        packBytes,
        packChunks,
      ),
      largeLanes,
      send,
    ),
  ]);
}
