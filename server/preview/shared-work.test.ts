import { expect, it } from 'vitest';
import { makeSharedWork } from './shared-work.ts';

it('does the same thing once for all who ask, and again for who asks later', async () => {
  const work = makeSharedWork<number>();
  let begun = 0;
  let finish = (): void => undefined;
  const make = () => {
    begun += 1;
    return new Promise<number>((resolve) => (finish = () => resolve(begun)));
  };
  const both = [work.once('k', undefined, make), work.once('k', undefined, make)];
  expect(begun).toBe(1);
  finish();
  expect(await Promise.all(both)).toEqual([1, 1]);
  const later = work.once('k', undefined, make);
  finish();
  expect(await later).toBe(2);
});

it('goes on while anybody waits, and stops once nobody does', async () => {
  const work = makeSharedWork<string>();
  const [first, second] = [new AbortController(), new AbortController()];
  let stopped = false;
  let finish = (): void => undefined;
  const make = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      finish = () => resolve('made');
      signal.addEventListener('abort', () => {
        stopped = true;
        resolve('stopped');
      });
    });
  const both = [work.once('k', first.signal, make), work.once('k', second.signal, make)];
  first.abort();
  expect(stopped).toBe(false);
  second.abort();
  expect(stopped).toBe(true);
  // Whoever comes now begins anew instead of joining what was given up.
  const anew = work.once('k', undefined, make);
  finish();
  expect(await anew).toBe('made');
  expect(await Promise.all(both)).toEqual(['stopped', 'stopped']);
  await expect(work.once('k', first.signal, make)).rejects.toThrow('aborted');
});
