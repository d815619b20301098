import { BrowserWindow, nativeTheme, screen, type NativeImage, type Session } from 'electron';
import { readJson, writeJson } from './json-file.ts';
import { isOwnUrl, ownOrigin } from './navigation.ts';
import { placeWindow, smallestWindow, WindowState } from './window-state.ts';

/** One less than the page's title bar, whose lower line stays visible under the OS's buttons. */
const titleBarHeight = 39;
/** surface-0 and text-2 of the design's tokens: the title bar before and beside the page. */
const colours = { light: { surface: '#f2f4f7', symbol: '#454e5e' }, dark: { surface: '#141821', symbol: '#b3bbc9' } } as const;

/** How often within a minute the page is loaded again after its process died. */
const mostReloads = 3;

export interface WindowOptions {
  readonly preload: string;
  readonly session: Session;
  readonly stateFile: string;
  readonly icon: NativeImage;
  readonly devTools: boolean;
  readonly hidden: boolean;
  /** Where to start, such as `/talk/ROOM`. */
  readonly route: string | null;
  readonly zoomPercent: () => number;
  /** True when closing must only hide the window. */
  readonly closeHides: () => boolean;
  readonly report: (error: unknown) => void;
  readonly now: () => number;
}

/** Opens the app's window where it was last, and shows it once it is painted. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { stateFile, now, report } = options;
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  const place = placeWindow(
    readJson(stateFile, WindowState, now(), report),
    [primary, ...others].map(({ workArea }) => workArea),
  );
  const { surface } = themeColours();
  const window = new BrowserWindow({
    x: place.x,
    y: place.y,
    width: place.width,
    height: place.height,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Hikyaku',
    icon: options.icon,
    backgroundColor: surface,
    titleBarStyle: 'hidden',
    ...(process.platform === 'darwin' ? { trafficLightPosition: { x: 14, y: 13 } } : { titleBarOverlay: overlay(options.zoomPercent()) }),
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      session: options.session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: options.devTools,
    },
  });
  if (place.maximized) window.maximize();
  if (place.maximized && options.hidden) window.hide();
  keepState(window, stateFile, report);
  keepPage(window, options);
  window.once('ready-to-show', () => {
    if (!options.hidden) window.show();
  });
  window.on('close', (event) => {
    if (!options.closeHides()) return;
    event.preventDefault();
    window.hide();
  });
  const recolour = () => {
    if (window.isDestroyed()) return;
    window.setBackgroundColor(themeColours().surface);
    if (process.platform !== 'darwin') window.setTitleBarOverlay(overlay(options.zoomPercent()));
  };
  nativeTheme.on('updated', recolour);
  window.on('closed', () => nativeTheme.off('updated', recolour));
  void window.loadURL(`${ownOrigin}/${options.route === null ? '' : `#${options.route}`}`).catch(report);
  return window;
}

/** Brings the window to the person, wherever it is. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Makes everything larger or smaller, the OS's own window buttons' bar with it. */
export function zoomWindow(window: BrowserWindow, percent: number): void {
  window.webContents.setZoomFactor(percent / 100);
  if (process.platform !== 'darwin') window.setTitleBarOverlay(overlay(percent));
}

const themeColours = () => (nativeTheme.shouldUseDarkColors ? colours.dark : colours.light);
const overlay = (zoomPercent: number) => ({
  color: themeColours().surface,
  symbolColor: themeColours().symbol,
  height: Math.round((titleBarHeight * zoomPercent) / 100),
});

function keepState(window: BrowserWindow, file: string, report: (error: unknown) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    try {
      writeJson(file, { ...window.getNormalBounds(), maximized: window.isMaximized() } satisfies WindowState);
    } catch (error) {
      report(error);
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
}

/** Zoom after each load, and a new page when its process died: nothing is lost, the agent has it all. */
function keepPage(window: BrowserWindow, { zoomPercent, report, now }: WindowOptions): void {
  let deaths: number[] = [];
  // A page can empty itself (about:blank) without asking anybody. Calls are refused there; the person gets the app back.
  window.webContents.on('did-navigate', (_event, address) => {
    if (!isOwnUrl(address)) void window.loadURL(`${ownOrigin}/`).catch(report);
  });
  window.webContents.on('did-finish-load', () => zoomWindow(window, zoomPercent()));
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    report(new Error(`The page's process ended: ${reason} (${exitCode})`));
    deaths = [...deaths.filter((at) => now() - at < 60_000), now()];
    if (deaths.length <= mostReloads) window.webContents.reload();
  });
}
