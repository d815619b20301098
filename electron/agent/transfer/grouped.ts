/** Groups `items` so that no group weighs more than `mostWeight` (a single heavier item is a group) or has more than `mostItems`. */
export function* grouped<T>(items: Iterable<T>, weigh: (item: T) => number, mostWeight: number, mostItems: number): Generator<T[]> {
  let group: T[] = [];
  let weight = 0;
  for (const item of items) {
    const own = weigh(item);
    if (group.length > 0 && (weight + own > mostWeight || group.length >= mostItems)) {
      yield group;
      group = [];
      weight = 0;
    }
    group.push(item);
    weight += own;
  }
  if (group.length > 0) yield group;
}
