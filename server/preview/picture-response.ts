import { AppError } from '#shared/base/errors.ts';
import { mostPreviewPages, previewWidths } from '#shared/model/preview.ts';
import { namesTag } from '../content/ranges.ts';
import { pipelineVersion, type Picture } from './previews.ts';

/** A day: rules that take a file away should not be outlived by a browser's memory for long. */
const cacheSeconds = 86_400;

/** What the address of a picture asks for. Throws `invalid`. */
export function askedPicture(page: string, query: URLSearchParams): { readonly page: number; readonly width: number } {
  if (!/^[1-9]\d{0,3}$/.test(page) || Number(page) > mostPreviewPages) {
    throw new AppError('invalid', `A page is a whole number from 1 to ${mostPreviewPages}`);
  }
  const width = Number(query.get('width') ?? previewWidths[1]);
  if (!previewWidths.some((known) => known === width)) throw new AppError('invalid', `Widths are ${previewWidths.join(', ')}`);
  return { page: Number(page), width };
}

/**
 * The answer to a request for a picture. Its tag says of what it was made and how, so it is known before anything is made; under an address
 * that names a version it never changes.
 */
export async function pictureResponse(
  request: Request,
  asked: { readonly contentHash: string; readonly page: number; readonly width: number; readonly isVersion: boolean },
  make: () => Promise<Picture>,
): Promise<Response> {
  const etag = `"${asked.contentHash}-${asked.page}-${asked.width}-${pipelineVersion}"`;
  const headers = new Headers({
    etag,
    'cache-control': asked.isVersion ? `private, max-age=${cacheSeconds}, immutable` : 'private, no-cache',
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
  if (namesTag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const picture = await make();
  if (picture.kind === 'none') {
    const { reason } = picture;
    const code = reason === 'pending' ? 'unavailable' : 'not_found';
    throw new AppError(code, 'There is no picture of it', { details: { reason: 'no_preview', subject: reason } });
  }
  headers.set('content-type', picture.mediaType);
  headers.set('content-length', String(picture.bytes.length));
  // Copied: a response takes a view of memory of its own.
  return new Response(new Uint8Array(picture.bytes), { headers });
}
