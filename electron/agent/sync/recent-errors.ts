import { AppError, reasonOf } from '#shared/base/errors.ts';

/** An error as it may leave this PC: what kind it was and where in the program, never what it was about. */
export interface ToldError {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly name: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly stack: readonly string[];
}

const most = 50;
const mostFrames = 6;

/** The last errors that were reported, for the diagnostics. */
export class RecentErrors {
  readonly #now: () => number;
  #errors: ToldError[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  add(error: unknown): void {
    this.#errors = [...this.#errors.slice(1 - most), toldError(error, this.#now())];
  }

  get all(): readonly ToldError[] {
    return this.#errors;
  }
}

/** Messages name paths and tokens: only names, codes and places in the program are kept. */
export function toldError(error: unknown, at: number): ToldError {
  const code = (error as { code?: unknown } | null)?.code;
  return {
    at,
    name: error instanceof AppError ? 'AppError' : error instanceof Error ? error.constructor.name : typeof error,
    code: typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? code : null,
    reason: plainReason(reasonOf(error)),
    stack: error instanceof Error ? framesOf(error.stack ?? '') : [],
  };
}

const plainReason = (reason: string | undefined): string | null => (reason !== undefined && /^\w{1,60}$/.test(reason) ? reason : null);

/** `at RootEngine.#pass (root-engine.ts:250:13)`: the function and the file's own name. */
const framesOf = (stack: string): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim().replace(/\(?(?:file:\/\/)?[^\s()]*[/\\]([^/\\\s()]+:\d+:\d+)\)?$/, '($1)'));
