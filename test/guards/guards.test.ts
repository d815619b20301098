import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { sampleOf } from '../matrix/cells.ts';
import { guards } from './list.ts';
import { Copy } from './removal.ts';

const copy = new Copy();
afterAll(() => copy.remove());

/** A sample; all of them: `npm run soak -- guards`. */
it.each(sampleOf(guards, 5, fc.sample(fc.nat(), 1)[0]!))('somebody notices when this does not hold any more: $name', async (guard) => {
  expect(await copy.without(guard)).toEqual(expect.any(String));
});
