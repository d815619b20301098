import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, serve, type Client } from '#shared/contract/operation.ts';
import { server, type ServerContract } from '#shared/contract/server.ts';
import { sync, type SyncContract, type SyncRoot } from '#shared/contract/sync.ts';
import type { Space } from '#shared/model/drive.ts';
import { openHeadlessSession } from '../../../electron/agent/headless-session.ts';
import { nodeClock, nodeRandom } from '../../../electron/agent/host/node-clock.ts';
import { syncHandlers } from '../../../electron/agent/sync/handlers.ts';
import { HeadlessAccount } from '../../../electron/agent/sync/headless-account.ts';
import { SyncService, type SyncServiceOptions } from '../../../electron/agent/sync/service.ts';
import { parcelWatching } from '../../../electron/agent/sync/watch.ts';
import { pause } from '../sync-device.ts';
import { demoPassword } from './server-process.ts';

export interface DeskOptions extends Partial<Pick<SyncServiceOptions, 'freeSettings' | 'graceMilliseconds'>> {
  readonly member: string;
  /** Where the state is kept; a new place by default. */
  readonly state?: string;
  /** By how much the PC's clock is ahead, in milliseconds. */
  readonly ahead?: () => number;
}

/** A PC as its window sees it: the contract of sync over the real service, on real folders, against a real server. */
export class SyncDesk {
  readonly accountId: string;
  readonly sync: Client<SyncContract>;
  readonly server: Client<ServerContract>;
  readonly service: SyncService;
  /** What was opened in programs and file managers. */
  readonly opened: string[] = [];
  readonly bugs: unknown[];
  readonly #close: () => Promise<void>;

  static async open(
    url: string,
    { member, state = mkdtempSync(join(tmpdir(), 'hikyaku-state-')), ahead = () => 0, ...options }: DeskOptions,
  ): Promise<SyncDesk> {
    const login = { server: url, member, password: demoPassword, kind: 'pc-app', version: '0.1.0' } as const;
    const session = await openHeadlessSession({ ...login, state, keyFile: join(state, 'keys.json') });
    const account = new HeadlessAccount(session);
    await account.readPolicy();
    const bugs: unknown[] = [];
    const service = new SyncService({
      host: { clock: { ...nodeClock, now: () => nodeClock.now() + ahead() }, random: nodeRandom, report: (bug) => void bugs.push(bug) },
      workerEntry: new URL('../../../electron/agent/sync/sync-worker.ts', import.meta.url),
      watch: parcelWatching,
      onChange: () => undefined,
      ...options,
    });
    service.openAccount(account);
    account.listen(
      () => service.policyChanged(account.accountId),
      () => undefined,
    );
    const client = connect(server, session.transport.call);
    return new SyncDesk(account.accountId, service, client, bugs, async () => {
      account.close();
      await service.close();
      await session.close();
    });
  }

  private constructor(
    accountId: string,
    service: SyncService,
    client: Client<ServerContract>,
    bugs: unknown[],
    close: () => Promise<void>,
  ) {
    this.accountId = accountId;
    this.service = service;
    this.server = client;
    this.bugs = bugs;
    this.#close = close;
    const handlers = syncHandlers({
      service,
      deviceName: 'PC',
      pathOf: (handle) => Promise.resolve(handle.slice(1)),
      now: () => nodeClock.now(),
      diagnostics: () => Promise.resolve({ name: '', text: '' }),
      openPlace: (place) => Promise.resolve(void this.opened.push(place)),
      names: () => Promise.resolve({ rooms: 'ルームのフォルダー', my: 'マイドライブ' }),
    });
    const answer = serve(sync, handlers, (bug) => void bugs.push(bug));
    this.sync = connect(sync, (name, input) => answer(name, input, undefined));
  }

  async space(kind: string): Promise<Space> {
    return (await this.server['drive.spaces']({})).spaces.find((space) => space.kind === kind || space.name === kind)!;
  }
  /** Handles are at most 64 characters: short places are given as they are. */
  async add(spaceId: string, folder: string, more: { driveFolderId?: string; keep?: 'always' | 'online_only' } = {}): Promise<string> {
    return (await this.sync['sync.addRoot']({ accountId: this.accountId, spaceId, handle: `h${folder}`, ...more })).rootId;
  }
  async root(rootId: string, holds: (root: SyncRoot) => boolean): Promise<SyncRoot> {
    let last: SyncRoot | undefined;
    for (let attempt = 0; attempt < 800; attempt += 1) {
      last = (await this.sync['sync.roots']({})).roots.find((candidate) => candidate.rootId === rootId);
      if (last !== undefined && holds(last)) return last;
      await pause(20);
    }
    throw new Error(`The root does not get there: ${JSON.stringify(last)}`);
  }
  /** Everything is looked at, and all is in step. */
  async rest(rootId: string): Promise<SyncRoot> {
    this.service.engine(rootId).nudge();
    for (let attempt = 0; attempt < 800 && !this.service.engine(rootId).inStep; attempt += 1) await pause(20);
    return this.root(rootId, () => this.service.engine(rootId).inStep);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

export const newPlace = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'hk-')));
