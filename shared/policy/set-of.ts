/** Lists of the rules are asked with every request and change seldom: each becomes a set once. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The members of a list that belongs to the rules, which never change in place. */
export function setOf(list: readonly string[]): ReadonlySet<string> {
  const known = sets.get(list);
  if (known !== undefined) return known;
  const made = new Set(list);
  sets.set(list, made);
  return made;
}

/** Whether a list of the rules holds it. */
export const holds = (list: readonly string[], value: string): boolean => list.length > 0 && setOf(list).has(value);
