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

/** A folder as the browser described it, by the ways to the files in it; empty folders it does not tell of. */
interface Folder {
  readonly name: string;
  /** By name. */
  readonly inside: Map<string, string>;
}

/** The files that the person gave to this page, by handle; they last as long as the page. */
export interface BrowserFiles {
  readonly files: Files;
  /** Files of a folder (`webkitRelativePath`) come back as that one folder. */
  register(files: readonly File[]): FileHandle[];
}

/** Reads File objects for the client's core. A browser saves downloads itself, so there are no places to write to. */
export function browserFiles(newHandle: () => string): BrowserFiles {
  const known = new Map<string, File | Folder>();
  const entryOf = (reference: string): FileEntry | null => {
    const found = known.get(reference);
    if (found === undefined) return null;
    return found instanceof File
      ? { reference, name: found.name, sizeBytes: found.size, kind: 'file' }
      : { reference, name: found.name, sizeBytes: 0, kind: 'folder' };
  };
  const fileOf = (reference: string): File => {
    const file = known.get(reference);
    if (file instanceof File) return file;
    throw new AppError('not_found', 'The page no longer has this file', { details: { reason: 'file_missing' } });
  };
  const keep = (what: File | Folder): string => {
    const handle = newHandle();
    known.set(handle, what);
    return handle;
  };
  const childrenOf = (reference: string): FileEntry[] => {
    const folder = known.get(reference);
    return folder === undefined || folder instanceof File ? [] : [...folder.inside.values()].flatMap((child) => entryOf(child) ?? []);
  };
  const forget = (reference: string): void => {
    for (const child of childrenOf(reference)) forget(child.reference);
    known.delete(reference);
  };
  /** The folder of that name within another, or among those that are being given now. */
  const within = (inside: Map<string, string>, name: string): Folder => {
    const found = known.get(inside.get(name) ?? '');
    if (found !== undefined && !(found instanceof File)) return found;
    const made: Folder = { name, inside: new Map() };
    inside.set(name, keep(made));
    return made;
  };
  return {
    register: (files) => {
      const top = new Map<string, string>();
      const handles: string[] = [];
      for (const file of files) {
        const way = file.webkitRelativePath.split('/').slice(0, -1);
        const handle = keep(file);
        let inside = top;
        for (const name of way) inside = within(inside, name).inside;
        if (way.length > 0) inside.set(file.name, handle);
        else handles.push(handle);
      }
      return [...handles, ...top.values()].flatMap((handle): FileHandle[] => {
        const entry = entryOf(handle);
        return entry === null ? [] : [{ handle, name: entry.name, sizeBytes: entry.sizeBytes, kind: entry.kind }];
      });
    },
    files: {
      open: async (handle) => entryOf(handle),
      look: async (reference) => entryOf(reference),
      release: async (reference) => forget(reference),
      children: async (reference) => childrenOf(reference),
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
