import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';

/** The name as it would be stored: NFC, without blanks at its ends (which no one sees and some disks drop). */
export const typedName = (text: string): string => normalName(text.trim());

/** The names of a folder as they are compared, folded once for every letter typed. */
export const takenNames = (siblings: readonly string[]): ReadonlySet<string> => new Set(siblings.map(foldedName));

/** Why a typed name cannot be taken in a folder with the names `taken`, or null. The thing's own present name is always free to it. */
export function typedNameProblem(
  text: string,
  taken: ReadonlySet<string>,
  own: string | null,
): NonNullable<ReturnType<typeof nameProblem>> | 'name_taken' | null {
  const name = typedName(text);
  const problem = nameProblem(name);
  if (problem !== null) return problem;
  const key = foldedName(name);
  if (own !== null && foldedName(own) === key) return null;
  return taken.has(key) ? 'name_taken' : null;
}

/** `base`, or the first `base 2`, `base 3`… that is free. */
export function freeName(base: string, siblings: readonly string[]): string {
  const taken = takenNames(siblings);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base} ${count}`;
    if (!taken.has(foldedName(name))) return name;
  }
}

/** How many letters of a name are chosen when it is edited: all but the extension. */
export function stemLength(name: string, kind: 'file' | 'folder'): number {
  const dot = name.lastIndexOf('.');
  return kind === 'file' && dot > 0 ? dot : name.length;
}

/** How Japanese people sort: kana by reading, あ and ア alike, numbers by value. */
export const collator = new Intl.Collator('ja', { numeric: true, sensitivity: 'base' });

/** The order of names in lists; names that the collator holds equal have a fixed order. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
