import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cells, sampleOf } from './cells.ts';
import { playCell } from './sim-cell.ts';
import { playStory, stories } from './stories.ts';
import type { Mishap } from './stage.ts';
import { Random } from '../sim/random.ts';

const seed = fc.sample(fc.nat(), 1)[0]!;
const errors = ['EIO', 'EACCES', 'ENOSPC', 'EMFILE', 'EBUSY', 'EPERM', 'ENOENT', 'ETIMEDOUT'];
const crash = (random: Random): Mishap => ({ kind: 'crash', moment: random.between(1, 45), power: random.chance(0.4) });

/** A sample; all of it: `npm run soak -- matrix` and `npm run soak -- faults`. */
it.each([0, 1, 2])(
  'two people act on one thing at once, and the program is ended %i times meanwhile: it ends as the rules say',
  async (crashes) => {
    const random = new Random(seed + crashes);
    for (const cell of sampleOf(cells, 24, seed + crashes)) {
      const mishaps = Array.from({ length: crashes }, () => crash(random));
      expect((await playCell(cell, random.below(1e9), mishaps)).problems).toEqual([]);
    }
  },
);

it('a crash before or after any effect ends as if there had been none, and nothing is committed twice', async () => {
  const random = new Random(seed);
  for (const story of stories) {
    const whole = await playStory(story, 1, []);
    expect(whole.problems).toEqual([]);
    expect(whole.stage.moments).toBeGreaterThan(20);
    for (let run = 0; run < 3; run += 1) {
      const mishap: Mishap = { kind: 'crash', moment: random.between(1, whole.stage.moments), power: run % 2 === 1 };
      expect((await playStory(story, 1, [mishap])).problems).toEqual([]);
    }
  }
});

it('a call to the disk that fails ends as if it had not', async () => {
  const random = new Random(seed);
  for (const story of stories) {
    for (let run = 0; run < 3; run += 1) {
      const mishap: Mishap = { kind: 'errno', call: random.between(1, 70), code: random.pick(errors) };
      expect((await playStory(story, 1, [mishap])).problems).toEqual([]);
    }
  }
});
