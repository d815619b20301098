import { AppError } from '#shared/base/errors.ts';
import type { Services } from '../context.ts';
import { extensionOf } from './judge.ts';
import { askedRange, namesTag } from './ranges.ts';
import { bytesOf } from './read-chunks.ts';
import type { StoredChunk } from './reach.ts';
import { chunksOf, type Bytes } from './stored-content.ts';

/** Types that a viewer may want to know; everything else is plain bytes. Nothing here can run as a page: see the headers below. */
const mediaTypes: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  avif: 'image/avif',
  flac: 'audio/flac',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  m4v: 'video/mp4',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  ogv: 'video/ogg',
  opus: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
};

/** What kind of bytes a file of that name is said to hold. */
export const mediaTypeOf = (name: string): string => mediaTypes[extensionOf(name)] ?? 'application/octet-stream';

/** `Content-Disposition` for any name (RFC 6266, RFC 8187): a plain one for old programs, the real one encoded. */
export function attachmentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Turns a generator into a body that is read only as fast as it is taken. */
export function bodyOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * The answer to a request for a file: everything, a part (206), 304 or 416. The entity tag is the content hash, so it can never be stale.
 * The file is offered for saving only, and would have no rights if a browser showed it all the same.
 */
export function fileResponse(
  { blobs }: Services,
  request: Request,
  file: { readonly name: string; readonly content: Bytes; readonly stored: ReadonlyMap<string, StoredChunk> },
): Response {
  const { contentHash, sizeBytes } = file.content;
  const etag = `"${contentHash}"`;
  const headers = new Headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': attachmentDisposition(file.name),
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': mediaTypeOf(file.name),
    'x-content-type-options': 'nosniff',
  });
  if (namesTag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const chunks = chunksOf(file.content);
  const lost = chunks.find(({ hash }) => !file.stored.has(hash));
  if (lost !== undefined) throw new AppError('internal', `Chunk ${lost.hash} of a committed file is not in the store`);
  const ifRange = request.headers.get('if-range');
  const range = askedRange(ifRange === null || namesTag(ifRange, etag) ? request.headers.get('range') : null, sizeBytes);
  if (range.kind === 'unsatisfiable') {
    headers.set('content-range', `bytes */${sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const [start, end] = range.kind === 'part' ? [range.start, range.end] : [0, sizeBytes];
  headers.set('content-length', String(end - start));
  if (range.kind === 'part') headers.set('content-range', `bytes ${start}-${end - 1}/${sizeBytes}`);
  const body = request.method === 'HEAD' || end === start ? null : bodyOf(bytesOf(blobs, chunks, file.stored, start, end));
  return new Response(body, { status: range.kind === 'part' ? 206 : 200, headers });
}
