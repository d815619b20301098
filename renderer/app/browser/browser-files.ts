import { AppError } from '#shared/base/errors.ts';
import type { FileEntry, Files } from '#shared/client/files.ts';
import { connect } from '#shared/contract/operation.ts';
import { encodePack, type PackedChunk } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';
import { contentHash, emptyHash } from '#shared/model/content.ts';
import { mostHashes, type Chunk, type Content } from '#shared/model/drive.ts';
import { Chunker, singleChunkBytes } from '#shared/sync/chunker.ts';

/** How much is read and sent at a time, in bytes: memory stays small whatever the file's size. */
const stretchBytes = 8 * 1024 * 1024;

const sha256 = async (bytes: Uint8Array): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** The files that the person gave to this page, by handle; they last as long as the page. */
export interface BrowserFiles {
  readonly files: Files;
  register(files: readonly File[]): FileHandle[];
}

/** Reads File objects for the client's core. A browser saves downloads itself, so there are no places to write to. */
export function browserFiles(newHandle: () => string): BrowserFiles {
  const known = new Map<string, File>();
  const entryOf = (reference: string): FileEntry | null => {
    const file = known.get(reference);
    return file === undefined ? null : { reference, name: file.name, sizeBytes: file.size, kind: 'file' };
  };
  const fileOf = (reference: string): File => {
    const file = known.get(reference);
    if (file === undefined) throw new AppError('not_found', 'The page no longer has this file', { details: { reason: 'file_missing' } });
    return file;
  };
  return {
    register: (files) =>
      files.map((file) => {
        const handle = newHandle();
        known.set(handle, file);
        return { handle, name: file.name, sizeBytes: file.size, kind: 'file' };
      }),
    files: {
      open: async (handle) => entryOf(handle),
      look: async (reference) => entryOf(reference),
      children: async () => [],
      place: async () => null,
      download: async () => {
        throw new AppError('invalid', 'A browser saves by itself');
      },
      upload: async (transport, reference, { onProgress, signal }) => {
        const file = fileOf(reference);
        const server = connect(tenant, transport.call);
        const chunks: Chunk[] = [];
        let waiting: PackedChunk[] = [];
        let waitingBytes = 0;
        const flush = async (): Promise<void> => {
          if (waiting.length === 0) return;
          signal?.throwIfAborted();
          const group = waiting;
          waiting = [];
          waitingBytes = 0;
          const missing = new Set((await server['content.missing']({ hashes: group.map(({ hash }) => hash) })).missing);
          const wanted = group.filter(({ hash }) => missing.delete(hash));
          if (wanted.length > 0) await transport.sendPack(encodePack(wanted), signal);
          onProgress?.(group.reduce((sum, { bytes }) => sum + bytes.length, 0));
        };
        for await (const bytes of chunksOf(file)) {
          const hash = await sha256(bytes);
          chunks.push({ hash, sizeBytes: bytes.length });
          waiting.push({ hash, bytes });
          waitingBytes += bytes.length;
          if (waitingBytes >= stretchBytes || waiting.length >= mostHashes) await flush();
        }
        await flush();
        return describe(file, chunks);
      },
    },
  };
}

/** What the content is called (docs/protocol.md): one chunk or none stands for itself. */
async function describe(file: File, chunks: readonly Chunk[]): Promise<Content> {
  // The hash over several chunks is made by the shared rule; the browser's digest only comes later, so its input is taken out here.
  let joined: Uint8Array | null = null;
  const own = contentHash(chunks, (bytes) => {
    joined = bytes;
    return emptyHash;
  });
  return {
    contentHash: joined === null ? own : await sha256(joined),
    sizeBytes: file.size,
    chunks: chunks.length > 1 ? [...chunks] : null,
    modifiedAt: Math.max(0, Math.floor(file.lastModified)),
    executable: false,
  };
}

/** Cuts a file as every client does, reading a stretch at a time. Throws `conflict` where the file cannot be read (any more). */
async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await file.slice(from, to).arrayBuffer());
    } catch (cause) {
      throw new AppError('conflict', 'The file changed or went away', { cause, details: { reason: 'file_changed' } });
    }
  };
  if (file.size === 0) return;
  if (file.size <= singleChunkBytes) {
    yield await read(0, file.size);
    return;
  }
  const chunker = new Chunker();
  let start = 0;
  let pieces: Uint8Array[] = [];
  for (let at = 0; at < file.size; at += stretchBytes) {
    const bytes = await read(at, Math.min(file.size, at + stretchBytes));
    let from = 0;
    for (let cut = chunker.next(bytes, 0); cut >= 0 && from < bytes.length; cut = chunker.next(bytes, from)) {
      pieces.push(bytes.slice(from, cut));
      yield joined(pieces);
      pieces = [];
      start = at + cut;
      from = cut;
      if (from >= bytes.length) break;
    }
    if (from < bytes.length) pieces.push(bytes.slice(from));
  }
  if (start < file.size) yield joined(pieces);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
