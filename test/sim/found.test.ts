import { describe, expect, it } from 'vitest';
import { plainTraits, type DiskTraits } from './disk-nodes.ts';
import { checkQuiet, checkRest, conflictsThere, treeThere } from './invariants.ts';
import { Random } from './random.ts';
import type { SimPc } from './pc.ts';
import { World } from './world.ts';

const worldOf = (...volumes: Partial<DiskTraits>[]): World => {
  const world = new World(
    new Random(1),
    volumes.map((traits) => ({ traits: { ...plainTraits, ...traits }, skew: 0 })),
  );
  for (const pc of world.pcs) pc.start();
  return world;
};
/** A person writes, in place or anew. */
const write = (world: World, pc: SimPc, name: string): string => {
  const token = world.tokens.mint();
  const path = `${pc.folder}/${name}`;
  const node = pc.disk.find(path);
  if (node === undefined) pc.disk.create(path, Buffer.from(token));
  else {
    world.tokens.giveUp(Buffer.from(node.data).toString());
    pc.disk.setData(node, Uint8Array.from(Buffer.from(token)));
    pc.disk.onChange(path);
  }
  return token;
};
const settle = async (world: World): Promise<void> => {
  await world.rest(true);
  checkRest(world);
  expect(world.violations).toEqual([]);
};
const read = (pc: SimPc, name: string): string => Buffer.from(pc.disk.find(`${pc.folder}/${name}`)?.data ?? []).toString();

describe('what simulated worlds found stays mended:', () => {
  it('a power cut right after the first start leaves a root that is known (L4)', async () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const world = new World(new Random(seed), [{ traits: plainTraits, skew: 0 }]);
      const [pc] = world.pcs as [SimPc];
      pc.start();
      write(world, pc, 'a');
      pc.disk.flushAll();
      await world.time.run(seed * 40);
      pc.crash(true);
      await settle(world);
      expect(treeThere(world)).toEqual(['/a token 000001']);
    }
  });

  it('an edit in the same tick of a slow clock as the download is seen (S1)', async () => {
    const world = worldOf({}, { timeStepNs: 2_000_000_000n, birthTimes: false });
    const [one, two] = world.pcs as [SimPc, SimPc];
    write(world, one, 'a');
    await world.time.run(world.time.now + 1_500, () => read(two, 'a') !== '');
    const token = write(world, two, 'a');
    await settle(world);
    expect(read(one, 'a')).toBe(token);
  });

  it('an edit in the same tick as the last reading is not replaced by what comes from the server (S1)', async () => {
    const world = worldOf({}, { timeStepNs: 2_000_000_000n });
    const [one, two] = world.pcs as [SimPc, SimPc];
    write(world, one, 'a');
    await settle(world);
    await world.time.run(Math.ceil(world.time.now / 2_000) * 2_000 + 10);
    write(world, two, 'a');
    await world.time.run(world.time.now + 700);
    const [mine, theirs] = [write(world, two, 'a'), write(world, one, 'a')];
    await settle(world);
    const all = treeThere(world).join();
    expect(all).toContain(mine);
    expect(all).toContain(theirs);
  });

  it('a file with a time in the future is not read at every look (E1)', async () => {
    const world = worldOf({});
    const [pc] = world.pcs as [SimPc];
    write(world, pc, 'a');
    pc.disk.utimes(`${pc.folder}/a`, 1_900_000_000);
    await settle(world);
    await checkQuiet(world, 'all is at rest');
    expect(world.violations).toEqual([]);
  });

  it('two spellings that are two names on this disk never stand in the way of what comes (L1, M7)', async () => {
    const world = worldOf({}, { caseFolds: true });
    const [one, two] = world.pcs as [SimPc, SimPc];
    write(world, one, 'B');
    await settle(world);
    write(world, one, 'b');
    await settle(world);
    two.disk.rename(`${two.folder}/B`, `${two.folder}/b`);
    await settle(world);
    expect(
      treeThere(world)
        .map((line) => line.slice(0, 6))
        .sort(),
    ).toEqual(['/b (2)', '/b tok']);
    expect(read(one, 'b')).toBe('token 000001');
    expect(read(one, 'b (2)')).toBe('token 000002');
  });

  it('a thing that cannot come because a folder with something foreign has its name is listed (S9, complaint 20)', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    one.disk.mkdir(`${one.folder}/b`);
    await settle(world);
    two.disk.create(`${two.folder}/b/link`, Buffer.from('/elsewhere'), 0o777, 'link');
    one.disk.rmdir(`${one.folder}/b`);
    write(world, one, 'b');
    await settle(world);
    expect(two.engine!.plan!.skipped.map(({ reason }) => reason).sort()).toEqual(['foreign_inside', 'name_taken_here']);
  });

  it('what is written or made executable in the moment of placing is seen at the next look (S1, M8)', async () => {
    for (const deed of ['mode', 'edit'] as const) {
      for (let calls = 0; calls < 40; calls += 1) {
        const world = worldOf({}, {});
        const [one] = world.pcs as [SimPc];
        write(world, one, 'a');
        await world.time.run(220);
        world.midway.push({ pc: 1, calls, choice: { deed, a: 0, b: 0, name: 0 } });
        await world.time.run(2_000);
        await settle(world);
        expect(treeThere(world)).toHaveLength(1);
      }
    }
  });

  it('what comes and is deleted at once is deleted everywhere, though the folder looks as it did before (L1)', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    await settle(world);
    write(world, one, 'a');
    await settle(world);
    world.tokens.giveUp('token 000001');
    two.disk.unlink(`${two.folder}/a`);
    await settle(world);
    expect(treeThere(world)).toEqual([]);
  });
});

describe('in a simulated world', () => {
  it('E3: renaming a folder of 30 files is one change there, no bytes, and one renaming elsewhere', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    one.disk.mkdir(`${one.folder}/f`);
    for (let index = 0; index < 30; index += 1) write(world, one, `f/${index}`);
    await settle(world);
    const before = world.pcs.map(({ line }) => ({ ...line.use }));
    const renamed: string[] = [];
    world.watchCalls = (pc, call) => {
      if (pc === two && call.changes && !call.path.includes('.hikyaku-sync') && call.name !== 'flushFolder') renamed.push(call.name);
    };
    one.disk.rename(`${one.folder}/f`, `${one.folder}/g`);
    await settle(world);
    expect(one.line.use.mutations - before[0]!.mutations).toBe(1);
    for (const [index, { line }] of world.pcs.entries())
      expect([line.use.packs, line.use.chunksDown]).toEqual([before[index]!.packs, before[index]!.chunksDown]);
    expect(renamed).toEqual(['rename']);
  });

  it('E4: content that the server has is not sent, content that lies here is not fetched', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    const token = write(world, one, 'a');
    await settle(world);
    const before = [one.line.use.packs, two.line.use.chunksDown];
    one.disk.create(`${one.folder}/copy`, Buffer.from(token));
    await settle(world);
    expect([one.line.use.packs, two.line.use.chunksDown]).toEqual(before);
    expect(read(two, 'copy')).toBe(token);
  });

  it('L3: a file that can never be read stops only itself; L5: and the line is asked seldom while it is cut', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    one.diskFaults = { chance: 1, codes: ['EACCES'], paths: (path, call) => call === 'open' && path.endsWith('/closed') };
    write(world, one, 'closed');
    write(world, one, 'open');
    await world.time.run(world.time.now + 120_000);
    expect(read(two, 'open')).toBe('token 000002');
    one.line.isCut = true;
    write(world, one, 'later');
    await world.time.run(world.time.now + 60_000);
    const before = one.line.use.requests;
    await world.time.run(world.time.now + 3_600_000);
    expect(one.line.use.requests - before).toBeLessThan(120);
    await settle(world);
    expect(read(two, 'closed')).toBe('token 000001');
  });

  it('M10: a lost database at rest leads back to rest with nothing sent, fetched or doubled', async () => {
    const world = worldOf({}, { caseFolds: true, decomposes: true });
    const [one, two] = world.pcs as [SimPc, SimPc];
    one.disk.mkdir(`${one.folder}/é`);
    for (const name of ['a', 'é/b', 'é/c.txt']) write(world, one, name);
    await settle(world);
    const there = treeThere(world);
    const before = world.pcs.map(({ line: { use } }) => [use.mutations, use.packs, use.chunksDown]);
    for (const pc of [one, two]) {
      pc.loseDatabase();
      pc.start();
    }
    await settle(world);
    expect(world.pcs.map(({ line: { use } }) => [use.mutations, use.packs, use.chunksDown])).toEqual(before);
    expect([treeThere(world), conflictsThere(world)]).toEqual([there, []]);
  });

  it('S5, L4: a folder that is gone deletes nothing; when it is back all goes on', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    write(world, one, 'a');
    await settle(world);
    one.disk.rename(one.folder, '/away');
    write(world, two, 'b');
    await world.time.run(world.time.now + 120_000);
    expect(one.engine!.halted).toBe('root_missing');
    expect(treeThere(world)).toHaveLength(2);
    one.disk.rename('/away', one.folder);
    await settle(world);
    expect(read(one, 'b')).toBe('token 000002');
  });

  it('S5: a server that was restored from a backup deletes nothing here, and what it lacks comes back', async () => {
    const world = worldOf({}, {});
    const [one] = world.pcs as [SimPc, SimPc];
    write(world, one, 'a');
    await settle(world);
    const backup = world.server.backup();
    write(world, one, 'b');
    write(world, one, 'a');
    await settle(world);
    world.server.restoreBackup(backup, 'second');
    await settle(world);
    expect(treeThere(world).map((line) => line.slice(-12))).toEqual(expect.arrayContaining(['token 000002', 'token 000003']));
  });

  it('S12: what would delete very much waits for consent, and happens once after it', async () => {
    const world = worldOf({}, {});
    const [one, two] = world.pcs as [SimPc, SimPc];
    one.disk.mkdir(`${one.folder}/f`);
    for (let index = 0; index < 60; index += 1) write(world, one, `f/${index}`);
    await settle(world);
    for (let index = 0; index < 60; index += 1) one.disk.unlink(`${one.folder}/f/${index}`);
    one.disk.rmdir(`${one.folder}/f`);
    for (const token of world.tokens.byText.values()) token.superseded = true;
    one.engine!.nudge();
    await world.time.run(world.time.now + 600_000);
    expect([one.engine!.halted, treeThere(world).length]).toEqual(['mass_delete', 61]);
    one.engine!.answerGuard('proceed');
    await world.time.run(world.time.now + 600_000);
    expect([two.engine!.halted, treeThere(world).length, world.things(two).length]).toEqual(['mass_delete', 0, 61]);
    two.engine!.answerGuard('proceed');
    await settle(world);
    expect(world.things(two)).toEqual([]);
  });
});
