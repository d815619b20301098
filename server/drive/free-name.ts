import { foldedName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';

/** The first of `name`, `name (2)`, `name (3)` … that `isTaken` (asked by folded name) lets through; null after a thousand. */
export async function freeName(name: string, isTaken: (foldedName: string) => Promise<boolean>): Promise<string | null> {
  if (!(await isTaken(foldedName(name)))) return name;
  for (let number = 2; number <= 1_000; number += 1) {
    const candidate = numberedName(name, number);
    if (!(await isTaken(foldedName(candidate)))) return candidate;
  }
  return null;
}
