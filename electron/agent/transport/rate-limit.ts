import type { Clock } from '#shared/base/clock.ts';

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** What may go at once after a rest, as a part of a second. */
const burst = 0.25;
/** Below this many bytes a burst is not worth a request's headers. */
const smallestBurst = 16 * 1024;

/**
 * A token bucket that many share: whoever comes first goes first, and together they stay under the rate whatever their number. What is taken may be more
 * than the bucket holds; then the next one waits for it.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  /** Bytes a second; Infinity for no limit, 0 while nothing may go. */
  #rate = Infinity;
  #tokens = 0;
  #filledAt: number;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAt = clock.monotonic();
  }

  /** Another rate, in force at once, also for those who wait. */
  set(bytesPerSecond: number): void {
    if (bytesPerSecond === this.#rate) return;
    this.#fill();
    this.#rate = bytesPerSecond;
    this.#tokens = Math.min(this.#tokens, this.#room());
    this.#serve();
  }

  get rate(): number {
    return this.#rate;
  }

  /** Null when the bytes may go right now; else resolves when they may. Rejects when `signal` ends the waiting. */
  take(bytes: number, signal?: AbortSignal): Promise<void> | null {
    if (this.#waiting.length === 0 && this.#mayGo()) {
      this.#spend(bytes);
      return null;
    }
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const stop = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at !== -1) this.#waiting.splice(at, 1);
        reject(signal!.reason as Error);
      };
      const go = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const waiting: Waiting = { bytes, go };
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  #mayGo(): boolean {
    if (this.#rate === Infinity) return true;
    this.#fill();
    return this.#rate > 0 && this.#tokens > 0;
  }

  #spend(bytes: number): void {
    if (this.#rate !== Infinity) this.#tokens -= bytes;
  }

  #room(): number {
    return this.#rate === Infinity ? smallestBurst : Math.max(smallestBurst, this.#rate * burst);
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    const gained = this.#rate === Infinity ? 0 : ((now - this.#filledAt) * this.#rate) / 1000;
    this.#tokens = Math.min(this.#room(), this.#tokens + gained);
    this.#filledAt = now;
  }

  #serve(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (let first = this.#waiting[0]; first !== undefined && this.#mayGo(); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#spend(first.bytes);
      first.go();
    }
    if (this.#waiting.length === 0 || this.#rate === 0) return;
    const wait = Math.max(1, Math.ceil(((1 - this.#tokens) / this.#rate) * 1000));
    this.#cancel = this.#clock.after(wait, () => this.#serve());
  }
}
