import { createContext, useContext, useSyncExternalStore } from 'react';
import { assert } from '#shared/base/assert.ts';

/** Where the window is: `/talk/ROOM`, `/drive/FOLDER`, `/sync`, `/settings/SECTION`. */
export interface Place {
  /** The path's parts, decoded: `['talk', 'ROOM']`. */
  readonly parts: readonly string[];
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
}

const indexOf = (state: unknown): number =>
  typeof state === 'object' && state !== null && 'index' in state && typeof state.index === 'number' ? state.index : 0;

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Writes a path of parts that may hold any letters. */
export const pathOf = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

/** Routes in the part of the address after `#`, over the window's own history, so back and forward of mouse and OS work. */
export class Router {
  #place: Place;
  #last = indexOf(history.state);
  readonly #listeners = new Set<() => void>();
  readonly #lastOf = new Map<string, string>();

  constructor() {
    this.#place = this.#read();
    const look = () => {
      this.#place = this.#read();
      for (const listener of this.#listeners) listener();
    };
    window.addEventListener('popstate', look);
    window.addEventListener('hashchange', look);
  }

  #read(): Place {
    const index = indexOf(history.state);
    const parts = location.hash.replace(/^#\/?/u, '').split('/').filter(Boolean).map(decode);
    if (parts[0] !== undefined) this.#lastOf.set(parts[0], pathOf(...parts));
    return { parts, canGoBack: index > 0, canGoForward: index < this.#last };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly place = (): Place => this.#place;

  /** Where the window was last in a screen. */
  lastOf(screen: string): string {
    return this.#lastOf.get(screen) ?? pathOf(screen);
  }

  /** Forgets where it was: another account has other rooms and folders. */
  forget(): void {
    this.#lastOf.clear();
  }

  /** Goes to a path such as `/talk/ROOM`; `replace` leaves no step to go back to. */
  go(path: string, replace = false): void {
    const target = `#/${path.replace(/^[#/]+/u, '')}`;
    if (location.hash === target) return;
    const index = indexOf(history.state) + (replace ? 0 : 1);
    this.#last = replace ? this.#last : index;
    if (replace) history.replaceState({ index }, '', target);
    else history.pushState({ index }, '', target);
    this.#place = this.#read();
    for (const listener of this.#listeners) listener();
  }
}

const RouterContext = createContext<Router | null>(null);
export const RouterProvider = RouterContext.Provider;

/** Goes places: `useRouter().go('/talk/ROOM')`. */
export function useRouter(): Router {
  const router = useContext(RouterContext);
  assert(router !== null, 'a RouterProvider stands around the app');
  return router;
}

/** Where the window is now. */
export function usePlace(): Place {
  const router = useRouter();
  return useSyncExternalStore(router.subscribe, router.place);
}
