import type { Clock } from '#shared/base/clock.ts';

/** How long logging out goes on sending what was not sent, in milliseconds. */
const lastSendingMs = 20_000;

/** Waits for `work`, but not longer than `milliseconds`; that it fails is no matter here. */
export async function within(clock: Clock, milliseconds: number, work: Promise<unknown>): Promise<void> {
  let cancel = () => {};
  const late = new Promise<void>((resolve) => (cancel = clock.after(milliseconds, resolve)));
  await Promise.race([work.catch(() => undefined), late]);
  cancel();
}

/** Logouts under way: each first sends what was not sent, for a short while; asking again skips that. */
export class Logouts {
  readonly #clock: Clock;
  readonly #begun = new Map<string, { readonly skip: AbortController; readonly done: Promise<void> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param send sends what was not sent; a failure keeps nobody from logging out
   * @param end logs out
   */
  run(accountId: string, send: (signal: AbortSignal) => Promise<unknown>, end: () => Promise<void>): Promise<void> {
    const begun = this.#begun.get(accountId);
    begun?.skip.abort();
    if (begun !== undefined) return begun.done;
    const skip = new AbortController();
    const skipped = new Promise<void>((resolve) => skip.signal.addEventListener('abort', () => resolve()));
    const work = Promise.race([send(skip.signal), skipped]);
    const done = within(this.#clock, lastSendingMs, work)
      .then(() => {
        skip.abort();
        return end();
      })
      .finally(() => this.#begun.delete(accountId));
    this.#begun.set(accountId, { skip, done });
    return done;
  }
}
