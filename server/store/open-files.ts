import { open, type FileHandle } from 'node:fs/promises';

/** How long a file that nobody reads stays open, in milliseconds, and how many do: small files that were sent together lie in one pack. */
const lingerMs = 1_000;
const mostLingering = 128;

interface Lent {
  readonly handle: Promise<FileHandle>;
  users: number;
  timer: NodeJS.Timeout | null;
}

/** Files open for reading: opening and closing one costs more than reading a small piece of it. */
export interface OpenFiles {
  /** Throws what opening throws. */
  read<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T>;
  /** The file is about to go away: whoever comes from now on opens it anew, and finds that it is gone. */
  forget(file: string): void;
}

export function openFiles(): OpenFiles {
  const lent = new Map<string, Lent>();
  let lingering = 0;

  const close = (entry: Lent): void => void entry.handle.then((handle) => handle.close()).catch(() => undefined);
  const rest = (entry: Lent): void => {
    if (entry.timer === null) return;
    clearTimeout(entry.timer);
    entry.timer = null;
    lingering -= 1;
  };
  const forget = (file: string, entry: Lent): void => {
    if (lent.get(file) === entry) lent.delete(file);
    rest(entry);
    if (entry.users === 0) close(entry);
  };

  return {
    read: async (file, work) => {
      let entry = lent.get(file);
      if (entry === undefined) {
        entry = { handle: open(file, 'r'), users: 0, timer: null };
        lent.set(file, entry);
      }
      rest(entry);
      entry.users += 1;
      const mine = entry;
      let failed = true;
      try {
        const result = await work(await mine.handle);
        failed = false;
        return result;
      } finally {
        mine.users -= 1;
        if (mine.users === 0) {
          if (failed || lent.get(file) !== mine || lingering >= mostLingering) forget(file, mine);
          else {
            lingering += 1;
            mine.timer = setTimeout(() => forget(file, mine), lingerMs);
            mine.timer.unref();
          }
        } else if (failed && lent.get(file) === mine) lent.delete(file);
      }
    },
    forget: (file) => {
      const entry = lent.get(file);
      if (entry !== undefined) forget(file, entry);
    },
  };
}
