import type { ServerEvent } from '#shared/contract/events.ts';
import { adminHandlers } from './admin/handlers.ts';
import { pendingRules } from './admin/pending-rules.ts';
import { appendAudit } from './audit/append.ts';
import { auditExport } from './audit/export.ts';
import { auditHandlers } from './audit/handlers.ts';
import { scheduleCollection } from './content/collection/schedule.ts';
import { contentHandlers } from './content/handlers.ts';
import type { Scanner } from './content/inspection/clamd.ts';
import { makeInspector } from './content/inspection/inspector.ts';
import { makeDownloadLog } from './content/download-log.ts';
import { notingRecent, notingViews, openedFiles } from './content/recent-files.ts';
import { contentRoutes } from './content/routes.ts';
import type { RequestContext, Services } from './context.ts';
import { accessHandlers } from './drive/access-handlers.ts';
import { eraseDrives } from './drive/erase-drives.ts';
import { everydayHandlers, placedById } from './drive/everyday.ts';
import { driveHandlers } from './drive/handlers.ts';
import { keepingTalkFiles } from './drive/keep-talk-files.ts';
import { longListings } from './drive/listing-thread.ts';
import { mutateSpace } from './drive/mutate.ts';
import { purgeHandlers } from './drive/purge-handlers.ts';
import { searchHandlers } from './drive/search-handlers.ts';
import { makeSearchThread } from './drive/search-thread.ts';
import { sharedDriveHandlers } from './drive/shared-drive-handlers.ts';
import { sweepDeletedDrives } from './drive/sweep-deleted-drives.ts';
import { everydaySweep } from './drive/sweep-everyday.ts';
import { sweepDeadProperties } from './drive/dav/dead-properties.ts';
import { sweepLocks } from './drive/sweep-locks.ts';
import { driveSweeps } from './drive/sweeps.ts';
import { makeAddressOf } from './http/address.ts';
import { makeApp } from './http/app.ts';
import { makeAuthentication } from './http/authenticate.ts';
import { makeDav } from './http/dav/handler.ts';
import { eventSockets } from './http/events.ts';
import { listen, type TlsFiles } from './http/listen.ts';
import { makeNonces } from './http/nonces.ts';
import { operationTable } from './http/operations.ts';
import { makeOrigins } from './http/origins.ts';
import { builtPages } from './http/pages.ts';
import { loginAttempts, type AttemptLimits } from './identity/attempts.ts';
import { memberExports } from './identity/export-members.ts';
import { makeIdentity } from './identity/handlers.ts';
import { hashPassword } from './identity/passwords.ts';
import { makePurge } from './identity/purge.ts';
import { recoveryLimits as usualRecoveryLimits } from './identity/recovery.ts';
import type { DemoLogin } from './identity/server-info.ts';
import { linkEnds } from './links/end-links.ts';
import { linkLetterLimits, makeLinks } from './links/make-links.ts';
import { mailHandlers } from './mail/handlers.ts';
import type { MailServer } from './mail/mail-server.ts';
import { makeMailQueue } from './mail/queue.ts';
import { openSmtp } from './mail/smtp.ts';
import { ruleTrials } from './identity/rule-trials.ts';
import { startPreviews, type PreviewSettings } from './preview/start-previews.ts';
import { makeSearchIndexer } from './search/indexer.ts';
import { policyReader } from './store/policies.ts';
import { makeSealer, masterKey, serverSecret } from './store/secrets.ts';
import { talkHandlers } from './talk/handlers.ts';
import { makeNotify } from './talk/notices.ts';
import { makeUploadNotices } from './talk/upload-notices.ts';

export interface StartOptions {
  readonly version: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How clients reach this server; null for what it listens on. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly tls: TlsFiles | null;
  readonly demo: DemoLogin | null;
  readonly attemptLimits: AttemptLimits;
  /** Of forgotten passwords and ids; the usual ones unless given. */
  readonly recoveryLimits?: AttemptLimits;
  /** Where mail goes through; without it what needs mail says so. */
  readonly mail?: MailServer | null;
  /** FIL-05; without one nothing is scanned. */
  readonly scanner?: Scanner | null;
  /** DRV-17; without settings pictures are kept in a temporary folder. */
  readonly previews?: PreviewSettings | null;
  /** The operator's own key for secrets at rest; without it the database holds one. */
  readonly secretsKey?: Uint8Array | null;
  /** The built browser edition, or null. */
  readonly pages: string | null;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Lets running requests end, then stops. The services stay open: they are the caller's. */
  close(): Promise<void>;
}

/** Puts the features together and starts to answer. */
export async function startServer(services: Services, options: StartOptions): Promise<RunningServer> {
  const { database, clock, log } = services;
  const { version, host } = options;
  const audit = appendAudit(clock);
  const policies = policyReader(database, clock, (tenantId) => pending.revertDue(tenantId));
  const pending = pendingRules(services, { audit, rulesChanged: policies.forget });
  // What another server changed is read anew here too, before anybody is judged by it.
  const unsubscribe = services.bus.subscribe(({ tenantId, event }) => {
    if (event.type === 'policy.changed') policies.forget(tenantId);
  });
  const mailServer = options.mail ?? null;
  const smtp = mailServer === null ? null : openSmtp(mailServer);
  const sealingKey = await masterKey(services, options.secretsKey ?? null);
  const sealer = makeSealer(sealingKey, 'letters', services.random);
  const mail = makeMailQueue(services, { smtp, sealer });
  const { attemptLimits, recoveryLimits = usualRecoveryLimits, demo } = options;
  const about = { version, policies, audit, attemptLimits, recoveryLimits, demo };
  // What it listens on is known only below.
  let url = '';
  const identity = await makeIdentity(services, {
    ...about,
    notify: makeNotify(services),
    mail,
    masterKey: sealingKey,
    publicUrl: () => url,
  });
  const inspector = makeInspector(services, { scanner: options.scanner ?? null, audit });
  const opened = openedFiles(services);
  const downloads = notingRecent(makeDownloadLog(services), opened);
  const previews = await startPreviews(services, { settings: options.previews ?? null, downloads });
  const indexer = makeSearchIndexer(services, previews.sandbox);
  const listings = longListings(services);
  const searches = makeSearchThread(services, indexer);
  const tellRoom = makeUploadNotices({ ...services, inspector });
  const driveServices = { ...services, inspector, notify: makeNotify(services), tellRoom };
  const talk = talkHandlers({ ...services, inspector });
  const drive = driveHandlers(driveServices);
  const ends = linkEnds(services, { audit });
  const links = await makeLinks(services, {
    audit,
    policies,
    mail,
    masterKey: sealingKey,
    downloads,
    previews: previews.previews,
    ends,
    attempts: loginAttempts({ ...attemptLimits, perAccount: attemptLimits.perAddress }),
    letters: loginAttempts(linkLetterLimits),
    hashPassword,
    verifyPassword: identity.passwords.verify,
    publicUrl: () => url,
    placed: (reader, nodeIds) => placedById(database, reader, nodeIds),
    children: drive['drive.children'],
    mutate: (author, spaceId, mutations) => mutateSpace({ ...services, inspector }, author, spaceId, mutations),
  });
  const members = {
    ...identity.handlers,
    ...links.handlers,
    ...everydayHandlers(services),
    ...talk,
    'message.send': keepingTalkFiles(driveServices, talk['message.send']),
    ...drive,
    ...purgeHandlers(services, { audit }),
    ...searchHandlers(searches),
    ...contentHandlers(services),
    ...previews.handlers,
    'drive.preview': notingViews(previews.handlers['drive.preview'], opened),
    ...adminHandlers(services, {
      audit,
      pending,
      trials: ruleTrials(services),
      rulesChanged: policies.forget,
      rulesSettled: async (transaction, tenantId, policy, by) => void (await ends.endForbidden(transaction, tenantId, policy, by)),
    }),
    ...auditHandlers(services),
    ...mailHandlers(services, { server: mailServer, smtp, audit }),
    ...sharedDriveHandlers(services, { audit, linksOff: ends.endInSpace }),
    ...accessHandlers(services, { audit, linksOff: ends.endInSpace }),
  };
  const operations = operationTable({ ...identity.publicHandlers, ...links.publicHandlers }, members, (error, operation) =>
    log.error({ error, operation }, 'An operation failed'),
  );
  const hello = async (context: RequestContext): Promise<Extract<ServerEvent, { type: 'hello' }>> => {
    const row = await database.selectFrom('tenants').select('talk_change').where('id', '=', context.tenantId).executeTakeFirstOrThrow();
    const { spaces } = await drive['drive.spaces']({}, context);
    const places = spaces.map(({ id, epoch, sequence }) => ({ spaceId: id, epoch, sequence }));
    return { type: 'hello', talkCursor: row.talk_change, policyRevision: context.policyRevision, spaces: places };
  };
  const nonces = makeNonces(await serverSecret(services, 'nonces'), clock);
  const addressOf = makeAddressOf(options.trustedProxies);
  const routes = { ...contentRoutes(services, downloads), ...previews.routes };
  const pages = options.pages === null ? null : builtPages(options.pages);

  const listener = await listen(host, options.port, options.tls);
  const scheme = options.tls === null ? 'http' : 'https';
  const origins = makeOrigins(options.publicUrl ?? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${listener.port}`);
  const authentication = makeAuthentication(origins, nonces, addressOf, version);
  const { sessions, tickets } = identity;
  const people = memberExports(services, { audit });
  const app = makeApp({
    operations,
    listings,
    routes,
    links: links.routes,
    exports: {
      'members.xlsx': { right: 'members', serve: people.members },
      'blocked-members.xlsx': { right: 'members', serve: people.blocked },
      'audit.csv': { right: 'audit', serve: auditExport(services, { audit }) },
    },
    authentication,
    sessions,
    nonces,
    origins,
    signIn: identity.signIn,
    pages,
    version,
    log,
    countryOf: services.countryOf,
  });
  const dav = makeDav({ services: driveServices, downloads, basic: identity.basic, authentication, origins, version });
  listener.serve(app, eventSockets(services, { authentication, sessions, tickets, origins, hello }), dav);
  url = origins.url;
  await pending.start();
  const purge = makePurge(services, {
    audit,
    policies,
    eraseDrives: (tenantId, memberId) => eraseDrives(services, tenantId, memberId),
    others: {
      'the download log': () => downloads.sweep(policies),
      previews: previews.sweep,
      'locks of files': () => sweepLocks(services),
      'properties of files': () => sweepDeadProperties(database),
      links: links.upkeep,
      'everyday lists': everydaySweep(services),
      ...driveSweeps(services, { audit, policies }),
      'deleted shared drives': () => sweepDeletedDrives(services, { audit }),
    },
  });
  const stopPurge = purge.start();
  const stopCollection = scheduleCollection(services);
  const stopIndexer = indexer.start();
  const close = async (): Promise<void> => {
    // First: a request that waits for a conversion would hold everything up for a minute.
    await Promise.all([previews.close(), searches.close(), listings.close(), stopIndexer()]);
    await listener.close();
    await stopPurge();
    await stopCollection();
    pending.stop();
    unsubscribe();
    await mail.close();
  };
  return { url, port: listener.port, close };
}
