import type { Services } from '../../context.ts';
import { locksAtEnd, locksOf } from '../../drive/dav/held.ts';
import type { Found, Place, Places } from '../../drive/dav/places.ts';
import type { Target, Writes } from '../../drive/dav/writes.ts';
import type { LockRow } from '../../drive/locks.ts';
import { hrefOf } from './address.ts';
import { depthOf, empty, headerOf, sendXml, xmlOf, type Exchange } from './exchange.ts';
import { DavFailure, failureOf } from './failures.ts';
import { lockDiscovery, tokenUri } from './lock-xml.ts';
import { elementsOf, isDavElement, writeXml, type XmlElement } from './xml.ts';

const usualSeconds = 3_600;
const longestOwner = 4_096;
/** What "for ever" comes to; the rule on locks ends it earlier. */
const foreverSeconds = 30 * 86_400;

/** The first timeout that a program asks for (`Second-600, Infinite`), in milliseconds. */
function timeoutOf(header: string | null): number {
  const [first = ''] = (header ?? '').split(',', 1);
  const seconds = /^\s*Second-(\d{1,10})\s*$/i.exec(first)?.[1];
  if (seconds !== undefined) return Math.min(Math.max(Number(seconds), 1), foreverSeconds) * 1_000;
  return (/^\s*Infinite\s*$/i.test(first) ? foreverSeconds : usualSeconds) * 1_000;
}

/** What a LOCK asks for. */
function askedBy(root: XmlElement): { readonly shared: boolean; readonly owner: string } {
  const child = (parent: XmlElement | undefined, name: string): XmlElement | undefined =>
    parent === undefined ? undefined : elementsOf(parent).find((one) => isDavElement(one, name));
  const scope = child(root, 'lockscope');
  const shared = child(scope, 'shared') !== undefined;
  if (!isDavElement(root, 'lockinfo') || (!shared && child(scope, 'exclusive') === undefined))
    throw new DavFailure(400, { reason: 'bad_xml' });
  if (child(child(root, 'locktype'), 'write') === undefined) throw new DavFailure(400, { reason: 'bad_xml' });
  const owner = (child(root, 'owner')?.children ?? []).map((one) => (typeof one === 'string' ? escapeText(one) : writeXml(one))).join('');
  if (owner.length > longestOwner) throw new DavFailure(413);
  return { shared, owner };
}
const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export interface LockingOptions {
  readonly services: Services;
  readonly places: Places;
  readonly writes: Writes;
  newToken(): string;
}

/** LOCK and UNLOCK (RFC 4918, sections 9.10 and 9.11), over the locks that people see in the Drive (DRV-15). */
export function makeLocking({ services, places, writes, newToken }: LockingOptions) {
  const { database, clock } = services;

  const held = async (exchange: Exchange, found: Found): Promise<{ locks: LockRow[]; way: readonly string[] }> => {
    const { tenantId, member } = exchange.context;
    const all = await locksOf(database, tenantId, found.row.space_id, clock.now());
    const way = await places.way({ tenantId, memberId: member.id }, found);
    return { locks: locksAtEnd(all, way), way };
  };
  const sendLocks = (
    exchange: Exchange,
    found: Found,
    state: { locks: LockRow[]; way: readonly string[] },
    status: number,
    token: string,
  ): void => {
    const root = (nodeId: string) => ({
      path: found.path.slice(0, state.way.indexOf(nodeId) + 1),
      isFolder: nodeId !== found.row.id || found.row.kind === 'folder',
    });
    const xml = `<D:prop xmlns:D="DAV:"><D:lockdiscovery>${lockDiscovery(state.locks, root, clock.now())}</D:lockdiscovery></D:prop>`;
    sendXml(exchange.response, status, xml, { 'lock-token': `<${token}>` });
  };

  const lock = async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, writer, context, address } = exchange;
    const root = await xmlOf(request);
    const lastsMs = timeoutOf(headerOf(request, 'timeout'));
    if (here.kind === 'top') throw new DavFailure(403, { reason: 'permission_missing' });
    const reader = { tenantId: context.tenantId, memberId: context.member.id };
    if (root === null) {
      if (here.kind === 'absent') throw new DavFailure(404);
      const { locks } = await held(exchange, here);
      const renewed = locks.find((one) => one.member_id === context.member.id && writer.tokens.has(tokenUri(one)));
      if (renewed === undefined)
        throw new DavFailure(writer.tokens.size === 0 ? 400 : 412, { precondition: '<D:lock-token-matches-request-uri/>' });
      const again = { token: renewed.token, shared: renewed.shared === 1, deep: renewed.deep === 1, owner: renewed.owner, lastsMs };
      const change = await writes.lock(writer, here, again);
      if (change.kind === 'failed') throw failureOf(change.result, hrefOf(here.path, here.row.kind === 'folder'));
      return sendLocks(exchange, here, await held(exchange, here), 200, tokenUri(renewed));
    }
    const { shared, owner } = askedBy(root);
    const depth = depthOf(request, 'infinity');
    if (depth === '1') throw new DavFailure(400, { reason: 'bad_depth' });
    const target = targetOf(here);
    if (target.kind === 'absent' && address.slash) throw new DavFailure(409, { reason: 'parent_missing' });
    const token = newToken();
    const deep = depth === 'infinity' && target.kind === 'found' && target.row.kind === 'folder';
    const change = await writes.lock(writer, target, { token, shared, deep, owner, lastsMs });
    if (change.kind === 'failed')
      throw failureOf(change.result, hrefOf(target.path, target.kind === 'found' && target.row.kind === 'folder'));
    const found = target.kind === 'found' ? target : await places.find(reader, target.path);
    if (found.kind !== 'found') throw new DavFailure(404);
    sendLocks(exchange, found, await held(exchange, found), change.created ? 201 : 200, token);
  };

  const unlock = async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, response, writer } = exchange;
    const token = /^\s*<([^>]+)>\s*$/.exec(headerOf(request, 'lock-token') ?? '')?.[1];
    if (token === undefined) throw new DavFailure(400, { reason: 'bad_token' });
    if (here.kind !== 'found') throw new DavFailure(here.kind === 'top' ? 403 : 404);
    const { locks, way } = await held(exchange, here);
    const given = locks.find((one) => tokenUri(one) === token);
    if (given === undefined) throw new DavFailure(409, { precondition: '<D:lock-token-matches-request-uri/>' });
    const root: Found = { ...here, row: { ...here.row, id: given.node_id }, path: here.path.slice(0, way.indexOf(given.node_id) + 1) };
    const change = await writes.unlock(writer, root, given.token);
    if (change.kind === 'failed') throw failureOf(change.result, hrefOf(here.path, here.row.kind === 'folder'));
    empty(response, 204);
  };
  return { lock, unlock };
}

/** A place that something can be put at. Throws 409 where there is no folder for it, 403 at the top, which holds spaces only. */
export function targetOf(place: Place): Target {
  if (place.kind === 'found') return place;
  if (place.kind === 'top' || place.path.length === 1) throw new DavFailure(403, { reason: 'permission_missing' });
  const { parent } = place;
  if (parent === null) throw new DavFailure(409, { reason: 'parent_missing' });
  return { ...place, parent };
}
