import type { ServerResponse } from 'node:http';
import type { Services } from '../../context.ts';
import { quotaOf } from '../../content/quota.ts';
import { deadProperties, type DeadProperty } from '../../drive/dav/dead-properties.ts';
import { locksAtEnd, locksOf } from '../../drive/dav/held.ts';
import type { Listed, Place, Places } from '../../drive/dav/places.ts';
import type { LockRow } from '../../drive/locks.ts';
import { hrefOf } from './address.ts';
import { bodyOf, depthOf, type Exchange } from './exchange.ts';
import { DavFailure } from './failures.ts';
import { listedContentOf, liveProperties, usualProperties, type Resource } from './live-properties.ts';
import { keptListings } from './kept-listings.ts';
import { lockDiscovery } from './lock-xml.ts';
import { davNamespace, elementsOf, escapeXml, isDavElement, parseXml, type XmlElement } from './xml.ts';

/** About so much is written at once, in characters. */
const pieceSize = 65_536;
/** The longest listing that is made in one piece, to be kept, and the longest request that one is kept for, in bytes. */
const mostKeptEntries = 5_000;
const mostKeptAsked = 2_048;

interface PropertyName {
  readonly namespace: string;
  readonly name: string;
}
/** What a PROPFIND asks for. */
type Asked =
  | { readonly kind: 'names' }
  | { readonly kind: 'all'; readonly include: readonly PropertyName[] }
  | { readonly kind: 'some'; readonly names: readonly PropertyName[] };

function askedBy(root: XmlElement | null): Asked {
  if (root === null) return { kind: 'all', include: [] };
  if (!isDavElement(root, 'propfind')) throw new DavFailure(400, { reason: 'bad_xml' });
  const parts = elementsOf(root);
  const part = (name: string): XmlElement | undefined => parts.find((one) => isDavElement(one, name));
  const some = part('prop');
  if (some !== undefined) return { kind: 'some', names: elementsOf(some) };
  if (part('propname') !== undefined) return { kind: 'names' };
  if (part('allprop') === undefined) throw new DavFailure(400, { reason: 'bad_xml' });
  return { kind: 'all', include: elementsOf(part('include') ?? { namespace: '', name: '', attributes: [], children: [] }) };
}

const isLive = ({ namespace, name }: PropertyName): boolean => namespace === davNamespace && Object.hasOwn(liveProperties, name);

/** Makes what is said of one resource. What is asked is looked at once, not once a resource. */
function describer(asked: Asked): (resource: Resource, dead: readonly DeadProperty[]) => string {
  if (asked.kind === 'names') {
    const ok = (content: string): string => `<D:propstat><D:prop>${content}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>`;
    return (resource, dead) => {
      const live = Object.entries(liveProperties).flatMap(([name, value]) => (value(resource) === null ? [] : [`<D:${name}/>`]));
      return ok([...live, ...dead.map(({ namespace, name }) => `<${name} xmlns="${escapeXml(namespace)}"/>`)].join(''));
    };
  }
  const wanted: readonly PropertyName[] =
    asked.kind === 'some' ? asked.names : [...usualProperties.map((name) => ({ namespace: davNamespace, name })), ...asked.include];
  const live = wanted.filter(isLive).map(({ name }) => ({ name, value: liveProperties[name]! }));
  const others = wanted.filter((name) => !isLive(name));
  const tellMissing = asked.kind === 'some';
  return (resource, dead) => {
    let there = '';
    let missing = '';
    for (const { name, value } of live) {
      const text = value(resource);
      if (text === null) missing += `<D:${name}/>`;
      else there += text === '' ? `<D:${name}/>` : `<D:${name}>${text}</D:${name}>`;
    }
    if (asked.kind === 'all') for (const { value } of dead) there += value;
    else {
      for (const { namespace, name } of others) {
        const kept = dead.find((property) => property.namespace === namespace && property.name === name);
        if (kept === undefined) missing += `<${name} xmlns="${escapeXml(namespace)}"/>`;
        else there += kept.value;
      }
    }
    const ok =
      there === '' && tellMissing && missing !== ''
        ? ''
        : `<D:propstat><D:prop>${there}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>`;
    return missing === '' || !tellMissing
      ? ok
      : `${ok}<D:propstat><D:prop>${missing}</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>`;
  };
}

/** What was found out for one answer, and the answer piece by piece. */
interface Looked {
  readonly entries: number;
  pieces(): Generator<string>;
}

export interface PropfindOptions {
  readonly services: Services;
  readonly places: Places;
}

/** PROPFIND (RFC 4918, section 9.1) of one resource, or of a folder with what lies in it. Everything below at once is refused. */
export function makePropfind({ services, places }: PropfindOptions) {
  const { database, clock } = services;
  const listings = keptListings(services);

  return async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, response, context } = exchange;
    const { tenantId, member, policy } = context;
    const reader = { tenantId, memberId: member.id };
    const depth = depthOf(request, 'infinity');
    const body = await bodyOf(request);
    const asked = askedBy(body.length === 0 ? null : parseXml(body));
    if (depth === 'infinity') throw new DavFailure(403, { precondition: '<D:propfind-finite-depth/>' });
    if (here.kind === 'absent') throw new DavFailure(404);

    const key =
      here.kind === 'found' && depth === '1' && body.length <= mostKeptAsked
        ? `${tenantId} ${member.id} ${here.row.id} ${here.path.join('/')}/ ${body.toString('latin1')}`
        : null;
    const look = async (): Promise<Looked> => {
      const isFolder = here.kind === 'top' || here.row.kind === 'folder';
      const below =
        depth === '0' || !isFolder ? [] : here.kind === 'top' ? await places.roots(reader) : await places.children(reader, here);
      const all: readonly Listed[] = here.kind === 'top' ? below : [here, ...below];
      const wants = (name: string): boolean =>
        asked.kind === 'names' ||
        (asked.kind === 'all' ? usualProperties.includes(name) || named(asked.include, name) : named(asked.names, name));
      const wantsDead = asked.kind !== 'some' || asked.names.some((name) => !isLive(name));
      const dead = wantsDead
        ? await deadProperties(
            database,
            tenantId,
            all.map(({ row }) => row.id),
          )
        : new Map<string, DeadProperty[]>();
      const locks =
        wants('lockdiscovery') && here.kind === 'found' ? await locksOf(database, tenantId, here.row.space_id, clock.now()) : [];
      const way = locks.length === 0 || here.kind === 'top' ? [] : await places.way(reader, here);
      const quotas =
        wants('quota-used-bytes') || wants('quota-available-bytes') ? await quotasOf(all) : new Map<string, Resource['quota']>();

      async function quotasOf(nodes: readonly Listed[]): Promise<Map<string, Resource['quota']>> {
        const ids = [...new Set(nodes.map(({ row }) => row.space_id))];
        if (ids.length === 0) return new Map();
        const spaces = await database.selectFrom('spaces').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', ids).execute();
        return new Map(
          spaces.map((space) => {
            const most = quotaOf(space, policy);
            return [space.id, { usedBytes: space.used_bytes, availableBytes: most === null ? null : Math.max(0, most - space.used_bytes) }];
          }),
        );
      }
      const resourceOf = (node: Listed): Resource => ({
        row: node.row,
        content: listedContentOf(node.row),
        name: node.path.at(-1)!,
        lockDiscovery: () => (locks.length === 0 ? '' : discovery(locks, node, node === here ? way : [...way, node.row.id])),
        quota: quotas.get(node.row.space_id) ?? null,
      });
      const discovery = (held: readonly LockRow[], node: Listed, ids: readonly string[]): string =>
        lockDiscovery(
          locksAtEnd(held, ids),
          (nodeId) => ({
            path: node.path.slice(0, ids.indexOf(nodeId) + 1),
            isFolder: nodeId !== node.row.id || node.row.kind === 'folder',
          }),
          clock.now(),
        );

      const describe = describer(asked);
      const pieces = function* (): Generator<string> {
        yield '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">';
        if (here.kind === 'top') {
          const top: Resource = { row: null, content: null, name: 'Hikyaku', lockDiscovery: () => '', quota: null };
          yield `<D:response><D:href>${hrefOf([], true)}</D:href>${describe(top, [])}</D:response>`;
        }
        // Everything below one folder has the same beginning.
        const start = here.kind === 'top' ? hrefOf([], true) : hrefOf(here.path, true);
        for (const node of all) {
          const slash = node.row.kind === 'folder' ? '/' : '';
          const href =
            node === here ? hrefOf(node.path, node.row.kind === 'folder') : start + encodeURIComponent(node.path.at(-1)!) + slash;
          yield `<D:response><D:href>${escapeXml(href)}</D:href>${describe(resourceOf(node), dead.get(node.row.id) ?? [])}</D:response>`;
        }
        yield '</D:multistatus>';
      };
      return { entries: all.length, pieces };
    };
    let looked: Looked | null = null;
    const make = async (): Promise<Uint8Array | null> => {
      // Locks end by themselves, so what tells of them cannot be kept.
      if (here.kind === 'found' && (await locksOf(database, tenantId, here.row.space_id, clock.now())).length > 0) return null;
      looked = await look();
      return looked.entries > mostKeptEntries ? null : Buffer.from([...looked.pieces()].join(''));
    };
    const made = key === null ? null : await listings.get(key, make);
    if (made !== null) return sendListing(response, made);
    const { pieces } = looked ?? (await look());
    response.writeHead(207, { 'content-type': 'application/xml; charset=utf-8' });
    await sendPieces(response, pieces());
  };
}

const named = (names: readonly PropertyName[], name: string): boolean =>
  names.some((one) => one.namespace === davNamespace && one.name === name);

function sendListing(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(207, { 'content-type': 'application/xml; charset=utf-8', 'content-length': String(bytes.length) });
  response.end(bytes);
}

/** Writes text as fast as it is taken. */
async function sendPieces(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  let buffer = '';
  for (const piece of pieces) {
    buffer += piece;
    if (buffer.length < pieceSize) continue;
    if (!response.write(buffer)) await drained(response);
    buffer = '';
    if (response.destroyed) return;
  }
  response.end(buffer);
}

/** Resolves when more can be written, or nobody reads any more. */
export const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
    if (response.destroyed) done();
  });
