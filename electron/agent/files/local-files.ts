import { randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FileEntry, Files } from '#shared/client/files.ts';
import { downloadContents } from '../transfer/download.ts';
import { readContent } from '../transfer/read-content.ts';
import { uploadContents } from '../transfer/upload.ts';
import { fetchRoute } from './fetch-route.ts';
import { fileFailure } from './file-failure.ts';
import { wholeFile } from './whole-file.ts';

/**
 * @param pathOf what a handle stands for on this disk, as the shell knows it
 * @param copies how the shell gives up its copies of pasted content; without it there are none
 */
export function localFiles(
  pathOf: (handle: string) => Promise<string | null>,
  copies: Pick<Files, 'release' | 'releaseAllBut'> = {},
): Files {
  const look = async (reference: string): Promise<FileEntry | null> => entryOf(reference);
  return {
    ...copies,
    open: async (handle) => {
      const place = await pathOf(handle);
      return place === null ? null : entryOf(place);
    },
    look,
    children: async (reference) => {
      const found = await readdir(reference, { withFileTypes: true }).catch((error: unknown) => {
        throw fileFailure(error);
      });
      // Links are not followed: what they lead to was not given to us.
      const real = found.filter((child) => child.isFile() || child.isDirectory());
      return real.flatMap((child) => entryOf(path.join(reference, child.name)) ?? []);
    },
    upload: async (transport, reference, options) => {
      const file = wholeFile(await readContent(realOf(reference), options.signal));
      const { onProgress, signal } = options;
      await uploadContents(transport, [file], {
        ...(onProgress === undefined ? {} : { onProgress: (_path: string, bytes: number) => onProgress(bytes) }),
        ...(signal === undefined ? {} : { signal }),
      });
      return file.content;
    },
    place: pathOf,
    download: async (transport, source, place, options) => {
      const kept = source.kind === 'content' ? options.part : undefined;
      const staged = stagedFor(place, kept ?? randomUUID());
      try {
        if (source.kind !== 'content') await fetchRoute(transport, source, staged, options);
        else {
          const { onProgress, signal } = options;
          await downloadContents(transport, [{ content: source.content, target: staged, item: source.nodeId }], {
            ...(onProgress === undefined ? {} : { onProgress: (_target: string, bytes: number) => onProgress(bytes) }),
            ...(signal === undefined ? {} : { signal }),
            ...(kept !== undefined ? { partial: true } : {}),
          });
        }
        options.signal?.throwIfAborted();
        await chmod(staged, 0o666 & ~process.umask());
        await rename(staged, place);
      } catch (error) {
        if (kept === undefined) await rm(staged, { force: true });
        throw fileFailure(error);
      }
    },
    dropPart: (place, part) => rm(stagedFor(place, part), { force: true }),
  };
}

/** Beside the place, so that it is on the same volume. */
const stagedFor = (place: string, part: string): string =>
  path.join(path.dirname(place), `.${path.basename(place).slice(0, 80)}.${part}.part`);

function entryOf(place: string): FileEntry | null {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined || !(found.isFile() || found.isDirectory())) return null;
  const kind = found.isDirectory() ? 'folder' : 'file';
  return { reference: place, name: path.basename(place), sizeBytes: kind === 'file' ? found.size : 0, kind };
}

/** The person picked the link themselves: what it leads to is meant. */
function realOf(place: string): string {
  try {
    return realpathSync(place);
  } catch (error) {
    throw fileFailure(error);
  }
}
