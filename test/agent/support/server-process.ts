import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
export const demoPassword = 'hikyaku-demo-for-tests';

/** A real server in its own process, with the demo tenant, on a free port that stays the same over restarts. */
export interface ServerProcess {
  readonly url: string;
  /** Its data folder. */
  readonly data: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export async function startServerProcess(): Promise<ServerProcess> {
  const data = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-server-'));
  let child: ChildProcess | null = null;
  let url = '';

  const start = async (): Promise<void> => {
    const port = url === '' ? '0' : new URL(url).port;
    const args = ['server/main.ts', '--data', data, '--port', port, '--demo', '--demo-password', demoPassword];
    const started = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let errors = '';
    started.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: started.stdout }).on('line', (line) => {
        const first = JSON.parse(line) as { url?: string; level?: string };
        if (first.url !== undefined && first.level === undefined) resolve(first.url);
      });
      started.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${errors}`)));
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => void running.once('exit', resolve));
    running.kill(signal);
    await ended;
  };

  await start();
  return {
    data,
    get url() {
      return url;
    },
    kill: () => end('SIGKILL'),
    start,
    close: async () => {
      await end('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
