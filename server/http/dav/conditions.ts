import type { Services } from '../../context.ts';
import { namesTag } from '../../content/ranges.ts';
import { locksAtEnd, locksOf } from '../../drive/dav/held.ts';
import type { Place, Places } from '../../drive/dav/places.ts';
import { readReference } from './address.ts';
import { headerOf, type Exchange } from './exchange.ts';
import { DavFailure } from './failures.ts';
import type { Condition } from './if-header.ts';
import { contentOf, etagOf } from './live-properties.ts';
import { tokenUri } from './lock-xml.ts';

interface State {
  readonly etag: string | null;
  readonly tokens: ReadonlySet<string>;
}

/** The entity tag of a file, or null. */
export function tagOf(place: Place): string | null {
  const content = place.kind === 'found' ? contentOf(place.row) : null;
  return content === null ? null : etagOf(content);
}

/**
 * The `If` header (RFC 4918, section 10.4): one of its lists must hold. Throws 412. That a lock's token is named does not pass a lock by itself:
 * whoever changes something looks at the locks again, within the transaction.
 */
export async function requireIf(
  { services, places }: { readonly services: Services; readonly places: Places },
  exchange: Exchange,
  here: Place,
): Promise<void> {
  const { conditions: lists, context, hosts } = exchange;
  if (lists.length === 0) return;
  const { tenantId, member } = context;
  const reader = { tenantId, memberId: member.id };
  const { database, clock } = services;

  const stateOf = async (place: Place): Promise<State> => {
    const found = place.kind === 'found' ? place : place.kind === 'absent' ? place.parent : null;
    if (found === null) return { etag: null, tokens: new Set() };
    const locks = await locksOf(database, tenantId, found.row.space_id, clock.now());
    const way = locks.length === 0 ? [] : await places.way(reader, found);
    // Nothing is there yet: a lock of the folder above with everything in it holds there too.
    const holding = locksAtEnd(locks, place.kind === 'absent' ? [...way, ''] : way);
    return { etag: tagOf(place), tokens: new Set(holding.map(tokenUri)) };
  };
  const holds = ({ not, kind, value }: Condition, state: State): boolean => {
    const is = kind === 'token' ? state.tokens.has(value) : state.etag !== null && value.replace(/^W\//, '') === state.etag;
    return is !== not;
  };

  for (const { resource, conditions } of lists) {
    const place = resource === null ? here : await places.find(reader, readReference(resource, hosts).path);
    const state = await stateOf(place);
    if (conditions.every((condition) => holds(condition, state))) return;
  }
  throw new DavFailure(412, { reason: 'condition_failed' });
}

/** `If-Match` and `If-None-Match` of a request that changes something (RFC 9110, section 13). Throws 412. */
export function requireMatch({ request }: Exchange, here: Place): void {
  const etag = tagOf(here);
  const exists = here.kind !== 'absent';
  const match = headerOf(request, 'if-match');
  if (match !== null && !(match.trim() === '*' ? exists : etag !== null && namesTag(match, etag))) {
    throw new DavFailure(412, { reason: 'condition_failed' });
  }
  const noneMatch = headerOf(request, 'if-none-match');
  if (noneMatch !== null && (noneMatch.trim() === '*' ? exists : etag !== null && namesTag(noneMatch, etag))) {
    throw new DavFailure(412, { reason: 'condition_failed' });
  }
}
