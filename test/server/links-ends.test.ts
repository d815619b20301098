import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '#shared/contract/admin.ts';
import type { Link } from '#shared/model/link.ts';
import { linkWorld, valueOf, type LinkWorld, type Visitor } from '../support/link-world.ts';
import { turnedClock, type TurnedClock } from '../support/turned-clock.ts';

// DRV-11, DRV-12: however a link ends, it ends at once, for those too who came in before, and its page says nothing of the file.

let world: LinkWorld;
let clock: TurnedClock;
beforeAll(async () => {
  clock = turnedClock();
  world = await linkWorld({ clock: clock.clock });
});
afterAll(() => world.close());

const day = 86_400_000;
/** After the clock was turned forward, whose tokens are over. */
async function loginAgain(): Promise<void> {
  for (const [client, member] of [
    [world.admin, 'admin'],
    [world.maker, 'sato'],
  ] as const)
    expect((await client.login(member)).status).toBe(200);
}

/** Nothing is given any more, and the answer holds not a word of what was. */
async function expectOver(visitor: Visitor, reason: string): Promise<void> {
  const answer = await visitor.open();
  expect(answer).toEqual({ kind: 'over', reason });
  const content = await visitor.content();
  expect(content.status).toBe(404);
  const said = JSON.stringify(answer) + (await content.text());
  for (const word of ['見積', 'acme', 'sato', world.file.id]) expect(said).not.toContain(word);
  expect((await visitor.upload({ into: world.file.id, version: '1' }, 'x')).status).toBe(404);
}

it('ends when its time is over, also for a browser that gave the password', async () => {
  const { link } = await world.link(world.file, { password: 'さくら2025', expiresAt: clock.clock.now() + 2 * day });
  const visitor = world.visitor(link.url);
  valueOf(await visitor.call('password', { password: 'さくら2025' }));
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  clock.forward(13 * 3_600_000);
  // Half a day is over: the password is asked for again.
  expect(await visitor.open()).toMatchObject({ kind: 'password' });
  valueOf(await visitor.call('password', { password: 'さくら2025' }));
  clock.forward(2 * day);
  await expectOver(visitor, 'expired');
  expect((await visitor.call('password', { password: 'さくら2025' })).status).toBe(404);
  await loginAgain();
  expect((await world.ask<{ links: Link[] }>(world.maker, 'link.list', { nodeId: world.file.id })).links).toEqual([]);
  await world.ask(world.maker, 'link.delete', { linkId: link.id });
});

it('lives no longer than the rule says, also where it was made before the rule', async () => {
  const { link } = await world.link(world.file);
  const visitor = world.visitor(link.url);
  clock.forward(8 * day);
  await loginAgain();
  expect(await visitor.open()).toMatchObject({ kind: 'open', expiresAt: null });
  await world.policy({ links: { mostDays: 7 } });
  await expectOver(visitor, 'expired');
  await world.policy({ links: { mostDays: 0 } });
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  await world.ask(world.maker, 'link.delete', { linkId: link.id });
  await expectOver(visitor, 'deleted');
});

it('stops while its file is in the trash, and works again after that', async () => {
  const { link } = await world.link(world.file);
  const inFolder = await world.link(world.folder);
  const [visitor, above] = [world.visitor(link.url), world.visitor(inFolder.link.url)];
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  await world.mutate(world.maker, world.space.id, { kind: 'delete', nodeId: world.folder.id, baseVersion: 0 });
  await expectOver(visitor, 'gone');
  await expectOver(above, 'gone');
  await world.mutate(world.maker, world.space.id, { kind: 'restore', nodeId: world.folder.id });
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  expect(await above.open()).toMatchObject({ kind: 'open' });
});

it('stops while its maker is suspended or may not see the file any more', async () => {
  const { link } = await world.link(world.file);
  const visitor = world.visitor(link.url);
  await world.ask(world.admin, 'member.setState', { member: 'member-sato', state: 'suspended' });
  await expectOver(visitor, 'gone');
  await world.ask(world.admin, 'member.setState', { member: 'member-sato', state: 'active' });
  expect((await world.maker.login('sato')).status).toBe(200);
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
});

it('ends with all others when the rules switch links off, and none comes back', async () => {
  const links = await Promise.all([world.link(world.file), world.link(world.folder, { permission: 'edit' })]);
  const visitors = links.map(({ link }) => world.visitor(link.url));
  for (const visitor of visitors) expect(await visitor.open()).toMatchObject({ kind: 'open' });
  await world.policy({ links: { enabled: false } });
  for (const visitor of visitors) await expectOver(visitor, 'off');
  expect((await world.ask<{ mayCreate: boolean }>(world.maker, 'link.list', { nodeId: world.file.id })).mayCreate).toBe(false);
  await world.policy({ links: { enabled: true } });
  for (const visitor of visitors) await expectOver(visitor, 'off');
  const { entries } = await world.ask<{ entries: AuditEntry[] }>(world.admin, 'audit.search', { action: 'link.delete' });
  expect(entries[0]).toMatchObject({ actorId: 'member-admin', result: 'success', details: { reason: 'links_off' } });
  expect(await world.running.services.database.selectFrom('links').select('id').where('ended_at', 'is', null).execute()).toEqual([]);
});

it('ends when its kind is not allowed there any more, and others stay', async () => {
  const [anyone, company] = [await world.link(world.file), await world.link(world.file, { scope: 'company' })];
  const visitor = world.visitor(anyone.link.url);
  await world.policy({ links: { myScopes: ['company'] } });
  await expectOver(visitor, 'off');
  await world.policy({ links: { myScopes: ['company', 'anyone', 'one_time_password'] } });
  await expectOver(visitor, 'off');
  expect(await world.visitor(company.link.url).open()).toMatchObject({ kind: 'login' });
});

it('only stops, and does not end, while a change of rules waits to be confirmed', async () => {
  const { link } = await world.link(world.file);
  const visitor = world.visitor(link.url);
  const { revision } = await world.ask<{ revision: number }>(world.admin, 'policy.set', {
    patch: { links: { enabled: false } },
    confirmWithinSeconds: 60,
  });
  await expectOver(visitor, 'off');
  await world.ask(world.admin, 'policy.revert', { revision });
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  const again = await world.ask<{ revision: number }>(world.admin, 'policy.set', {
    patch: { links: { enabled: false } },
    confirmWithinSeconds: 60,
  });
  await world.ask(world.admin, 'policy.confirm', { revision: again.revision });
  await world.policy({ links: { enabled: true } });
  await expectOver(visitor, 'off');
});

it('ends when its drive’s switch goes off, by a master or an administrator', async () => {
  const shared = await world.ask<{ space: { id: string } }>(world.admin, 'space.create', {
    name: '営業',
    members: [],
    masters: ['member-sato'],
  });
  const { spaces } = await world.ask<{ spaces: { id: string; rootId: string }[] }>(world.maker, 'drive.spaces');
  const drive = spaces.find(({ id }) => id === shared.space.id)!;
  const file = await world.addFile(world.maker, drive.id, drive.rootId, '見積.txt', 'x');
  const ends: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    [
      'master',
      () => world.ask(world.maker, 'drive.setProperties', { spaceId: drive.id, links: false }),
      () => world.ask(world.maker, 'drive.setProperties', { spaceId: drive.id, links: true }),
    ],
    [
      'administrator',
      () => world.ask(world.admin, 'space.update', { spaceId: drive.id, links: false }),
      () => world.ask(world.admin, 'space.update', { spaceId: drive.id, links: true }),
    ],
  ];
  for (const [, off, on] of ends) {
    const visitor = world.visitor((await world.link(file)).link.url);
    expect(await visitor.open()).toMatchObject({ kind: 'open' });
    await off();
    await expectOver(visitor, 'off');
    const refused = await world.maker.call('link.create', { nodeId: file.id, scope: 'anyone' });
    expect(refused.body.error?.details?.reason).toBe('links_denied');
    await on();
    await expectOver(visitor, 'off');
  }
});
