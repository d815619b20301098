import { frameHeader, frameHeaderBytes, packHeaderBytes, packMagic } from '#shared/contract/pack.ts';
import { nodeFiles, type FileSystem } from '../sync/file-system.ts';
import { sha256 } from './digest.ts';
import { describeContent, openRegular, readFailure, readFully, stillSame, type ReadOutcome } from './read-content.ts';

/** Where a chunk's frame (header and bytes) lies in a pack. */
export interface PackFrame {
  readonly hash: string;
  readonly start: number;
  readonly end: number;
}

/** Small files, read stably straight into the pack that carries them: each byte is copied once. */
export interface PackedFiles {
  /** One for each path given, in order. */
  readonly outcomes: readonly ReadOutcome[];
  readonly pack: Uint8Array<ArrayBuffer>;
  readonly frames: readonly PackFrame[];
}

/** A path and the size it had when it was last looked at. */
export interface SmallFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Reads files of one chunk each. A file that grew since it was looked at is `changed`. Equal contents are packed once. */
export function packFiles(list: readonly SmallFile[], files: FileSystem = nodeFiles): PackedFiles {
  const room = list.reduce((sum, { sizeBytes }) => sum + frameHeaderBytes + sizeBytes, packHeaderBytes);
  const pack = new Uint8Array(new ArrayBuffer(room));
  pack.set(packMagic);
  let at = packHeaderBytes;
  const frames: PackFrame[] = [];
  const seen = new Set<string>();
  const outcomes = list.map(({ path, sizeBytes }): ReadOutcome => {
    let descriptor: number | undefined;
    try {
      const opened = openRegular(path, files);
      descriptor = opened.descriptor;
      if (opened.stamp.sizeBytes > sizeBytes) return { kind: 'changed' };
      const bytes = pack.subarray(at + frameHeaderBytes, at + frameHeaderBytes + opened.stamp.sizeBytes);
      if (readFully(descriptor, bytes, 0, files) !== bytes.length || !stillSame(descriptor, path, opened.stamp, files))
        return { kind: 'changed' };
      const pieces = bytes.length === 0 ? [] : [{ hash: sha256(bytes), offset: 0, sizeBytes: bytes.length }];
      const hash = pieces[0]?.hash;
      if (hash !== undefined && !seen.has(hash)) {
        seen.add(hash);
        pack.set(frameHeader(hash, bytes.length), at);
        frames.push({ hash, start: at, end: at + frameHeaderBytes + bytes.length });
        at += frameHeaderBytes + bytes.length;
      }
      return { kind: 'read', file: { path, stamp: opened.stamp, content: describeContent(pieces, opened.stamp), pieces } };
    } catch (error) {
      return readFailure(error);
    } finally {
      if (descriptor !== undefined) files.close(descriptor);
    }
  });
  return { outcomes, pack: pack.subarray(0, at), frames };
}

/** The part of a pack that carries only the chunks `wanted`: the pack itself when that is all of them, null when it is none. */
export function narrowPack(pack: Uint8Array, frames: readonly PackFrame[], wanted: ReadonlySet<string>): Uint8Array | null {
  const kept = frames.filter(({ hash }) => wanted.has(hash));
  if (kept.length === 0) return null;
  if (kept.length === frames.length) return pack;
  const narrow = new Uint8Array(kept.reduce((sum, { start, end }) => sum + end - start, packHeaderBytes));
  narrow.set(packMagic);
  let at = packHeaderBytes;
  for (const { start, end } of kept) {
    narrow.set(pack.subarray(start, end), at);
    at += end - start;
  }
  return narrow;
}
