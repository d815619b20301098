import type { Place, Places } from '../../drive/dav/places.ts';
import type { Change, Writes } from '../../drive/dav/writes.ts';
import { hrefOf, readReference } from './address.ts';
import { requireMatch } from './conditions.ts';
import { bodyOf, depthOf, empty, headerOf, type Exchange } from './exchange.ts';
import { DavFailure, failureOf } from './failures.ts';
import { targetOf } from './locking.ts';

export interface TreeOptions {
  readonly places: Places;
  readonly writes: Writes;
}

const isInside = (path: readonly string[], folder: readonly string[]): boolean =>
  path.length > folder.length && folder.every((name, index) => path[index] === name);

/** MKCOL, DELETE, COPY and MOVE (RFC 4918, section 9). */
export function makeTreeChanges({ places, writes }: TreeOptions) {
  const finish = (exchange: Exchange, change: Change, href: string): void => {
    if (change.kind === 'failed') throw failureOf(change.result, href);
    empty(exchange.response, change.created ? 201 : 204);
  };
  /** What stands for itself: everything but the top and the spaces. */
  const ownNode = (here: Place) => {
    if (here.kind === 'absent') throw new DavFailure(404);
    if (here.kind === 'top' || here.path.length === 1) throw new DavFailure(403, { reason: 'root_fixed' });
    return here;
  };

  const mkcol = async (exchange: Exchange, here: Place): Promise<void> => {
    if ((await bodyOf(exchange.request)).length > 0) throw new DavFailure(415);
    if (here.kind === 'top' || here.kind === 'found') throw new DavFailure(405, { reason: 'name_taken' });
    const target = targetOf(here);
    if (target.kind === 'found') throw new DavFailure(405, { reason: 'name_taken' });
    finish(exchange, await writes.makeFolder(exchange.writer, target), hrefOf(target.path, true));
  };

  const remove = async (exchange: Exchange, here: Place): Promise<void> => {
    const node = ownNode(here);
    requireMatch(exchange, here);
    if (node.row.kind === 'folder' && depthOf(exchange.request, 'infinity') !== 'infinity')
      throw new DavFailure(400, { reason: 'bad_depth' });
    finish(exchange, await writes.remove(exchange.writer, node), hrefOf(node.path, node.row.kind === 'folder'));
  };

  const place = async (exchange: Exchange, here: Place, how: 'copy' | 'move'): Promise<void> => {
    const { request, context, hosts, writer } = exchange;
    const from = how === 'move' ? ownNode(here) : here;
    if (from.kind !== 'found') throw new DavFailure(from.kind === 'absent' ? 404 : 403, { reason: 'root_fixed' });
    const destination = headerOf(request, 'destination');
    if (destination === null) throw new DavFailure(400, { reason: 'no_destination' });
    const overwrite = (headerOf(request, 'overwrite') ?? 'T').trim().toUpperCase();
    if (overwrite !== 'T' && overwrite !== 'F') throw new DavFailure(400, { reason: 'bad_overwrite' });
    const depth = depthOf(request, 'infinity');
    if (depth === '1' || (how === 'move' && depth === '0' && from.row.kind === 'folder'))
      throw new DavFailure(400, { reason: 'bad_depth' });
    const { path } = readReference(destination, hosts);
    const reader = { tenantId: context.tenantId, memberId: context.member.id };
    const found = targetOf(await places.find(reader, path));
    // The name as it is asked for: `a` may become `A`.
    const to = found.kind === 'found' ? { ...found, path: [...found.path.slice(0, -1), path.at(-1)!] } : found;
    if (to.kind === 'found') {
      const isSame = to.row.id === from.row.id;
      if (isSame && (how === 'copy' || to.path.at(-1) === from.row.name)) throw new DavFailure(403, { reason: 'same_place' });
      if (!isSame && overwrite === 'F') throw new DavFailure(412, { reason: 'name_taken' });
      // What holds the source, or is a whole space, does not go to the trash to make room for it.
      if (to.path.length === 1 || isInside(from.path, found.path)) throw new DavFailure(403, { reason: 'root_fixed' });
    }
    if (isInside(to.path, from.path) && (how === 'move' || depth === 'infinity')) throw new DavFailure(403, { reason: 'cycle' });
    const change = how === 'copy' ? await writes.copy(writer, from, to, depth === 'infinity') : await writes.move(writer, from, to);
    finish(exchange, change, hrefOf(change.kind === 'failed' && how === 'move' ? from.path : to.path, from.row.kind === 'folder'));
  };

  return {
    mkcol,
    remove,
    copy: (exchange: Exchange, here: Place): Promise<void> => place(exchange, here, 'copy'),
    move: (exchange: Exchange, here: Place): Promise<void> => place(exchange, here, 'move'),
  };
}
