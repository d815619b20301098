import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { largestPackBytes } from '#shared/contract/pack.ts';
import { mostHashes } from '#shared/model/drive.ts';
import { Id, Sha256 } from '#shared/model/ids.ts';
import type { RequestContext, Services } from '../context.ts';
import { archiveRoute } from './archive-route.ts';
import { answering, type ByteRoute } from './byte-route.ts';
import type { DownloadLog } from './download-log.ts';
import { bodyOf, fileResponse } from './file-response.ts';
import { messageFile, nodeFile, type FoundFile } from './find-file.ts';
import type { FileService } from './judge.ts';
import { packOf, packSize, runsOf } from './read-chunks.ts';
import { reachOf, reachWithin, reachableChunks } from './reach.ts';
import { bodyUpTo } from './request-body.ts';
import { storePack } from './store-pack.ts';

export { answering, type ByteRoute };

/** `items`: the files of Drive that the chunks belong to; needed where downloads are recorded (FIL-07). */
const ReadInput = z.object({ hashes: z.array(Sha256).min(1).max(mostHashes), items: z.array(Id).max(mostHashes).default([]) });
/** Two thousand hashes and as many ids in quotes, with room for spaces. */
const longestReadInput = mostHashes * 150;

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('invalid', 'The body is not JSON', { cause });
  }
}

/**
 * The byte routes (docs/protocol.md): `PUT /api/content/pack`, `POST /api/content/read`,
 * `GET /api/files/:nodeId/content[?version=]`, `GET /api/messages/:messageId/files/:fileId` and `GET /api/archives?nodes=`.
 */
export function contentRoutes(
  services: Services,
  downloads: DownloadLog,
): Record<'pack' | 'read' | 'file' | 'messageFile' | 'archive', ByteRoute> {
  const { database, blobs } = services;
  /** FIL-07: written down before the first byte goes; an answer without bytes is no download. */
  const noted = async (
    context: RequestContext,
    response: Response,
    service: FileService,
    itemId: string,
    file: FoundFile,
  ): Promise<Response> => {
    const { name, content } = file;
    if (response.body !== null) await downloads.note(context, [{ service, itemId, name, sizeBytes: content.sizeBytes }]);
    return response;
  };
  return {
    pack: answering(async (request, { tenantId, member }) => {
      const pack = await bodyUpTo(request, largestPackBytes);
      return Response.json({ ok: true, value: await storePack(services, tenantId, member.id, pack) });
    }),

    read: answering(async (request, context) => {
      const { tenantId, member, policy } = context;
      const input = ReadInput.safeParse(parseJson(await bodyUpTo(request, longestReadInput)));
      if (!input.success) throw new AppError('invalid', z.prettifyError(input.error));
      const reach = reachWithin(await reachOf(database, tenantId, member.id), context);
      const hashes = [...new Set(input.data.hashes)];
      const found = await reachableChunks(database, tenantId, reach, hashes, policy);
      const missing = hashes.filter((hash) => !found.has(hash));
      if (missing.length > 0) throw new AppError('not_found', `${missing.length} chunks are not there`, { details: { missing } });
      await downloads.noteChunks(context, hashes, input.data.items);
      const runs = runsOf(found.values());
      return new Response(bodyOf(packOf(blobs, runs)), {
        headers: {
          'cache-control': 'no-store',
          'content-length': String(packSize(runs)),
          'content-type': 'application/vnd.hikyaku.pack',
          'x-content-type-options': 'nosniff',
        },
      });
    }),

    file: answering(async (request, context, params) => {
      const version = new URL(request.url).searchParams.get('version');
      const itemId = params['nodeId'] ?? '';
      const file = await nodeFile(database, context, itemId, version);
      return noted(context, fileResponse(services, request, file), 'drive', itemId, file);
    }),

    messageFile: answering(async (request, context, params) => {
      const itemId = params['messageId'] ?? '';
      const file = await messageFile(database, context, itemId, params['fileId'] ?? '');
      return noted(context, fileResponse(services, request, file), 'talk', itemId, file);
    }),

    archive: answering(archiveRoute(services, downloads)),
  };
}
