import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { inRoot } from '../../build/paths.ts';

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** What it has written to standard output and error so far. */
  readonly log: () => string;
  /** Ends it with a signal and waits until it is gone; `SIGKILL` is the crash. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
}

export interface ServerOptions {
  /** Default: a fresh temporary folder. The same folder again is the same server after a restart. */
  readonly dataDir?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** More options, such as `--demo`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const startMs = 60_000;

/** Starts the tenant server as a process of its own and waits until it accepts requests. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'hikyaku-server-'));
  const args = [inRoot('server', 'main.ts'), '--data', dataDir, '--port', String(options.port ?? 0), ...(options.args ?? [])];
  const child = spawn(process.execPath, args, {
    cwd: inRoot(),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const log = (): string => written.join('');
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await firstUrl(child, log);
  return {
    url,
    port: Number(new URL(url).port),
    dataDir,
    pid: child.pid ?? 0,
    log,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await gone;
      clearTimeout(late);
      return code;
    },
  };
}

function firstUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server was not ready within ${startMs} ms. It wrote:\n${log()}`));
    }, startMs);
    const fail = (why: string): void => {
      clearTimeout(late);
      reject(new Error(`The server ${why}. It wrote:\n${log()}`));
    };
    child.once('exit', (code) => fail(`ended with ${code}`));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).once('line', (line) => {
        clearTimeout(late);
        const found = /^\{"url":"([^"]+)"\}/.exec(line)?.[1];
        if (found === undefined) fail('wrote something else first');
        else resolve(found);
      });
    }
  });
}
