import type { EventBus, Hint, Log } from '../context.ts';

/** Hints within one process, delivered in order after the publisher's current work. A failing receiver harms nobody else. */
export function memoryBus(log: Log): EventBus {
  const receivers = new Set<(hint: Hint) => void>();
  return {
    publish: (hint) => {
      queueMicrotask(() => {
        for (const receive of receivers) {
          try {
            receive(hint);
          } catch (error) {
            log.error({ error, type: hint.event.type }, 'A receiver of hints failed');
          }
        }
      });
    },
    subscribe: (receive) => {
      receivers.add(receive);
      return () => receivers.delete(receive);
    },
  };
}
