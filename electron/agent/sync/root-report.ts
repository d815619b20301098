import type { Clock } from '#shared/base/clock.ts';
import type { Recovered } from './disk.ts';
import type { Action, Counts, Reporter, WhyKept } from './root-context.ts';
import type { StateStore } from './state-store.ts';

export interface Activity {
  readonly path: string;
  readonly action: Action;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Bytes of one file that were kept under another name. */
export interface Conflict {
  /** Who has the name. */
  readonly nodeId: string;
  /** The local thing with the other bytes, as it was called when it was made. */
  readonly copyId: string;
  readonly path: string;
  readonly otherPath: string;
  readonly at: number;
}

/** Something in the recovery area. */
export interface Kept extends Recovered {
  readonly why: WhyKept;
}

const flushAt = 500;

/** What people are told about a root: what was done, what is in conflict, what was put aside. */
export class RootReport implements Reporter {
  readonly counts: Counts = { uploaded: 0, downloaded: 0, deleted: 0, moved: 0 };
  /** Whether the member may change the space. */
  writable = true;
  foreign: readonly string[] = [];
  doneFiles = 0;
  doneBytes = 0;
  readonly #store: StateStore;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #activity: Activity[] = [];
  #recovered: Kept[] = [];

  constructor(store: StateStore, clock: Clock, onChange: () => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  did(action: Action, path: string): void {
    if (action === 'uploaded' || action === 'downloaded') this.counts[action] += 1;
    else if (action.startsWith('deleted')) this.counts.deleted += 1;
    else if (action.startsWith('moved')) this.counts.moved += 1;
    if (action === 'uploaded' || action === 'downloaded') this.doneFiles += 1;
    this.#activity.push({ action, path, at: this.#clock.now() });
    if (this.#activity.length >= flushAt) this.flush();
    this.#onChange();
  }

  alsoDeleted(files: number): void {
    this.counts.deleted += files;
  }

  conflict(path: string, otherPath: string, nodeId: string, copyId: string): void {
    const conflict: Conflict = { path, otherPath, nodeId, copyId, at: this.#clock.now() };
    this.#store.addNotes('conflict', [conflict]);
  }

  kept(recovered: readonly Recovered[], why: WhyKept): void {
    this.#recovered.push(...recovered.map((one) => ({ ...one, why })));
  }

  moved(bytes: number): void {
    this.doneBytes += bytes;
    this.#onChange();
  }

  /** The server was restored from a backup. */
  reset(): void {
    this.doneFiles = 0;
    this.doneBytes = 0;
  }

  flush(): void {
    this.#store.addNotes('activity', this.#activity);
    this.#activity = [];
    this.#store.addNotes('recovered', this.#recovered);
    this.#recovered = [];
  }

  activity(): Activity[] {
    this.flush();
    return this.#store.notes<Activity>('activity');
  }
  conflicts(): Conflict[] {
    return this.#store.notes<Conflict>('conflict');
  }
  /** A conflict needs nobody any more. */
  settleConflict(copyId: string): void {
    this.#store.keepNotes<Conflict>('conflict', (conflict) => conflict.copyId !== copyId);
  }
  recovered(): Kept[] {
    this.flush();
    return this.#store.notes<Kept>('recovered');
  }
  /** Forgets what does not lie in the recovery area any more. */
  keepRecovered(isThere: (kept: Kept) => boolean): void {
    this.flush();
    this.#store.keepNotes('recovered', isThere);
  }
}
