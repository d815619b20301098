import { app } from 'electron';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** The folder that holds everything of one identity, and its name in the keychain. */
export interface Profile {
  readonly folder: string;
  readonly keychainName: string;
  file(name: string): string;
}

/** Makes `chosen` (or the usual folder) the profile: private to the person, and the home of the single-instance lock. */
export function openProfile(chosen: string | null): Profile {
  const folder = chosen === null ? app.getPath('userData') : path.resolve(chosen);
  const chromium = path.join(folder, 'chromium');
  mkdirSync(chromium, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
  app.setPath('userData', folder);
  app.setPath('sessionData', chromium);
  return { folder, keychainName: chosen === null ? 'default' : folder, file: (name) => path.join(folder, name) };
}
