import type { Bridge } from './host.ts';
/** Placeholder so that the page builds; replaced before the browser edition is served. */
export async function startBrowserHost(): Promise<Bridge> {
  throw new Error('not yet');
}
