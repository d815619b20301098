import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkWorld, type LinkWorld } from '../support/link-world.ts';

let world: LinkWorld;
beforeAll(async () => {
  world = await linkWorld();
});
afterAll(() => world.close());

it('opens for anyone, gives the file, and remembers who', async () => {
  const { link } = await world.link(world.file, { scope: 'anyone' });
  const visitor = world.visitor(link.url);
  expect(await visitor.open()).toMatchObject({ kind: 'open', company: 'acme Inc.', sharedBy: 'sato', item: { name: '見積.txt' } });
  const response = await visitor.content();
  expect([response.status, await response.text()]).toEqual([200, world.text]);
});
