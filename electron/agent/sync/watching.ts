import type { SyncHost } from './account.ts';
import { NotWatched, scanWatching, WatchLimit, type Doubt, type StartWatching, type WatchBackend, type Watcher } from './watch.ts';

/** How a root is watched right now, for people and for the diagnostics. */
export interface WatchState {
  readonly backend: WatchBackend | 'unknown' | 'none';
  /** What an administrator can raise so that watching works again (`fs.inotify.max_user_watches=…`); null while nothing is missing. */
  readonly missing: string | null;
  readonly restarts: number;
  /** Why it was last begun anew; null when it never was. */
  readonly lastTrouble: Doubt | 'start' | null;
}

export interface WatchingOptions {
  readonly folder: string;
  readonly start: StartWatching;
  readonly host: Pick<SyncHost, 'clock' | 'random' | 'report'>;
  /** Where to look; null for everywhere. */
  readonly onHint: (folders: readonly string[] | null, gone: boolean) => void;
  readonly onState: () => void;
}

const startMilliseconds = 30_000;
const shortestPause = 60_000;
const longestPause = 60 * 60_000;
/** A watcher that worked for so long begins with the shortest pause again. */
const steadyMilliseconds = 10 * 60_000;

/**
 * Keeps one root watched: while the watcher is broken, or the system has no watches left, everything is looked at every 30 to 60 seconds instead, and the
 * watcher is begun anew after 1, 2, 4 … 60 minutes, with a look at everything each time.
 */
export class Watching {
  readonly #options: WatchingOptions;
  #watcher: Watcher | null = null;
  #state: WatchState = { backend: 'none', missing: null, restarts: 0, lastTrouble: null };
  #attempts = 0;
  #since = 0;
  #generation = 0;
  #isClosed = false;
  #cancel: () => void = () => undefined;

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  get state(): WatchState {
    return this.#state;
  }
  /** False while changes are only found by looking from time to time. */
  get hints(): boolean {
    return this.#state.backend !== 'scans' && this.#state.backend !== 'none';
  }

  /** Resolves when the root is watched, in whatever way. */
  async open(): Promise<void> {
    try {
      await this.#use(this.#options.start);
      this.#since = this.#options.host.clock.monotonic();
      this.#become({ missing: null });
    } catch (error) {
      if (error instanceof WatchLimit) this.#become({ missing: error.setting });
      else if (!(error instanceof NotWatched)) this.#options.host.report(error);
      await this.#degrade('start');
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#drop();
  }

  async #use(start: StartWatching): Promise<void> {
    this.#generation += 1;
    const own = this.#generation;
    const isCurrent = () => own === this.#generation && !this.#isClosed;
    const watcher = await this.#inTime(
      isCurrent,
      start(this.#options.folder, {
        hint: (folders, gone = false) => {
          if (isCurrent()) this.#options.onHint(folders, gone);
        },
        doubt: (why) => {
          if (isCurrent()) this.#doubted(why);
        },
      }),
    );
    if (watcher === null) return;
    this.#watcher = watcher;
    this.#become({ backend: watcher.backend ?? 'unknown' });
  }

  /** A system without a watch to give may never answer; one that answers too late, or is not wanted any more, is closed again (null). */
  async #inTime(isWanted: () => boolean, starting: Promise<Watcher>): Promise<Watcher | null> {
    let isLate = false;
    const inTime = starting.then((watcher) => {
      if (!isLate && isWanted()) return watcher;
      void watcher.close().catch(this.#options.host.report);
      return null;
    });
    return new Promise((resolve, reject) => {
      const cancel = this.#options.host.clock.after(startMilliseconds, () => {
        isLate = true;
        reject(new WatchLimit('The watcher does not start'));
      });
      inTime.then(resolve, reject).finally(cancel);
    });
  }

  #doubted(why: Doubt): void {
    this.#options.onHint(null, false);
    if (why === 'overflow' || why === 'time') return;
    if (why === 'limit') this.#become({ missing: new WatchLimit(why).setting });
    void this.#degrade(why);
  }

  /** Looks from time to time, and tries to watch again later. */
  async #degrade(why: Doubt | 'start'): Promise<void> {
    const { clock, random, report } = this.#options.host;
    if (this.hints && clock.monotonic() - this.#since > steadyMilliseconds) this.#attempts = 0;
    await this.#drop();
    if (this.#isClosed) return;
    await this.#use(scanWatching(clock, random));
    this.#become({ lastTrouble: why });
    const pause = Math.min(longestPause, shortestPause * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#cancel = clock.after(pause * (0.75 + (random(1)[0]! / 255) * 0.5), () => void this.#restart().catch(report));
  }

  async #restart(): Promise<void> {
    await this.#drop();
    if (this.#isClosed) return;
    this.#become({ restarts: this.#state.restarts + 1 });
    await this.open();
    this.#options.onHint(null, false);
  }

  async #drop(): Promise<void> {
    this.#generation += 1;
    const watcher = this.#watcher;
    this.#watcher = null;
    await watcher?.close().catch(this.#options.host.report);
  }

  #become(change: Partial<WatchState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onState();
  }
}
