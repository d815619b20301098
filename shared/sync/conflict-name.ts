/** The longest name that every disk holds, in bytes of UTF-8. */
export const longestDiskNameBytes = 255;
const longestUnits = 200;

const utf8Length = (text: string): number => {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
};

const compressed = new Set(['gz', 'bz2', 'xz', 'zst', 'lz', 'z', 'br', 'lzma']);

/** Splits before the last extension of a name; keeps `.tar.gz` together; a leading dot is part of the stem. */
export function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1) return [name, ''];
  const before = name.lastIndexOf('.', dot - 1);
  const isTar = before > 0 && name.slice(before, dot).toLowerCase() === '.tar' && compressed.has(name.slice(dot + 1).toLowerCase());
  const at = isTar ? before : dot;
  return [name.slice(0, at), name.slice(at)];
}

/** `name` with `tag` before its extension, the stem shortened by whole characters until every disk (and the server) holds it. */
export function taggedName(name: string, tag: string): string {
  const [stem, extension] = splitExtension(name);
  const characters = Array.from(stem);
  const tail = tag + extension;
  while (characters.length > 1 && !fits(characters.join('') + tail)) characters.pop();
  return characters.join('').trimEnd() + tail;
}

const fits = (name: string): boolean => name.length <= longestUnits && utf8Length(name) <= longestDiskNameBytes;

/** True when a disk that counts bytes holds the name. */
export const fitsBytes = (name: string): boolean => utf8Length(name) <= longestDiskNameBytes;

/** The name of the bytes that lost, the first that is not taken: `report (conflict PC-1 2026-11-22 06.02.00).docx`, then `…00) 2.docx`. */
export function conflictName(name: string, label: string, taken: (name: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const candidate = taggedName(name, ` (conflict ${label})${count === 1 ? '' : ` ${count}`}`);
    if (!taken(candidate)) return candidate;
  }
}

/** `report (2).docx`, or the first number after it that is not taken. */
export function numberedName(name: string, taken: (name: string) => boolean): string {
  for (let count = 2; ; count += 1) {
    const candidate = taggedName(name, ` (${count})`);
    if (!taken(candidate)) return candidate;
  }
}
