import { longestName } from './drive.ts';

/** What is wrong with a name, or null. The server accepts any NFC name a tree can hold; what a disk cannot is the client's to map (FIL-12, EXP-18). */
export function nameProblem(name: string): 'name_empty' | 'name_too_long' | 'name_reserved' | 'name_characters' | null {
  if (name.length === 0) return 'name_empty';
  if (name.length > longestName) return 'name_too_long';
  if (name === '.' || name === '..') return 'name_reserved';
  // eslint-disable-next-line no-control-regex -- NUL and the separator are exactly what is refused
  if (/[/\u0000]/.test(name) || /\p{Surrogate}/u.test(name)) return 'name_characters';
  return null;
}

/** How names are stored: NFC, so that two spellings of the same letters are one name. */
export const normalName = (name: string): string => name.normalize('NFC');

/** The key under which names are unique in a folder: NFC under full case folding (upper first, so ß and SS meet). */
export const foldedName = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
