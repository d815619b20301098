import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileManager } from './file-manager.ts';

const place = (): string => mkdtempSync(join(tmpdir(), 'hikyaku-manager-'));

describe('synced folders in the file manager', () => {
  it('are bookmarks with an icon on Linux, beside those of the person, and go again', () => {
    const home = place();
    const ran: string[] = [];
    const run = (program: string, args: readonly string[]) => void ran.push([program, ...args].join(' '));
    const bookmarks = join(home, '.config/gtk-3.0/bookmarks');
    mkdirSync(join(home, '.config/gtk-3.0'), { recursive: true });
    writeFileSync(bookmarks, 'file:///home/me/Music Songs\n');
    const manager = fileManager({ platform: 'linux', home, icon: 'hikyaku', run });
    const folder = join(home, '営業 部');
    manager.show({ folder, label: 'Hikyaku 営業' });
    manager.show({ folder, label: 'Hikyaku 営業' });
    expect(readFileSync(bookmarks, 'utf8').split('\n')).toEqual([
      'file:///home/me/Music Songs',
      `file://${encodeURI(folder)} Hikyaku 営業`,
      '',
    ]);
    expect(ran[0]).toBe(`gio set ${folder} metadata::custom-icon-name hikyaku`);
    manager.withdraw(folder);
    expect(readFileSync(bookmarks, 'utf8')).toBe('file:///home/me/Music Songs\n');
    expect(ran.at(-1)).toBe(`gio set -t unset ${folder} metadata::custom-icon-name`);
  });

  it("have an icon on Windows, unless the person gave them one, and the person's stays", () => {
    const [folder, theirs] = [place(), place()];
    const manager = fileManager({ platform: 'win32', home: '', icon: 'C:\\Hikyaku\\icon.ico', run: () => undefined });
    manager.show({ folder, label: 'x' });
    expect(readFileSync(join(folder, 'desktop.ini'), 'utf16le')).toContain('IconResource=C:\\Hikyaku\\icon.ico,0');
    manager.withdraw(folder);
    expect(existsSync(join(folder, 'desktop.ini'))).toBe(false);
    writeFileSync(join(theirs, 'desktop.ini'), '[.ShellClassInfo]');
    manager.show({ folder: theirs, label: 'x' });
    manager.withdraw(theirs);
    expect(readFileSync(join(theirs, 'desktop.ini'), 'utf8')).toBe('[.ShellClassInfo]');
  });

  it('are left alone on macOS, where nothing from outside can add a favourite', () => {
    const folder = place();
    const manager = fileManager({ platform: 'darwin', home: folder, icon: '/icon.icns', run: () => expect.unreachable() });
    manager.show({ folder, label: 'x' });
    manager.withdraw(folder);
    expect(existsSync(join(folder, '.config'))).toBe(false);
  });
});
