import { expect, it } from 'vitest';
import { playSeeds, report } from './shrink.ts';

/** Seeded scenarios as one test; a failure says all that is needed to see it again, made as small as can be. */
export function scenariosTest(from: number, count: number): void {
  it(`keeps every promise in ${count} worlds of computers, people, bad lines, bad disks and crashes`, { timeout: 300_000 }, async () => {
    const broken = await playSeeds(from, count);
    const [first] = broken;
    expect(broken, first === undefined ? '' : await report(first)).toEqual([]);
  });
}
