import type { Source } from '../content/inspection/source.ts';

/** Why a job gave nothing. The first four are about the file; `overloaded` and `cancelled` are not. */
export type JobFailureReason = 'damaged' | 'encrypted' | 'too_large' | 'too_slow' | 'overloaded' | 'cancelled';

/** Thrown by a job's module for what it knows; anything else that it throws means `damaged`. */
export class JobFailure extends Error {
  readonly reason: JobFailureReason;
  constructor(reason: JobFailureReason, message: string = reason) {
    super(message);
    this.reason = reason;
  }
}

/** What a module that runs in the sandbox exports as `run`. `input` is the path of the file, which can only be read. */
export type JobRun = (input: string, options: never) => Promise<JobResult>;
/** `value` is JSON; `files` are what the job made. */
export interface JobResult {
  readonly value: unknown;
  readonly files?: readonly Uint8Array[];
}

export interface JobLimits {
  readonly inputBytes: number;
  /** Of everything that comes back. */
  readonly outputBytes: number;
  /** Of wall clock, from when it starts to run. */
  readonly milliseconds: number;
  /** Of memory that is really in use, over the process and its children. */
  readonly residentBytes: number;
}
const mebibyte = 1_048_576;
/** What is enough for honest pictures and documents. */
export const usualLimits: JobLimits = {
  inputBytes: 256 * mebibyte,
  outputBytes: 32 * mebibyte,
  milliseconds: 20_000,
  residentBytes: 1_024 * mebibyte,
};

/** Who waits for a job, and how. */
export interface JobTicket {
  readonly tenantId: string;
  /** Jobs of different askers take turns, however many one of them has. */
  readonly asker: string;
  /** `soon`: somebody looks at a screen. `background`: only when nobody does. At most one job that is `heavy` or in the background runs at once. */
  readonly urgency: 'soon' | 'heavy' | 'background';
  /** When it is over, a waiting job is not started and a running one is ended. */
  readonly signal?: AbortSignal;
}

/** Work on one file by a module of ours with a `run` of `JobRun`. */
export interface Job extends JobTicket {
  /** The module's address: `new URL('./decoders/image.ts', import.meta.url)`. */
  readonly module: URL;
  readonly input: Source;
  /** JSON. */
  readonly options: unknown;
  readonly limits?: Partial<JobLimits>;
}

/** Work on one file by a program of the system. */
export interface ProgramJob extends JobTicket {
  readonly input: Source;
  /** With its ending: some programs go by it. */
  readonly inputName: string;
  /** The command, given the input's path and the folder that it may write to. */
  command(input: string, folder: string): readonly string[];
  /** Files that the program finds in its folder, by name. */
  readonly prepared?: Readonly<Record<string, string>>;
  /** What it makes, by its name in the folder. */
  readonly outputName: string;
  readonly limits?: Partial<JobLimits>;
}

export type JobOutcome<T = unknown> =
  | { readonly kind: 'done'; readonly value: T; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'failed'; readonly reason: JobFailureReason };

/** Files from people are taken apart in here, never in the server itself. */
export interface Sandbox {
  /** Runs a module of ours on a file. Never throws for what is in the file; throws when the file cannot be read from the store. */
  run<T>(job: Job): Promise<JobOutcome<T>>;
  /** Runs a program of the system on a file. `files` holds its one output. */
  runProgram(job: ProgramJob): Promise<JobOutcome<null>>;
  /** Ends everything that runs and removes its files. */
  close(): Promise<void>;
}
