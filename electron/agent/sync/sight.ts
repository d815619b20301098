import { AppError } from '#shared/base/errors.ts';
import { look } from './observing.ts';
import { pull, type Pulled } from './pull.ts';
import type { RootContext } from './root-context.ts';

const pullMilliseconds = 5 * 60_000;

/** What is known of both sides, and what of it may not be true any more. */
export class Sight {
  /** Folders whose listing failed, with the system's code. */
  frozen: ReadonlyMap<string, string> = new Map();
  /** When all of the disk was last looked at, and how long that took; monotonic milliseconds. */
  scannedAt: number | null = null;
  scanMilliseconds = 0;
  /** Folders to be looked at; null for everything. */
  #dirty: Set<string> | null = null;
  /** Folders that were moved: looked into after their move was planned, since they hold what they held as far as anybody knows. */
  #moved: readonly string[] = [];
  #changedThere = true;
  #pulledAt: number | null = null;

  /** Nothing has happened on either side since they were looked at, as far as anybody knows. */
  get isFresh(): boolean {
    return this.isFreshHere && this.#moved.length === 0 && !this.#changedThere;
  }
  get isFreshHere(): boolean {
    return this.#dirty?.size === 0;
  }
  get changedThere(): boolean {
    return this.#changedThere;
  }

  /** A plan was made of what was seen: what was put off for that is in doubt from now on. */
  planned(): void {
    if (this.#moved.length > 0) this.doubtHere(null);
    this.#moved = [];
  }

  /** Something may have happened in these folders; null: anywhere. */
  doubtHere(folders: readonly string[] | null): void {
    if (folders === null) this.#dirty = null;
    else for (const folder of folders) this.#dirty?.add(folder);
  }
  doubtThere(): void {
    this.#changedThere = true;
  }

  /** Looks at what is in doubt on this disk, and at everything when the last time is longer ago than `interval` (milliseconds). Returns what is foreign where all was seen. */
  async observe(context: RootContext, interval: number): Promise<readonly string[] | null> {
    const now = context.clock.monotonic();
    const isDue = this.scannedAt === null || now - this.scannedAt > interval;
    const folders = isDue || this.#dirty === null ? null : [...this.#dirty];
    if (folders?.length === 0) return null;
    this.#dirty = new Set();
    const seen = await look(context, folders).catch((error: unknown) => {
      this.#dirty = null;
      throw error;
    });
    this.#moved = [...this.#moved, ...seen.moved];
    this.frozen = seen.frozen.size > 0 || seen.foreign !== null ? seen.frozen : this.frozen;
    if (seen.foreign !== null) {
      this.scannedAt = now;
      this.scanMilliseconds = context.clock.monotonic() - now;
    }
    return seen.foreign;
  }

  /** Asks the server where something may have changed, or after a while; null where there was no need. Throws when it does not answer, or the place is gone. */
  async pull({ clock, transport, store, spaceId, topId }: RootContext): Promise<Pulled | null> {
    const now = clock.monotonic();
    if (!this.#changedThere && this.#pulledAt !== null && now - this.#pulledAt < pullMilliseconds) return null;
    this.#changedThere = false;
    const pulled = await pull(transport, store, spaceId);
    this.#pulledAt = now;
    const top = store.remote.get(topId);
    if (top === undefined || top.trashed) throw new AppError('not_found', 'The space is not there any more');
    if (store.synced.get(top.id) === undefined) {
      store.synced.put({ id: top.id, parentId: null, name: top.name, kind: 'folder', content: null, version: 0, chunks: null });
    }
    return pulled;
  }
}
