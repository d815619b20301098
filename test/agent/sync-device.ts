import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { SyncIssue } from '#shared/contract/sync.ts';
import type { Mutation, Space } from '#shared/model/drive.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { openHeadlessSession, type HeadlessSession } from '../../electron/agent/headless-session.ts';
import { HeadlessAccount } from '../../electron/agent/sync/headless-account.ts';
import { RootEngine } from '../../electron/agent/sync/root-engine.ts';
import { issuesOf } from '../../electron/agent/sync/root-view.ts';
import { parcelWatching, type StartWatching } from '../../electron/agent/sync/watch.ts';
import { threadWorkshop, type Workshop } from '../../electron/agent/sync/workshop.ts';
import { demoPassword } from './support/server-process.ts';

const patience = 25_000;
export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Waits until `holds`, looking often. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Still waiting for: ${what}`);
    await pause(10);
  }
}

export interface DeviceOptions {
  readonly member: string;
  readonly space?: string;
  /** A folder to sync; a new one by default. */
  readonly folder?: string;
  /** Where the state is kept; a new place by default. */
  readonly state?: string;
  /** As it stands in conflict names. */
  readonly name?: string;
  readonly watch?: StartWatching;
}

/** A PC with one synced folder: the real engine on a real folder against a real server, with a line that can be cut. */
export class SyncDevice {
  readonly folder: string;
  readonly state: string;
  readonly space: Space;
  readonly bugs: unknown[] = [];
  /** Names of the operations asked of the server, packs as `pack` and reads as `chunks`. */
  calls: string[] = [];
  /** What was asked of the server, one by one; hashes of chunks that were asked for; packs that were sent. */
  readonly asked = { mutations: [] as Mutation[], reads: [] as string[], packs: [] as Uint8Array[] };
  engine: RootEngine;
  #isOnline = true;
  #unlisted: string | null = null;
  readonly #lost = new Map<string, number>();
  readonly #session: HeadlessSession;
  readonly #account: HeadlessAccount;
  readonly #workshop = threadWorkshop(new URL('../../electron/agent/sync/sync-worker.ts', import.meta.url));
  readonly #options: DeviceOptions;
  readonly #unwatch: () => void;

  static async open(url: string, options: DeviceOptions): Promise<SyncDevice> {
    const state = options.state ?? mkdtempSync(join(tmpdir(), 'hikyaku-state-'));
    const login = { server: url, member: options.member, password: demoPassword, kind: 'drive-explorer', version: '0.1.0' } as const;
    const session = await openHeadlessSession({ ...login, state, keyFile: join(state, 'keys.json') });
    const { spaces } = await connect(tenant, session.transport.call)['drive.spaces']({});
    const space = spaces.find(({ name, kind }) => name === (options.space ?? '営業') || kind === options.space);
    if (space === undefined) throw new Error(`No such space among ${spaces.map(({ name }) => name).join()}`);
    const device = new SyncDevice(session, space, state, options);
    await device.#account.readPolicy();
    device.engine.start();
    return device;
  }

  private constructor(session: HeadlessSession, space: Space, state: string, options: DeviceOptions) {
    this.#session = session;
    this.#options = options;
    this.state = state;
    this.space = space;
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'hikyaku-root-'));
    mkdirSync(folder, { recursive: true });
    this.folder = realpathSync(folder);
    this.#account = new HeadlessAccount({ ...session, deviceName: options.name ?? 'PC', transport: this.#gated(session.transport) });
    this.engine = this.#makeEngine();
    this.#unwatch = this.#account.watch((happening) => {
      if (happening.type === 'drive.changed' && happening.spaceId === space.id) this.engine.remoteHint();
      if (happening.type === 'connection' && happening.state === 'online') this.engine.online();
    });
    this.#account.listen(
      () => this.engine.nudge(),
      () => undefined,
    );
  }

  /** Looks at everything and waits until all is in step. */
  async settle(): Promise<void> {
    this.engine.nudge();
    await this.rest();
  }
  async rest(): Promise<void> {
    await until(() => this.engine.inStep, `${this.#options.member} in step: ${JSON.stringify(this.standing())}`);
  }
  standing() {
    const { halted, connection, working, failures, plan } = this.engine;
    return { halted, connection, working, failures: failures?.all, steps: plan?.steps, bugs: this.bugs.map(String) };
  }

  /** The next answers to an operation do not arrive, although the server has given them. */
  loseAnswers(name: string, times: number): void {
    this.#lost.set(name, times);
  }
  /** Listing this folder fails from now on; null: none does. */
  failListing(folder: string | null): void {
    this.#unlisted = folder;
  }

  offline(): void {
    this.#isOnline = false;
  }
  online(): void {
    this.#isOnline = true;
    this.engine.online();
  }

  /** Ends the engine and starts it anew on the same state, as after a restart of the program. */
  async restart(): Promise<void> {
    await this.engine.stop();
    this.engine = this.#makeEngine();
    this.engine.start();
  }

  at(path: string): string {
    return join(this.folder, path);
  }
  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }
  /** Files below a folder with their contents; folders end in `/`. */
  tree(path = ''): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (folder: string): void => {
      for (const name of readdirSync(this.at(folder)).sort()) {
        if (name === '.hikyaku-sync') continue;
        const below = folder === '' ? name : `${folder}/${name}`;
        if (!statSync(this.at(below)).isDirectory()) found[below] = this.read(below);
        else {
          found[`${below}/`] = '';
          visit(below);
        }
      }
    };
    visit(path);
    return found;
  }
  issues(): SyncIssue[] {
    return issuesOf(this.engine, 0);
  }
  /** Brings chunks to the server as this member, past the line that can be cut. */
  sendPack(pack: Uint8Array): Promise<void> {
    return this.#session.transport.sendPack(pack);
  }
  /** The server, as this member. */
  get server() {
    return connect(tenant, this.#session.transport.call);
  }

  /** Ends it as when the program ends: folder and state stay. */
  async end(): Promise<void> {
    this.#unwatch();
    this.#account.close();
    await this.engine.stop();
    await this.#workshop.close();
    await this.#session.close();
  }
  async close(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #makeEngine(): RootEngine {
    const record = {
      rootId: `root-${this.#options.member}-${this.space.id}`,
      spaceId: this.space.id,
      spaceName: this.space.name,
      topId: this.space.rootId,
      folder: this.folder,
      paused: false,
    };
    return new RootEngine(record, {
      account: this.#account,
      host: { clock: this.#session.clock, random: this.#session.random, report: (bug) => void this.bugs.push(bug) },
      workshop: {
        ...this.#workshop,
        scan: (root, folders) => this.#scan(root, folders),
        changes: (root, known) => this.#changes(root, known),
      },
      watch: this.#options.watch ?? parcelWatching,
      onChange: () => undefined,
    });
  }

  async #scan(root: string, folders: readonly string[] | null): ReturnType<Workshop['scan']> {
    const found = await this.#workshop.scan(root, folders);
    return found.map((folder) => (folder.path === this.#unlisted ? { ...folder, entries: [], failed: 'EACCES' } : folder));
  }

  async #changes(root: string, known: Uint32Array | null): ReturnType<Workshop['changes']> {
    const found = await this.#workshop.changes(root, known);
    if (this.#unlisted === null) return found;
    const failed = { path: this.#unlisted, entries: [], ignored: [], failed: 'EACCES' };
    return { ...found, folders: [...found.folders.filter(({ path }) => path !== this.#unlisted), failed] };
  }

  #gated(transport: Transport): Transport {
    const gate = (name: string): void => {
      if (!this.#isOnline) throw new AppError('unavailable', 'The line is cut');
      this.calls.push(name);
    };
    return {
      ...transport,
      call: async (name, input) => {
        gate(name);
        if (name === 'drive.mutate') this.asked.mutations.push(...(input as { mutations: Mutation[] }).mutations);
        const reply = await transport.call(name, input);
        const left = this.#lost.get(name) ?? 0;
        this.#lost.set(name, left - 1);
        if (left > 0) throw new AppError('unavailable', 'The answer was lost');
        return reply;
      },
      sendPack: async (pack, signal) => {
        gate('pack');
        this.asked.packs.push(pack);
        return transport.sendPack(pack, signal);
      },
      readChunks: (hashes, options) => {
        gate('chunks');
        this.asked.reads.push(...hashes);
        return transport.readChunks(hashes, options);
      },
    };
  }
}

/** Two people's PCs on one shared drive, both in step. */
export async function openTwoDevices(url: string): Promise<[SyncDevice, SyncDevice]> {
  const a = await SyncDevice.open(url, { member: 'sato', name: 'PC-A' });
  const b = await SyncDevice.open(url, { member: 'tanaka', name: 'PC-B' });
  await a.settle();
  await b.settle();
  return [a, b];
}
