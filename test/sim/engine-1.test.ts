import { describe, expect, it, vi } from 'vitest';
import { imagine, play } from './scenario.ts';
import { outcomeOf, shrink } from './shrink.ts';
import { scenariosTest } from './scenarios.ts';

describe('the whole engine in simulated worlds', () => {
  scenariosTest(1, 1_000);

  it('D1: the same seed gives the same trace', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const [first, second] = [await play(imagine(seed)), await play(imagine(seed))];
      expect([second.traceHash, second.happened]).toEqual([first.traceHash, first.happened]);
      expect(first.happened).toBeGreaterThan(10);
    }
  });

  it('D2: has no clock, no chance and no timers of its own', async () => {
    const refuse = (what: string) => (): never => {
      throw new Error(`The core asks for ${what}`);
    };
    const before = await Promise.all([7, 8, 9].map(async (seed) => (await play(imagine(seed))).traceHash));
    vi.spyOn(Date, 'now').mockImplementation(refuse('the time'));
    vi.spyOn(Math, 'random').mockImplementation(refuse('chance'));
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(refuse('a timer'));
    vi.spyOn(performance, 'now').mockImplementation(refuse('the time'));
    const during = [];
    for (const seed of [7, 8, 9]) during.push((await outcomeOf(imagine(seed))).traceHash);
    vi.restoreAllMocks();
    expect(during).toEqual(before);
  });

  it('D3: a failure is made smaller, and stays the same failure', async () => {
    // A world in which something is surely wrong: bytes that nobody wrote come to the server.
    const scenario = { ...imagine(3), spoil: true };
    const small = await shrink(scenario);
    expect(small.commands.length).toBeLessThan(scenario.commands.length);
    expect((await outcomeOf(small)).violations[0]).toMatch(/^S8/);
  });

  const plain = (tree: readonly string[], names: readonly string[]): string[] =>
    tree
      .map((line) =>
        line.replaceAll(/conflict (\w+) [-0-9]+ [.0-9]+/gi, (_, name: string) => `conflict ${names.indexOf(name.toLowerCase())}`),
      )
      .sort();

  it('M6: clocks that are wrong change nothing but the times in the names of copies', async () => {
    for (let seed = 200; seed < 212; seed += 1) {
      const scenario = imagine(seed);
      const outcomes = [];
      for (const hours of [0, -5, 50]) {
        const pcs = scenario.pcs.map((pc, index) => ({ ...pc, skew: hours * (index + 1) * 3_600_000 }));
        outcomes.push(plain((await play({ ...scenario, pcs })).tree, ['pc1', 'pc2', 'pc3']));
      }
      expect([seed, outcomes[1]]).toEqual([seed, outcomes[0]]);
      expect([seed, outcomes[2]]).toEqual([seed, outcomes[0]]);
    }
  });

  it('M9: exchanging the names of computers exchanges nothing else', async () => {
    for (let seed = 240; seed < 255; seed += 1) {
      const [one, other] = [
        ['pc1', 'pc2', 'pc3'],
        ['pc3', 'pc1', 'pc2'],
      ] as const;
      const trees = [];
      for (const names of [one, other]) trees.push(plain((await play({ ...imagine(seed), names })).tree, names));
      expect([seed, trees[1]]).toEqual([seed, trees[0]]);
    }
  });

  it('plays worlds that differ', async () => {
    const traces = new Set<string>();
    for (let seed = 100; seed < 120; seed += 1) traces.add((await play(imagine(seed))).traceHash);
    expect(traces.size).toBe(20);
  });
});
