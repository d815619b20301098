/**
 * Statements are kept compiled by their text, so lists are cut into pieces of few sizes: any length costs at most a handful of statements,
 * and no statement has more parameters than SQLite allows (32,766).
 */
const sizes = [256, 64, 16, 4, 1];

/** Rows for `INSERT … VALUES`, in order. */
export function* rowBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  for (const size of sizes) {
    for (; rows.length - start >= size; start += size) yield rows.slice(start, start + size);
  }
}

/** Values for `… IN (…)`: pieces filled up to a size of few by repeating the last value. */
export function* listBatches<T extends string | number>(values: readonly T[]): Generator<readonly T[]> {
  const largest = 1_024;
  for (let start = 0; start < values.length; start += largest) {
    const piece = values.slice(start, start + largest);
    let size = 1;
    while (size < piece.length) size *= 4;
    yield [...piece, ...Array.from({ length: size - piece.length }, () => piece.at(-1)!)];
  }
}
