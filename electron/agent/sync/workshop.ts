import { Worker } from 'node:worker_threads';
import type { CutOutcome, CutStart } from '../transfer/cut-file.ts';
import type { PackedFiles, SmallFile } from '../transfer/pack-files.ts';
import type { ReadOutcome } from '../transfer/read-content.ts';
import type { ScanFolder } from './scan-entry.ts';
import type { ScanChanges } from './scan.ts';
import type { WorkerTask } from './worker-tasks.ts';

/** Where blocking work is done, so that the agent's own thread keeps answering. */
export interface Workshop {
  /** Lists some folders (relative paths), or the whole tree when `folders` is null. */
  scan(root: string, folders: readonly string[] | null): Promise<readonly ScanFolder[]>;
  /** Looks at the whole tree and tells what is not as `known` (words of `FolderDigests`) has it. */
  changes(root: string, known: Uint32Array | null): Promise<ScanChanges>;
  pack(files: readonly SmallFile[]): Promise<PackedFiles>;
  /** The next stretch of a large file, cut and packed. */
  cut(start: CutStart): Promise<CutOutcome>;
  read(path: string): Promise<ReadOutcome>;
  close(): Promise<void>;
}

const idleMilliseconds = 20_000;

/** One thread that is started with its first task and ends when it had nothing to do for a while. */
class Bench {
  readonly #entry: string | URL;
  readonly #open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #worker: Worker | null = null;
  #last = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor(entry: string | URL) {
    this.#entry = entry;
  }

  run(task: WorkerTask): Promise<unknown> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      worker.postMessage({ id, task });
    });
  }

  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#fail(new Error('The worker was closed'));
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { execArgv: [], env: {} });
    worker.unref();
    worker.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const waiting = this.#open.get(id);
      this.#open.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
      if (this.#open.size === 0) this.#rest();
    });
    const lost = (cause: Error) => {
      if (this.#worker === worker) this.#worker = null;
      this.#fail(cause);
    };
    worker.on('error', lost);
    worker.on('exit', () => lost(new Error('The worker ended')));
    return worker;
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.close(), idleMilliseconds);
    this.#idle.unref();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}

/** Two threads: large files have their own, so that small ones and listings never wait for them. */
export function threadWorkshop(entry: string | URL): Workshop {
  const small = new Bench(entry);
  const large = new Bench(entry);
  return {
    scan: (root, folders) => small.run({ kind: 'scan', root, folders }) as Promise<readonly ScanFolder[]>,
    changes: (root, known) => small.run({ kind: 'changes', root, known }) as Promise<ScanChanges>,
    pack: (files) => small.run({ kind: 'pack', files }) as Promise<PackedFiles>,
    cut: (start) => large.run({ kind: 'cut', start }) as Promise<CutOutcome>,
    read: (path) => large.run({ kind: 'read', path }) as Promise<ReadOutcome>,
    close: async () => void (await Promise.all([small.close(), large.close()])),
  };
}
