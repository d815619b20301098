import { AppError } from '#shared/base/errors.ts';
import { LinkToken } from '#shared/contract/link-page.ts';
import { failure, statusOf } from '#shared/contract/operation.ts';
import { archiveRoute } from '../content/archive-route.ts';
import type { DownloadLog } from '../content/download-log.ts';
import { fileResponse } from '../content/file-response.ts';
import { nodeFile } from '../content/find-file.ts';
import type { PublicContext, Services } from '../context.ts';
import type { Previews } from '../preview/previews.ts';
import { previewRoutes } from '../preview/routes.ts';
import type { LinkAccesses } from './accesses.ts';
import { behind } from './behind.ts';
import { logOf } from './log-of.ts';
import type { Looks, Visit } from './look.ts';
import type { LinkUploads } from './uploads.ts';

/** A route of `/l/<token>/…`, for somebody about whom nothing is known yet. */
export type LinkRoute = (request: Request, context: PublicContext, params: Readonly<Record<string, string>>) => Promise<Response>;

export interface LinkRouteOptions {
  readonly looks: Looks;
  readonly accesses: LinkAccesses;
  readonly downloads: DownloadLog;
  readonly previews: Previews;
  readonly uploads: LinkUploads;
}

/** What links give and take is nobody else's: no cache, no search engine. */
const guarded = (response: Response): Response => {
  response.headers.set('cache-control', 'private, no-store');
  response.headers.set('x-robots-tag', 'noindex, nofollow');
  return response;
};
const answering =
  (route: LinkRoute): LinkRoute =>
  async (request, context, params) => {
    try {
      return guarded(await route(request, context, params));
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw error;
      const reply = failure(error);
      return guarded(Response.json(reply, { status: statusOf(reply) }));
    }
  };

/**
 * `GET /l/:token/content[?file=]`, `GET /l/:token/zip[?folder=]`, `GET /l/:token/preview/:page?file=&width=` and `PUT /l/:token/upload`.
 * Everything is judged anew with every request, by this moment's rules.
 */
export function linkRoutes(
  services: Services,
  options: LinkRouteOptions,
): Readonly<Record<'content' | 'zip' | 'preview' | 'upload', LinkRoute>> {
  const { database } = services;
  const { looks, accesses, downloads, previews, uploads } = options;

  const enter = async (context: PublicContext, params: Readonly<Record<string, string>>): Promise<Visit> => {
    const token = LinkToken.safeParse(params['token']);
    if (!token.success) throw new AppError('not_found', 'There is no such link');
    return looks.enter(token.data, context);
  };
  /** DRV-14: the link's download switch. */
  const requireDownload = async ({ link, opener }: Visit, name: string): Promise<void> => {
    if (link.may_download === 1) return;
    await accesses.note(link, 'refused', name, opener);
    throw new AppError('denied', 'This link shows, and gives nothing away', { details: { reason: 'link_view_only' } });
  };

  return {
    content: answering(async (request, context, params) => {
      const visit = await enter(context, params);
      const { node } = await behind(database, visit, new URL(request.url).searchParams.get('file'));
      await requireDownload(visit, node.name);
      const file = await nodeFile(database, visit.maker, node.id, null);
      const response = fileResponse(services, request, file);
      if (response.body !== null) {
        await accesses.note(visit.link, 'download', node.name, visit.opener);
        const download = { service: 'drive', itemId: node.id, name: file.name, sizeBytes: file.content.sizeBytes } as const;
        await logOf(visit, downloads).note(visit.maker, [download]);
      }
      return response;
    }),

    zip: answering(async (request, context, params) => {
      const visit = await enter(context, params);
      const { node } = await behind(database, visit, new URL(request.url).searchParams.get('folder'));
      await requireDownload(visit, node.name);
      await accesses.note(visit.link, 'download', node.name, visit.opener);
      const asked = new URL('/api/archives', request.url);
      asked.searchParams.set('nodes', node.id);
      return archiveRoute(services, logOf(visit, downloads))(new Request(asked, { headers: request.headers }), visit.maker, {});
    }),

    preview: answering(async (request, context, params) => {
      const visit = await enter(context, params);
      const { node } = await behind(database, visit, new URL(request.url).searchParams.get('file'));
      const routes = previewRoutes(services, { previews, downloads: logOf(visit, downloads) });
      return routes.preview(request, visit.maker, { nodeId: node.id, page: params['page'] ?? '' });
    }),

    upload: answering(async (request, context, params) => {
      // Another site's page could make a browser send bytes, and has no business here.
      if ((await context.prove()).kind !== 'browser')
        throw new AppError('denied', 'Not from our own page', { details: { reason: 'session_missing' } });
      const visit = await enter(context, params);
      if (visit.link.permission !== 'edit') {
        await accesses.note(visit.link, 'refused', visit.target.node.name, visit.opener);
        throw new AppError('denied', 'This link is for reading', { details: { reason: 'permission_missing' } });
      }
      const query = new URL(request.url).searchParams;
      const place = await behind(database, visit, query.get('into'));
      return Response.json({ ok: true, value: { result: await uploads.take(request, visit, place, query) } });
    }),
  };
}
