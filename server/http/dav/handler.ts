import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#shared/base/errors.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { deny } from '#shared/model/decision.ts';
import type { CallAct } from '#shared/policy/decide.ts';
import { denial } from '#shared/policy/denial.ts';
import type { DownloadLog } from '../../content/download-log.ts';
import { smallContents } from '../../content/small-contents.ts';
import type { RequestContext } from '../../context.ts';
import { makePlaces, type Place } from '../../drive/dav/places.ts';
import { makeWrites } from '../../drive/dav/writes.ts';
import type { DriveServices } from '../../drive/mutate.ts';
import type { BasicLogin } from '../../identity/basic-login.ts';
import type { Authentication } from '../authenticate.ts';
import { secureHeaders } from '../headers.ts';
import type { Origins } from '../origins.ts';
import { davRoot, readAddress } from './address.ts';
import { requireIf } from './conditions.ts';
import { makeDownload } from './download.ts';
import { empty, headerOf, openExchange, type Exchange } from './exchange.ts';
import { DavFailure, sendFailure } from './failures.ts';
import { makeLocking } from './locking.ts';
import { makePropfind } from './propfind.ts';
import { makeProppatch } from './proppatch.ts';
import { makeTreeChanges } from './tree-changes.ts';
import { makeUpload } from './upload.ts';

export interface DavOptions {
  readonly services: DriveServices;
  readonly downloads: DownloadLog;
  readonly basic: BasicLogin;
  readonly authentication: Pick<Authentication, 'facts'>;
  readonly origins: Origins;
  /** This server's version: programs that speak WebDAV have none of ours. */
  readonly version: string;
}

/** Answers everything below `/dav`. */
export type DavHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const act: CallAct = { kind: 'call', access: 'member', service: 'drive' };
const allowed = 'OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK';

/** WebDAV, class 1 and 2 (RFC 4918), over the same tree, the same gate and the same mutations as every client of ours. */
export function makeDav({ services, downloads, basic, authentication, origins, version }: DavOptions): DavHandler {
  const { log, clock, random } = services;
  const places = makePlaces(services);
  const writes = makeWrites(services);
  const newToken = (): string => `urn:uuid:${uuidv7(clock.now(), random(10))}`;
  const trees = makeTreeChanges({ places, writes });
  const locking = makeLocking({ services, places, writes, newToken });
  const contents = smallContents();
  const download = makeDownload({ services, downloads, contents });
  const methods: Readonly<Record<string, (exchange: Exchange, here: Place) => Promise<void>>> = {
    GET: download,
    HEAD: download,
    PUT: makeUpload({ services, places, writes, contents }),
    DELETE: trees.remove,
    MKCOL: trees.mkcol,
    COPY: trees.copy,
    MOVE: trees.move,
    PROPFIND: makePropfind({ services, places }),
    PROPPATCH: makeProppatch(services),
    LOCK: locking.lock,
    UNLOCK: locking.unlock,
  };
  const fixed = Object.entries({ ...secureHeaders(origins, 'data'), 'ms-author-via': 'DAV' });
  const ownHosts = origins.urlsOf('').map((url) => new URL(url).host);

  const admit = async (request: IncomingMessage): Promise<RequestContext> => {
    const header = headerOf(request, 'authorization');
    const match = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '');
    const credentials = match === null ? '' : Buffer.from(match[1]!, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    if (colon < 0) throw denial(deny('session_missing', 'ACC-42'));
    const head = {
      method: request.method ?? '',
      path: davRoot,
      header: (name: string) => headerOf(request, name),
      peer: request.socket.remoteAddress,
    };
    const facts = { ...authentication.facts(head), clientVersion: version, claimedKind: null, operation: `dav.${request.method ?? ''}` };
    return basic.admit(credentials.slice(0, colon), credentials.slice(colon + 1), facts, act);
  };

  const run = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = readAddress(request.url ?? '');
    const method = request.method ?? '';
    if (method === 'OPTIONS') return empty(response, 200, { allow: allowed, dav: '1, 2' });
    const context = await admit(request);
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handle === undefined) throw new DavFailure(405, { headers: { allow: allowed } });
    if (request.url === davRoot && (method === 'GET' || method === 'HEAD')) return empty(response, 301, { location: `${davRoot}/` });
    const hosts = new Set([...ownHosts, (headerOf(request, 'host') ?? '').toLowerCase()]);
    const exchange = openExchange(request, response, { context, address, hosts });
    const here = await places.find({ tenantId: context.tenantId, memberId: context.member.id }, address.path);
    await requireIf({ services, places }, exchange, here);
    await handle(exchange, here);
  };

  return async (request, response) => {
    for (const [name, value] of fixed) response.setHeader(name, value);
    try {
      await run(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        // The program went away, or the rest of a file cannot be read: what is cut off must not look whole.
        if (!response.destroyed) log.error({ error }, 'An answer over WebDAV broke off');
        response.destroy();
        return;
      }
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return void response.destroy();
      const isExpected = error instanceof DavFailure || (error instanceof AppError && error.code !== 'internal');
      if (!isExpected) log.error({ error, method: request.method }, 'A request over WebDAV failed');
      // Whoever still sends a body gets the answer, and the connection ends with it.
      if (!request.complete) response.setHeader('connection', 'close');
      sendFailure(response, error);
    }
  };
}
