import { foldedExtension } from '#shared/policy/extension.ts';

/** FIL-01. */
export const mostExtensions = 200;
const longest = 32;

export type ExtensionFault = { readonly text: string; readonly fault: 'invalid' | 'twice' | 'many' };

/** Extensions that administrators often block together. */
export const presets = {
  programs: ['exe', 'com', 'scr', 'msi', 'msix', 'appx', 'pif', 'cpl', 'dll', 'jar', 'app', 'dmg', 'pkg', 'deb', 'rpm', 'apk'],
  scripts: ['bat', 'cmd', 'ps1', 'vbs', 'vbe', 'js', 'jse', 'wsf', 'wsh', 'hta', 'sh', 'reg', 'lnk'],
  macros: ['docm', 'dotm', 'xlsm', 'xltm', 'xlam', 'pptm', 'potm', 'ppsm', 'ppam'],
  images: ['iso', 'img', 'vhd', 'vhdx', 'vmdk'],
} as const;
export type PresetName = keyof typeof presets;

/** Reads extensions as people write them (`.EXE`, `*.exe`, `ｅｘｅ`) into the form that is stored, and what is wrong with the others. */
export function readExtensions(
  text: string,
  present: readonly string[],
): { readonly extensions: readonly string[]; readonly faults: readonly ExtensionFault[] } {
  const known = new Set(present);
  const extensions: string[] = [];
  const faults: ExtensionFault[] = [];
  for (const typed of text.split(/[\s,、，;；]+/u)) {
    if (typed === '') continue;
    const stored = foldedExtension(typed);
    if (stored === '' || stored.length > longest || /[:/\\]/u.test(stored)) faults.push({ text: typed, fault: 'invalid' });
    else if (known.has(stored)) faults.push({ text: typed, fault: 'twice' });
    else if (known.size >= mostExtensions) faults.push({ text: typed, fault: 'many' });
    else {
      known.add(stored);
      extensions.push(stored);
    }
  }
  return { extensions, faults };
}
