import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { inRoot } from '../../../build/paths.ts';
import type { SyncReport } from '../../../electron/agent/sync/command.ts';

export const benchPassword = 'hikyaku-bench-password';

/** Where an agent works. */
export interface AgentPlace {
  readonly url: string;
  /** The folder that holds its folder, `name`, and its state. */
  readonly work: string;
  readonly name: string;
  readonly member: string;
  readonly space: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The headless agent, running: it tells each time when its folder came to rest. */
export interface ResidentAgent {
  readonly folder: string;
  readonly process: ChildProcess;
  /** What it printed last. */
  readonly last: SyncReport;
  /** The next line that it prints. */
  next(): Promise<SyncReport>;
  /** Makes it look at everything and say when it is done. */
  look(): void;
  close(): Promise<void>;
}

function launch({ url, work, name, member, space, env }: AgentPlace, more: readonly string[]): ChildProcess {
  const password = path.join(work, `${name}.password`);
  writeFileSync(password, `${benchPassword}\n`);
  const args = ['sync', '--server', url, '--member', member, '--password-file', password, '--space', space, '--json', ...more];
  const kept = [
    '--dir',
    path.join(work, name),
    '--state',
    path.join(work, `${name}-state`),
    '--key-file',
    path.join(work, `${name}-keys.json`),
  ];
  return spawn(process.execPath, [inRoot('electron/agent/headless.ts'), ...args, ...kept], {
    cwd: inRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const lines = (child: ChildProcess): (() => Promise<SyncReport>) => {
  const printed = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const line = await printed.next();
    if (line.done === true) throw new Error('The agent ended');
    return JSON.parse(line.value) as SyncReport;
  };
};

/** Starts the agent on a folder and waits until it is in step for the first time. */
export async function startResident(place: AgentPlace): Promise<ResidentAgent> {
  const child = launch(place, []);
  const read = lines(child);
  let last = await read();
  return {
    folder: path.join(place.work, place.name),
    process: child,
    get last() {
      return last;
    },
    next: async () => (last = await read()),
    look: () => void child.kill('SIGHUP'),
    close: async () => {
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs the agent until it is in step; what it printed then. `seconds` counts from when it began to work, after its login. */
export async function runOnce(place: AgentPlace): Promise<SyncReport> {
  const child = launch(place, ['--once']);
  const ended = new Promise((resolve) => void child.once('exit', resolve));
  const report = await lines(child)();
  await ended;
  return report;
}
