/** Which rows are chosen, where a range starts, and where the keyboard stands. Ids, so that a new answer of the host keeps them. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  readonly anchor: string | null;
  readonly active: string | null;
}
export interface Held {
  readonly toggle: boolean;
  readonly range: boolean;
}

export const nothingChosen: Selection = { chosen: new Set(), anchor: null, active: null };

export const chooseOnly = (id: string): Selection => ({ chosen: new Set([id]), anchor: id, active: id });

/** Everything; the keyboard stays where it is. */
export const chooseAll = (order: readonly string[], { active }: Selection): Selection => ({
  chosen: new Set(order),
  anchor: order[0] ?? null,
  active: active ?? order[0] ?? null,
});

/** Nothing; the keyboard stays where it is. */
export const chooseNone = ({ active }: Selection): Selection => ({ chosen: new Set(), anchor: active, active });

function rangeOf(order: readonly string[], from: string | null, to: string): readonly string[] {
  const end = order.indexOf(to);
  const start = from === null ? end : order.indexOf(from);
  if (end < 0) return [];
  return start < 0 ? [to] : order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** A click (or Space): alone it chooses one, with Ctrl it adds or takes away, with Shift it reaches from the anchor, with both it adds the range. */
export function choose(selection: Selection, order: readonly string[], id: string, { toggle, range }: Held): Selection {
  if (range) {
    const reached = rangeOf(order, selection.anchor, id);
    return {
      chosen: new Set(toggle ? [...selection.chosen, ...reached] : reached),
      anchor: selection.anchor ?? id,
      active: id,
    };
  }
  if (!toggle) return chooseOnly(id);
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { chosen, anchor: id, active: id };
}

/** The keyboard goes to `id`: alone it chooses what it stands on, with Shift it reaches, with Ctrl it only walks. */
export function walkTo(selection: Selection, order: readonly string[], id: string, held: Held): Selection {
  if (held.toggle && !held.range) return { ...selection, active: id };
  return choose(selection, order, id, { toggle: false, range: held.range });
}

/** What a rubber band touches, beside what `base` says was chosen before; the keyboard goes to the last of it. */
export const chooseBand = (base: Selection, touched: readonly string[]): Selection => ({
  chosen: base.chosen.size === 0 ? new Set(touched) : new Set([...base.chosen, ...touched]),
  anchor: touched[0] ?? base.anchor,
  active: base.active,
});

/** Everything that is not chosen now. */
export const chooseOthers = ({ chosen, active }: Selection, order: readonly string[]): Selection => ({
  chosen: new Set(order.filter((id) => !chosen.has(id))),
  anchor: active,
  active,
});

/**
 * The same selection in a new answer: what is gone is left out, and the keyboard goes to what now stands at its place.
 * Returns the very same object when nothing changes.
 */
export function retain(selection: Selection, before: readonly string[], order: readonly string[]): Selection {
  const here = new Set(order);
  const isSame = (id: string | null) => id === null || here.has(id);
  if (isSame(selection.anchor) && isSame(selection.active) && [...selection.chosen].every((id) => here.has(id))) return selection;
  const at = selection.active === null ? -1 : before.indexOf(selection.active);
  const neighbour = order[Math.min(at, order.length - 1)] ?? null;
  return {
    chosen: new Set([...selection.chosen].filter((id) => here.has(id))),
    anchor: isSame(selection.anchor) ? selection.anchor : null,
    active: isSame(selection.active) ? selection.active : neighbour,
  };
}
