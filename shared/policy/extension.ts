import { setOf } from './set-of.ts';

/** Invisible characters (controls, direction overrides, joiners, variation selectors) that hide where a name really ends. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Trailing dots and spaces, which Windows drops when it makes the file. */
const trailing = /[\s.]+$/u;

/** A name as the rules compare it (FIL-01): compatibility forms and case folded, invisible characters and Windows' leftovers gone. */
export function foldedFileName(name: string): string {
  const visible = name.normalize('NFKC').replace(invisible, '');
  return visible.toUpperCase().toLowerCase().normalize('NFKC').replace(trailing, '');
}

/** An extension as it is stored: folded, without leading `*` and dots. Empty when nothing is left. */
export function foldedExtension(extension: string): string {
  return foldedFileName(extension).replace(/^[\s*.]+/u, '');
}

/** No extension of the rules has more letters. */
const longest = 32;

/**
 * The shortest of `extensions` (folded) that `name` ends with, or null. Extensions of several parts (`tar.gz`) count as written. A colon may
 * begin a stream (`a.exe::$DATA` is `a.exe` on Windows) or be an ordinary letter (`b:a.exe` elsewhere): what stands before each one counts.
 */
export function matchedExtension(name: string, extensions: readonly string[]): string | null {
  if (extensions.length === 0) return null;
  const ends = foldedFileName(name)
    .split(':')
    .map((part) => part.replace(trailing, ''));
  const blocked = setOf(extensions);
  for (const end of ends) {
    for (let dot = end.lastIndexOf('.'); dot >= 0; dot = dot === 0 ? -1 : end.lastIndexOf('.', dot - 1)) {
      const ending = end.slice(dot + 1);
      if (blocked.has(ending)) return ending;
      if (ending.length > longest) break;
    }
  }
  return null;
}
