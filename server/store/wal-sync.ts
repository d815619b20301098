import { open, type FileHandle } from 'node:fs/promises';

/** Waits for the disk outside of the program's only thread. */
export interface WalSync {
  /** Resolves when everything that is in the log by now is on the disk. Rejects when the disk does not take it. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The log of a SQLite database in WAL mode, as the one thing that makes a commit last: what `synchronous=FULL` waits for within COMMIT. It is there as
 * long as a connection is open; SQLite keeps no locks on it, so that closing it here ends none.
 */
export function walSync(file: string): WalSync {
  let opened: Promise<FileHandle> | null = null;
  return {
    sync: async () => {
      opened ??= open(file, 'r+');
      await (await opened).datasync();
    },
    close: async () => {
      const handle = await opened?.catch(() => null);
      await handle?.close();
    },
  };
}
