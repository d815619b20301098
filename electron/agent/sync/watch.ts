import { relative, sep, dirname } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { ownFolder } from '#shared/sync/ignore.ts';

/** What a watcher says. Everything is a hint about where to look: events get lost, and nobody is told. */
export interface WatchListener {
  /** Something happened in these folders (relative paths). */
  hint(folders: readonly string[]): void;
  /** Anything may have happened. `limit`: the system has no watches left, so looking again from time to time has to do. */
  doubt(why: 'overflow' | 'error' | 'limit'): void;
}

/** Watches one root until closed. Starting may fail; the root then lives by being looked at. */
export interface Watcher {
  close(): Promise<void>;
}
export type StartWatching = (root: string, listener: WatchListener) => Promise<Watcher>;

/** More events than this at once: the system's queue may have overflowed (its usual length is 16,384). */
const burst = 12_000;

const isOwn = (path: string): boolean => path === ownFolder || path.startsWith(ownFolder + sep);

/** The native watcher: starts at once, keeps nothing per file. */
export const parcelWatching: StartWatching = async (root, listener) => {
  const { subscribe } = await import('@parcel/watcher');
  const subscription = await subscribe(
    root,
    (error, events) => {
      if (error !== null) return listener.doubt(/ENOSPC|inotify/.test(error.message) ? 'limit' : 'error');
      if (events.length >= burst) return listener.doubt('overflow');
      const paths = events.map(({ path }) => relative(root, path)).filter((path) => path !== '' && !isOwn(path));
      if (paths.length > 0) listener.hint(foldersOf(paths));
    },
    { ignore: [ownFolder] },
  );
  return { close: () => subscription.unsubscribe() };
};

/** Plain JavaScript, where the native one cannot be loaded; `poll` for network volumes, which tell nobody anything. */
export const chokidarWatching =
  (poll: boolean): StartWatching =>
  async (root, listener) => {
    const { watch } = await import('chokidar');
    const watcher = watch(root, {
      ignoreInitial: true,
      // Without these it hides names that end in `~`, and follows links out of the root.
      atomic: false,
      followSymlinks: false,
      usePolling: poll,
      ignored: (path) => isOwn(relative(root, path)),
    });
    watcher.on('all', (_event, path) => listener.hint(foldersOf([relative(root, path)])));
    watcher.on('error', (error) => listener.doubt(/ENOSPC/.test(String(error)) ? 'limit' : 'error'));
    await new Promise<void>((resolve) => void watcher.once('ready', () => resolve()));
    return { close: () => watcher.close() };
  };

/** The native watcher, or the plain one where that fails to start. */
export const defaultWatching: StartWatching = async (root, listener) => {
  try {
    return await parcelWatching(root, listener);
  } catch {
    return chokidarWatching(false)(root, listener);
  }
};

const foldersOf = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => (dirname(path) === '.' ? '' : dirname(path).split(sep).join('/')))),
];

const quietMilliseconds = 150;
const longestMilliseconds = 2_000;
const mostFolders = 128;

/** Collects hints until nothing happens for a moment, two seconds at most. */
export class Debounce {
  readonly #clock: Clock;
  readonly #ready: (folders: readonly string[] | null) => void;
  #folders: Set<string> | null = new Set();
  #since: number | null = null;
  #cancel: (() => void) | null = null;

  /** `ready` gets the folders to look at, or null for everything. */
  constructor(clock: Clock, ready: (folders: readonly string[] | null) => void) {
    this.#clock = clock;
    this.#ready = ready;
  }

  /** Null: look at everything. */
  add(folders: readonly string[] | null): void {
    if (folders === null) this.#folders = null;
    else for (const folder of folders) this.#folders?.add(folder);
    if (this.#folders !== null && this.#folders.size > mostFolders) this.#folders = null;
    const now = this.#clock.monotonic();
    this.#since ??= now;
    this.#cancel?.();
    this.#cancel = this.#clock.after(Math.max(0, Math.min(quietMilliseconds, this.#since + longestMilliseconds - now)), () =>
      this.#flush(),
    );
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
    this.#folders = new Set();
  }
}
