import { makeHost, type Host } from './host.ts';

/** The host of this page: the app's preload bridge, or the client's core run by the page itself in a browser. */
export async function findHost(): Promise<Host> {
  if (window.hikyaku !== undefined) return makeHost(window.hikyaku, 'app');
  const { startBrowserHost } = await import('./browser/browser-host.ts');
  return makeHost(await startBrowserHost(), 'browser');
}
