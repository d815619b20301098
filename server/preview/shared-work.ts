/** Work that several may wait for. */
export interface SharedWork<T> {
  /** Joins the work of this key, or begins it. The work is told to stop once all who wait for it have gone. */
  once(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** The same thing is made once at a time, however many ask for it. */
export function makeSharedWork<T>(): SharedWork<T> {
  const running = new Map<string, Running<T>>();

  const begin = (key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> => {
    const controller = new AbortController();
    const begun: Running<T> = {
      controller,
      waiting: 0,
      promise: work(controller.signal).finally(() => {
        if (running.get(key) === begun) running.delete(key);
      }),
    };
    running.set(key, begun);
    return begun;
  };

  return {
    once: async (key, signal, work) => {
      signal?.throwIfAborted();
      const joined = running.get(key) ?? begin(key, work);
      joined.waiting += 1;
      const leave = (): void => {
        joined.waiting -= 1;
        if (joined.waiting > 0) return;
        // Whoever asks from now on begins anew.
        if (running.get(key) === joined) running.delete(key);
        joined.controller.abort();
      };
      signal?.addEventListener('abort', leave, { once: true });
      try {
        return await joined.promise;
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },
  };
}
