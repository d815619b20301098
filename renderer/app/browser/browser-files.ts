import { AppError } from '#shared/base/errors.ts';
import type { FileEntry, Files } from '#shared/client/files.ts';
import { uploadStream } from '#shared/client/stream-upload.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';

/** How much is read at a time, in bytes: memory stays small whatever the file's size. */
const stretchBytes = 4 * 1024 * 1024;

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
      upload: async (transport, reference, options) => {
        const file = fileOf(reference);
        const modifiedAt = Math.max(0, Math.floor(file.lastModified));
        return uploadStream(transport, { sizeBytes: file.size, modifiedAt, read: () => stretchesOf(file) }, sha256, options);
      },
    },
  };
}

/** A file's bytes, a stretch at a time. Throws `conflict` where the file cannot be read (any more). */
async function* stretchesOf(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += stretchBytes) {
    try {
      yield new Uint8Array(await file.slice(at, at + stretchBytes).arrayBuffer());
    } catch (cause) {
      throw new AppError('conflict', 'The file changed or went away', { cause, details: { reason: 'file_changed' } });
    }
  }
}
