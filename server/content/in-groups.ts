/** Work that waits for its turn together with others of its kind. */
interface Waiting<T, R> {
  readonly item: T;
  readonly size: number;
  resolve(result: R): void;
  reject(error: unknown): void;
}
interface Kind<T, R> {
  readonly queue: Waiting<T, R>[];
  running: number;
}

export interface GroupOptions {
  /** The most items, and their sizes together, that one run takes. */
  readonly mostItems: number;
  readonly mostSize: number;
  /** How many runs of one kind may be under way: while one waits for the disk another one can work. */
  readonly atOnce: number;
}

/**
 * Runs work in groups: what comes while runs of the same kind are under way waits, and goes together in the next one. What costs as much for many as
 * for one (a commit that waits for the disk) is paid once for all of them, and nobody waits who comes alone.
 */
export function inGroups<T, R>(
  run: (items: readonly T[], kind: string) => Promise<readonly R[]>,
  { mostItems, mostSize, atOnce }: GroupOptions,
): (kind: string, item: T, size?: number) => Promise<R> {
  const kinds = new Map<string, Kind<T, R>>();

  const next = (queue: Waiting<T, R>[]): Waiting<T, R>[] => {
    let count = 0;
    for (let size = 0; count < queue.length && count < mostItems && (count === 0 || size + queue[count]!.size <= mostSize); count += 1) {
      size += queue[count]!.size;
    }
    return queue.splice(0, count);
  };
  const work = async (name: string, kind: Kind<T, R>): Promise<void> => {
    while (kind.queue.length > 0) {
      const group = next(kind.queue);
      try {
        const results = await run(
          group.map(({ item }) => item),
          name,
        );
        for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    kind.running -= 1;
    if (kind.running === 0) kinds.delete(name);
  };

  return (name, item, size = 0) =>
    new Promise<R>((resolve, reject) => {
      const kind = kinds.get(name) ?? { queue: [], running: 0 };
      kinds.set(name, kind);
      kind.queue.push({ item, size, resolve, reject });
      if (kind.running >= atOnce) return;
      kind.running += 1;
      // Whoever comes in the same turn of the loop goes along with the first.
      setImmediate(() => void work(name, kind));
    });
}
