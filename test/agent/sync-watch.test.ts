import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Alarm } from '../../electron/agent/sync/alarm.ts';
import { Debounce } from '../../electron/agent/sync/debounce.ts';
import { nodeClock, nodeRandom } from '../../electron/agent/host/node-clock.ts';
import {
  chokidarWatching,
  defaultWatching,
  isRemoteVolume,
  parcelWatching,
  scanWatching,
  WatchLimit,
  type Doubt,
  type StartWatching,
  type WatchListener,
} from '../../electron/agent/sync/watch.ts';
import { Watching } from '../../electron/agent/sync/watching.ts';
import { HandClock } from './support/hand-clock.ts';
import { until } from './sync-device.ts';

/** A watched folder, and what was said of it. */
interface Heard {
  readonly root: string;
  readonly folders: Set<string>;
  readonly doubts: Doubt[];
  gone: boolean;
  close(): Promise<void>;
}
const open: Heard[] = [];
afterEach(async () => {
  for (const heard of open.splice(0)) await heard.close();
});

async function listen(start: StartWatching): Promise<Heard> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hikyaku-watched-')));
  mkdirSync(join(root, '.hikyaku-sync'));
  mkdirSync(join(root, 'folder/deep'), { recursive: true });
  writeFileSync(join(root, 'folder/deep/old.txt'), 'old');
  const heard: Heard = { root, folders: new Set(), doubts: [], gone: false, close: () => Promise.resolve() };
  const listener: WatchListener = {
    hint: (folders, gone = false) => {
      for (const folder of folders) heard.folders.add(folder);
      heard.gone ||= gone;
    },
    doubt: (why) => void heard.doubts.push(why),
  };
  const watcher = await start(root, listener);
  heard.close = () => watcher.close();
  open.push(heard);
  return heard;
}

const backends: readonly (readonly [string, StartWatching, 'hints' | 'time'])[] = [
  ['the native watcher', parcelWatching, 'hints'],
  ['the plain watcher', chokidarWatching(null), 'hints'],
  ['polling', chokidarWatching(100), 'hints'],
  ['what the system has', defaultWatching, 'hints'],
  [
    'looking from time to time',
    scanWatching({ ...nodeClock, after: (_wait, callback) => nodeClock.after(50, callback) }, nodeRandom),
    'time',
  ],
];

describe.each(backends)('%s', (_name, start, way) => {
  /** It said where, or that it may be anywhere: either leads there. */
  const said = (heard: Heard, folder: string): boolean => heard.folders.has(folder) || heard.doubts.length > 0;

  it('says where something was made, written, renamed and removed', async () => {
    const heard = await listen(start);
    const expectHint = async (folder: string, act: () => void): Promise<void> => {
      heard.folders.clear();
      heard.doubts.length = 0;
      act();
      await until(() => said(heard, folder), `a hint of ${folder}`);
    };
    await expectHint('', () => writeFileSync(join(heard.root, 'new.txt'), 'new'));
    await expectHint('folder/deep', () => writeFileSync(join(heard.root, 'folder/deep/old.txt'), 'written, and longer'));
    await expectHint('folder', () => renameSync(join(heard.root, 'new.txt'), join(heard.root, 'folder/moved.txt')));
    await expectHint('folder', () => unlinkSync(join(heard.root, 'folder/moved.txt')));
    expect(heard.gone || way === 'time').toBe(true);
    await expectHint('', () => mkdirSync(join(heard.root, 'made')));
    await expectHint('made', () => writeFileSync(join(heard.root, 'made/inside.txt'), 'inside'));
  });

  it('hides no name from us, and tells nothing of our own folder or of what links lead to', async () => {
    const heard = await listen(start);
    for (const name of ['notes.txt~', '.notes.swp', '~backup.sxy', '#draft#']) {
      heard.folders.clear();
      heard.doubts.length = 0;
      writeFileSync(join(heard.root, 'folder', name), name);
      await until(() => said(heard, 'folder'), `a hint of ${name}`);
    }
    const outside = mkdtempSync(join(tmpdir(), 'hikyaku-outside-'));
    symlinkSync(outside, join(heard.root, 'link'));
    await until(() => said(heard, ''), 'a hint of the link');
    heard.folders.clear();
    writeFileSync(join(outside, 'theirs.txt'), 'theirs');
    writeFileSync(join(heard.root, '.hikyaku-sync/tmp'), 'ours');
    writeFileSync(join(heard.root, 'folder/last.txt'), 'last');
    await until(() => heard.folders.has('folder') || way === 'time', 'the last hint');
    expect([...heard.folders].filter((folder) => folder.startsWith('link') || folder.startsWith('.hikyaku'))).toEqual([]);
  });

  it('says nothing more once it was closed', async () => {
    const heard = await listen(start);
    await heard.close();
    open.length = 0;
    heard.folders.clear();
    heard.doubts.length = 0;
    writeFileSync(join(heard.root, 'after.txt'), 'after');
    const another = await listen(parcelWatching);
    writeFileSync(join(another.root, 'sign.txt'), 'sign');
    await until(() => another.folders.has(''), 'a sign of another watcher');
    expect([heard.folders.size, heard.doubts.length]).toEqual([0, 0]);
  });
});

describe('a burst of events', () => {
  it('counts as lost events', async () => {
    const heard = await listen(parcelWatching);
    execFileSync('sh', ['-c', `cd '${heard.root}/folder' && seq 1 16000 | xargs touch`]);
    await until(() => heard.doubts.length > 0, 'the doubt');
    expect(heard.doubts[0]).toBe('overflow');
    rmSync(heard.root, { recursive: true });
  });
});

describe('a watcher that breaks', () => {
  interface Fake {
    readonly listener: WatchListener;
    closed: boolean;
  }
  /** Starts as often as it is let to; then it fails with that error. */
  const fakes = (failures: (Error | null)[]): { start: StartWatching; made: Fake[] } => {
    const made: Fake[] = [];
    return {
      made,
      start: (_root, listener) => {
        const failure = failures.shift() ?? null;
        if (failure !== null) return Promise.reject(failure);
        const fake: Fake = { listener, closed: false };
        made.push(fake);
        return Promise.resolve({
          backend: 'native',
          close: () => {
            fake.closed = true;
            return Promise.resolve();
          },
        });
      },
    };
  };
  const watchingOf = (start: StartWatching) => {
    const clock = new HandClock();
    const hints: (readonly string[] | null)[] = [];
    const bugs: unknown[] = [];
    const watching = new Watching({
      folder: '/nowhere',
      start,
      host: { clock, random: (size) => new Uint8Array(size).fill(128), report: (bug) => void bugs.push(bug) },
      onHint: (folders) => void hints.push(folders),
      onState: () => undefined,
    });
    return { clock, hints, bugs, watching };
  };
  const minute = 60_000;

  it('is replaced by looks every half to whole minute, and begun anew after 1, 2, 4 … 60 minutes with a look at everything', async () => {
    const limit = new WatchLimit('inotify_add_watch failed: No space left on device');
    const { start, made } = fakes([null, limit, limit, limit, limit, limit, limit, limit, null]);
    const { clock, hints, watching } = watchingOf(start);
    await watching.open();
    expect(watching.state).toMatchObject({ backend: 'native', missing: null });
    made[0]!.listener.doubt('limit');
    await clock.pass(0);
    expect(made[0]!.closed).toBe(true);
    expect(watching.state).toMatchObject({ backend: 'scans', missing: 'fs.inotify.max_user_watches=1048576' });
    hints.length = 0;
    await clock.pass(50_000);
    expect(hints).toEqual([null]);
    await clock.pass(2 * minute);
    expect(watching.state.restarts).toBe(1);
    await clock.pass((2 + 4 + 8 + 16 + 32) * minute);
    expect(watching.state).toMatchObject({ restarts: 6, backend: 'scans' });
    await clock.pass(3 * 61 * minute);
    expect(watching.state).toMatchObject({ backend: 'native', missing: null, restarts: 8 });
    expect(watching.hints).toBe(true);
    expect(hints.at(-1)).toBe(null);
    made[0]!.listener.hint(['late']);
    made[1]!.listener.hint(['now']);
    expect(hints.at(-1)).toEqual(['now']);
    expect(hints).not.toContainEqual(['late']);
    await watching.close();
    expect(made[1]!.closed).toBe(true);
  });

  it('is looked around after an overflow, without being begun anew', async () => {
    const { start, made } = fakes([]);
    const { clock, hints, watching } = watchingOf(start);
    await watching.open();
    made[0]!.listener.doubt('overflow');
    await clock.pass(10 * minute);
    expect([hints, made.length, watching.state.restarts]).toEqual([[null], 1, 0]);
    await watching.close();
  });

  it('does not keep anybody waiting when it never starts', async () => {
    const { clock, watching } = watchingOf(() => new Promise(() => undefined));
    const opened = watching.open();
    await clock.pass(30_000);
    await opened;
    expect(watching.state).toMatchObject({ backend: 'scans', missing: 'fs.inotify.max_user_watches=1048576' });
    await watching.close();
  });

  it('names the other limit where that is the one that is missing', () => {
    expect(new WatchLimit('inotify_init1 failed: Too many open files').setting).toBe('fs.inotify.max_user_instances=1024');
    expect(isRemoteVolume(tmpdir())).toBe(false);
  });

  it('says so when the system really has no watches left', () => {
    const root = mkdtempSync(join(tmpdir(), 'hikyaku-limit-'));
    for (let index = 0; index < 20; index += 1) mkdirSync(join(root, `folder-${index}`));
    const program = `import { defaultWatching } from '${join(import.meta.dirname, '../../electron/agent/sync/watch.ts')}';
      defaultWatching('${root}', { hint() {}, doubt() {} }).then(() => console.log('watched'), (error) => console.log(error.name, error.setting)).finally(() => process.exit(0));`;
    const script = `echo 8 > /proc/sys/user/max_inotify_watches && exec '${process.execPath}' --input-type=module -e "${program.replaceAll('\n', ' ')}"`;
    expect(execFileSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8' }).trim()).toBe(
      'WatchLimit fs.inotify.max_user_watches=1048576',
    );
  });
});

describe('hints', () => {
  it('are collected until it is quiet, two seconds at most; what vanished waits for half a second', async () => {
    const clock = new HandClock();
    const ready: (readonly string[] | null)[] = [];
    const debounce = new Debounce(clock, (folders) => void ready.push(folders));
    debounce.add(['a']);
    await clock.pass(100);
    debounce.add(['b', 'a']);
    await clock.pass(149);
    expect(ready).toEqual([]);
    await clock.pass(1);
    expect(ready).toEqual([['a', 'b']]);
    for (let at = 0; at < 2_500; at += 100) {
      debounce.add(['log']);
      await clock.pass(100);
    }
    expect(ready.length).toBe(2);
    await clock.pass(1_000);
    ready.length = 0;
    debounce.add(['x'], true);
    await clock.pass(100);
    debounce.add(['y']);
    await clock.pass(399);
    expect(ready).toEqual([]);
    await clock.pass(1);
    expect(ready).toEqual([['x', 'y']]);
    debounce.add(Array.from({ length: 129 }, (_, index) => `folder-${index}`));
    await clock.pass(150);
    expect(ready.at(-1)).toBe(null);
  });
});

describe('a sleeping loop', () => {
  it('wakes when it is rung, also when that was before, and knows when the computer slept', async () => {
    const clock = new HandClock();
    let asleep = 0;
    const alarm = new Alarm({
      now: () => clock.now() + asleep,
      monotonic: clock.monotonic,
      after: (milliseconds, callback) => clock.after(milliseconds, callback),
    });
    alarm.ring();
    expect(await alarm.sleep(60_000)).toBe(false);
    alarm.set();
    const rung = alarm.sleep(60_000);
    alarm.ring();
    expect(await rung).toBe(false);
    alarm.set();
    const slept = alarm.sleep(60_000);
    asleep = 8 * 3_600_000;
    await clock.pass(60_000);
    expect(await slept).toBe(true);
  });
});
