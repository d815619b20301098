import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

const letMicrotasksRun = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Time of a simulated world, and the order in which things happen in it: everything that would wait for a disk, a network or a timer waits here for
 * its moment. Nothing moves but by `run`. Whatever happens goes into the trace.
 */
export class SimTime {
  /** Milliseconds since the world began. */
  now = 0;
  happened = 0;
  readonly #due: Due[] = [];
  #order = 0;
  #trace: Hash = createHash('sha256');
  #lastLines: string[] = [];

  after(milliseconds: number, run: () => void): () => void {
    const due: Due = { at: this.now + Math.max(0, milliseconds), order: (this.#order += 1), run, cancelled: false };
    this.#push(due);
    return () => {
      due.cancelled = true;
    };
  }
  /** Resolves at that moment, if `alive` still holds; else never. */
  pause(milliseconds: number, alive: () => boolean): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, () => (alive() ? resolve() : undefined)));
  }

  note(line: string): void {
    this.#trace.update(`${this.now.toFixed(3)} ${line}\n`);
    this.#lastLines.push(`${this.now.toFixed(1)} ${line}`);
    if (this.#lastLines.length > 4_000) this.#lastLines = this.#lastLines.slice(-2_000);
  }
  traceHash(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** Lets things happen until `done` holds, nothing is left, or that moment is reached. Returns whether `done` held. */
  async run(until: number, done: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      await letMicrotasksRun();
      if (done()) return true;
      const next = this.#pop();
      if (next === undefined || next.at > until) {
        if (next !== undefined) this.#push(next);
        this.now = Math.max(this.now, until);
        return false;
      }
      if (next.cancelled) continue;
      this.now = Math.max(this.now, next.at);
      this.happened += 1;
      next.run();
    }
  }

  /** A computer's clock: its wall may be wrong by `skew`; timers end with `alive`. */
  clock(skew: number, alive: () => boolean): Clock {
    return {
      now: () => Math.floor(epoch + this.now + skew),
      monotonic: () => this.now,
      after: (milliseconds, callback) => this.after(milliseconds, () => (alive() ? callback() : undefined)),
    };
  }

  #push(due: Due): void {
    const heap = this.#due;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(heap[at]!, heap[above]!)) break;
      [heap[at], heap[above]] = [heap[above]!, heap[at]!];
      at = above;
    }
  }
  #pop(): Due | undefined {
    const heap = this.#due;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) if (below < heap.length && before(heap[below]!, heap[least]!)) least = below;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

const before = (one: Due, other: Due): boolean => one.at < other.at || (one.at === other.at && one.order < other.order);

/** When every simulated world begins, as a wall clock has it. */
export const epoch = Date.UTC(2026, 10, 22, 6, 0, 0);
