import { longestName } from './drive.ts';

/** `name` with ` (2)`, ` (3)` … before its extension, shortened where it would grow too long. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const tail = ` (${number})${extension}`;
  return tail.length >= longestName
    ? `${stem} (${number})`
    : stem.slice(0, longestName - tail.length).replace(/[\uD800-\uDBFF]$/, '') + tail;
}
