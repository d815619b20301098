import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startDelayProxy } from './delay-proxy.ts';
import { idleOf, saveTimes } from './own.ts';
import { end, freePort, isInstalled, listens, pause, type Contestant, type Pair } from './pair.ts';

/** One instance: a PC with the shared folder. */
interface Instance {
  readonly folder: string;
  readonly id: string;
  readonly port: number;
  readonly child: ChildProcess;
  ask(method: 'GET' | 'POST', route: string): Promise<Record<string, unknown>>;
}

const key = 'bench-key';
const folderId = 'bench';

async function instance(work: string, name: string): Promise<{ home: string; folder: string; id: string; port: number; gui: number }> {
  const home = path.join(work, `syncthing-${name}`);
  const folder = path.join(work, name);
  mkdirSync(folder, { recursive: true });
  execFileSync('syncthing', ['generate', `--home=${home}`, '--no-default-folder', '--skip-port-probing'], { stdio: 'ignore' });
  const id = /<device id="([A-Z0-9-]+)"/.exec(readFileSync(path.join(home, 'config.xml'), 'utf8'))?.[1] ?? '';
  return { home, folder, id, port: await freePort(), gui: await freePort() };
}

type Prepared = Awaited<ReturnType<typeof instance>>;

/** As quick as its settings permit: no discovery, no pauses before it looks, flushing as by default. */
function configure(own: Prepared, others: readonly { id: string; address: string }[]): void {
  const devices = others.map(({ id, address }) => `<device id="${id}" compression="never"><address>${address}</address></device>`).join('');
  const members = [own.id, ...others.map(({ id }) => id)].map((id) => `<device id="${id}"></device>`).join('');
  const folder = `<folder id="${folderId}" path="${own.folder}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">${members}<minDiskFree unit="%">0</minDiskFree></folder>`;
  const options =
    `<listenAddress>tcp://127.0.0.1:${own.port}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>` +
    '<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>' +
    '<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><autoUpgradeIntervalH>0</autoUpgradeIntervalH>' +
    '<crashReportingEnabled>false</crashReportingEnabled><reconnectionIntervalS>1</reconnectionIntervalS>';
  const gui = `<gui enabled="true"><address>127.0.0.1:${own.gui}</address><apikey>${key}</apikey></gui>`;
  const self = `<device id="${own.id}"><address>dynamic</address></device>`;
  writeFileSync(
    path.join(own.home, 'config.xml'),
    `<configuration version="35">${folder}${self}${devices}${gui}<options>${options}</options></configuration>`,
  );
}

async function launch({ home, folder, id, port, gui }: Prepared): Promise<Instance> {
  const child = spawn('syncthing', ['serve', `--home=${home}`, '--no-browser', '--no-restart', '--logflags=0'], {
    stdio: 'ignore',
    env: { ...process.env, STNOUPGRADE: '1' },
  });
  await listens(gui, child);
  const ask = async (method: 'GET' | 'POST', route: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`http://127.0.0.1:${gui}/rest/${route}`, { method, headers: { 'x-api-key': key } });
    const text = await response.text();
    if (!response.ok) throw new Error(`syncthing answered ${response.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  return { folder, id, port, child, ask };
}

const stepMs = 15;
const patienceMs = 20 * 60_000;

/** Until `to` has everything that `from` has. */
async function inStep(from: Instance, to: Instance): Promise<void> {
  for (const limit = performance.now() + patienceMs; performance.now() < limit; await pause(stepMs)) {
    const [here, there] = await Promise.all([from, to].map(({ ask }) => ask('GET', `db/status?folder=${folderId}`)));
    const isCalm = here?.['state'] === 'idle' && there?.['state'] === 'idle' && there['needTotalItems'] === 0;
    const isSame = ['localFiles', 'localBytes', 'localDirectories'].every((name) => here?.[name] === there?.[name]);
    if (!isCalm || !isSame || here?.['globalBytes'] !== there['globalBytes']) continue;
    // Each knows of all that the other wrote down last.
    const told = (await from.ask('GET', `db/completion?folder=${folderId}&device=${to.id}`))['completion'];
    if (told === 100) return;
  }
  throw new Error('syncthing does not come to rest');
}

async function connected(from: Instance, to: Instance): Promise<void> {
  for (const limit = performance.now() + patienceMs; performance.now() < limit; await pause(100)) {
    const { connections } = (await from.ask('GET', 'system/connections')) as { connections: Record<string, { connected: boolean }> };
    if (connections[to.id]?.connected === true) return;
  }
  throw new Error('syncthing does not connect');
}

/** Two instances on loopback, told by their REST interface to look; the time counts from there. */
export const syncthing: Contestant = {
  name: 'syncthing, two instances',
  role: 'peer',
  overSocket: true,
  isThere: () => isInstalled('syncthing', '--version'),
  open: async (work, roundTripMs): Promise<Pair> => {
    const [near, far] = [await instance(work, 'near'), await instance(work, 'far')];
    // Whoever dials first decides which way the line goes: only one of them knows the other's address.
    const proxy = roundTripMs === 0 ? null : await startDelayProxy(() => far.port, roundTripMs);
    configure(near, [{ id: far.id, address: `tcp://127.0.0.1:${proxy?.port ?? far.port}` }]);
    configure(far, [{ id: near.id, address: 'dynamic' }]);
    const there = await launch(far);
    const here = await launch(near);
    await connected(here, there);
    await inStep(here, there);
    const from = async (one: Instance, other: Instance, change: () => void): Promise<number> => {
      change();
      const began = performance.now();
      await one.ask('POST', `db/scan?folder=${folderId}`);
      await inStep(one, other);
      return performance.now() - began;
    };
    return {
      near: here.folder,
      up: (change) => from(here, there, change),
      down: () => Promise.resolve(Number.NaN),
      noop: () => from(here, there, () => undefined),
      saves: (count) => saveTimes(here.folder, there.folder, count),
      idle: (seconds) => idleOf([here.child], seconds),
      memoryMiB: () => null,
      sentMiB: () => null,
      close: async () => {
        await end(here.child);
        await end(there.child);
        await proxy?.close();
      },
    };
  },
};
