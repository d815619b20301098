import { describe, expect, it, vi } from 'vitest';
import { imagine, play } from './scenario.ts';
import { outcomeOf, shrink } from './shrink.ts';
import { scenariosTest } from './scenarios.ts';

describe('the whole engine in simulated worlds', () => {
  scenariosTest(1, 1_000);

  it('D1: the same seed gives the same trace', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
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

  it('plays worlds that differ', async () => {
    const traces = new Set<string>();
    for (let seed = 100; seed < 120; seed += 1) traces.add((await play(imagine(seed))).traceHash);
    expect(traces.size).toBe(20);
  });
});
