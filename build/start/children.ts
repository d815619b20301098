import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';

const graceMs = 10_000;

/** The processes that `npm start` started, to be ended together, the last started first. */
export class Children {
  readonly #running: { readonly name: string; readonly child: ChildProcess }[] = [];
  #ending = false;

  /** Starts a program. `onExit` hears of its end unless all are being ended. */
  start(name: string, program: string, args: readonly string[], options: SpawnOptions, onExit: (code: number) => void): ChildProcess {
    // In a process group of its own: Ctrl-C reaches only this process, which then ends the others in order.
    const child = spawn(program, args, { ...options, detached: process.platform !== 'win32' });
    this.#running.push({ name, child });
    child.once('error', (error) => {
      console.error(`${name}: ${error.message}`);
      if (!this.#ending) onExit(1);
    });
    child.once('exit', (code) => {
      if (!this.#ending) onExit(code ?? 1);
    });
    return child;
  }

  /** Asks each to end, and makes it end after ten seconds. */
  async endAll(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    for (const { child } of this.#running.toReversed()) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(late);
    }
  }
}

/** The first line that a program writes to standard output, or to another descriptor. */
export function firstLine(child: ChildProcess, descriptor = 1): Promise<string> {
  const stream = child.stdio[descriptor];
  if (stream === null || stream === undefined || !('read' in stream)) throw new Error(`Descriptor ${descriptor} is not piped.`);
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('It ended before it was ready.')));
  });
}
