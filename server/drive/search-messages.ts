import type { Reply } from '#shared/contract/operation.ts';
import type { DatabasePlace } from '../store/place.ts';
import type { Asked, SearchContext } from './search.ts';

/** What the thread of searches is started with. */
export interface SearchThreadOptions {
  readonly place: DatabasePlace;
}

/** To the thread: a search with the time at which it was asked, or that names which it waited for are in the index now, as far as that went. */
export type ToSearchThread =
  | { readonly kind: 'search'; readonly id: number; readonly now: number; readonly context: SearchContext; readonly asked: Asked }
  | { readonly kind: 'caught_up'; readonly id: number };

/** From the thread: an answer, or the spaces whose names a search waits for. */
export type FromSearchThread =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply; readonly cause?: unknown }
  | { readonly kind: 'behind'; readonly id: number; readonly tenantId: string; readonly spaceIds: readonly string[] };
