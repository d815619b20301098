/** Runs `work` over `jobs`, at most `width` at a time, in order of their start. The first failure stops new starts and is thrown. */
export async function inLanes<J>(jobs: Iterable<J>, width: number, work: (job: J) => Promise<void>): Promise<void> {
  const queue = jobs[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let job = queue.next(); job.done !== true && !failed; job = queue.next()) {
      try {
        await work(job.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Groups `items` so that no group weighs more than `mostWeight` (a single heavier item is a group) or has more than `mostItems`. */
export function* grouped<T>(items: Iterable<T>, weigh: (item: T) => number, mostWeight: number, mostItems: number): Generator<T[]> {
  let group: T[] = [];
  let weight = 0;
  for (const item of items) {
    const own = weigh(item);
    if (group.length > 0 && (weight + own > mostWeight || group.length >= mostItems)) {
      yield group;
      group = [];
      weight = 0;
    }
    group.push(item);
    weight += own;
  }
  if (group.length > 0) yield group;
}
