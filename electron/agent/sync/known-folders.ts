import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownFolder } from '#shared/model/rules-sync.ts';

const usualNames: Readonly<Record<KnownFolder, readonly string[]>> = {
  desktop: ['Desktop'],
  documents: ['Documents'],
  downloads: ['Downloads'],
  pictures: ['Pictures', 'Photos'],
  music: ['Music'],
  videos: ['Videos', 'Movies'],
};
const desktopKeys: Readonly<Record<string, KnownFolder>> = {
  DESKTOP: 'desktop',
  DOCUMENTS: 'documents',
  DOWNLOAD: 'downloads',
  PICTURES: 'pictures',
  MUSIC: 'music',
  VIDEOS: 'videos',
};

/** Which of the person's known folders a folder is, or null: by their usual names, and on Linux by the desktop's own list (where they have other names). */
export function knownFolderAt(folder: string, home: string): KnownFolder | null {
  for (const [kind, names] of Object.entries(usualNames)) {
    if (names.some((name) => join(home, name) === folder)) return kind as KnownFolder;
  }
  for (const [, key, place] of listOf(home).matchAll(/^XDG_(\w+)_DIR="(.*)"$/gm)) {
    const kind = desktopKeys[key!];
    if (kind !== undefined && place!.replace('$HOME', home) === folder && folder !== home) return kind;
  }
  return null;
}

function listOf(home: string): string {
  try {
    return readFileSync(join(home, '.config', 'user-dirs.dirs'), 'utf8');
  } catch {
    return '';
  }
}
