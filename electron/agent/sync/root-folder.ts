import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { VolumeRules } from '#shared/sync/disk-name.ts';
import { ownFolder } from '#shared/sync/ignore.ts';
import { openDatabase } from '../store/database.ts';
import { identityOf } from '../transfer/stamp.ts';
import { exists, makeFolders, nodeFiles, removeIfThere, removeTree, type FileSystem } from './file-system.ts';

/** Why a root is not touched at all until a person has looked. */
export type RootTrouble = 'root_missing' | 'root_replaced' | 'root_in_use' | 'root_nested' | 'root_not_writable';

/** What a volume can do, tried out in our own folder. */
export interface Volume {
  readonly rules: VolumeRules;
  readonly hardLinks: boolean;
  readonly executableBit: boolean;
  /** Read and write bits that new files get. */
  readonly fileMode: number;
}

/** Whose a folder is. */
const Marker = z.object({ rootId: z.string(), accountId: z.string(), spaceId: z.string() });
export type Marker = z.infer<typeof Marker>;

export const stagingFolder = (root: string): string => join(root, ownFolder, 'tmp');
/** Staged files that hold a part of a large content begin so; the next try goes on with them. */
export const partPrefix = 'part-';
export const recoveryFolder = (root: string): string => join(root, ownFolder, 'trash');
const markerFile = (root: string): string => join(root, ownFolder, 'root.json');

/** Which root a folder is, by its marker; null when it is none (or the marker cannot be read). */
export function markerOf(folder: string, files: FileSystem = nodeFiles): Marker | null {
  try {
    return Marker.parse(JSON.parse(files.readText(markerFile(folder))));
  } catch {
    return null;
  }
}

/** The synced folder above `folder`, if there is one: roots do not lie in each other. */
export function rootAbove(folder: string, files: FileSystem = nodeFiles): string | null {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if (exists(files, markerFile(at))) return at;
    if (at === dirname(at)) return null;
  }
}

/** Device-independent identity of the folder itself: device numbers may change when a volume is mounted again. */
export function folderIdentity(folder: string, files: FileSystem = nodeFiles): string | null {
  const stats = files.lstat(folder);
  if (stats === undefined || !stats.isDirectory()) return null;
  const identity = identityOf(stats);
  return identity.slice(identity.indexOf(':') + 1);
}

/** Puts our own folder into the root and marks it. */
function markRoot(folder: string, marker: Marker, files: FileSystem): RootTrouble | null {
  try {
    for (const own of [stagingFolder(folder), recoveryFolder(folder)]) makeFolders(files, own, [dirname(own)], 0o700);
    const marked = markerOf(folder, files);
    if (marked !== null && marked.rootId !== marker.rootId) return 'root_in_use';
    if (marked === null) writeMarker(folder, marker, files);
    return null;
  } catch {
    return 'root_not_writable';
  }
}

/** The mark is lasting before anything is written down about the root: without it no absence would be believed after a power cut. */
function writeMarker(folder: string, marker: Marker, files: FileSystem): void {
  const staged = join(stagingFolder(folder), 'root.json');
  files.writeText(staged, `${JSON.stringify(marker)}\n`);
  files.flushFile(staged);
  files.rename(staged, markerFile(folder));
  for (const at of [dirname(markerFile(folder)), folder]) files.flushFolder(at);
}

/** Takes the mark away. What lies in the recovery area stays: it may be somebody's. */
export function unmarkRoot(folder: string, rootId: string, files: FileSystem = nodeFiles): void {
  if (markerOf(folder, files)?.rootId === rootId) removeIfThere(files, markerFile(folder));
}

/**
 * Whether the root is still the one that was synced: there, the same folder, with its marker. Asked before each scan and each batch of
 * deletions; anything else stops the root, and no absence is believed.
 */
export function rootTrouble(folder: string, rootId: string, identity: string, files: FileSystem = nodeFiles): RootTrouble | null {
  const now = folderIdentity(folder, files);
  if (now === null) return 'root_missing';
  if (now !== identity) return 'root_replaced';
  return markerOf(folder, files)?.rootId === rootId ? null : 'root_missing';
}

const lockKey = new Uint8Array(32);

/**
 * Takes the root for this process; null when another agent has it; throws where nothing can be written. The lock is the operating system's (a database held exclusively), so it
 * ends with the process, however that ends.
 */
export function lockRoot(folder: string): (() => void) | null {
  const database = openDatabase(join(folder, ownFolder, 'lock'), lockKey);
  try {
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
    return () => void database.close();
  } catch (error) {
    database.close();
    if (!/^SQLITE_(BUSY|LOCKED)/.test((error as { code?: string }).code ?? '')) throw error;
    return null;
  }
}

/** How an engine reaches the disk that its root is on. */
export interface RootDisk {
  readonly files: FileSystem;
  readonly lockRoot: (folder: string) => (() => void) | null;
}
/** The computer's own. */
export const nodeDisk: RootDisk = { files: nodeFiles, lockRoot };

/** Finds out what the volume makes of names, links and mode bits. Throws the system's error when nothing can be written there. */
function probeVolume(root: string, files: FileSystem): Volume {
  const folder = stagingFolder(root);
  const probe = join(folder, 'Probe');
  files.writeText(probe, '');
  try {
    const fileMode = Number(files.lstat(probe)!.mode) & 0o666;
    const caseSensitive = files.lstat(join(folder, 'pROBE')) === undefined;
    return {
      rules: {
        caseSensitive,
        windowsNames: !holds(files, folder, 'a:b') || !holds(files, folder, 'dot.'),
        lowersNames: !files.readdir(folder).includes('Probe'),
      },
      hardLinks: canLink(files, probe, join(folder, 'link')),
      executableBit: keepsMode(files, probe),
      fileMode,
    };
  } finally {
    removeIfThere(files, probe);
  }
}

/** Errors by which a volume says that it cannot hold a name, or no links at all. Any other says nothing of the volume: it is tried out again later. */
const refusals: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'ENOENT',
  'EILSEQ',
  'EMLINK',
]);
function isRefusal(error: unknown): true {
  if (!refusals.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  return true;
}

function holds(files: FileSystem, folder: string, name: string): boolean {
  try {
    files.writeText(join(folder, name), '', true);
  } catch (error) {
    return !isRefusal(error);
  }
  const held = files.readdir(folder).includes(name);
  removeIfThere(files, join(folder, name));
  return held;
}

function canLink(files: FileSystem, from: string, to: string): boolean {
  try {
    files.link(from, to);
  } catch (error) {
    return !isRefusal(error);
  }
  files.unlink(to);
  return true;
}

function keepsMode(files: FileSystem, file: string): boolean {
  try {
    const runs = () => (files.lstat(file)!.mode & 0o100n) !== 0n;
    files.chmod(file, 0o600);
    const without = runs();
    files.chmod(file, 0o700);
    return !without && runs();
  } catch {
    return false;
  }
}

/** A root that is ours while `unlock` was not called. */
export interface OpenRoot {
  readonly volume: Volume;
  readonly unlock: () => void;
}

/** Marks a folder as this root, takes it for this process, and finds out what its volume can do; or says why not. */
export function openRoot(folder: string, marker: Marker, { files, lockRoot: lock }: RootDisk = nodeDisk): OpenRoot | RootTrouble {
  if (rootAbove(folder, files) !== null) return 'root_nested';
  const trouble = markRoot(folder, marker, files);
  if (trouble !== null) return trouble;
  let unlock: (() => void) | null = null;
  try {
    unlock = lock(folder);
    if (unlock === null) return 'root_in_use';
    // What came of large files stays: it is not fetched again.
    const staged = files.readdir(stagingFolder(folder)).filter((name) => !name.startsWith(partPrefix));
    for (const name of staged) removeTree(files, join(stagingFolder(folder), name));
    return { volume: probeVolume(folder, files), unlock };
  } catch {
    unlock?.();
    return 'root_not_writable';
  }
}
