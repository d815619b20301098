/**
 * A ring of things that wait for each other, reached from `start`; null where there is none.
 * @param waitsOn what a thing waits for; undefined where it waits for nothing
 */
export function ringFrom(start: string, waitsOn: (id: string) => readonly string[] | undefined): readonly string[] | null {
  const trail: string[] = [];
  const done = new Set<string>();
  const walk = (id: string): readonly string[] | null => {
    const at = trail.indexOf(id);
    if (at !== -1) return trail.slice(at);
    if (done.has(id)) return null;
    done.add(id);
    trail.push(id);
    for (const next of waitsOn(id) ?? []) {
      const ring = waitsOn(next) === undefined ? null : walk(next);
      if (ring !== null) return ring;
    }
    trail.pop();
    return null;
  };
  return walk(start);
}
