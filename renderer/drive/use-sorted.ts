import { useEffect, useMemo, useState } from 'react';
import type { Node } from '#shared/model/drive.ts';
import { comparer, type Compare, type Sort } from './sorting.ts';
import { patchSorted, sortInSteps } from './slice-sort.ts';

/** So many are sorted before anybody notices. */
const mostAtOnce = 2_000;
const sliceMs = 8;

/** A folder's contents in order, and the order from before while a new one is being made. */
class SortKeeper {
  #nodes: readonly Node[] | null = null;
  #compare: Compare | null = null;
  #result: readonly Node[] | null = null;

  /** The order where it is known or quickly made; null where it takes longer. */
  quickly(nodes: readonly Node[], compare: Compare): readonly Node[] | null {
    if (this.#nodes === nodes && this.#compare === compare) return this.#result;
    if (nodes.length <= mostAtOnce) return this.keep(nodes, compare, nodes.toSorted(compare));
    if (this.#compare !== compare || this.#result === null) return null;
    const patched = patchSorted(this.#result, nodes, compare);
    return patched === null ? null : this.keep(nodes, compare, patched);
  }

  keep(nodes: readonly Node[], compare: Compare, result: readonly Node[]): readonly Node[] {
    this.#nodes = nodes;
    this.#compare = compare;
    this.#result = result;
    return result;
  }

  before(): readonly Node[] | null {
    return this.#result;
  }
}

/** The folder's contents in order. A large folder is sorted beside the drawing: until that is done, the order from before stands (null at first). */
export function useSorted(nodes: readonly Node[], sort: Sort, nameOf: (memberId: string) => string): readonly Node[] | null {
  const compare = useMemo(() => comparer(sort, nameOf), [sort, nameOf]);
  const [keeper] = useState(() => new SortKeeper());
  const [, draw] = useState(0);
  const ready = keeper.quickly(nodes, compare);
  const isReady = ready !== null;

  useEffect(() => {
    if (isReady) return undefined;
    const sorting = sortInSteps(nodes, compare);
    let timer: ReturnType<typeof setTimeout>;
    const go = () => {
      const until = performance.now() + sliceMs;
      for (let step = sorting.next(); ; step = sorting.next()) {
        if (step.done === true) {
          keeper.keep(nodes, compare, step.value);
          return draw((count) => count + 1);
        }
        if (performance.now() >= until) break;
      }
      timer = setTimeout(go, 0);
    };
    timer = setTimeout(go, 0);
    return () => clearTimeout(timer);
  }, [keeper, isReady, nodes, compare]);

  return ready ?? keeper.before();
}
