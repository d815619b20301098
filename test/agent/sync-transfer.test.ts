import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTurn } from '../../electron/agent/sync/apply-there.ts';
import { Turns } from '../../electron/agent/sync/turns.ts';
import { openTwoDevices, type SyncDevice, until } from './sync-device.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

const megabyte = 1024 * 1024;
let server: ServerProcess;
let a: SyncDevice;
let b: SyncDevice;

beforeAll(async () => {
  server = await startServerProcess();
  [a, b] = await openTwoDevices(server.url);
});
afterAll(async () => {
  await a?.close();
  await b?.close();
  await server?.close();
});

/** What moved both ways while `work` was done and passed on. */
async function moved(work: () => void): Promise<{ up: number; down: number; packs: number; reads: number }> {
  const before = { up: a.engine.traffic.bytesUp, down: b.engine.traffic.bytesDown };
  [a.calls, b.calls] = [[], []];
  work();
  await a.settle();
  await b.settle();
  return {
    up: a.engine.traffic.bytesUp - before.up,
    down: b.engine.traffic.bytesDown - before.down,
    packs: a.calls.filter((name) => name === 'pack').length,
    reads: b.calls.filter((name) => name === 'chunks').length,
  };
}

describe('what moves', () => {
  it('is nothing for copies of what is there already, large and small (E4)', async () => {
    const bytes = randomBytes(7 * megabyte);
    mkdirSync(a.at('copies'));
    await moved(() => {
      writeFileSync(a.at('copies/large.bin'), bytes);
      for (let index = 0; index < 20; index += 1) writeFileSync(a.at(`copies/small-${index}.txt`), `small ${index}`);
    });
    const again = await moved(() => {
      mkdirSync(a.at('copies/again'));
      for (const name of readdirSync(a.at('copies'))) {
        if (name !== 'again') copyFileSync(a.at(`copies/${name}`), a.at(`copies/again/${name}`));
      }
    });
    expect(again).toEqual({ up: 0, down: 0, packs: 0, reads: 0 });
    expect(readFileSync(b.at('copies/again/large.bin')).equals(bytes)).toBe(true);
    expect(b.read('copies/again/small-7.txt')).toBe('small 7');
  });

  it('is each content once, also where many new files hold the same', async () => {
    const text = randomBytes(2_000).toString('hex');
    mkdirSync(a.at('same'));
    const { up, down } = await moved(() => {
      for (let index = 0; index < 60; index += 1) writeFileSync(a.at(`same/file-${index}.txt`), text);
    });
    expect(up).toBeLessThan(2 * text.length);
    expect(down).toBeLessThan(2 * text.length);
  });

  it('is next to nothing of a file full of zeros', async () => {
    mkdirSync(a.at('sparse'));
    const { up, down } = await moved(() => {
      writeFileSync(a.at('sparse/disk.img'), 'boot');
      truncateSync(a.at('sparse/disk.img'), 60 * megabyte);
    });
    expect(up).toBeLessThan(13 * megabyte);
    expect(down).toBeLessThan(13 * megabyte);
    expect(readFileSync(b.at('sparse/disk.img')).equals(readFileSync(a.at('sparse/disk.img')))).toBe(true);
  });

  it('is a large file’s rest after the line was cut and the program was started anew', async () => {
    const bytes = randomBytes(30 * megabyte);
    mkdirSync(a.at('cut'));
    b.offline();
    writeFileSync(a.at('cut/large.bin'), bytes);
    await a.settle();
    const before = b.engine.traffic.bytesDown;
    b.online();
    await until(() => b.engine.traffic.bytesDown - before > 5 * megabyte, 'a part of it');
    b.offline();
    await until(() => !b.engine.working, 'the end of the try');
    const first = b.engine.traffic.bytesDown - before;
    expect(first).toBeLessThan(bytes.length);
    expect(readdirSync(join(b.folder, '.hikyaku-sync', 'tmp')).some((name) => name.startsWith('part-'))).toBe(true);
    await b.restart();
    b.online();
    await b.settle();
    expect(readFileSync(b.at('cut/large.bin')).equals(bytes)).toBe(true);
    expect(b.engine.traffic.bytesDown).toBeLessThan(bytes.length);
    expect(b.engine.traffic.bytesDown + first).toBeLessThan(bytes.length + 17 * megabyte);
    expect(readdirSync(join(b.folder, '.hikyaku-sync', 'tmp'))).toEqual([]);
  });
});

describe('whose turn it is', () => {
  it('leaves the rest of a list for later as soon as somebody wants something first (EXP-20)', () => {
    const turns = new Turns();
    const done: number[] = [];
    for (const thing of inTurn(turns, [1, 2, 3, 4])) {
      done.push(thing);
      if (thing === 2) turns.first('x');
    }
    expect(done).toEqual([1, 2]);
    expect(turns.ordered(['a', 'x', 'b'], (id) => id)).toEqual(['x', 'a', 'b']);
  });
});
