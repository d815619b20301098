import { AppError } from '#shared/base/errors.ts';
import { failure, statusOf, type Reply } from '#shared/contract/operation.ts';
import { nonceReason } from './proof.ts';

/** A reply as an HTTP answer. Failures that a header of its own explains get it. */
export function answer(reply: Reply, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(reply), {
    status: statusOf(reply),
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...explaining(reply), ...headers },
  });
}

/** A failure as an HTTP answer. */
export const answerFailure = (error: unknown): Response => answer(failure(AppError.from(error)));

function explaining(reply: Reply): Record<string, string> {
  if (reply.ok) return {};
  const details = typeof reply.error.details === 'object' && reply.error.details !== null ? reply.error.details : {};
  const { reason, retryAfterSeconds } = details as { reason?: unknown; retryAfterSeconds?: unknown };
  if (reply.error.code === 'unauthenticated') {
    return { 'www-authenticate': reason === nonceReason ? 'DPoP error="use_dpop_nonce", algs="ES256"' : 'DPoP algs="ES256"' };
  }
  return typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {};
}
