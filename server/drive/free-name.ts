import { foldedName } from '#shared/model/node-name.ts';
import { longestName } from '#shared/model/drive.ts';

/** `name` with ` (2)`, ` (3)` … before its extension, shortened where it would grow too long. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const tail = ` (${number})${extension}`;
  return tail.length >= longestName
    ? `${stem} (${number})`
    : stem.slice(0, longestName - tail.length).replace(/[\uD800-\uDBFF]$/, '') + tail;
}

/** The first of `name`, `name (2)`, `name (3)` … that `isTaken` (asked by folded name) lets through; null after a thousand. */
export async function freeName(name: string, isTaken: (foldedName: string) => Promise<boolean>): Promise<string | null> {
  if (!(await isTaken(foldedName(name)))) return name;
  for (let number = 2; number <= 1_000; number += 1) {
    const candidate = numberedName(name, number);
    if (!(await isTaken(foldedName(candidate)))) return candidate;
  }
  return null;
}
