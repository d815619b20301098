import type { Clock } from '#shared/base/clock.ts';

export type Way = 'up' | 'down';

/** Content on its way right now. */
export interface Running {
  readonly id: string;
  readonly way: Way;
  readonly sizeBytes: number;
  readonly doneBytes: number;
}

/** Speeds are means over this many milliseconds: long enough to be steady, short enough to be true. */
const windowMilliseconds = 5_000;

/**
 * What is on its way in one root, and how fast. Transfers say so as they begin, move and end; people see it in the queue. Nothing is decided by it, and
 * nothing of it is kept.
 */
export class Progress {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #running = new Map<string, Running>();
  readonly #moved: Record<Way, { at: number; bytes: number }[]> = { up: [], down: [] };

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The content of a node begins to move. */
  begin(id: string, way: Way, sizeBytes: number): void {
    this.#running.set(id, { id, way, sizeBytes, doneBytes: 0 });
    this.#onChange();
  }

  /** Bytes that arrived on the other side; `id` null where they belong to many (a pack). */
  advance(id: string | null, way: Way, bytes: number): void {
    const running = id === null ? undefined : this.#running.get(id);
    if (running !== undefined) {
      this.#running.set(running.id, { ...running, doneBytes: Math.min(running.sizeBytes, running.doneBytes + bytes) });
    }
    const at = this.#clock.monotonic();
    const moved = this.#moved[way];
    const last = moved.at(-1);
    // One entry for each tenth of a second is enough, however many chunks there are.
    if (last !== undefined && at - last.at < 100) last.bytes += bytes;
    else moved.push({ at, bytes });
    while (moved.length > 0 && at - moved[0]!.at > windowMilliseconds) moved.shift();
    this.#onChange();
  }

  /** It has arrived, or it was given up for now. */
  end(id: string): void {
    if (this.#running.delete(id)) this.#onChange();
  }

  /** Nothing is on its way any more: a round has ended, however it ended. */
  clear(): void {
    if (this.#running.size === 0) return;
    this.#running.clear();
    this.#onChange();
  }

  of(id: string): Running | undefined {
    return this.#running.get(id);
  }

  get running(): readonly Running[] {
    return [...this.#running.values()];
  }

  /** Bytes a second, as a whole number. */
  speed(way: Way): number {
    const now = this.#clock.monotonic();
    const recent = this.#moved[way].filter(({ at }) => now - at <= windowMilliseconds);
    const [first] = recent;
    if (first === undefined) return 0;
    const bytes = recent.reduce((sum, { bytes: some }) => sum + some, 0);
    return Math.round((bytes * 1000) / Math.max(1_000, now - first.at));
  }
}
