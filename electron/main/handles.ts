import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';

/** The largest thing that may be pasted; larger ones are files and come with a path. */
export const mostPastedBytes = 50 * 1024 * 1024;
/** Handles live for one run of the app; beyond this many the oldest are forgotten. */
const mostHandles = 20_000;
/** Pasted bytes may wait in the outbox; nothing waits longer than the longest offline lease, 30 days. */
const pastedLifeMs = 30 * 24 * 60 * 60 * 1000;
/** Each pasted thing lies in a folder of its own. */
const ownFolder = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the page may hold instead of a path: random names for files that the person picked, dropped or pasted. */
export interface Handles {
  /** Gives handles for paths; what cannot be read any more is left out. */
  register(paths: readonly string[]): FileHandle[];
  /** Keeps pasted bytes in a private file. Throws `too_large`. */
  registerBytes(name: string, bytes: Uint8Array): FileHandle;
  /** A handle for a place that need not exist yet (where to save). */
  registerPlace(place: string): string;
  pathOf(handle: string): string | null;
  /** Removes pasted content by its place; what is not our own copy is left alone. */
  releasePasted(place: string): void;
  /** Removes what was pasted in this run, but for the places in `keep`. */
  clearPasted(keep: readonly string[]): void;
}

/** @param folder private to this profile, for pasted bytes */
export function openHandles(folder: string, now: () => number): Handles {
  const paths = new Map<string, string>();
  const pasted = new Set<string>();
  sweep(folder, now());

  const keep = (place: string): string => {
    const handle = randomUUID();
    paths.set(handle, place);
    if (paths.size > mostHandles) paths.delete(paths.keys().next().value!);
    return handle;
  };
  const register = (list: readonly string[]): FileHandle[] =>
    list.flatMap((place) => {
      if (!path.isAbsolute(place)) return [];
      const found = statSync(place, { throwIfNoEntry: false });
      if (found === undefined || !(found.isFile() || found.isDirectory())) return [];
      const kind = found.isDirectory() ? ('folder' as const) : ('file' as const);
      return [{ handle: keep(place), name: path.basename(place) || place, sizeBytes: kind === 'file' ? found.size : 0, kind }];
    });

  const releasePasted = (place: string): void => {
    pasted.delete(place);
    const [own, name, ...deeper] = path.relative(folder, place).split(path.sep);
    if (own === undefined || !ownFolder.test(own) || name === undefined || name === '..' || deeper.length > 0) return;
    rmSync(path.join(folder, own), { recursive: true, force: true });
  };

  return {
    register,
    registerBytes: (name, bytes) => {
      if (bytes.byteLength > mostPastedBytes) throw new AppError('too_large', 'Pasted content is too large');
      const own = path.join(folder, randomUUID());
      mkdirSync(own, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      const place = path.join(own, plainName(name));
      writeFileSync(place, bytes, { mode: 0o600, flag: 'wx' });
      pasted.add(place);
      return register([place])[0]!;
    },
    registerPlace: keep,
    pathOf: (handle) => paths.get(handle) ?? null,
    releasePasted,
    clearPasted: (keep) => {
      for (const place of pasted) if (!keep.includes(place)) releasePasted(place);
    },
  };
}

/** The last part of a name without what a file system could take for something else. */
function plainName(name: string): string {
  const last = path.basename(name.replaceAll('\\', '/'));
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = last.replace(/[\u0000-\u001f<>:"|?*]/g, '_').replace(/[. ]+$/, '');
  return plain === '' ? 'pasted' : plain.slice(-80);
}

function sweep(folder: string, now: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const own = path.join(folder, name);
    const found = statSync(own, { throwIfNoEntry: false });
    if (found !== undefined && now - found.mtimeMs > pastedLifeMs) rmSync(own, { recursive: true, force: true });
  }
}
