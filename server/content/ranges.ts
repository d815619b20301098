/** What a `Range` header asks of something of `sizeBytes`: nothing usable (send everything), a stretch, or what cannot be had (RFC 9110, 14). */
export type AskedRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

/** Reads one byte range; several ranges at once, and units other than bytes, are answered with everything. `end` is exclusive. */
export function askedRange(header: string | null, sizeBytes: number): AskedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return { kind: 'all' };
  const [first, last] = [match[1]!, match[2]!];
  if (first === '') {
    const start = Math.max(sizeBytes - Number(last), 0);
    return Number(last) === 0 || sizeBytes === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start, end: sizeBytes };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { kind: 'all' };
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

/** Whether an `If-None-Match` or `If-Range` value names `etag`; weak marks do not matter for bytes that never change under their tag. */
export function namesTag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
