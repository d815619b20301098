import { AppError } from '#shared/base/errors.ts';
import { LinkToken } from '#shared/contract/link-page.ts';
import { failure, statusOf } from '#shared/contract/operation.ts';
import type { MutationResult } from '#shared/model/drive.ts';
import { Id } from '#shared/model/ids.ts';
import { fileResponse } from '../content/file-response.ts';
import { nodeFile } from '../content/find-file.ts';
import type { DownloadLog } from '../content/download-log.ts';
import type { PublicContext, Services } from '../context.ts';
import type { LinkAccesses } from './accesses.ts';
import { linkedNode, liesWithin, type LinkedNode } from './linked-node.ts';
import type { Looks, Visit } from './look.ts';
import type { LinkUploads } from './uploads.ts';

/** A route of `/l/<token>/…`, for somebody about whom nothing is known yet. */
export type LinkRoute = (request: Request, context: PublicContext, params: Readonly<Record<string, string>>) => Promise<Response>;

export interface LinkRouteOptions {
  readonly looks: Looks;
  readonly accesses: LinkAccesses;
  readonly downloads: Pick<DownloadLog, 'note'>;
  readonly uploads: LinkUploads;
}

/** What links give and take is nobody else's: no cache, no search engine, no address in a referrer. */
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

const absent = (): AppError => new AppError('not_found', 'There is no such file behind this link');

/** `GET /l/:token/content[?file=]` and `PUT /l/:token/upload`. Everything is judged anew with every request, by this moment's rules. */
export function linkRoutes(services: Services, options: LinkRouteOptions): Readonly<Record<'content' | 'upload', LinkRoute>> {
  const { database } = services;
  const { looks, accesses, downloads, uploads } = options;

  const enter = async (context: PublicContext, params: Readonly<Record<string, string>>): Promise<Visit> => {
    const token = LinkToken.safeParse(params['token']);
    if (!token.success) throw absent();
    return looks.enter(token.data, context);
  };

  /** What lies at the link or below it, as its maker may see it. Throws `not_found` for everything else, whoever it belongs to. */
  const below = async ({ link, target }: Visit, asked: string | null): Promise<LinkedNode> => {
    if (asked === null || asked === target.node.id) return target;
    if (!Id.safeParse(asked).success || !(await liesWithin(database, link.tenant_id, asked, link.node_id))) throw absent();
    const found = await linkedNode(database, link.tenant_id, link.created_by, asked);
    if (found === null) throw absent();
    return found;
  };

  return {
    content: answering(async (request, context, params) => {
      const visit = await enter(context, params);
      const { link, maker, opener } = visit;
      const { node } = await below(visit, new URL(request.url).searchParams.get('file'));
      if (link.may_download === 0) {
        await accesses.note(link, 'refused', node.name, opener);
        throw new AppError('denied', 'This link shows, and gives nothing away', { details: { reason: 'link_view_only' } });
      }
      const file = await nodeFile(database, maker, node.id, null);
      const response = fileResponse(services, request, file);
      if (response.body !== null) {
        await accesses.note(link, 'download', node.name, opener);
        const download = { service: 'drive', itemId: node.id, name: file.name, sizeBytes: file.content.sizeBytes, client: 'link' } as const;
        const by = opener.memberId === null ? maker : { ...maker, member: { ...maker.member, id: opener.memberId } };
        await downloads.note({ ...by, address: opener.address }, [download]);
      }
      return response;
    }),

    upload: answering(async (request, context, params) => {
      // Another site's page could make a browser send bytes, and has no business here.
      if ((await context.prove()).kind !== 'browser')
        throw new AppError('denied', 'Not from our own page', { details: { reason: 'session_missing' } });
      const visit = await enter(context, params);
      const { link, opener } = visit;
      if (link.permission !== 'edit') {
        await accesses.note(link, 'refused', visit.target.node.name, opener);
        throw new AppError('denied', 'This link is for reading', { details: { reason: 'permission_missing' } });
      }
      const query = new URL(request.url).searchParams;
      const place = await below(visit, query.get('into'));
      const result: MutationResult = await uploads.take(request, visit, place, query);
      return Response.json({ ok: true, value: { result } });
    }),
  };
}
