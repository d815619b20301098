import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';

/** What a change in the folder amounts to: who counts their work (only ours does) knows by it when all of it is done. */
export interface Amount {
  readonly files: number;
  readonly moves: number;
}

/** A folder of this PC and another side, and a program that brings them in step. Times are in milliseconds from the trigger; the start-up of a command is taken off. */
export interface Pair {
  readonly near: string;
  /** Does `change` in `near` and waits until the other side has it. */
  up(change: () => void, amount: Amount): Promise<number>;
  /** Brings everything to one more PC, whose folder is empty. */
  down(files: number): Promise<number>;
  /** Looks at everything when nothing has changed. */
  noop(): Promise<number>;
  /** Times of `count` small files, each from its saving here until it lies on another disk; null where nobody looks by themselves. */
  saves(count: number): Promise<number[] | null>;
  /** At rest: share of one processor in per cent, and memory in MiB; null for what only runs when it is called. */
  idle(seconds: number): Promise<{ readonly cpuPercent: number; readonly memoryMiB: number } | null>;
  /** The most memory so far in MiB, where it is known. */
  memoryMiB(): number | null;
  /** Content that was sent so far in MiB, where it is counted. */
  sentMiB(): number | null;
  close(): Promise<void>;
}

/** A program of the comparison. */
export interface Contestant {
  readonly name: string;
  /** `limit`: no sync, only the bound of what a disk can do. */
  readonly role: 'own' | 'own without fsync' | 'peer' | 'limit';
  /** It talks over a socket, so that a longer way can be put in between. */
  readonly overSocket: boolean;
  isThere(): boolean;
  open(work: string, roundTripMs: number): Promise<Pair>;
}

export const isInstalled = (command: string, argument: string): boolean =>
  spawnSync(command, [argument], { stdio: 'ignore' }).error === undefined;

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const answerMs = 20_000;

/** Waits until somebody listens on a port. Throws when the process ends first, or nobody does for long. */
export async function listens(port: number, child: ChildProcess): Promise<void> {
  for (const end = performance.now() + answerMs; performance.now() < end && child.exitCode === null;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await pause(50);
  }
  throw new Error('The peer does not listen');
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Runs a command to its end. Rejects when it fails. */
export function timed(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const written: string[] = [];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => void written.push(piece.toString('utf8')));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(performance.now() - began);
      else reject(new Error(`${command} ended with ${code}:\n${written.join('').slice(-2_000)}`));
    });
  });
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => void child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}
