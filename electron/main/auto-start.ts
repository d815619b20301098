import { app } from 'electron';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The desktop entry that starts the app in the tray at login (freedesktop.org Autostart). */
export function autoStartEntry(program: string): string {
  const quoted = program.replace(/["`$\\]/g, (letter) => `\\${letter}`).replaceAll('%', '%%');
  return `[Desktop Entry]\nType=Application\nName=Hikyaku\nExec="${quoted}" --hidden\nTerminal=false\nX-GNOME-Autostart-enabled=true\n`;
}

/** Starts the app with the PC, or not. Only an installed app does so: a checkout's path may be gone tomorrow. */
export function setAutoStart(wanted: boolean): void {
  if (!app.isPackaged) return;
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: wanted, args: ['--hidden'] });
    return;
  }
  const file = path.join(app.getPath('appData'), 'autostart', 'hikyaku.desktop');
  if (!wanted) return rmSync(file, { force: true });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, autoStartEntry(process.env['APPIMAGE'] ?? process.execPath));
}
