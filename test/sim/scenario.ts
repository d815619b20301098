import { plainTraits, type DiskTraits } from './disk-nodes.ts';
import { checkQuiet, checkRest, conflictsThere, treeThere } from './invariants.ts';
import type { LineFaults } from './net.ts';
import { goodDisk, goodWatching } from './pc.ts';
import { deeds, type Choice } from './people.ts';
import { Random } from './random.ts';
import { World, type PcPlan } from './world.ts';

/** Something that happens in a scenario: somebody acts, or something breaks. `wait`: milliseconds (or calls of the engine's) until then. */
export type Command =
  | { readonly kind: 'act'; readonly who: number; readonly wait: number; readonly choice: Choice }
  | { readonly kind: 'midway'; readonly who: number; readonly wait: number; readonly calls: number; readonly choice: Choice }
  | {
      readonly kind: 'crash';
      readonly who: number;
      readonly wait: number;
      readonly calls: number;
      readonly power: boolean;
      readonly away: number;
    }
  | { readonly kind: 'cut'; readonly who: number; readonly wait: number; readonly for: number }
  | { readonly kind: 'line'; readonly who: number; readonly wait: number; readonly for: number; readonly faults: LineFaults }
  | {
      readonly kind: 'disk';
      readonly who: number;
      readonly wait: number;
      readonly for: number;
      readonly chance: number;
      readonly code: string;
    }
  | { readonly kind: 'watch'; readonly who: number; readonly wait: number; readonly dropped: number; readonly silent: boolean }
  | { readonly kind: 'rest'; readonly who: number; readonly wait: number }
  | { readonly kind: 'forget'; readonly who: number; readonly wait: number };

export interface Scenario {
  readonly seed: number;
  readonly pcs: readonly PcPlan[];
  readonly commands: readonly Command[];
  readonly nudged: boolean;
  /** A world in which a promise is broken on purpose: what comes to the server counts as written by nobody. */
  readonly spoil?: boolean;
  /** What the computers are called, where not `pc1` and so on. */
  readonly names?: readonly string[];
}

const volumes: readonly DiskTraits[] = [
  plainTraits,
  plainTraits,
  { ...plainTraits, timeStepNs: 1_000n },
  { ...plainTraits, caseFolds: true },
  { ...plainTraits, caseFolds: true, decomposes: true },
  { ...plainTraits, birthTimes: false, timeStepNs: 1_000_000_000n },
  { ...plainTraits, hardLinks: false, executableBit: false, caseFolds: true, windowsNames: true, timeStepNs: 2_000_000_000n },
  { ...plainTraits, caseFolds: true, windowsNames: true, executableBit: false, openFilesStay: true, timeStepNs: 100n },
];
const codes = ['EIO', 'EACCES', 'EBUSY', 'EMFILE', 'ENOSPC'];

/** Makes up a scenario from a seed. */
export function imagine(seed: number): Scenario {
  const random = new Random(seed);
  const pcs = Array.from({ length: random.pick([1, 2, 2, 2, 3]) }, () => ({
    traits: random.pick(volumes),
    skew: random.pick([0, 0, -3_600_000, 86_400_000, 1_234_567]),
  }));
  const isCalm = random.chance(0.25);
  const serverActs = random.chance(0.6);
  const choice = (): Choice => ({ deed: random.pick(deeds), a: random.below(50), b: random.below(50), name: random.below(20) });
  const command = (): Command => {
    const who = random.below(pcs.length);
    const wait = random.pick([0, 1, 3, 20, 200, 200, 2_000]) * random.unit();
    const chance = isCalm ? 0 : random.unit();
    const lasts = random.pick([50, 500, 5_000, 100_000]) * random.unit();
    if (chance > 0.97) return { kind: 'disk', who, wait, for: lasts, chance: random.pick([0.02, 0.1, 0.5]), code: random.pick(codes) };
    if (chance > 0.94)
      return { kind: 'crash', who, wait, calls: random.below(60), power: random.chance(0.4), away: random.pick([1, 1_000, 20_000]) };
    if (chance > 0.91) return { kind: 'cut', who, wait, for: lasts };
    if (chance > 0.88) {
      const often = random.pick([0.05, 0.3]);
      return {
        kind: 'line',
        who,
        wait,
        for: lasts,
        faults: { lostRequest: often / 3, lostAnswer: often, doubled: often, refused: often / 3, slowMilliseconds: random.pick([5, 200]) },
      };
    }
    if (chance > 0.86) return { kind: 'watch', who, wait, dropped: random.pick([0.1, 0.5]), silent: random.chance(0.3) };
    if (chance > 0.74) return { kind: 'midway', who, wait, calls: random.below(80), choice: choice() };
    if (chance > 0.72) return { kind: 'rest', who, wait };
    if (chance > 0.715) return { kind: 'forget', who, wait };
    return { kind: 'act', who: serverActs ? random.below(pcs.length + 1) : who, wait, choice: choice() };
  };
  return { seed, pcs, commands: Array.from({ length: random.between(4, 26) }, command), nudged: random.chance(0.85) };
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly traceHash: string;
  readonly tree: readonly string[];
  readonly lastLines: readonly string[];
  readonly happened: number;
}

/** Plays a scenario, and looks whether every promise was kept. */
export async function play({ seed, pcs, commands, nudged, spoil, names }: Scenario): Promise<Outcome> {
  const random = new Random(seed ^ 0x5bd1e995);
  const world = new World(random, pcs, names);
  world.isSpoiled = spoil === true;
  for (const pc of world.pcs) pc.start();
  await world.time.run(world.time.now + random.unit() * 200);
  for (const command of commands) {
    await world.time.run(world.time.now + command.wait);
    await carryOut(world, command);
    if (world.violations.length > 0) break;
  }
  if (world.violations.length === 0) await conclude(world, pcs.length, commands, nudged);
  const { time, violations } = world;
  return { violations, traceHash: time.traceHash(), tree: treeThere(world), lastLines: time.lastLines, happened: time.happened };
}

async function conclude(world: World, pcs: number, commands: readonly Command[], nudged: boolean): Promise<void> {
  await world.rest(nudged);
  if (world.violations.length === 0) checkRest(world);
  if (world.violations.length > 0) return;
  const isAlone = pcs === 1 && commands.every((command) => command.kind !== 'forget' && (command.kind !== 'act' || command.who === 0));
  const [conflict] = conflictsThere(world);
  if (isAlone && conflict !== undefined) world.violate(`E2: one computer alone made a conflict: ${conflict}`);
  await checkQuiet(world, 'all is at rest');
}

async function carryOut(world: World, command: Command): Promise<void> {
  const { time } = world;
  const pc = world.pcs[command.who % world.pcs.length]!;
  switch (command.kind) {
    case 'act':
      return world.act(command.who, command.choice);
    case 'midway':
      world.midway.push({ pc: command.who, calls: command.calls, choice: command.choice });
      return;
    case 'crash':
      pc.crashIn = { calls: command.calls, power: command.power };
      time.after(500, () => (pc.crashIn === null ? undefined : pc.crash(command.power)));
      time.after(500 + command.away, () => (pc.isRunning ? undefined : pc.start()));
      return;
    case 'cut':
      pc.line.isCut = true;
      time.after(command.for, () => {
        pc.line.isCut = false;
        pc.engine?.online();
      });
      return;
    case 'line':
      pc.line.faults = command.faults;
      return;
    case 'disk':
      pc.diskFaults = { ...goodDisk, chance: command.chance, codes: [command.code] };
      time.after(command.for, () => (pc.diskFaults = goodDisk));
      return;
    case 'watch':
      pc.watchFaults = { ...goodWatching, dropped: command.dropped, doubled: 0.2, wrong: 0.1, silent: command.silent };
      return;
    case 'rest':
      await world.rest(true);
      if (world.violations.length === 0) checkRest(world);
      return;
    case 'forget':
      pc.loseDatabase();
      pc.start();
  }
}
