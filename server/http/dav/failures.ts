import type { ServerResponse } from 'node:http';
import { AppError, errorCodes, reasonOf } from '#shared/base/errors.ts';
import type { MutationResult } from '#shared/model/drive.ts';
import { escapeXml } from './xml.ts';
import { sendXml } from './exchange.ts';

/** Why a request came to nothing, as WebDAV says it: a status, and the precondition of the RFC that did not hold. */
export class DavFailure extends Error {
  readonly status: number;
  readonly precondition: string | null;
  readonly reason: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    more: { readonly precondition?: string; readonly reason?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(`WebDAV ${status} ${more.reason ?? more.precondition ?? ''}`);
    this.status = status;
    this.precondition = more.precondition ?? null;
    this.reason = more.reason ?? null;
    this.headers = more.headers ?? {};
  }
}

const statuses: Readonly<Record<string, number>> = {
  locked: 423,
  quota_exceeded: 507,
  file_too_large: 413,
  too_many_locks: 503,
  name_empty: 400,
  name_too_long: 400,
  name_reserved: 400,
  name_characters: 400,
  content_mismatch: 400,
  scan_pending: 503,
  scanner_unavailable: 503,
};
const conflicts: Readonly<Record<string, number>> = {
  name_taken: 405,
  parent_missing: 409,
  missing: 404,
  trashed: 404,
  version_changed: 412,
  cycle: 403,
  not_empty: 409,
  id_taken: 409,
};

/** What a refused mutation is over WebDAV. `href`: what it was about. */
export function failureOf(result: Exclude<MutationResult, { kind: 'applied' }>, href: string): DavFailure {
  if (result.kind === 'missing_chunks') return new DavFailure(503, { reason: 'missing_chunks', headers: { 'retry-after': '1' } });
  if (result.kind === 'conflict') return new DavFailure(conflicts[result.reason] ?? 409, { reason: result.reason });
  const status = statuses[result.reason] ?? 403;
  const precondition =
    result.reason === 'locked'
      ? `<D:lock-token-submitted><D:href>${escapeXml(href)}</D:href></D:lock-token-submitted>`
      : result.reason === 'quota_exceeded'
        ? '<D:quota-not-exceeded/>'
        : undefined;
  return new DavFailure(status, {
    reason: result.reason,
    ...(precondition === undefined ? {} : { precondition }),
    ...(status === 503 ? { headers: { 'retry-after': '10' } } : {}),
  });
}

/** Any failure as an answer. The reason stands in an element of our own, for whoever looks. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  const failure = error instanceof DavFailure ? error : fromAppError(AppError.from(error));
  const { status, precondition, reason, headers } = failure;
  if (precondition === null && reason === null) {
    response.writeHead(status, { ...headers, 'content-length': '0' });
    response.end();
    return;
  }
  const own = reason === null ? '' : `<h:reason xmlns:h="urn:hikyaku">${escapeXml(reason)}</h:reason>`;
  sendXml(response, status, `<D:error xmlns:D="DAV:">${precondition ?? ''}${own}</D:error>`, headers);
}

function fromAppError(error: AppError): DavFailure {
  const reason = reasonOf(error);
  const { retryAfterSeconds } = (error.details ?? {}) as { retryAfterSeconds?: unknown };
  const headers = {
    ...(error.code === 'unauthenticated' ? { 'www-authenticate': 'Basic realm="Hikyaku", charset="UTF-8"' } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}),
  };
  const status = reason === undefined ? errorCodes[error.code].status : (statuses[reason] ?? errorCodes[error.code].status);
  return new DavFailure(status, { headers, ...(reason === undefined ? {} : { reason }) });
}
