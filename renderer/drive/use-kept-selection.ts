import { useEffect, useRef } from 'react';
import { retain, type Selection } from './selection.ts';

/** A new answer keeps what was chosen; what is gone from it is let go. Null items are not known yet. */
export function useKeptSelection<Item>(
  items: readonly Item[] | null,
  keyOf: (item: Item) => string,
  selection: Selection,
  onSelection: (next: Selection) => void,
): void {
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    if (items === null) return;
    const order = items.map(keyOf);
    const kept = retain(selection, before.current, order);
    before.current = order;
    if (kept !== selection) onSelection(kept);
    // oxlint-disable-next-line react/exhaustive-deps -- only when the answer changes
  }, [items]);
}
