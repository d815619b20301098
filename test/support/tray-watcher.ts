import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Desktop } from './desktop.ts';

/** A tray icon as a panel would draw it. */
export interface TrayIcon {
  readonly tooltip: string;
  readonly menu: readonly string[];
  /** A digest of the picture's files: equal exactly when the pictures are. */
  readonly picture: string;
}

export interface TrayWatcher {
  readonly icons: () => Promise<readonly TrayIcon[]>;
  readonly close: () => Promise<void>;
}

/** Puts a tray onto a desktop; open it before the app starts. */
export async function openTrayWatcher(desktop: Desktop): Promise<TrayWatcher> {
  const child = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'tray-watcher.py')], {
    env: { ...process.env, ...desktop.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<readonly TrayIcon[]> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('The tray watcher ended.');
    return JSON.parse(line.value) as TrayIcon[];
  };
  await answer();
  return {
    icons: () => {
      child.stdin.write('\n');
      return answer();
    },
    close: async () => {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.stdin.end();
      await gone;
    },
  };
}
