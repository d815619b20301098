import { createContext, useContext, useSyncExternalStore, type ComponentProps, type MouseEvent } from 'react';
import { assert } from '#shared/base/assert.ts';

const base = '/admin';

/** The address of a screen: `addressOf('members', id)` is `/admin/members/ID`. */
export const addressOf = (...parts: readonly string[]): string => [base, ...parts.map(encodeURIComponent)].join('/');

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Where the console is, in the browser's own addresses, so that links, back and reload work as anywhere. */
export class Router {
  #parts: readonly string[] = [];
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#read();
    window.addEventListener('popstate', () => this.#read());
  }

  #read(): void {
    this.#parts = location.pathname.slice(base.length).split('/').filter(Boolean).map(decode);
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The path's parts below `/admin`, decoded: `['members', 'ID']`. */
  readonly parts = (): readonly string[] => this.#parts;

  /** Goes to an address made by `addressOf`; `replace` leaves no step to go back to. */
  go(address: string, replace = false): void {
    if (location.pathname + location.search === address) return;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.#read();
  }
}

const RouterContext = createContext<Router | null>(null);
export const RouterProvider = RouterContext.Provider;

/** Goes places: `useRouter().go(addressOf('members', id))`. */
export function useRouter(): Router {
  const router = useContext(RouterContext);
  assert(router !== null, 'a RouterProvider stands around the console');
  return router;
}

/** The path's parts below `/admin`. */
export function usePlace(): readonly string[] {
  const router = useRouter();
  return useSyncExternalStore(router.subscribe, router.parts);
}

interface LinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** As `addressOf` makes it. */
  to: string;
}

/** A link inside the console: an ordinary press stays on the page, everything else is the browser's. */
export function Link({ to, onClick, children, ...rest }: LinkProps) {
  const router = useRouter();
  const press = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.go(to);
  };
  return (
    <a {...rest} href={to} onClick={press}>
      {children}
    </a>
  );
}
