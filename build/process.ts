import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After this long the process group is asked to end, five seconds later made to, and `code` is 124. */
  readonly timeoutMs?: number;
  /** Show the output as it comes instead of only collecting it. */
  readonly show?: boolean;
}

const graceMs = 5000;

/** Runs a program to its end and returns its exit code and what it wrote; never throws for a failing program. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const chunks: Buffer[] = [];
    const collect = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      chunks.push(chunk);
      if (options.show === true) stream.write(chunk);
    };
    child.stdout.on('data', collect(process.stdout));
    child.stderr.on('data', collect(process.stderr));
    let timedOut = false;
    let killer: NodeJS.Timeout | undefined;
    // First asked, so that a test runner can end what it started itself; then made to.
    const stop = (): void => {
      timedOut = true;
      endGroup(child.pid, 'SIGTERM');
      killer = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
    };
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
    const finish = (code: number): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      const note = timedOut ? `\n${program} took longer than ${options.timeoutMs} ms and was ended.\n` : '';
      resolve({
        code: timedOut ? 124 : code,
        output: Buffer.concat(chunks).toString('utf8') + note,
        seconds: (performance.now() - startedAt) / 1000,
      });
    };
    child.on('error', (error) => {
      collect(process.stderr)(Buffer.from(`${error.message}\n`));
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 128));
  });
}

/** Ends a process started with its own group, and all its children. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Already gone, which is what was wanted.
  }
}
