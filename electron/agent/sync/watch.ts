import { readdirSync, statfsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { ownFolder } from '#shared/sync/ignore.ts';

/** Why everything is to be looked at: events were lost, the watcher broke, the system has no watches left, or it is simply time. */
export type Doubt = 'overflow' | 'error' | 'limit' | 'time';

/** What a watcher says. Everything is a hint about where to look: events get lost, and nobody is told. */
export interface WatchListener {
  /** Something happened in these folders (relative paths). `gone`: something may be missing now, and come back under another name in a moment. */
  hint(folders: readonly string[], gone?: boolean): void;
  /** Anything may have happened. */
  doubt(why: Doubt): void;
}

/** How one root is watched. */
export type WatchBackend = 'native' | 'plain' | 'polling' | 'scans';

/** Watches one root until closed. */
export interface Watcher {
  /** Missing where nobody wants to know. */
  readonly backend?: WatchBackend;
  close(): Promise<void>;
}
/** Begins to watch; everything that happens after the promise has resolved is told. Rejects with `WatchLimit` where the system has no watches left. */
export type StartWatching = (root: string, listener: WatchListener) => Promise<Watcher>;

/** The system does not give this user any more watches. `setting` names what an administrator can raise, with a good value. */
export class WatchLimit extends Error {
  override readonly name = 'WatchLimit';
  readonly setting: string;

  constructor(cause: unknown) {
    super('No watches left', { cause });
    this.setting = /instances|EMFILE|Too many open files|inotify_init/i.test(String(cause))
      ? 'fs.inotify.max_user_instances=1024'
      : 'fs.inotify.max_user_watches=1048576';
  }
}

/** Looking from time to time is the best that can be done there. */
export class NotWatched extends Error {
  override readonly name = 'NotWatched';
}

const isLimit = (error: unknown): boolean => /ENOSPC|No space left|EMFILE|Too many open files|inotify/i.test(String(error));

/**
 * More events than this within two seconds, and the system's queue (usually 16,384) may have overflowed without a word: what reaches us as one event
 * was up to three there.
 */
const mostEvents = 5_000;
const burstMilliseconds = 2_000;

/** Tells when events come so fast that some may be missing. */
class Burst {
  #since = 0;
  #events = 0;

  overflows(events: number): boolean {
    const now = performance.now();
    if (now - this.#since > burstMilliseconds) {
      this.#since = now;
      this.#events = 0;
    }
    this.#events += events;
    return this.#events >= mostEvents;
  }
}

const isOwn = (path: string): boolean => path === ownFolder || path.startsWith(ownFolder + sep);

/** The native watcher: starts at once, keeps nothing per file. */
export const parcelWatching: StartWatching = async (root, listener) => {
  const { subscribe } = await import('@parcel/watcher');
  const burst = new Burst();
  const watching = subscribe(
    root,
    (error, events) => {
      if (error !== null) return listener.doubt(isLimit(error) ? 'limit' : 'error');
      if (burst.overflows(events.length)) return listener.doubt('overflow');
      const seen = events.map(({ path, type }) => ({ path: relative(root, path), type })).filter(({ path }) => !isOwn(path));
      // The root itself: it went away, or was put in the place of another.
      if (seen.some(({ path }) => path === '')) return listener.doubt('error');
      if (seen.length === 0) return;
      listener.hint(
        foldersOf(seen.map(({ path }) => path)),
        seen.some(({ type }) => type === 'delete'),
      );
    },
    { ignore: [ownFolder] },
  );
  const subscription = await watching.catch((error: unknown) => {
    throw isLimit(error) ? new WatchLimit(error) : error;
  });
  return { backend: 'native', close: () => subscription.unsubscribe() };
};

/** How often a polled volume is looked at, in milliseconds. */
const pollMilliseconds = 5_000;

/** Plain JavaScript, where the native one cannot be loaded; `poll` (milliseconds) for network volumes, which tell nobody anything. */
export const chokidarWatching =
  (poll: number | null): StartWatching =>
  async (root, listener) => {
    const { watch } = await import('chokidar');
    const burst = new Burst();
    const watcher = watch(root, {
      ignoreInitial: true,
      // Without these it hides names that end in `~`, and follows links out of the root.
      atomic: false,
      followSymlinks: false,
      ...(poll === null ? {} : { usePolling: true, interval: poll, binaryInterval: poll }),
      ignored: (path) => isOwn(relative(root, path)),
    });
    let isReady = false;
    watcher.on('all', (event, path) => {
      if (burst.overflows(1)) return listener.doubt('overflow');
      const place = relative(root, path);
      if (place === '') return event === 'unlinkDir' ? listener.doubt('error') : undefined;
      listener.hint(foldersOf([place]), event === 'unlink' || event === 'unlinkDir');
    });
    await new Promise<void>((resolve, reject) => {
      watcher.once('ready', () => {
        isReady = true;
        resolve();
      });
      watcher.on('error', (error) => {
        if (isReady) listener.doubt(isLimit(error) ? 'limit' : 'error');
        else void watcher.close().finally(() => reject(isLimit(error) ? new WatchLimit(error) : (error as Error)));
      });
    });
    return { backend: poll === null ? 'plain' : 'polling', close: () => watcher.close() };
  };

const shortestTurn = 30_000;
const longestTurn = 60_000;

/** No watcher at all: everything is looked at every 30 to 60 seconds. */
export const scanWatching =
  (clock: Clock, random: (sizeBytes: number) => Uint8Array): StartWatching =>
  (_root, listener) => {
    let cancel = (): void => undefined;
    const wait = (): void => {
      cancel = clock.after(shortestTurn + (random(1)[0]! / 255) * (longestTurn - shortestTurn), () => {
        wait();
        listener.doubt('time');
      });
    };
    wait();
    return Promise.resolve({
      backend: 'scans',
      close: () => {
        cancel();
        return Promise.resolve();
      },
    });
  };

/** The native watcher, or the plain one where that cannot be loaded; volumes that tell nobody anything are polled while they are small. */
export const defaultWatching: StartWatching = async (root, listener) => {
  if (isRemoteVolume(root)) {
    if (holdsAtMost(root, mostPolled)) return chokidarWatching(pollMilliseconds)(root, listener);
    throw new NotWatched('A network volume with too much on it to be polled');
  }
  try {
    return await parcelWatching(root, listener);
  } catch (error) {
    if (error instanceof WatchLimit) throw error;
    return chokidarWatching(null)(root, listener);
  }
};

/** NFS, SMB, CIFS, AFS, 9P, FUSE: what is written there by others is told to nobody here. */
const remoteTypes: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x01021997, 0x65735546]);
const mostPolled = 5_000;

/** Whether a folder lies on a volume of another computer's (or of a program's), as far as the system says. */
export function isRemoteVolume(folder: string): boolean {
  if (process.platform === 'win32') return folder.startsWith('\\\\');
  if (process.platform !== 'linux') return false;
  try {
    return remoteTypes.has(statfsSync(folder).type >>> 0);
  } catch {
    return false;
  }
}

function holdsAtMost(root: string, most: number): boolean {
  let found = 0;
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = readdirSync(folder, { withFileTypes: true });
    found += entries.length;
    if (found > most) return false;
    for (const entry of entries) if (entry.isDirectory()) waiting.push(join(folder, entry.name));
  }
  return true;
}

const foldersOf = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => (dirname(path) === '.' ? '' : dirname(path).split(sep).join('/')))),
];
