import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { inRoot } from '../../../build/paths.ts';
import type { SyncReport } from '../../../electron/agent/sync/command.ts';

export const benchPassword = 'hikyaku-bench-password';

/** The headless agent, running: it tells each time when its folder came to rest. */
export interface ResidentAgent {
  readonly folder: string;
  /** The next line that it prints. */
  next(): Promise<SyncReport>;
  close(): Promise<void>;
}

/** Starts the agent on a folder and waits until it is in step for the first time. */
export async function startResident(url: string, work: string, name: string, member: string, space: string): Promise<ResidentAgent> {
  const folder = path.join(work, name);
  const password = path.join(work, `${name}.password`);
  writeFileSync(password, `${benchPassword}\n`);
  const args = ['sync', '--server', url, '--member', member, '--password-file', password, '--space', space, '--dir', folder, '--json'];
  const kept = ['--state', path.join(work, `${name}-state`), '--key-file', path.join(work, `${name}-keys.json`)];
  const child: ChildProcess = spawn(process.execPath, [inRoot('electron/agent/headless.ts'), ...args, ...kept], {
    cwd: inRoot(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<SyncReport> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('The agent ended');
    return JSON.parse(line.value) as SyncReport;
  };
  await next();
  return {
    folder,
    next,
    close: async () => {
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
