import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';

const shortest = 500;
const longest = 30_000;
/** What a server may ask for; longer would be an error of its clock. */
const mostRetryAfter = 10 * 60_000;

/**
 * Pauses for one server that does not answer, or that asked for it (SYNC.md L5). While it is in trouble one request finds out whether that is over; all
 * others are refused at once, whoever asks and however many there are. Each pause is twice as long as the one before, up to half a minute, and no two
 * programs wait equally long.
 */
export class HostBackoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  /** Monotonic milliseconds. */
  #until = 0;
  #isProbing = false;

  /** @param random from 0 up to 1 */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds until the server is asked again; 0 when it may be asked now. */
  get pause(): number {
    return Math.max(0, this.#until - this.#clock.monotonic());
  }

  /**
   * Before a request. Throws `unavailable` with reason `backing_off` while the server is left alone. Otherwise the request's outcome must be told to the
   * returned function, once.
   */
  begin(): (outcome: 'answered' | 'no_answer' | { readonly retryAfterMs: number }) => void {
    if (this.#failures > 0 && (this.pause > 0 || this.#isProbing)) {
      throw new AppError('unavailable', 'The server is left alone for a moment', {
        details: { reason: 'backing_off', retryAfterMs: Math.ceil(this.pause) },
      });
    }
    const known = this.#failures;
    if (known > 0) this.#isProbing = true;
    return (outcome) => {
      if (known > 0) this.#isProbing = false;
      if (outcome === 'answered') this.answered();
      // Requests that were under way together fail together: that is one failure.
      else if (this.#failures === known) this.#failed(outcome === 'no_answer' ? 0 : outcome.retryAfterMs);
    };
  }

  /** The server is there: a line to it is open. */
  answered(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  #failed(retryAfterMs: number): void {
    this.#failures += 1;
    const pause = Math.min(longest, shortest * 2 ** (this.#failures - 1)) * (0.75 + this.#random() * 0.5);
    this.#until = this.#clock.monotonic() + Math.max(pause, Math.min(mostRetryAfter, retryAfterMs));
  }
}

/** A `Retry-After` (RFC 9110, 10.2.3) in milliseconds from `now`; null where there is none that can be read. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
