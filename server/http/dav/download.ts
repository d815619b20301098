import type { ServerResponse } from 'node:http';
import { AppError } from '#shared/base/errors.ts';
import type { RequestContext, Services } from '../../context.ts';
import type { DownloadLog } from '../../content/download-log.ts';
import { attachmentDisposition, mediaTypeOf } from '../../content/file-response.ts';
import { placedFile, requireReceipt } from '../../content/find-file.ts';
import { scopeOfNodes } from '../../content/scopes.ts';
import { askedRange, namesTag } from '../../content/ranges.ts';
import { bytesOf } from '../../content/read-chunks.ts';
import { largestSmallBytes, smallKey, type SmallContents } from '../../content/small-contents.ts';
import { chunksOf, sha256, type Bytes } from '../../content/stored-content.ts';
import type { Place } from '../../drive/dav/places.ts';
import { empty, headerOf, type Exchange } from './exchange.ts';
import { DavFailure } from './failures.ts';
import { contentOf, etagOf, lastModified } from './live-properties.ts';
import { drained } from './propfind.ts';

/** What a browser shows where it opens a folder: this is an address for file managers. */
const folderText = 'WebDAV\n\nファイルマネージャーでこのアドレスに接続してください。\nConnect to this address with a file manager.\n';

/** GET and HEAD: a file or a part of it. The entity tag is the content hash, so it can never be stale. */
export function makeDownload({
  services,
  downloads,
  contents,
}: {
  readonly services: Services;
  readonly downloads: DownloadLog;
  readonly contents: SmallContents;
}) {
  const { database, blobs } = services;

  /** Where the bytes of a file lie, which the asker may have. */
  const placedBytes = async (context: RequestContext, scope: string, asked: { readonly name: string; readonly content: Bytes }) => {
    const file = await placedFile(database, context, scope, 'drive', asked);
    const chunks = chunksOf(file.content);
    const lost = chunks.find(({ hash }) => !file.stored.has(hash));
    if (lost !== undefined) throw new AppError('internal', `Chunk ${lost.hash} of a committed file is not in the store`);
    return (start: number, end: number): AsyncGenerator<Uint8Array, undefined> => bytesOf(blobs, chunks, file.stored, start, end);
  };

  return async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, response, context } = exchange;
    if (here.kind === 'absent') throw new DavFailure(404);
    const content = here.kind === 'top' ? null : contentOf(here.row);
    if (here.kind === 'top' || content === null) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(folderText)) });
      response.end(request.method === 'HEAD' ? undefined : folderText);
      return;
    }
    const etag = etagOf(content);
    const headers: Record<string, string> = {
      etag,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-disposition': attachmentDisposition(here.row.name),
      'content-type': mediaTypeOf(here.row.name),
      'last-modified': lastModified(here.row, content),
    };
    const match = headerOf(request, 'if-match');
    if (match !== null && !namesTag(match, etag)) throw new DavFailure(412, { reason: 'condition_failed' });
    if (namesTag(headerOf(request, 'if-none-match'), etag)) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
    const { row, access } = here;
    const scope = access.hasRules ? (await scopeOfNodes(database, context.tenantId, [row])).get(row.id)! : row.space_id;
    requireReceipt('drive', row.name, context.policy);
    const { sizeBytes, contentHash } = content;
    const key = smallKey(context.tenantId, scope, contentHash);
    const held = content.chunks === null ? contents.get(key) : null;
    const bytesBetween =
      held === null
        ? await placedBytes(context, scope, { name: row.name, content })
        : async function* (from: number, to: number) {
            yield held.subarray(from, to);
          };
    const ifRange = headerOf(request, 'if-range');
    const range = askedRange(ifRange === null || namesTag(ifRange, etag) ? headerOf(request, 'range') : null, sizeBytes);
    if (range.kind === 'unsatisfiable') return empty(response, 416, { ...headers, 'content-range': `bytes */${sizeBytes}` });
    const [start, end] = range.kind === 'part' ? [range.start, range.end] : [0, sizeBytes];
    headers['content-length'] = String(end - start);
    if (range.kind === 'part') headers['content-range'] = `bytes ${start}-${end - 1}/${sizeBytes}`;
    const status = range.kind === 'part' ? 206 : 200;
    if (request.method === 'HEAD' || start === end) {
      response.writeHead(status, headers);
      response.end();
      return;
    }
    // FIL-07: written down before the first byte goes.
    await downloads.note(context, [{ service: 'drive', itemId: here.row.id, name: here.row.name, sizeBytes }]);
    const isWhole = start === 0 && end === sizeBytes;
    if (!isWhole || sizeBytes > largestSmallBytes || content.chunks !== null)
      return sendBytes(response, status, headers, bytesBetween(start, end));
    // A small file goes out at once, and the next one who asks may have it from memory.
    const { value: bytes } = held === null ? await bytesBetween(0, sizeBytes).next() : { value: held };
    if (held === null) {
      if (sha256(bytes!) !== contentHash) throw new AppError('internal', `Chunk ${contentHash} is not what its hash says`);
      contents.keep(key, bytes!);
    }
    response.writeHead(status, headers);
    response.end(bytes);
  };
}

/** Sends pieces as fast as they are taken. The head goes with the first one: what fails before has its own answer. */
async function sendBytes(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  pieces: AsyncGenerator<Uint8Array>,
): Promise<void> {
  let begun = false;
  for await (const piece of pieces) {
    if (!begun) response.writeHead(status, headers);
    begun = true;
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
}
