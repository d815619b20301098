import { useEffect, useLayoutEffect, useRef } from 'react';
import { boxOf, type Geometry } from './view-geometry.ts';

/** How far a view was scrolled when it was left. */
export interface ScrollMemory {
  readonly top: () => number;
  readonly keepTop: (top: number) => void;
}

/** So many rows below the first one in view are asked whether they are still there. */
const mostTried = 40;

/**
 * What is being looked at stays where it is while rows come and go above it, and stands there again when one comes back (`memory`).
 * At the very top nothing is held: there new rows are what one looks for.
 */
export function useKeptScroll(
  scroller: HTMLElement | null,
  order: readonly string[],
  placeOf: (key: string) => number,
  geometry: Geometry,
  memory: ScrollMemory | undefined,
): void {
  const before = useRef({ order, geometry, scroller: null as HTMLElement | null });
  useLayoutEffect(() => {
    const then = before.current;
    before.current = { order, geometry, scroller };
    if (scroller === null) return;
    if (then.scroller !== scroller) {
      if (memory !== undefined) scroller.scrollTo({ top: memory.top() });
      return;
    }
    if (then.order === order || scroller.scrollTop <= then.geometry.top) return;
    const { cellHeight, columns } = then.geometry;
    const from = Math.floor(scroller.scrollTop / cellHeight) * columns;
    for (let index = from; index < Math.min(then.order.length, from + mostTried * columns); index += 1) {
      const now = placeOf(then.order[index]!);
      if (now < 0) continue;
      scroller.scrollBy({ top: boxOf(geometry, now).top - boxOf(then.geometry, index).top });
      return;
    }
  });
  useEffect(() => {
    if (scroller === null || memory === undefined) return undefined;
    const note = () => memory.keepTop(scroller.scrollTop);
    scroller.addEventListener('scroll', note, { passive: true });
    return () => scroller.removeEventListener('scroll', note);
  }, [scroller, memory]);
}
