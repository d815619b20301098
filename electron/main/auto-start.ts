import { app } from 'electron';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { autoStartEntry } from './desktop-entry.ts';

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
