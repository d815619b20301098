import { app, nativeTheme, powerMonitor, protocol, session } from 'electron';
import os from 'node:os';
import path from 'node:path';
import { connect, type Send } from '#shared/contract/operation.ts';
import { contentScheme } from '#shared/contract/outside.ts';
import { sync } from '#shared/contract/sync.ts';
import type { SettingKey } from '#shared/model/settings.ts';
import { presentNotification } from './adapter.ts';
import { careForAgent } from './agent-care.ts';
import { forkAgent } from './agent-process.ts';
import { AgentSupervisor } from './agent-supervisor.ts';
import { serveAssets } from './app-scheme.ts';
import { setAutoStart } from './auto-start.ts';
import { systemClock } from './clock.ts';
import { serveContent } from './content-scheme.ts';
import { routeOfLink } from './deep-link.ts';
import { trackDownloads } from './downloads.ts';
import { dragOut } from './drag-out.ts';
import { openErrorLog } from './error-log.ts';
import { openHandles } from './handles.ts';
import { hardenApp } from './harden.ts';
import { serveHost } from './host-service.ts';
import { loadIcons } from './icons.ts';
import { followIdle } from './idle.ts';
import { answerRenderer, sendEvent } from './ipc.ts';
import { openKeychain } from './keychain.ts';
import { setMenu } from './menu.ts';
import { ownScheme } from './navigation.ts';
import { createNotifier, type Viewing } from './notifier.ts';
import { followPower } from './power.ts';
import { introduceToWindows } from './introduce.ts';
import { openProfile } from './profile.ts';
import { quitInOrder } from './quit.ts';
import { createRouter } from './router.ts';
import { openSettings } from './settings-store.ts';
import { openExternal } from './open-external.ts';
import { serveShell, systemLanguage } from './shell-service.ts';
import { parseStartOptions } from './start-options.ts';
import { languageOf, textsOf } from './texts.ts';
import { timeOf } from './tray-text.ts';
import { openTray, showBadge } from './tray.ts';
import { focusWindow, openWindow, zoomWindow } from './window.ts';
import { nextZoom } from './zoom.ts';

const options = parseStartOptions(process.argv);
const profile = openProfile(options.profile);
const now = systemClock.now;
const report = openErrorLog(profile.file('log/shell.log'), os.homedir(), now, (line) => void process.stderr.write(`${line}\n`));
process.on('uncaughtException', (error) => report(error, 'uncaught'));
process.on('unhandledRejection', (error) => report(error, 'unhandled'));

protocol.registerSchemesAsPrivileged([
  { scheme: ownScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  // `stream`: players ask for ranges.
  { scheme: contentScheme, privileges: { standard: true, secure: true, stream: true } },
]);
introduceToWindows();
hardenApp((address) => void openExternal(address).catch(() => undefined));

if (app.requestSingleInstanceLock()) void app.whenReady().then(start, fail);
else app.exit(0);

function start(): void {
  const dist = path.join(app.getAppPath(), 'dist');
  const icons = loadIcons(path.join(dist, 'electron'));
  let viewing: Viewing = { accountId: null, roomId: null };

  const settings = openSettings({ file: profile.file('settings.json'), layers: () => [], now, report, onChange: (key) => changed(key) });
  const texts = () => textsOf(languageOf(settings.value('language'), systemLanguage()));
  const tell = (event: unknown) => sendEvent(window.webContents, event);
  const goTo = (accountId: string | null, route: string) => {
    focusWindow(window);
    tell({ type: 'navigate', accountId, to: route });
  };

  const handles = openHandles(profile.file('pasted'), now);
  const downloads = trackDownloads(handles.pathOf);
  const notifier = createNotifier({
    present: presentNotification,
    choice: (accountId) => {
      const { notifications, notificationPreview } = settings.effective(accountId);
      return { enabled: notifications.value === true, preview: notificationPreview.value === true };
    },
    viewing: () => viewing,
    isFocused: () => window.isFocused(),
    texts,
    open: (accountId, roomId) => goTo(accountId, `/talk/${encodeURIComponent(roomId)}`),
  });

  const supervisor: AgentSupervisor = new AgentSupervisor({
    fork: () =>
      forkAgent(
        path.join(dist, 'electron/agent.cjs'),
        {
          HIKYAKU_PROFILE: profile.folder,
          HIKYAKU_VERSION: app.getVersion(),
          HIKYAKU_SERVER: options.server ?? (settings.value('serverUrl') || undefined),
          HIKYAKU_SQLITE_BINDING: process.env['HIKYAKU_SQLITE_BINDING'],
        },
        (line) => report(line, 'agent'),
      ),
    answer: serveHost({
      keychain: openKeychain(profile.keychainName, async () => (await import('keytar')).default, systemClock, report),
      handles,
      notifier,
      settings,
      showStatus: (status) => {
        tray.show(status);
        showBadge(window, icons, texts(), status.unread, status.mentions);
      },
      syncFolders: async () =>
        (await connect(sync, (name, input) => supervisor.send(name, input))['sync.roots']({})).roots.map(({ folder }) => folder),
      isDownload: downloads.isPlace,
      accountsFolder: path.join(profile.folder, 'accounts'),
      report,
    }),
    onEvent: (event) => {
      tell(event);
      idle.heard(event);
    },
    onState: (state) => agentBecame(state),
    report: (error) => report(error, 'agent'),
    clock: systemClock,
  });

  const isQuitting = quitInOrder(supervisor, () => notifier.clear(), report);

  const ownSession = session.fromPartition('hikyaku', { cache: false });
  ownSession.protocol.handle(ownScheme, serveAssets(path.join(dist, 'renderer')));
  ownSession.protocol.handle(
    contentScheme,
    serveContent((name, input) => supervisor.send(name, input)),
  );
  nativeTheme.themeSource = settings.value('theme');
  const window = openWindow({
    preload: path.join(dist, 'electron/preload.cjs'),
    session: ownSession,
    stateFile: profile.file('window.json'),
    icon: icons.window(),
    devTools: !app.isPackaged,
    hidden: options.hidden,
    route: options.link === null ? null : routeOfLink(options.link),
    zoomPercent: () => settings.value('zoomPercent'),
    closeHides: () => !isQuitting() && (process.platform === 'darwin' || settings.value('closeToTray')),
    report,
    now,
  });
  const tray = openTray(icons, texts, timeOf, {
    open: () => focusWindow(window),
    openSettings: () => goTo(null, '/settings'),
    setPaused: (paused) => void supervisor.send(paused ? 'sync.pause' : 'sync.resume', { rootId: null }).catch(report),
    quit: () => app.quit(),
  });
  const agentBecame = careForAgent({ window, tray, texts, tell, startAgain: () => supervisor.start() });
  const shellAnswer = serveShell({
    window: () => window,
    handles,
    downloads,
    settings,
    texts,
    setViewing: (next) => (viewing = next),
    report,
  });
  const askAgent: Send = (name, input) => supervisor.send(name, input);
  const drag = dragOut(window, askAgent, () => icons.window(), report);
  const route = createRouter(shellAnswer, askAgent, (name, input, reply) => {
    downloads.notice(name, input, reply);
    drag(name, reply);
  });
  answerRenderer((contents) => contents === window.webContents, route, handles, report);
  dressMenu();
  setAutoStart(settings.value('autoStart'));
  followPower((event) => supervisor.tell(event));
  const idle = followIdle({
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    tell: (event) => supervisor.tell(event),
    clock: systemClock,
  });
  window.on('focus', () => supervisor.tell({ type: 'focus' }));
  supervisor.start();

  app.on('second-instance', (_event, argv) => follow(parseStartOptions(argv).link));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    follow(link);
  });
  app.on('activate', () => focusWindow(window));

  function follow(link: string | null): void {
    const place = link === null ? null : routeOfLink(link);
    if (place === null) focusWindow(window);
    else goTo(null, place);
  }

  function changed(key: SettingKey): void {
    if (key === 'theme') nativeTheme.themeSource = settings.value('theme');
    if (key === 'zoomPercent') zoomWindow(window, settings.value('zoomPercent'));
    if (key === 'autoStart') setAutoStart(settings.value('autoStart'));
    if (key === 'language') {
      tray.refresh();
      dressMenu();
    }
    tell({ type: 'settings.changed' });
    supervisor.tell({ type: 'settings.changed' });
  }

  function dressMenu(): void {
    const zoom = (change: 1 | -1 | 0) =>
      settings.set(null, 'zoomPercent', change === 0 ? 100 : nextZoom(settings.value('zoomPercent'), change));
    setMenu(texts(), zoom, () => app.quit());
  }
}

function fail(error: unknown): void {
  report(error, 'start');
  app.exit(1);
}
