import { app, type Session, type WebContents } from 'electron';
import { isLoadable, isOwnUrl, isPermitted } from './navigation.ts';

/**
 * Shuts every door that a page could use and that we do not need, for all windows and sessions there will ever be.
 * Call before `app` is ready; `open` gets the addresses that a page wants in a new window.
 */
export function hardenApp(open: (address: string) => void): void {
  // One call for all windows: a page that breaks out of its renderer still stands in the OS's sandbox. Chromium cannot build one
  // for root or without user namespaces; whoever starts it there says so with --no-sandbox, else it refuses to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  app.on('session-created', hardenSession);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, open));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, accept) => {
    event.preventDefault();
    accept(false);
  });
  app.on('login', (event, _contents, _details, _proxy, answer) => {
    event.preventDefault();
    answer();
  });
}

function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(isPermitted(permission, details.requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermitted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // Beside the content security policy: a page of ours has no business on the network, whatever it was talked into.
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isLoadable(details.url) }));
  // Files are saved by the agent, where rules and audit see them.
  session.on('will-download', (event) => event.preventDefault());
}

function hardenContents(contents: WebContents, open: (address: string) => void): void {
  contents.on('will-navigate', (event) => {
    if (!isReload(contents, event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isReload(contents, event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    open(url);
    return { action: 'deny' };
  });
}

/** The page may load itself again; it has nowhere else to go. */
const isReload = (contents: WebContents, address: string): boolean => isOwnUrl(address) && isOwnUrl(contents.getURL());
