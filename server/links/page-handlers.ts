import { AppError } from '#shared/base/errors.ts';
import { assertNever } from '#shared/base/assert.ts';
import type { LinkItem, LinkPageContract } from '#shared/contract/link-page.ts';
import type { Handlers, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Node } from '#shared/model/drive.ts';
import { deny } from '#shared/model/decision.ts';
import { denial } from '#shared/policy/denial.ts';
import type { PublicContext, RequestContext, Services } from '../context.ts';
import type { DownloadLog } from '../content/download-log.ts';
import { previewHandlers } from '../preview/handlers.ts';
import type { Previews } from '../preview/previews.ts';
import type { LinkAccesses } from './accesses.ts';
import type { LinkBrowsers } from './browsers.ts';
import type { LinkCodes } from './codes.ts';
import { behind } from './behind.ts';
import { logOf } from './log-of.ts';
import { toItem } from './items.ts';
import { liesWithin } from './linked-node.ts';
import type { LiveLink, Looks } from './look.ts';
import { plainPassword } from './secrets.ts';

/** How many lines of a folder one answer has. */
const pageSize = 500;

/** Counts failures of one address at one link; see `identity/attempts.ts`, which it is in the running server. */
export interface LinkAttempts {
  begin(address: string, link: string): Promise<{ succeeded(): Promise<void> }>;
}

export interface LinkPageOptions {
  readonly looks: Looks;
  readonly browsers: LinkBrowsers;
  readonly accesses: LinkAccesses;
  readonly codes: LinkCodes;
  /** Wrong passwords and codes. */
  readonly attempts: LinkAttempts;
  /** Letters: each counts. */
  readonly letters: LinkAttempts;
  verifyPassword(hash: string | null, password: string): Promise<boolean>;
  readonly downloads: DownloadLog;
  readonly previews: Previews;
  /** `drive.children`, asked in the name of the link's maker. */
  readonly children: Handlers<ServerContract, RequestContext>['drive.children'];
}

/** What the page of a link asks. Everything is judged anew with every request, so that an end is an end at once. */
export function linkPageHandlers(
  { database, random }: Pick<Services, 'database' | 'random'>,
  options: LinkPageOptions,
): Handlers<LinkPageContract, PublicContext> {
  const { looks, browsers, accesses, codes, attempts, letters } = options;

  /** Another site's page has no business here, whatever cookie comes along. */
  const requireOwnPage = async (context: PublicContext): Promise<void> => {
    if ((await context.prove()).kind !== 'browser') throw denial(deny('session_missing', 'ACC-42'));
  };
  /** The browser's cookie for links, made where it has none. */
  const cookieOf = (context: PublicContext): string => {
    const known = context.cookie('link');
    if (known !== null && /^[A-Za-z0-9_-]{43}$/.test(known)) return known;
    const made = Buffer.from(random(32)).toString('base64url');
    context.setCookie(made, 'link');
    return made;
  };
  /** A link that works and asks for this. Throws `not_found` for every other. */
  const asking = async (token: string, context: PublicContext, what: 'password' | 'code'): Promise<LiveLink> => {
    const stands = await looks.standing(token, context.address);
    const asks = (live: LiveLink): boolean =>
      what === 'code' ? live.link.scope === 'one_time_password' : live.link.scope === 'anyone' && live.link.password_hash !== null;
    if (stands.kind === 'over' || !asks(stands.live)) throw new AppError('not_found', 'No such link asks for that');
    return stands.live;
  };
  const refusedFor = (live: LiveLink, context: PublicContext): Promise<void> =>
    accesses.note(live.link, 'refused', live.target.node.name, { memberId: null, mail: null, address: context.address });

  return {
    'linkPage.open': async ({ token }, context) => {
      await requireOwnPage(context);
      const found = await looks.look(token, context);
      switch (found.kind) {
        case 'over':
        case 'denied':
          return found;
        case 'login':
        case 'password':
          return { kind: found.kind, company: found.live.company };
        case 'code':
          return { kind: 'code', company: found.live.company, sent: await codes.isWaited(found.live.link, context.cookie('link')) };
        case 'open': {
          const { link, target, opener, company, sharedBy, expiresAt } = found.visit;
          await accesses.note(link, 'open', target.node.name, opener);
          return {
            kind: 'open',
            company,
            sharedBy,
            item: toItem(target.node),
            permission: link.permission as 'read' | 'edit',
            mayDownload: link.may_download === 1,
            expiresAt,
          };
        }
        default:
          return assertNever(found, 'look');
      }
    },

    'linkPage.password': async ({ token, password }, context) => {
      await requireOwnPage(context);
      const live = await asking(token, context, 'password');
      const attempt = await attempts.begin(context.address, live.link.id);
      if (!(await options.verifyPassword(live.link.password_hash, plainPassword(password)))) {
        await refusedFor(live, context);
        throw new AppError('denied', 'Not the password of this link', { details: { reason: 'wrong_password' } });
      }
      await attempt.succeeded();
      const cookie = cookieOf(context);
      await database.transaction().execute((transaction) => browsers.admit(transaction, live.link, cookie, null, live.maker.policy));
      return {};
    },

    'linkPage.sendCode': async ({ token, mail, language }, context) => {
      await requireOwnPage(context);
      const live = await asking(token, context, 'code');
      if (!codes.available)
        throw new AppError('unavailable', 'No mail server is configured', { details: { reason: 'mail_not_configured' } });
      await letters.begin(context.address, live.link.id);
      await codes.send(live.link, cookieOf(context), mail, { company: live.company, language });
      return {};
    },

    'linkPage.enterCode': async ({ token, code }, context) => {
      await requireOwnPage(context);
      const live = await asking(token, context, 'code');
      const attempt = await attempts.begin(context.address, live.link.id);
      const cookie = context.cookie('link');
      const mail = await codes.spend(live.link, cookie, code).catch(async (error: unknown) => {
        await refusedFor(live, context);
        throw error;
      });
      await attempt.succeeded();
      await database.transaction().execute((transaction) => browsers.admit(transaction, live.link, cookie!, mail, live.maker.policy));
      return {};
    },

    'linkPage.preview': async ({ token, fileId }, context) => {
      await requireOwnPage(context);
      const visit = await looks.enter(token, context);
      const { node } = await behind(database, visit, fileId);
      const log = logOf(visit, options.downloads);
      return previewHandlers({ database }, { previews: options.previews, downloads: log })['drive.preview'](
        { nodeId: node.id },
        visit.maker,
      );
    },

    'linkPage.folder': async ({ token, folderId, after }, context) => {
      await requireOwnPage(context);
      const { link, maker } = await looks.enter(token, context);
      const absent = () => new AppError('not_found', 'No such folder behind this link');
      if (!(await liesWithin(database, link.tenant_id, folderId, link.node_id))) throw absent();
      const listed = await options.children({ folderId, limit: pageSize, ...(after === undefined ? {} : { after }) }, maker);
      const { path, nodes } = listed as OutputOf<ServerContract, 'drive.children'>;
      const start = path.findIndex(({ id }) => id === link.node_id);
      if (start < 0) throw absent();
      const items: LinkItem[] = nodes.map((node: Node) => ({
        id: node.id,
        name: node.name,
        kind: node.kind,
        sizeBytes: node.content?.sizeBytes ?? null,
        version: node.version,
        updatedAt: node.updatedAt,
      }));
      return { path: path.slice(start), items, after: listed.after ?? null, total: listed.total ?? items.length };
    },
  };
}
