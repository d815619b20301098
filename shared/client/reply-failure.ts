import { z } from 'zod';
import { AppError, isErrorCode } from '#shared/base/errors.ts';

const Failure = z.object({
  ok: z.literal(false),
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

/** The failure that a reply carries, or null. Codes of newer servers count as `internal`. */
export function replyFailure(reply: unknown): AppError | null {
  const parsed = Failure.safeParse(reply);
  if (!parsed.success) return null;
  const { code, message, details } = parsed.data.error;
  return new AppError(isErrorCode(code) ? code : 'internal', message, { details });
}
