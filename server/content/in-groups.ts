/** Work that waits for its turn together with others of its kind. */
interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

export interface GroupOptions {
  /** The most items, and their sizes together, that one run takes. */
  readonly mostItems: number;
  readonly mostSize: number;
}

/**
 * Runs work in groups: what comes while a run of the same kind is under way waits, and goes together in the next one. What costs as much for many as
 * for one (a commit that waits for the disk) is paid once for all of them, and nobody waits who comes alone.
 */
export function inGroups<T, R>(
  run: (items: readonly T[], kind: string) => Promise<readonly R[]>,
  { mostItems, mostSize }: GroupOptions,
): (kind: string, item: T, size?: number) => Promise<R> {
  const queues = new Map<string, (Waiting<T, R> & { readonly size: number })[]>();

  const work = async (kind: string, queue: (Waiting<T, R> & { readonly size: number })[]): Promise<void> => {
    while (queue.length > 0) {
      let count = 0;
      for (let size = 0; count < queue.length && count < mostItems && (count === 0 || size + queue[count]!.size <= mostSize); count += 1) {
        size += queue[count]!.size;
      }
      const group = queue.splice(0, count);
      try {
        const results = await run(
          group.map(({ item }) => item),
          kind,
        );
        for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    queues.delete(kind);
  };

  return (kind, item, size = 0) =>
    new Promise<R>((resolve, reject) => {
      const waiting = { item, size, resolve, reject };
      const queue = queues.get(kind);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      queues.set(kind, started);
      // Whoever comes in the same turn of the loop goes along with the first.
      setImmediate(() => void work(kind, started));
    });
}
