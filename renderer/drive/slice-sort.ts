/** As many comparisons of names take about three milliseconds. */
const comparisonsPerStep = 2_000;
const runLength = 256;

/**
 * A stable merge sort in steps of a few milliseconds: each `next()` does one, the last returns the sorted array. 100,000 names take more
 * than a second of comparing, which must not stand in the way of a key or the wheel.
 */
export function* sortInSteps<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): Generator<undefined, Item[]> {
  let runs: Item[][] = [];
  for (let from = 0; from < items.length; from += runLength) {
    runs.push(items.slice(from, from + runLength).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const right = runs[at + 1];
      merged.push(right === undefined ? runs[at]! : yield* merge(runs[at]!, right, compare));
      yield;
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<Item>(left: Item[], right: Item[], compare: (a: Item, b: Item) => number): Generator<undefined, Item[]> {
  // What comes in order already is only put together.
  if (compare(left.at(-1)!, right[0]!) <= 0) return left.concat(right);
  const all: Item[] = [];
  let [l, r, steps] = [0, 0, 0];
  while (l < left.length && r < right.length) {
    all.push(compare(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!);
    steps += 1;
    if (steps % comparisonsPerStep === 0) yield;
  }
  return all.concat(l < left.length ? left.slice(l) : right.slice(r));
}

/** More changes at once are sorted anew. */
const mostPatched = 3_000;

/**
 * The sorted list brought up to date: what is no longer among `items` leaves, what is new (another object) goes where it belongs.
 * Null when so much changed that sorting anew is quicker. The very same array when nothing changed.
 */
export function patchSorted<Item>(
  sorted: readonly Item[],
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): readonly Item[] | null {
  const now = new Set(items);
  const kept = sorted.filter((item) => now.has(item));
  const before = new Set(kept);
  const added = items.filter((item) => !before.has(item));
  if (added.length > mostPatched) return null;
  if (added.length === 0) return kept.length === sorted.length ? sorted : kept;
  added.sort(compare);
  const all: Item[] = [];
  let from = 0;
  for (const item of added) {
    const to = placeFor(kept, item, compare, from);
    for (let at = from; at < to; at += 1) all.push(kept[at]!);
    all.push(item);
    from = to;
  }
  for (let at = from; at < kept.length; at += 1) all.push(kept[at]!);
  return all;
}

/** Behind everything that is not greater. */
function placeFor<Item>(sorted: readonly Item[], item: Item, compare: (a: Item, b: Item) => number, from: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle]!, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
