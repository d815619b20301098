/** Every failure that may cross a process or network boundary: code → HTTP status, and whether trying again can help. */
export const errorCodes = {
  invalid: { status: 400, retry: false },
  unauthenticated: { status: 401, retry: false },
  denied: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  conflict: { status: 409, retry: false },
  too_large: { status: 413, retry: false },
  upgrade_required: { status: 426, retry: false },
  rate_limited: { status: 429, retry: true },
  internal: { status: 500, retry: false },
  unavailable: { status: 503, retry: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** True when `code` stands in the table; codes of newer peers do not. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** A failure with a code from the closed table. `details` is data for the receiver (for instance `{reason}`), never secrets. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retry(): boolean {
    return errorCodes[this.code].retry;
  }

  /** Wraps anything thrown; what is not an `AppError` becomes `internal` with a fixed message, so nothing leaks. */
  static from(cause: unknown): AppError {
    return cause instanceof AppError ? cause : new AppError('internal', 'Internal error', { cause });
  }
}

/** The machine-readable reason of a denial or refusal (`details.reason`), or undefined. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof AppError) || typeof error.details !== 'object' || error.details === null) return undefined;
  const { reason } = error.details as { reason?: unknown };
  return typeof reason === 'string' ? reason : undefined;
}
