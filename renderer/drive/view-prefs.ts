import { useCallback, useState } from 'react';
import { z } from 'zod';
import { byName, sortKeys, type SortKey } from './sorting.ts';

/** How a drive is looked at on this PC: nothing of what is in it. */
const ViewPrefs = z.object({
  view: z.enum(['list', 'tiles']).catch('list'),
  sort: z.object({ key: z.enum(sortKeys), descending: z.boolean() }).catch(byName),
  widths: z.partialRecord(z.enum(sortKeys), z.number()).catch({}),
});
export type ViewPrefs = z.infer<typeof ViewPrefs>;
const Stored = z.record(z.string(), ViewPrefs).catch({});

const storedUnder = 'hikyaku.drive.views';
/** The drives looked at last are remembered. */
const mostRemembered = 200;
export const standardPrefs: ViewPrefs = { view: 'list', sort: byName, widths: {} };

/** Reads what was kept; what cannot be read counts as never kept. */
export function readPrefs(text: string | null): Readonly<Record<string, ViewPrefs>> {
  try {
    return Stored.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

/** The same with one drive's put last; the oldest go. */
export function withPrefs(all: Readonly<Record<string, ViewPrefs>>, key: string, prefs: ViewPrefs): Record<string, ViewPrefs> {
  const others = Object.entries(all).filter(([name]) => name !== key);
  return Object.fromEntries([...others.slice(1 - mostRemembered), [key, prefs]]);
}

const load = (): Readonly<Record<string, ViewPrefs>> => {
  try {
    return readPrefs(localStorage.getItem(storedUnder));
  } catch {
    return {};
  }
};

/** How the drive `key` is looked at, kept on this PC over restarts. */
export function useViewPrefs(key: string): readonly [ViewPrefs, (change: Partial<ViewPrefs>) => void] {
  const [all, setAll] = useState(load);
  const prefs = all[key] ?? standardPrefs;
  const change = useCallback(
    (more: Partial<ViewPrefs>) => {
      const stored = load();
      const next = withPrefs(stored, key, { ...(stored[key] ?? standardPrefs), ...more });
      setAll(next);
      try {
        localStorage.setItem(storedUnder, JSON.stringify(next));
      } catch {
        // Without storage it lasts as long as the window.
      }
    },
    [key],
  );
  return [prefs, change];
}

export type ColumnKey = SortKey | 'place' | 'deletedBy' | 'deletedAt' | 'expires' | 'opened';
const standard: Readonly<Record<Exclude<ColumnKey, 'name'>, number>> = {
  kind: 110,
  person: 112,
  date: 126,
  size: 92,
  place: 180,
  deletedBy: 112,
  deletedAt: 126,
  expires: 126,
  opened: 92,
};
const bounds = { least: 64, most: 400 } as const;

/** A column's width after it was drawn wider by so many pixels; null makes it as wide as usual. */
export const widened = (key: Exclude<ColumnKey, 'name'>, now: number | undefined, by: number | null): number =>
  by === null ? standard[key] : Math.round(Math.min(bounds.most, Math.max(bounds.least, (now ?? standard[key]) + by)));

/** As many of the columns as there is room for, in their order: `wanted` lists them, the most needed first. Names keep at least 220 px. */
export function fittingColumns<Key extends ColumnKey>(
  wanted: readonly Key[],
  order: readonly Key[],
  widths: Partial<Record<Key, number>>,
  width: number,
): { readonly shown: readonly Key[]; readonly template: string } {
  const widthOf = (key: Key): number => (key === 'name' ? 0 : (widths[key] ?? standard[key as Exclude<ColumnKey, 'name'>]));
  let left = Math.max(0, width - 220);
  const fitting = new Set<Key>();
  for (const key of wanted) {
    if (key !== 'name' && widthOf(key) > left) break;
    left -= widthOf(key);
    fitting.add(key);
  }
  const shown = order.filter((key) => fitting.has(key));
  return { shown, template: shown.map((key) => (key === 'name' ? 'minmax(120px, 1fr)' : `${widthOf(key)}px`)).join(' ') };
}
