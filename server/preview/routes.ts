import type { Services } from '../context.ts';
import type { DownloadLog } from '../content/download-log.ts';
import { nodeFile } from '../content/find-file.ts';
import { answering, type ByteRoute } from '../content/routes.ts';
import { askedPicture, pictureResponse } from './picture-response.ts';
import type { Previews } from './previews.ts';

/** `GET /api/files/:nodeId/preview/:page?width=&version=` (DRV-17): a picture of a page, made when it is first asked for. */
export function previewRoutes(
  { database }: Pick<Services, 'database'>,
  { previews, downloads }: { readonly previews: Previews; readonly downloads: DownloadLog },
): Record<'preview', ByteRoute> {
  return {
    preview: answering(async (request, context, params) => {
      const query = new URL(request.url).searchParams;
      const { page, width } = askedPicture(params['page'] ?? '', query);
      const nodeId = params['nodeId'] ?? '';
      const version = query.get('version');
      const file = await nodeFile(database, context, nodeId, version);
      const { name, content } = file;
      const viewer = { tenantId: context.tenantId, memberId: context.member.id };
      const asked = { contentHash: content.contentHash, page, width, isVersion: version !== null };
      return pictureResponse(request, asked, async () => {
        const picture = await previews.picture(viewer, file, page, width, request.signal);
        // FIL-07: a picture of a file is a view of it, however small.
        if (picture.kind === 'picture')
          await downloads.note(context, [{ service: 'drive', itemId: nodeId, name, sizeBytes: content.sizeBytes, isPicture: true }]);
        return picture;
      });
    }),
  };
}
