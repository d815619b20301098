import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRoot } from '../../build/paths.ts';
import { run } from '../../build/process.ts';
import { startServerProcess } from '../agent/support/server-process.ts';
import { cells } from '../matrix/cells.ts';
import { playCell } from '../matrix/sim-cell.ts';
import type { Mishap } from '../matrix/stage.ts';
import { playStory, stories } from '../matrix/stories.ts';
import { volumeKinds } from '../matrix/volume.ts';
import type { Orders } from '../matrix/volume-child.ts';
import { Random } from '../sim/random.ts';

/** Counts runs and says what failed; throws at the end when anything did. */
class Tally {
  runs = 0;
  readonly failed: string[] = [];
  readonly #startedAt = performance.now();
  add(problems: readonly string[]): void {
    this.runs += 1;
    if (problems.length === 0) return;
    this.failed.push(...problems);
    console.log(problems[0]);
  }
  say(what: string): void {
    console.log(
      `${what}: ${this.runs} runs, ${this.failed.length} problems, ${((performance.now() - this.#startedAt) / 1_000).toFixed(0)} s`,
    );
  }
  end(): void {
    if (this.failed.length > 0) throw new Error(`${this.failed.length} problems`);
  }
}

/** Every cell with no crash, with a crash at every moment (or every `step`th), and with two at a few pairs of them. */
export async function soakMatrix(step = 1): Promise<void> {
  const tally = new Tally();
  const random = new Random(20_261_122);
  const crash = (moment: number, power: boolean): Mishap => ({ kind: 'crash', moment, power });
  for (const cell of cells) {
    const { problems, stage } = await playCell(cell, cell.number, []);
    tally.add(problems);
    const { moments } = stage;
    for (let moment = random.between(1, step); moment <= moments; moment += step)
      tally.add((await playCell(cell, cell.number, [crash(moment, random.chance(0.4))])).problems);
    for (let pair = 0; pair < Math.max(1, 4 / step); pair += 1) {
      const twice = [crash(random.between(1, moments), random.chance(0.4)), crash(random.between(1, moments * 1.5), random.chance(0.4))];
      tally.add((await playCell(cell, cell.number, twice)).problems);
    }
    if (cell.number % 48 === 47) tally.say(`cell ${cell.number}`);
  }
  tally.end();
}

/** All 1,152 cells on each kind of volume, with the real server. */
export async function soakVolumes(): Promise<void> {
  const members = { ext4: 'sato', tmpfs: 'tanaka', exfat: 'suzuki', ntfs: 'admin' } as const;
  for (const kind of volumeKinds) {
    const tally = new Tally();
    const states = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-volumes-'));
    const server = await startServerProcess();
    const orders: Orders = { kind, member: members[kind], url: server.url, state: states };
    const child = [process.execPath, inRoot('test', 'matrix', 'volume-child.ts'), JSON.stringify(orders)];
    const { code, output } = await run('unshare', ['-m', ...child], { timeoutMs: 900_000 });
    tally.add(code === 0 ? (JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[]) : [output]);
    tally.say(`${cells.length} cells on ${kind}`);
    await server.close();
    rmSync(states, { recursive: true, force: true });
    tally.end();
  }
}

const errors = ['EIO', 'EACCES', 'ENOSPC', 'EMFILE', 'EBUSY', 'EPERM', 'ENOENT', 'ETIMEDOUT'];

/** Every story with the program ended, or the power cut, before and after each effect; and with every call to the disk failing, each with every error. */
export async function soakFaults(step = 1): Promise<void> {
  const tally = new Tally();
  for (const story of stories) {
    const { problems, stage } = await playStory(story, 1, []);
    tally.add(problems);
    for (let moment = 1; moment <= stage.moments; moment += 1)
      for (const power of [false, true]) tally.add((await playStory(story, moment, [{ kind: 'crash', moment, power }])).problems);
    for (let call = 1; call <= stage.calls; call += step)
      for (const code of errors) tally.add((await playStory(story, 1, [{ kind: 'errno', call, code }])).problems);
    tally.say(`${story.name}: ${stage.moments} moments, ${stage.calls} calls`);
  }
  tally.end();
}
