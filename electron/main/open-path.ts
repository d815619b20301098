import { statSync } from 'node:fs';
import path from 'node:path';

/** Whether `place` is `folder` or lies in it. Both are real paths: links resolved. */
export function isInside(folder: string, place: string): boolean {
  const way = path.relative(folder, place);
  return way === '' || (!way.startsWith(`..${path.sep}`) && way !== '..' && !path.isAbsolute(way));
}

/** Whether a place is a copy that the agent made to be opened in another program: `<account>/open/<edit>/files/<name>`. Both are real paths. */
export function isOpenedCopy(accounts: string | null, place: string): boolean {
  if (accounts === null) return false;
  const steps = path.relative(accounts, place).split(path.sep);
  return steps.length === 5 && steps[1] === 'open' && steps[3] === 'files' && !steps.includes('..');
}

/** What an OS starts rather than shows. Other people put files into shared folders: opening must never run them. */
const programs = new Set(
  `.exe .com .bat .cmd .ps1 .psm1 .vbs .vbe .js .jse .wsf .wsh .hta .msi .msp .mst .scr .pif .cpl .jar .lnk .url .reg .inf .scf .chm .application .appref-ms .gadget
  .msc .settingcontent-ms .iso .img .vhd .vhdx .dll .xll .desktop .sh .bash .zsh .py .pl .rb .run .appimage .deb .rpm .app .command .tool .terminal .workflow .pkg .mpkg
  .dmg .action .scpt .applescript .webloc .inetloc .fileloc .mobileconfig`.split(/\s+/),
);

/** Whether opening the file could run it: by its extension, or on Unix because it is marked executable. */
export function isProgram(file: string, platform: string): boolean {
  if (programs.has(path.extname(file).toLowerCase())) return true;
  if (platform === 'win32') return false;
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && (found.mode & 0o111) !== 0;
}
