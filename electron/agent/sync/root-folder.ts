import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { VolumeRules } from '#shared/sync/disk-name.ts';
import { ownFolder } from '#shared/sync/ignore.ts';
import { openDatabase } from '../store/database.ts';
import { identityOf } from '../transfer/stamp.ts';

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
export const recoveryFolder = (root: string): string => join(root, ownFolder, 'trash');
const markerFile = (root: string): string => join(root, ownFolder, 'root.json');

/** Which root a folder is, by its marker; null when it is none (or the marker cannot be read). */
export function markerOf(folder: string): Marker | null {
  try {
    return Marker.parse(JSON.parse(readFileSync(markerFile(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** The synced folder above `folder`, if there is one: roots do not lie in each other. */
export function rootAbove(folder: string): string | null {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if (existsSync(markerFile(at))) return at;
    if (at === dirname(at)) return null;
  }
}

/** Device-independent identity of the folder itself: device numbers may change when a volume is mounted again. */
export function folderIdentity(folder: string): string | null {
  const stats = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return null;
  const identity = identityOf(stats);
  return identity.slice(identity.indexOf(':') + 1);
}

/** Puts our own folder into the root and marks it. */
function markRoot(folder: string, marker: Marker): RootTrouble | null {
  try {
    mkdirSync(stagingFolder(folder), { recursive: true, mode: 0o700 });
    mkdirSync(recoveryFolder(folder), { recursive: true, mode: 0o700 });
    const marked = markerOf(folder);
    if (marked !== null && marked.rootId !== marker.rootId) return 'root_in_use';
    if (marked === null) writeFileSync(markerFile(folder), `${JSON.stringify(marker)}\n`);
    return null;
  } catch {
    return 'root_not_writable';
  }
}

/** Takes the mark away. What lies in the recovery area stays: it may be somebody's. */
export function unmarkRoot(folder: string, rootId: string): void {
  if (markerOf(folder)?.rootId === rootId) rmSync(markerFile(folder), { force: true });
}

/**
 * Whether the root is still the one that was synced: there, the same folder, with its marker. Asked before each scan and each batch of
 * deletions; anything else stops the root, and no absence is believed.
 */
export function rootTrouble(folder: string, rootId: string, identity: string): RootTrouble | null {
  const now = folderIdentity(folder);
  if (now === null) return 'root_missing';
  if (now !== identity) return 'root_replaced';
  return markerOf(folder)?.rootId === rootId ? null : 'root_missing';
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

/** Finds out what the volume makes of names, links and mode bits. Throws the system's error when nothing can be written there. */
function probeVolume(root: string): Volume {
  const folder = stagingFolder(root);
  const probe = join(folder, 'Probe');
  writeFileSync(probe, '');
  try {
    const fileMode = statSync(probe).mode & 0o666;
    const caseSensitive = !existsSync(join(folder, 'pROBE'));
    return {
      rules: { caseSensitive, windowsNames: !holds(folder, 'a:b') || !holds(folder, 'dot.') },
      hardLinks: canLink(probe, join(folder, 'link')),
      executableBit: keepsMode(probe),
      fileMode,
    };
  } finally {
    rmSync(probe, { force: true });
  }
}

function holds(folder: string, name: string): boolean {
  try {
    writeFileSync(join(folder, name), '', { flag: 'wx' });
  } catch {
    return false;
  }
  const held = readdirSync(folder).includes(name);
  rmSync(join(folder, name), { force: true });
  return held;
}

function canLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    rmSync(to);
    return true;
  } catch {
    return false;
  }
}

function keepsMode(file: string): boolean {
  try {
    chmodSync(file, 0o600);
    const without = statSync(file).mode & 0o100;
    chmodSync(file, 0o700);
    return without === 0 && (statSync(file).mode & 0o100) !== 0;
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
export function openRoot(folder: string, marker: Marker): OpenRoot | RootTrouble {
  if (rootAbove(folder) !== null) return 'root_nested';
  const trouble = markRoot(folder, marker);
  if (trouble !== null) return trouble;
  let unlock: (() => void) | null = null;
  try {
    unlock = lockRoot(folder);
    if (unlock === null) return 'root_in_use';
    for (const name of readdirSync(stagingFolder(folder))) rmSync(join(stagingFolder(folder), name), { force: true, recursive: true });
    return { volume: probeVolume(folder), unlock };
  } catch {
    unlock?.();
    return 'root_not_writable';
  }
}
