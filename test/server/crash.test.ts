import { expect, test } from 'vitest';
import { crashRounds } from '../support/crash-rounds.ts';

test('a server that is killed in the middle of a commit keeps all of it or nothing, and what it answered', async () => {
  // A few steps from one end to the other; all of them are tried by npm run soak -- drive.
  const { steps, crashes, problems } = await crashRounds((all) => [0.2, 0.5, 0.85].map((part) => Math.ceil(all * part)));
  expect(problems).toEqual([]);
  expect(steps).toBeGreaterThan(40);
  expect(crashes).toBe(3);
}, 180_000);
