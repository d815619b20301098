import { homedir } from 'node:os';
import path from 'node:path';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { Throttle } from '#shared/client/throttle.ts';
import { workspaceHandlers } from '#shared/client/workspace.ts';
import { AgentEnvironment, HostEvent, host } from '#shared/contract/host.ts';
import { connect, failure, serve } from '#shared/contract/operation.ts';
import { outside } from '#shared/contract/outside.ts';
import { joinPort } from '#shared/contract/port.ts';
import { sync } from '#shared/contract/sync.ts';
import { workspace, type WorkspaceEvent } from '#shared/contract/workspace.ts';
import { AgentAccounts } from './accounts.ts';
import { desktopFiles } from './desktop-files.ts';
import { Drags } from './edits/drags.ts';
import { Edits } from './edits/edits.ts';
import { ContentStreams } from './content-streams.ts';
import { contentBase } from './content-base.ts';
import { localFiles } from './files/local-files.ts';
import { AppHttp } from './host/app-http.ts';
import { lineSettings, networkSettings } from './host/line-settings.ts';
import { errorLine } from './host/error-line.ts';
import { nodeClock, nodeRandom } from './host/node-clock.ts';
import { parentPort, watchParent } from './host/parent.ts';
import { shellHost, shellSecrets } from './host/shell-host.ts';
import { electronHttp } from './net-electron.ts';
import { deviceName } from './open-session.ts';
import { statusOf } from './status.ts';
import { freeSettings } from './sync/auto-free.ts';
import { diagnosticsText } from './sync/diagnostics.ts';
import { fileManager } from './sync/file-manager.ts';
import { syncHandlers } from './sync/handlers.ts';
import { RecentErrors } from './sync/recent-errors.ts';
import { SyncService } from './sync/service.ts';
import { defaultWatching } from './sync/watch.ts';
import { placeNames } from './sync/whole-account.ts';
import { syncAccount } from './sync-account.ts';
import { Line } from './transport/line.ts';
import { isMeteredNetwork } from './transport/metered.ts';
import { systemCertificates } from './transport/system-certificates.ts';

const environment = AgentEnvironment.parse(process.env);
const port = parentPort();
assert(port !== null, 'the agent runs in a utility process');

const peer = joinPort(port, answer, hostSays);
const shell = connect(host, peer.send);
const recentErrors = new RecentErrors(() => nodeClock.now());
const report = (bug: unknown) => {
  recentErrors.add(bug);
  process.stderr.write(`${errorLine(bug)}\n`);
};
process.on('unhandledRejection', report);

const readSettings = async (): Promise<Record<string, unknown>> => (await shell['settings.get']({ accountId: null })).settings;
const line = new Line({
  clock: nodeClock,
  isMetered: isMeteredNetwork,
  onChange: () => {
    for (const { accountId } of accounts.list()) emit({ type: 'sync.changed', accountId });
  },
});
const setLine = async (): Promise<void> => line.configure(lineSettings(await readSettings()));
const http = new AppHttp(electronHttp, {
  settings: async () => networkSettings(await readSettings()),
  pace: line,
  resolveProxy: async (url) => (await shell['proxy.resolve']({ url })).answer,
  systemCertificates,
});
const pathOf = async (handle: string) => (await shell['handle.path']({ handle })).path;
const files = localFiles(pathOf, {
  release: async (place) => void (await shell['pasted.release']({ path: place })),
  releaseAllBut: async (keep) => void (await shell['pasted.clear']({ keep: [...keep] })),
});
const syncService = new SyncService({
  host: { clock: nodeClock, random: nodeRandom, report },
  workerEntry: path.join(import.meta.dirname, 'sync-worker.cjs'),
  fileManager: fileManager({
    platform: process.platform,
    home: homedir(),
    icon: process.platform === 'win32' ? process.execPath : 'hikyaku',
  }),
  watch: defaultWatching,
  freeSettings: async () => freeSettings(await readSettings()),
  onChange: (accountId) => emit({ type: 'sync.changed', accountId }),
});
const edits = new Edits({
  profile: environment.HIKYAKU_PROFILE,
  host: { clock: nodeClock, random: nodeRandom, emit, report },
  deviceName: deviceName(),
  watch: defaultWatching,
  openPlace: async (place) => void (await shell['path.open']({ path: place, reveal: false })),
});
const drags = new Drags(environment.HIKYAKU_PROFILE, { clock: nodeClock, random: nodeRandom, report });
const accounts: AgentAccounts = new AgentAccounts({
  profile: environment.HIKYAKU_PROFILE,
  version: environment.HIKYAKU_VERSION,
  keychain: shellSecrets(shell),
  http,
  host: shellHost(shell, files, emit, report),
  openUrl: async (url) => void (await shell['url.open']({ url })),
  onOpened: (account, waits) => {
    syncService.openAccount(syncAccount(account), waits);
    edits.opened(account);
    drags.clear(account.core.accountId);
  },
  onClosing: async (accountId, why) => {
    drags.clear(accountId);
    streams.closeAll(accountId);
    await Promise.all([syncService.closeAccount(accountId), edits.closing(accountId, why)]);
  },
  onLoggingOut: async (accountId, signal) => {
    await Promise.all([syncService.sendRest(accountId, signal), edits.sendRest(accountId, signal)]);
  },
  onPolicy: (accountId) => syncService.policyChanged(accountId),
});
const streams = new ContentStreams((accountId) => accounts.list().find((account) => account.accountId === accountId));
const status = new Throttle(nodeClock, 250);

const serveWorkspace = serve(
  workspace,
  workspaceHandlers({
    accounts,
    files,
    desktop: desktopFiles(edits, drags),
    contentBase,
    info: async () => ({
      host: 'app',
      version: environment.HIKYAKU_VERSION,
      serverUrl: environment.HIKYAKU_SERVER ?? null,
      keychain: await accounts.hasKeychain(),
    }),
  }),
  report,
);

const serveSync = serve(
  sync,
  syncHandlers({
    service: syncService,
    deviceName: deviceName(),
    pathOf,
    now: () => nodeClock.now(),
    diagnostics: (names) =>
      diagnosticsText(
        {
          version: environment.HIKYAKU_VERSION,
          settings: async () => (await shell['settings.decided']({})).settings,
          engines: () => syncService.engines(),
          errors: recentErrors,
          now: () => nodeClock.now(),
          random: nodeRandom,
        },
        names,
      ),
    openPlace: async (place) => void (await shell['path.open']({ path: place, reveal: false })),
    names: async () => placeNames(await readSettings()),
  }),
  report,
);

const serveOutside = serve(
  outside,
  { ...streams.handlers(), 'drag.places': async ({ dragId }) => ({ places: [...drags.places(dragId)] }) },
  report,
);

watchParent(Number(process.env['HIKYAKU_PARENT_PID'] ?? process.ppid), () => process.exit(0));
// Nothing moves before it is known how fast it may.
const resumed = setLine()
  .catch(report)
  .then(() => accounts.resume());
// Also when nobody is logged in: the tray must not keep saying that it is looking.
void resumed.then(showStatus, report);
void resumed.then(() => edits.sweep()).catch(report);

function answer(name: string, input: unknown) {
  if (Object.hasOwn(workspace, name)) return atThisTime(() => serveWorkspace(name, input, undefined));
  if (Object.hasOwn(sync, name)) return atThisTime(() => serveSync(name, input, undefined));
  if (Object.hasOwn(outside, name)) return atThisTime(() => serveOutside(name, input, undefined));
  return Promise.resolve(failure(new AppError('not_found', `No operation ${name}`)));
}

/** After a sleep the first question may come before any timer: nothing is answered that the clocks have closed by now. */
async function atThisTime<T>(answered: () => Promise<T>): Promise<T> {
  await resumed;
  accounts.lookAtClocks();
  return answered();
}

function emit(event: WorkspaceEvent): void {
  peer.emit(event);
  if (event.type === 'accounts.changed' || event.type === 'sync.changed') showStatus();
}

function showStatus(): void {
  status.run('status', () => void shell['status.set'](statusOf(accounts.list(), syncService)).catch(report));
}

function hostSays(raw: unknown): void {
  const event = HostEvent.safeParse(raw);
  if (!event.success) return;
  if (event.data.type === 'power') powerChanged(event.data.state);
  if (event.data.type === 'idle') accounts.machineIdle(event.data.seconds * 1_000);
  if (event.data.type === 'focus') lookAgain();
  if (event.data.type === 'settings.changed') {
    http.reload();
    void setLine().catch(report);
  }
  if (event.data.type === 'stop') void stop();
}

function powerChanged(state: Extract<HostEvent, { type: 'power' }>['state']): void {
  if (state === 'lock' || state === 'unlock') accounts.screenLocked(state === 'lock');
  if (state !== 'resume' && state !== 'unlock') return;
  line.networkChanged();
  accounts.lookAtClocks();
  lookAgain();
  syncService.nudge();
}

function lookAgain(): void {
  accounts.nudge();
  edits.look();
}

/** Ends the step under way, closes everything and goes; the shell ends us anyway after a while. */
async function stop(): Promise<void> {
  await accounts.close().catch(report);
  await syncService.close().catch(report);
  process.exit(0);
}
