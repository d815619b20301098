import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, serve, type Client } from '#shared/contract/operation.ts';
import { syncCare } from '#shared/contract/sync-care.ts';
import { careHandlers } from '../../electron/agent/sync/care-handlers.ts';
import { diagnosticsText } from '../../electron/agent/sync/diagnostics.ts';
import { RecentErrors } from '../../electron/agent/sync/recent-errors.ts';
import { rootView } from '../../electron/agent/sync/root-view.ts';
import { pause, SyncDevice, until } from './sync-device.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

/** The contract as the window has it, over a device's real engine. */
function careOf(device: SyncDevice, errors = new RecentErrors(Date.now)): Client<typeof syncCare> {
  const handlers = careHandlers({
    engineOf: () => device.engine,
    now: Date.now,
    diagnostics: (names) =>
      diagnosticsText(
        {
          version: '0.1.0',
          settings: () =>
            Promise.resolve({
              proxyUrl: { value: 'http://saeki:himitsu-word@proxy.example:3128/?key=himitsu-query', source: 'machine', locked: true },
              extraRootCertificates: { value: '-----BEGIN himitsu-certificate', source: 'person', locked: false },
            }),
          engines: () => [{ accountId: 'account', engine: device.engine, issues: device.issues() }],
          errors,
          now: Date.now,
          random: (size) => randomBytes(size),
        },
        names,
      ),
  });
  const answer = serve(syncCare, handlers, (bug) => {
    throw bug;
  });
  return connect(syncCare, (name, input) => answer(name, input, undefined));
}

let server: ServerProcess;
let a: SyncDevice;
let b: SyncDevice;
let care: Client<typeof syncCare>;
const of = { rootId: 'root' };

beforeAll(async () => {
  server = await startServerProcess();
  [a, b] = await Promise.all([
    SyncDevice.open(server.url, { member: 'sato', name: 'PC-A' }),
    SyncDevice.open(server.url, { member: 'tanaka', name: 'PC-B' }),
  ]);
  care = careOf(b);
  mkdirSync(a.at('care'));
  await a.settle();
  await b.settle();
});
afterAll(async () => {
  await a?.close();
  await b?.close();
  await server?.close();
});

/** Both write the same file while one is offline: `b` loses, and has a copy. */
async function conflict(name: string, theirs: string, mine: string): Promise<{ named: string; copy: string }> {
  const named = `care/${name}`;
  writeFileSync(a.at(named), 'first');
  await a.settle();
  await b.settle();
  b.offline();
  writeFileSync(a.at(named), theirs);
  await a.settle();
  writeFileSync(b.at(named), mine);
  b.online();
  await b.settle();
  const copy = readdirSync(b.at('care')).find((found) => found.startsWith(name.split('.')[0]!) && found.includes('(conflict PC-B'));
  return { named, copy: `care/${copy}` };
}

describe('conflicts side by side (EXP-13)', () => {
  it('show both with what pictures need, and are over when a person keeps both', async () => {
    const { named, copy } = await conflict('both.txt', 'theirs, longer', 'mine');
    const { conflicts } = await care['sync.conflicts'](of);
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]!.theirs).toMatchObject({ path: named, sizeBytes: 14, version: 2 });
    const [written] = (await a.server['drive.versions']({ nodeId: conflicts[0]!.theirs.nodeId! })).versions;
    expect(conflicts[0]!.theirs.by).toBe(written!.createdBy);
    expect(conflicts[0]!.mine.by).not.toBe(written!.createdBy);
    expect(conflicts[0]!.mine).toMatchObject({ path: copy, sizeBytes: 4, version: 1, nodeId: expect.any(String) });
    await care['sync.resolve']({ ...of, conflictId: conflicts[0]!.conflictId, choice: 'both' });
    expect((await care['sync.conflicts'](of)).conflicts).toEqual([]);
    expect(b.issues().filter(({ kind }) => kind === 'conflict')).toEqual([]);
    await b.settle();
    expect([b.read(named), b.read(copy)]).toEqual(['theirs, longer', 'mine']);
  });

  it("make this PC's bytes the newest version, with the other one kept in the versions", async () => {
    const { named, copy } = await conflict('mine.txt', 'theirs', 'mine');
    const [found] = (await care['sync.conflicts'](of)).conflicts;
    await care['sync.resolve']({ ...of, conflictId: found!.conflictId, choice: 'mine' });
    await b.settle();
    await a.settle();
    expect([a.read(named), b.read(named)]).toEqual(['mine', 'mine']);
    expect([existsSync(a.at(copy)), existsSync(b.at(copy))]).toEqual([false, false]);
    const { versions } = await b.server['drive.versions']({ nodeId: found!.theirs.nodeId! });
    expect(versions.map(({ version, content }) => [version, content.sizeBytes])).toContainEqual([2, 6]);
    const { items } = await care['sync.recovered'](of);
    expect(
      items
        .filter(({ why }) => why === 'conflict')
        .map(({ path }) => path)
        .sort(),
    ).toEqual([copy, named].sort());
  });

  it('let the copy go to the recovery area where the other one is chosen', async () => {
    const { named, copy } = await conflict('theirs.txt', 'theirs', 'mine');
    const [found] = (await care['sync.conflicts'](of)).conflicts;
    await care['sync.resolve']({ ...of, conflictId: found!.conflictId, choice: 'theirs' });
    await b.settle();
    await a.settle();
    expect([a.read(named), existsSync(a.at(copy)), existsSync(b.at(copy))]).toEqual(['theirs', false, false]);
    const { items } = await care['sync.recovered'](of);
    expect(items.find(({ path }) => path === copy)).toMatchObject({ why: 'conflict', sizeBytes: 4 });
  });

  it('refuse a choice where either side has changed since it was shown, and touch nothing', async () => {
    const { named, copy } = await conflict('late.txt', 'theirs', 'mine');
    const [found] = (await care['sync.conflicts'](of)).conflicts;
    writeFileSync(b.at(copy), 'mine, written again');
    const refusal = care['sync.resolve']({ ...of, conflictId: found!.conflictId, choice: 'theirs' });
    await expect(refusal).rejects.toMatchObject({ code: 'conflict', details: { reason: 'changed_meanwhile' } });
    expect(b.read(copy)).toBe('mine, written again');
    await b.settle();
    const { conflicts } = await care['sync.conflicts'](of);
    writeFileSync(a.at(named), 'theirs, a third time');
    await a.settle();
    await b.settle();
    const again = care['sync.resolve']({ ...of, conflictId: conflicts[0]!.conflictId, choice: 'mine' });
    await expect(again).rejects.toMatchObject({ details: { reason: 'changed_meanwhile' } });
    expect([b.read(named), b.read(copy)]).toEqual(['theirs, a third time', 'mine, written again']);
    await care['sync.resolve']({ ...of, conflictId: conflicts[0]!.conflictId, choice: 'both' });
  });
});

describe('the recovery area', () => {
  it('lists what was deleted and replaced with the end of its time, and puts things back without overwriting', async () => {
    for (const name of ['gone/deep/one.txt', 'gone/two.txt', 'gone/three.txt']) {
      mkdirSync(join(a.at(`care/${name}`), '..'), { recursive: true });
      writeFileSync(a.at(`care/${name}`), `old ${name}`);
    }
    await a.settle();
    await b.settle();
    writeFileSync(a.at('care/gone/two.txt'), 'new two');
    await a.settle();
    await b.settle();
    rmSync(a.at('care/gone'), { recursive: true });
    await a.settle();
    await b.settle();
    const { items, totalBytes } = await care['sync.recovered'](of);
    const mine = items.filter(({ path }) => path.startsWith('care/gone/'));
    expect(mine.map(({ path, why }) => `${why} ${path}`).sort()).toEqual([
      'deleted care/gone/deep/one.txt',
      'deleted care/gone/three.txt',
      'deleted care/gone/two.txt',
      'replaced care/gone/two.txt',
    ]);
    expect(totalBytes).toBe(items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    for (const { at, expiresAt } of mine) expect(expiresAt - at).toBe(30 * 24 * 3_600_000);
    const replaced = mine.find(({ why }) => why === 'replaced')!;
    const others = mine.filter(({ why, path }) => why === 'deleted' && !path.endsWith('three.txt'));
    expect((await care['sync.restore']({ ...of, itemIds: others.map(({ itemId }) => itemId) })).paths.sort()).toEqual([
      'care/gone/deep/one.txt',
      'care/gone/two.txt',
    ]);
    expect((await care['sync.restore']({ ...of, itemIds: [replaced.itemId] })).paths).toEqual(['care/gone/two (2).txt']);
    await b.settle();
    await a.settle();
    expect(a.tree('care/gone')).toEqual({
      'care/gone/deep/': '',
      'care/gone/deep/one.txt': 'old gone/deep/one.txt',
      'care/gone/two (2).txt': 'old gone/two.txt',
      'care/gone/two.txt': 'new two',
    });
    const last = mine.find(({ path }) => path.endsWith('three.txt'))!;
    await care['sync.discard']({ ...of, itemIds: [last.itemId] });
    await expect(care['sync.restore']({ ...of, itemIds: [last.itemId] })).rejects.toMatchObject({ code: 'not_found' });
    expect((await care['sync.recovered'](of)).items.some(({ path }) => path.startsWith('care/gone/'))).toBe(false);
  });

  it('is emptied after its time, but what was written to meanwhile comes back', async () => {
    writeFileSync(a.at('care/kept.txt'), 'kept');
    writeFileSync(a.at('care/over.txt'), 'over');
    await a.settle();
    await b.settle();
    rmSync(a.at('care/kept.txt'));
    rmSync(a.at('care/over.txt'));
    await a.settle();
    await b.settle();
    const trash = b.at('.hikyaku-sync/trash');
    const stored = readdirSync(trash).find((name) => name.endsWith('~kept.txt'))!;
    writeFileSync(join(trash, stored), 'written through a handle that was open');
    const { bin } = b.engine.held!;
    bin.sweep(Date.now() + 29 * 24 * 3_600_000);
    expect(readdirSync(trash).some((name) => name.endsWith('~over.txt'))).toBe(true);
    bin.sweep(Date.now() + 31 * 24 * 3_600_000);
    expect(readdirSync(trash)).toEqual([]);
    expect(b.read('care/kept.txt')).toBe('written through a handle that was open');
    expect((await care['sync.recovered'](of)).items).toEqual([]);
    await b.settle();
  });
});

describe('the queue', () => {
  it('says what waits, why something is tried again and when, and takes what a person wants first (EXP-20)', async () => {
    b.offline();
    mkdirSync(b.at('care/queue'));
    for (let index = 0; index < 20; index += 1) writeFileSync(b.at(`care/queue/file-${index}`), randomBytes(2_000));
    b.engine.remoteHint();
    await until(() => b.engine.connection === 'offline', 'the cut line to be noticed');
    const cut = rootView(b.engine, 'account', b.issues());
    expect(cut.state).toBe('unstable');
    b.online();
    await b.settle();
    expect(await care['sync.queue'](of)).toEqual({ total: 0, items: [] });

    mkdirSync(b.at('care/later'));
    const big = randomBytes(3_000_000);
    for (let index = 0; index < 5; index += 1) writeFileSync(b.at(`care/later/big-${index}`), big);
    b.loseAnswers('drive.mutate', 3);
    b.engine.nudge();
    await until(() => (b.engine.plan?.steps ?? []).filter(({ kind }) => kind === 'create_file').length === 5, 'the plan');
    const { total, items } = await care['sync.queue'](of);
    expect(total).toBe(5);
    const shown = rootView(b.engine, 'account', b.issues());
    expect(shown).toMatchObject({ pendingFiles: 5, oldestUnsyncedAt: expect.any(Number) });
    expect(['syncing', 'unstable']).toContain(shown.state);
    expect(shown.oldestUnsyncedAt).toBeLessThanOrEqual(Date.now());
    expect(items.every(({ way, sizeBytes, path }) => way === 'up' && sizeBytes === 3_000_000 && path.startsWith('care/later/big-'))).toBe(
      true,
    );
    const last = items.at(-1)!;
    await care['sync.first']({ ...of, itemId: last.itemId });
    const waiting = (await care['sync.queue'](of)).items.filter(({ state }) => state === 'waiting');
    expect(waiting.some(({ itemId }) => itemId === last.itemId) ? waiting[0] : { itemId: last.itemId, first: true }).toMatchObject({
      itemId: last.itemId,
      first: true,
    });
    await b.settle();
    expect(rootView(b.engine, 'account', b.issues()).oldestUnsyncedAt).toBe(undefined);
    await expect(care['sync.first']({ ...of, itemId: last.itemId })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('diagnostics', () => {
  it('tell states, settings and reasons, and neither contents nor secrets nor names', async () => {
    const secret = 'himitsu-content-7d3f';
    writeFileSync(b.at('care/merger-plan.docx'), secret);
    writeFileSync(b.at(`care/${'n'.repeat(201)}.txt`), secret);
    await until(() => b.issues().some(({ reason }) => reason === 'name_too_long'), 'the issue');
    await b.rest();
    const errors = new RecentErrors(Date.now);
    errors.add(new Error(`GET https://user:himitsu-token@server.example/care/merger-plan.docx failed`, { cause: secret }));
    interface Told {
      roots: { state: string; issueReasons: object; watcher: object; timings: object }[];
      settings: object;
      errors: object[];
    }
    let file = { name: '', text: '{}' };
    const tell = async (): Promise<Told> => JSON.parse((file = await careOf(b, errors)['sync.diagnostics']({})).text) as Told;
    // The watcher may still report what was just written: that is looked at once more, and changes nothing.
    let told = await tell();
    for (let tries = 0; told.roots[0]?.state === 'syncing' && tries < 200; tries += 1) {
      await pause(50);
      told = await tell();
    }
    const { name, text } = file;
    expect(name).toMatch(/^hikyaku-diagnostics-\d{8}-\d{6}\.json$/);
    expect(told.roots[0]).toMatchObject({
      state: 'attention',
      issueReasons: { 'skipped name_too_long': 1 },
      watcher: { backend: 'native', missing: null },
      trees: { local: expect.any(Number) },
    });
    expect(told.settings).toMatchObject({
      proxyUrl: { value: 'http://proxy.example:3128 (with a login)', source: 'machine', locked: true },
      extraRootCertificates: { value: 'set', source: 'person' },
    });
    expect(told.errors).toMatchObject([{ name: 'Error', stack: expect.arrayContaining([expect.stringContaining('sync-care.test')]) }]);
    for (const word of ['himitsu', 'merger', 'care/', b.folder, 'PC-B', '営業', 'nnnnn']) expect(text).not.toContain(word);
    const open = await careOf(b, errors)['sync.diagnostics']({ names: true });
    expect(open.text).toContain('nnnnn');
    expect(open.text).not.toContain('himitsu');
    rmSync(b.at(`care/${'n'.repeat(201)}.txt`));
    await b.settle();
  });
});

describe('a pause with an end', () => {
  it('outlives a restart and ends by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hikyaku-pause-'));
    const c = await SyncDevice.open(server.url, { member: 'suzuki', folder });
    await c.settle();
    const until3 = Date.now() + 3_000;
    c.engine.record = { ...c.engine.record, paused: true, pausedUntil: until3 };
    c.engine.setPaused(true, until3);
    const shown = () => rootView(c.engine, 'account', c.issues());
    expect(shown()).toMatchObject({ state: 'paused', pausedUntil: until3 });
    writeFileSync(c.at('later.txt'), 'later');
    utimesSync(c.at('later.txt'), 1, 1);
    await until(() => !c.engine.paused, 'the end of the pause');
    await c.rest();
    expect(shown()).toMatchObject({ pausedUntil: null });
    expect([...c.engine.store.synced.values()].some(({ name }) => name === 'later.txt')).toBe(true);
    await c.close();
  });
});
