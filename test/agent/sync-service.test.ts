import { existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, serve, type Client } from '#shared/contract/operation.ts';
import { sync, type SyncContract, type SyncRoot } from '#shared/contract/sync.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Space } from '#shared/model/drive.ts';
import type { Environment } from '#shared/model/rights.ts';
import { openHeadlessSession, type HeadlessSession } from '../../electron/agent/headless-session.ts';
import { nodeClock, nodeRandom } from '../../electron/agent/host/node-clock.ts';
import { syncHandlers } from '../../electron/agent/sync/handlers.ts';
import { HeadlessAccount } from '../../electron/agent/sync/headless-account.ts';
import { SyncService } from '../../electron/agent/sync/service.ts';
import { parcelWatching } from '../../electron/agent/sync/watch.ts';
import { pause } from './sync-device.ts';
import { setRules } from './support/administrator.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

/** The app's sync as the window sees it: the contract, over the real service. */
interface Desk {
  readonly client: Client<SyncContract>;
  readonly accountId: string;
  readonly spaces: readonly Space[];
  readonly opened: string[];
  readonly changes: string[];
  readonly openDatabase: HeadlessSession['openDatabase'];
  close(): Promise<void>;
}

let server: ServerProcess;
const state = mkdtempSync(join(tmpdir(), 'hikyaku-state-'));
const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'hikyaku-place-')));

async function openDesk(): Promise<Desk> {
  const login = { server: server.url, member: 'sato', password: demoPassword, kind: 'pc-app', version: '0.1.0' } as const;
  const session: HeadlessSession = await openHeadlessSession({ ...login, state, keyFile: join(state, 'keys.json') });
  const account = new HeadlessAccount(session);
  await account.readPolicy();
  const bugs: unknown[] = [];
  const changes: string[] = [];
  const service = new SyncService({
    host: { clock: nodeClock, random: nodeRandom, report: (bug) => void bugs.push(bug) },
    workerEntry: new URL('../../electron/agent/sync/sync-worker.ts', import.meta.url),
    watch: parcelWatching,
    onChange: (accountId) => void changes.push(accountId),
  });
  service.openAccount(account);
  account.listen(
    () => service.policyChanged(account.accountId),
    () => undefined,
  );
  const opened: string[] = [];
  const handlers = syncHandlers({
    service,
    deviceName: 'PC',
    pathOf: (handle) => Promise.resolve(handle === 'unknown' ? null : handle.slice(1)),
    now: () => nodeClock.now(),
    diagnostics: () => Promise.resolve({ name: '', text: '' }),
    openPlace: (place) => Promise.resolve(void opened.push(place)),
  });
  const answer = serve(sync, handlers, (bug) => void bugs.push(bug));
  const { spaces } = await connect(tenant, session.transport.call)['drive.spaces']({});
  return {
    client: connect(sync, (name, input) => answer(name, input, undefined)),
    accountId: account.accountId,
    spaces,
    opened,
    changes,
    openDatabase: (name) => session.openDatabase(name),
    close: async () => {
      account.close();
      await service.close();
      await session.close();
      expect(bugs).toEqual([]);
    },
  };
}

let desk: Desk;
beforeAll(async () => {
  server = await startServerProcess();
  desk = await openDesk();
});
afterAll(async () => {
  await desk?.close();
  await server?.close();
});

const space = (kind: string): Space => desk.spaces.find((candidate) => candidate.kind === kind)!;
/** Handles are at most 64 characters: short places are given as they are. */
const add = (spaceId: string, folder: string) => desk.client['sync.addRoot']({ accountId: desk.accountId, spaceId, handle: `h${folder}` });
async function root(rootId: string, holds: (root: SyncRoot) => boolean): Promise<SyncRoot> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const found = (await desk.client['sync.roots']({})).roots.find((candidate) => candidate.rootId === rootId);
    if (found !== undefined && holds(found)) return found;
    await pause(20);
  }
  throw new Error('The root does not get there');
}
const atRest = ({ state: shown }: SyncRoot): boolean => shown === 'idle' || shown === 'done';

describe('pairs of a space and a folder', () => {
  it('are refused with a reason where a folder may not be synced', async () => {
    const taken = newFolder();
    mkdirSync(join(taken, 'inside'));
    const other = newFolder();
    mkdirSync(join(other, '.stfolder'));
    const link = join(newFolder(), 'link');
    symlinkSync('/usr/lib', link);
    const { rootId } = await add(space('shared').id, taken);
    const reasonFor = (folder: string) => add(space('my').id, folder).catch((error: { details?: unknown }) => error.details);
    expect(await reasonFor('/')).toEqual({ reason: 'place_is_system' });
    expect(await reasonFor(link)).toEqual({ reason: 'place_is_system' });
    expect(await reasonFor(realpathSync(homedir()))).toMatchObject({ reason: expect.stringMatching(/^place_is_(home|system)$/) });
    expect(await reasonFor('/nowhere/at/all')).toEqual({ reason: 'place_missing' });
    expect(await reasonFor(taken)).toEqual({ reason: 'place_in_use' });
    expect(await reasonFor(join(taken, 'inside'))).toEqual({ reason: 'place_nested' });
    expect(await reasonFor(other)).toEqual({ reason: 'place_other_sync' });
    expect(await add(space('shared').id, newFolder()).catch((error: { details?: unknown }) => error.details)).toEqual({
      reason: 'space_in_use',
    });
    await desk.client['sync.removeRoot']({ rootId });
  });

  it('tell truly how they stand, and what they did', async () => {
    const folder = newFolder();
    const { rootId } = await add(space('shared').id, folder);
    const done = await root(rootId, ({ state: shown }) => shown === 'done');
    expect(done).toMatchObject({ folder, spaceName: '営業', spaceKind: 'shared', pendingFiles: 0, issues: 0, halted: null });
    expect(done.files).toBeGreaterThan(10);
    expect(done.sizeBytes).toBeGreaterThan(1_000);
    expect(done.lastAnswerAt).toBeGreaterThan(Date.now() - 60_000);
    await root(rootId, ({ state: shown }) => shown === 'idle');
    expect(desk.changes).toContain(desk.accountId);
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    await root(rootId, (found) => found.files === done.files + 1 && atRest(found));
    const { activity } = await desk.client['sync.activity']({ rootId });
    expect(activity[0]).toMatchObject({ rootId, action: 'uploaded', path: 'mine.txt' });
    await desk.client['sync.openFolder']({ rootId, path: 'mine.txt' });
    expect(desk.opened).toEqual([join(folder, 'mine.txt')]);
    await expect(desk.client['sync.openFolder']({ rootId, path: '../elsewhere' })).rejects.toMatchObject({ code: 'denied' });
    await desk.client['sync.removeRoot']({ rootId });
    expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
    expect((await desk.client['sync.roots']({})).roots).toEqual([]);
  });

  it('pause and go on, also over a restart, and may be ended and made again without a transfer', async () => {
    const folder = newFolder();
    const { rootId } = await add(space('shared').id, folder);
    await root(rootId, atRest);
    await desk.client['sync.pause']({ rootId: null });
    await root(rootId, ({ state: shown }) => shown === 'paused');
    writeFileSync(join(folder, 'later.txt'), 'later');
    await desk.close();
    desk = await openDesk();
    await root(rootId, ({ state: shown }) => shown === 'paused');
    const before = await root(rootId, () => true);
    await desk.client['sync.resume']({ rootId: null });
    await root(rootId, (found) => found.files === before.files + 1 && atRest(found));
    await desk.client['sync.removeRoot']({ rootId });
    const again = await add(space('shared').id, folder);
    const united = await root(again.rootId, atRest);
    expect(united).toMatchObject({ files: before.files + 1, doneFiles: 0 });
    expect((await desk.client['sync.issues']({ rootId: again.rootId })).issues).toEqual([]);
  });

  it("say which of them is one's own drive, also pairs that were made before that was kept", async () => {
    const { rootId } = await add(space('my').id, newFolder());
    expect((await root(rootId, atRest)).spaceKind).toBe('my');
    await desk.client['sync.pause']({ rootId });
    await desk.close();
    const database = desk.openDatabase('sync');
    database.exec(`UPDATE roots SET row = json_remove(row, '$.spaceKind')`);
    database.close();
    desk = await openDesk();
    expect(await root(rootId, ({ spaceKind }) => spaceKind === 'my')).toMatchObject({ state: 'paused' });
    await desk.client['sync.removeRoot']({ rootId });
  });

  it('stand still with a reason of their own while Drive is not permitted, touch nothing, and go on by themselves (ADM-08)', async () => {
    const permit = (drive: Environment[]) =>
      setRules(server.url, {
        permissions: { templates: [{ id: 'default', name: 'Standard', services: { talk: ['browser', 'pc-app'], drive } }] },
      });
    const folder = newFolder();
    const { rootId } = await add(space('my').id, folder);
    const before = await root(rootId, atRest);
    await permit(['browser', 'drive-explorer']);
    writeFileSync(join(folder, 'later.txt'), 'later');
    const stopped = await root(rootId, ({ halted }) => halted === 'service_denied');
    expect(stopped.state).toBe('attention');
    const { issues } = await desk.client['sync.issues']({ rootId });
    expect(issues).toMatchObject([{ kind: 'guard', reason: 'service_denied' }]);
    expect(existsSync(join(folder, 'later.txt'))).toBe(true);
    await permit(['browser', 'pc-app', 'drive-explorer', 'mobile']);
    const after = await root(rootId, (found) => found.files === before.files + 1 && atRest(found));
    expect(after.halted).toBeNull();
    await desk.client['sync.removeRoot']({ rootId });
  });

  it('answer for what they do not know', async () => {
    await expect(desk.client['sync.pause']({ rootId: 'none' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(desk.client['sync.addRoot']({ accountId: 'none', spaceId: 'x', handle: 'hx' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(desk.client['sync.addRoot']({ accountId: desk.accountId, spaceId: 'x', handle: 'unknown' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
