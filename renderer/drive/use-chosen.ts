import { useMemo } from 'react';
import type { Node } from '#shared/model/drive.ts';

/** What is chosen of a folder's contents, in their order. Few of many are looked up: a key must not walk through 100,000 nodes. */
export function useChosen(nodes: readonly Node[], chosen: ReadonlySet<string>): readonly Node[] {
  const places = useMemo(() => new Map(nodes.map(({ id }, index) => [id, index])), [nodes]);
  return useMemo(() => {
    if (chosen.size * 8 > nodes.length) return nodes.filter(({ id }) => chosen.has(id));
    const found = [...chosen].flatMap((id) => places.get(id) ?? []);
    return found.sort((a, b) => a - b).map((index) => nodes[index]!);
  }, [nodes, places, chosen]);
}
