import { expect, it } from 'vitest';
import { gaps } from './gaps.ts';

it.each(gaps.map(({ name, problems }) => [name, problems] as const))('keeps what people have when %s', async (_name, problems) => {
  expect(await problems()).toEqual([]);
});
