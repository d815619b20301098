import type { Handlers } from '#shared/contract/operation.ts';
import type { LinkPageContract } from '#shared/contract/link-page.ts';
import type { DownloadLog } from '../content/download-log.ts';
import type { AppendAudit, Mail, PublicContext, Services } from '../context.ts';
import type { Previews } from '../preview/previews.ts';
import type { PolicyReader } from '../store/policies.ts';
import { makeSealer, serverSecret } from '../store/secrets.ts';
import { linkAccesses } from './accesses.ts';
import { linkBrowsers } from './browsers.ts';
import { linkCodes } from './codes.ts';
import type { LinkEnds } from './end-links.ts';
import { adminLinkHandlers, type AdminLinkHandlers } from './admin-handlers.ts';
import { linkHandlers, type LinkHandlerOptions, type LinkHandlers } from './handlers.ts';
import { makeLooks } from './look.ts';
import { linkPageHandlers, type LinkPageOptions } from './page-handlers.ts';
import { linkRoutes } from './routes.ts';
import { linkUpkeep } from './upkeep.ts';
import { linkUploads, type MutateAs } from './uploads.ts';

/** Letters with codes within the window: each counts, whether it was for a listed address or not. `perAccount` is per link. */
export const linkLetterLimits = { windowSeconds: 900, perAddress: 60, perAccount: 100, perPair: 10 } as const;

export interface LinksOptions
  extends
    Pick<LinkPageOptions, 'attempts' | 'letters' | 'verifyPassword' | 'children'>,
    Pick<LinkHandlerOptions, 'hashPassword' | 'publicUrl' | 'placed'> {
  readonly audit: AppendAudit;
  readonly policies: Pick<PolicyReader, 'current'>;
  readonly mail: Mail;
  readonly masterKey: Uint8Array;
  readonly downloads: DownloadLog;
  readonly previews: Previews;
  readonly ends: LinkEnds;
  readonly mutate: MutateAs;
}

export interface Links {
  readonly handlers: LinkHandlers & AdminLinkHandlers;
  readonly publicHandlers: Handlers<LinkPageContract, PublicContext>;
  readonly routes: ReturnType<typeof linkRoutes>;
  /** What is due; to be called now and then. */
  readonly upkeep: () => Promise<void>;
}

/** DRV-11…14: links to files and folders, for who makes them and for who opens them. */
export async function makeLinks(services: Services, options: LinksOptions): Promise<Links> {
  const { audit, policies, ends } = options;
  const accesses = linkAccesses(services);
  const browsers = linkBrowsers(services);
  const looks = makeLooks(services, { policies, browsers, accesses });
  const codes = linkCodes(services, { mail: options.mail, key: await serverSecret(services, 'link_codes') });
  const sealer = makeSealer(options.masterKey, 'links', services.random);
  const uploads = linkUploads(services, { accesses, mutate: options.mutate });
  return {
    handlers: {
      ...linkHandlers(services, { ...options, audit, accesses, ends, sealer }),
      ...adminLinkHandlers(services.database, ends),
    },
    publicHandlers: linkPageHandlers(services, { ...options, looks, browsers, accesses, codes }),
    routes: linkRoutes(services, { ...options, looks, accesses, uploads }),
    upkeep: linkUpkeep(services, { policies, ends }),
  };
}
