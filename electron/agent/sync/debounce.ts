import type { Clock } from '#shared/base/clock.ts';

const quietMilliseconds = 150;
/** What vanished may come back in a moment: a program that saves by writing another file, or a move that is told in two parts. */
const goneMilliseconds = 500;
const longestMilliseconds = 2_000;
const mostFolders = 128;

/** Collects hints until nothing happens for a moment, two seconds at most. */
export class Debounce {
  readonly #clock: Clock;
  readonly #ready: (folders: readonly string[] | null) => void;
  #folders: Set<string> | null = new Set();
  #since: number | null = null;
  #until = 0;
  #cancel: (() => void) | null = null;

  /** `ready` gets the folders to look at, or null for everything. */
  constructor(clock: Clock, ready: (folders: readonly string[] | null) => void) {
    this.#clock = clock;
    this.#ready = ready;
  }

  /** Null: look at everything. `gone`: something vanished there. */
  add(folders: readonly string[] | null, gone = false): void {
    if (folders === null) this.#folders = null;
    else for (const folder of folders) this.#folders?.add(folder);
    if (this.#folders !== null && this.#folders.size > mostFolders) this.#folders = null;
    const now = this.#clock.monotonic();
    this.#since ??= now;
    this.#until = Math.max(this.#until, now + (gone ? goneMilliseconds : quietMilliseconds));
    this.#cancel?.();
    this.#cancel = this.#clock.after(Math.max(0, Math.min(this.#until, this.#since + longestMilliseconds) - now), () => this.#flush());
  }

  #flush(): void {
    const folders = this.#folders;
    this.stop();
    this.#ready(folders === null ? null : [...folders]);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#since = null;
    this.#until = 0;
    this.#folders = new Set();
  }
}
