import { app, Menu, nativeTheme, Tray, type BrowserWindow } from 'electron';
import { glyphFor, type Icons } from './icons.ts';
import type { Texts } from './texts.ts';
import { trayLine, trayState, trayTooltip, type Known } from './tray-text.ts';

/** What the tray's menu does. */
export interface TrayActions {
  open(): void;
  openSettings(): void;
  setPaused(paused: boolean): void;
  quit(): void;
}

export interface TrayView {
  show(known: Known): void;
  /** Draws again, for another language or theme. */
  refresh(): void;
}

/** Puts the icon into the tray. It shows only what `show` was last told: the agent's last real answer. */
export function openTray(icons: Icons, texts: () => Texts, timeOf: (at: number) => string, actions: TrayActions): TrayView {
  let known: Known = 'starting';
  const glyph = () => glyphFor(process.platform, process.env['XDG_CURRENT_DESKTOP'] ?? '', nativeTheme.shouldUseDarkColors);
  const tray = new Tray(icons.tray(trayState(known), glyph()));
  tray.on('click', actions.open);

  const draw = (): void => {
    const words = texts();
    const paused = typeof known === 'object' && known.sync === 'paused';
    tray.setImage(icons.tray(trayState(known), glyph()));
    tray.setToolTip(trayTooltip(known, words, timeOf));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: trayLine(known, words, timeOf), enabled: false },
        { type: 'separator' },
        { label: words.open, click: actions.open },
        ...(typeof known === 'object' && known.sync !== 'logged_out' && (known.roots ?? 0) > 0
          ? [{ label: paused ? words.resume : words.pause, click: () => actions.setPaused(!paused) }]
          : []),
        { label: words.settings, click: actions.openSettings },
        { type: 'separator' },
        { label: words.quit, click: actions.quit },
      ]),
    );
  };
  draw();
  nativeTheme.on('updated', draw);
  return {
    show: (next) => {
      known = next;
      draw();
    },
    refresh: draw,
  };
}

/** The server's count of unread on the dock, the launcher or the taskbar's button. */
export function showBadge(window: BrowserWindow, icons: Icons, texts: Texts, unread: number, mentions: number): void {
  app.setBadgeCount(unread);
  if (process.platform !== 'win32' || window.isDestroyed()) return;
  if (unread === 0) window.setOverlayIcon(null, '');
  else window.setOverlayIcon(icons.badge(mentions > 0 ? mentions : unread, mentions > 0), texts.unread(unread, mentions));
}
