import type { Services } from '../../context.ts';
import { collect } from './collect.ts';

/** The first collection after a start, and the time between two, in milliseconds. */
const firstMs = 600_000;
const everyMs = 86_400_000;

/** Collects once a day, in slices between everything else, until the returned function is called, which waits for the slice under way. */
export function scheduleCollection(services: Services): () => Promise<void> {
  const { clock, log } = services;
  let stopped = false;
  let running = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      const figures = await collect(services, { isStopped: () => stopped });
      if (figures !== null) log.info({ ...figures }, 'What nothing refers to any more was collected');
    } catch (error) {
      log.error({ error }, 'The collection broke off');
    }
  };
  const again = (): void => {
    running = running.then(run);
    cancel = clock.after(everyMs, again);
  };
  let cancel = clock.after(firstMs, again);
  return () => {
    stopped = true;
    cancel();
    return running;
  };
}
