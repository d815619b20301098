import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A synced folder as the system's file manager shows it. */
export interface ShownFolder {
  readonly folder: string;
  readonly label: string;
}

/**
 * Shows synced folders in the system's file manager: an entry beside its own places, and an icon. Only what needs no native code: macOS has no way to add a
 * favourite from outside, so nothing is done there. What cannot be done is left; nothing of it matters to sync.
 */
export interface FileManager {
  show(shown: ShownFolder): void;
  /** Takes it away again, as far as it is ours. */
  withdraw(folder: string): void;
}

export interface FileManagerOptions {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The program's icon: a file with one on Windows, a name of the desktop's theme on Linux; null where there is none. */
  readonly icon: string | null;
  /** Runs a program of the system's, without waiting. */
  readonly run?: (program: string, args: readonly string[]) => void;
}

const runQuietly = (program: string, args: readonly string[]): void => void execFile(program, [...args], () => undefined);

/** The file manager of this system. */
export function fileManager({ platform, home, icon, run = runQuietly }: FileManagerOptions): FileManager {
  if (platform === 'win32') return windowsExplorer(icon, run);
  if (platform === 'darwin') return { show: () => undefined, withdraw: () => undefined };
  return linuxFiles(home, icon, run);
}

/** GNOME and most others read the bookmarks of GTK; the icon is a note of `gio`, outside of the folder. */
function linuxFiles(home: string, icon: string | null, run: (program: string, args: readonly string[]) => void): FileManager {
  const file = join(home, '.config', 'gtk-3.0', 'bookmarks');
  const lines = (): string[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const write = (kept: readonly string[]): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, kept.map((line) => `${line}\n`).join(''));
  };
  const isOf = (line: string, folder: string): boolean => line.split(' ')[0] === pathToFileURL(folder).href;
  return {
    show: ({ folder, label }) => {
      const known = lines();
      // A person who renamed the entry, or made one, keeps theirs.
      if (!known.some((line) => isOf(line, folder))) write([...known, `${pathToFileURL(folder).href} ${label.replaceAll(/\s+/g, ' ')}`]);
      if (icon !== null) run('gio', ['set', folder, 'metadata::custom-icon-name', icon]);
    },
    withdraw: (folder) => {
      const known = lines();
      const kept = known.filter((line) => !isOf(line, folder));
      if (kept.length < known.length) write(kept);
      if (icon !== null) run('gio', ['set', '-t', 'unset', folder, 'metadata::custom-icon-name']);
    },
  };
}

const ours = '; Hikyaku';

/** Explorer reads the icon from `desktop.ini`, a name that is never synced, in a folder that is marked as special. */
function windowsExplorer(icon: string | null, run: (program: string, args: readonly string[]) => void): FileManager {
  const fileOf = (folder: string): string => join(folder, 'desktop.ini');
  const isOurs = (folder: string): boolean => existsSync(fileOf(folder)) && readFileSync(fileOf(folder), 'utf16le').includes(ours);
  return {
    show: ({ folder }) => {
      if (icon === null || (existsSync(fileOf(folder)) && !isOurs(folder))) return;
      run('attrib', ['-h', '-s', fileOf(folder)]);
      rmSync(fileOf(folder), { force: true });
      writeFileSync(fileOf(folder), `\uFEFF${ours}\r\n[.ShellClassInfo]\r\nIconResource=${icon},0\r\n`, 'utf16le');
      run('attrib', ['+h', '+s', fileOf(folder)]);
      run('attrib', ['+r', folder]);
    },
    withdraw: (folder) => {
      if (!isOurs(folder)) return;
      rmSync(fileOf(folder), { force: true });
      run('attrib', ['-r', folder]);
    },
  };
}
