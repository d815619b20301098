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
