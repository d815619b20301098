import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { BlobStore } from '../context.ts';
import { openFiles } from './open-files.ts';

/** Keys are our own ids; parts are joined by `/`. What is not of this form never becomes a path. */
const key = /^[a-z0-9][a-z0-9-]{0,63}(\/[a-z0-9][a-z0-9-]{0,63}){0,3}$/;

/**
 * Blobs as files below `folder`, spread over sub-folders. What is half written lies in `.partial`: leftovers of a crash are removed here, unless
 * another process may be writing (`beside`).
 */
export async function openDiskBlobs(folder: string, use: 'alone' | 'beside' = 'alone'): Promise<BlobStore> {
  const partial = path.join(folder, '.partial');
  if (use === 'alone') await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const made = new Set<string>();

  const fileOf = (blob: string): string => {
    assert(key.test(blob), `blob key ${JSON.stringify(blob)} is one of ours`);
    const name = path.basename(blob);
    return path.join(folder, path.dirname(blob), name.slice(-2), name);
  };

  const files = openFiles();
  const reading = async (blob: string, work: (handle: FileHandle) => Promise<void>): Promise<void> => {
    try {
      await files.read(fileOf(blob), work);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new AppError('not_found', `No blob ${blob}`, { cause });
      throw cause;
    }
  };

  return {
    put: async (blob, bytes) => {
      const file = fileOf(blob);
      const parent = path.dirname(file);
      if (!made.has(parent)) {
        await makeDurably(parent, folder);
        for (const sub of await makeSpread(path.dirname(parent))) made.add(sub);
        made.add(parent);
      }
      const temporary = path.join(partial, randomBytes(12).toString('hex'));
      try {
        await using(await open(temporary, 'wx'), async (handle) => {
          await handle.writeFile(bytes);
          await handle.sync();
        });
        await rename(temporary, file);
        await syncFolder(parent);
      } catch (cause) {
        await rm(temporary, { force: true });
        throw (cause as NodeJS.ErrnoException).code === 'ENOSPC'
          ? new AppError('unavailable', "The server's disk is full", { cause })
          : cause;
      }
    },
    read: async (blob, offset, sizeBytes) => {
      const bytes = new Uint8Array(sizeBytes);
      await reading(blob, async (handle) => {
        for (let done = 0; done < sizeBytes;) {
          const { bytesRead } = await handle.read(bytes, done, sizeBytes - done, offset + done);
          if (bytesRead === 0) throw new Error(`Blob ${blob} ends before byte ${offset + sizeBytes}`);
          done += bytesRead;
        }
      });
      return bytes;
    },
    remove: async (blob) => {
      const file = fileOf(blob);
      files.forget(file);
      await rm(file, { force: true });
      files.forget(file);
    },
    list: () => blobsIn(folder, ''),
  };
}

/** Goes down the sub-folders; a key is its way without the last one, which only spreads the files. */
async function* blobsIn(folder: string, above: string): AsyncGenerator<{ key: string; sizeBytes: number }> {
  for await (const entry of await opendir(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.partial') yield* blobsIn(place, above === '' ? entry.name : `${above}/${entry.name}`);
    if (!entry.isFile()) continue;
    const key = [...above.split('/').slice(0, -1), entry.name].join('/');
    const found = await stat(place).catch(() => null);
    // Removed meanwhile.
    if (found !== null) yield { key, sizeBytes: found.size };
  }
}

async function using(handle: FileHandle, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

/** Makes all sub-folders over which our ids spread, and waits for the disk once instead of with each of them. Returns them. */
async function makeSpread(folder: string): Promise<string[]> {
  const names = Array.from({ length: 256 }, (_, index) => path.join(folder, index.toString(16).padStart(2, '0')));
  for (const name of names) await mkdir(name, { recursive: true });
  await syncFolder(folder);
  return names;
}

/** Makes a folder and writes every new level down in its parent, so that a power cut does not lose the way to a blob. */
async function makeDurably(folder: string, root: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let level = folder; level !== root && level.startsWith(root + path.sep); level = path.dirname(level)) {
    await syncFolder(path.dirname(level));
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; NTFS writes the rename into its journal by itself.
  if (process.platform === 'win32') return;
  await using(await open(folder, 'r'), (handle) => handle.sync());
}
