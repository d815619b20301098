import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { RequestContext, Services } from '../context.ts';
import type { DownloadLog } from '../content/download-log.ts';
import { nodeFile } from '../content/find-file.ts';
import type { Previews } from './previews.ts';

/** DRV-17: how a file can be shown. Text goes along with the answer, so it is a view (FIL-07); pictures are noted when they go. */
export function previewHandlers(
  { database }: Pick<Services, 'database'>,
  { previews, downloads }: { readonly previews: Previews; readonly downloads: DownloadLog },
): Pick<Handlers<ServerContract, RequestContext>, 'drive.preview'> {
  return {
    'drive.preview': async ({ nodeId, version }, context) => {
      const file = await nodeFile(database, context, nodeId, version === undefined ? null : String(version));
      const preview = await previews.describe({ tenantId: context.tenantId, memberId: context.member.id }, file);
      if (preview.kind === 'text') {
        const { name, content } = file;
        await downloads.note(context, [{ service: 'drive', itemId: nodeId, name, sizeBytes: content.sizeBytes }]);
      }
      return { preview };
    },
  };
}
