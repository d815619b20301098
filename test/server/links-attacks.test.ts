import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Link } from '#shared/model/link.ts';
import { linkWorld, valueOf, type LinkWorld } from '../support/link-world.ts';
import { PageClient } from '../support/page-client.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { addTenant } from '../support/test-server.ts';
import { rowsWith } from '../support/two-companies.ts';

// What somebody with a link, without one, or with another's tries.

let world: LinkWorld;
beforeAll(async () => {
  world = await linkWorld({ attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 4 } });
});
afterAll(() => world.close());

const reasonOf = (reply: RawReply): string | undefined => reply.body.error?.details?.reason;

it('stops guessing at a password for one address and link after some failures, and only failures count', async () => {
  const { link } = await world.link(world.file, { password: 'さくら2025' });
  const visitor = world.visitor(link.url);
  for (let turn = 0; turn < 6; turn += 1) valueOf(await world.visitor(link.url).call('password', { password: 'さくら2025' }));
  const tries: (string | undefined)[] = [];
  for (let turn = 0; turn < 6; turn += 1) tries.push(reasonOf(await visitor.call('password', { password: `guess ${turn}` })));
  expect(tries).toEqual([...Array<string>(4).fill('wrong_password'), 'too_many_attempts', 'too_many_attempts']);
  const right = await visitor.call('password', { password: 'さくら2025' });
  expect([right.status, reasonOf(right)]).toEqual([429, 'too_many_attempts']);
  expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
  // Another link is not stopped by it.
  const { link: second } = await world.link(world.file, { password: 'さくら2025' });
  valueOf(await world.visitor(second.url).call('password', { password: 'さくら2025' }));
});

it('lets a code be tried five times, then never again, and void is the one before', async () => {
  const { link } = await world.link(world.file, { scope: 'one_time_password', addresses: ['code@example.com'] });
  const visitor = world.visitor(link.url);
  const codeOf = async (skip: number): Promise<string> => /\b\d{6}\b/.exec((await world.mail.to('code@example.com', skip)).text)![0];
  valueOf(await visitor.call('sendCode', { mail: 'code@example.com', language: 'en' }));
  const first = await codeOf(0);
  valueOf(await visitor.call('sendCode', { mail: 'code@example.com', language: 'en' }));
  const second = await codeOf(1);
  if (first !== second) expect(reasonOf(await visitor.call('enterCode', { code: first }))).toBe('wrong_code');
  const wrong = second === '000000' ? '000001' : '000000';
  for (let turn = 0; turn < 4; turn += 1) {
    await visitor.call('enterCode', { code: wrong });
  }
  expect(['too_many_attempts', 'code_expired']).toContain(reasonOf(await visitor.call('enterCode', { code: second })));
  expect(await visitor.open()).toMatchObject({ kind: 'code' });
  const { database } = world.running.services;
  const row = await database.selectFrom('link_codes').selectAll().where('link_id', '=', link.id).executeTakeFirstOrThrow();
  await database.updateTable('link_codes').set({ tries: 5 }).where('link_id', '=', link.id).execute();
  expect(JSON.stringify(row)).not.toContain(second);
  const { link: other } = await world.link(world.file, { scope: 'one_time_password', addresses: ['code@example.com'] });
  // The cookie of one link is the browser's for another, but what it proved there is not.
  expect(await world.visitor(other.url, visitor.page).open()).toEqual({ kind: 'code', company: 'acme Inc.', sent: false });
});

it('sends only so many letters for one address and link', async () => {
  const { link } = await world.link(world.file, { scope: 'one_time_password', addresses: ['viele@example.com'] });
  const visitor = world.visitor(link.url);
  const replies: number[] = [];
  for (let turn = 0; turn < 12; turn += 1)
    replies.push((await visitor.call('sendCode', { mail: 'viele@example.com', language: 'ja' })).status);
  expect(replies).toEqual([...Array<number>(10).fill(200), 429, 429]);
});

it('keeps the secret of a link out of the database, the audit log and the server’s log, and shows it to its maker alone', async () => {
  const { link } = await world.link(world.file, { password: 'geheim-9182' });
  const visitor = world.visitor(link.url);
  await visitor.open();
  await visitor.call('password', { password: 'geheim-9182' });
  await visitor.content();
  await visitor.content('nothing');
  const { database } = world.running.services;
  expect(await rowsWith(database, [visitor.token, 'geheim-9182'])).toEqual([]);
  const audit = await database.selectFrom('audit_entries').selectAll().execute();
  for (const secret of [visitor.token, 'geheim-9182', ...visitor.page.cookies.values()]) {
    expect(JSON.stringify(audit)).not.toContain(secret);
    expect(JSON.stringify(world.running.logged)).not.toContain(secret);
    expect(await rowsWith(database, [secret])).toEqual([]);
  }
  // A colleague with the same rights in a shared drive, who is no master of it, sees neither the link nor its address.
  const shared = await world.ask<{ space: { id: string } }>(world.admin, 'space.create', {
    name: '共用',
    members: [{ member: '*', permission: 'edit' }],
    masters: ['member-admin'],
  });
  const { spaces } = await world.ask<{ spaces: { id: string; rootId: string }[] }>(world.maker, 'drive.spaces');
  const drive = spaces.find(({ id }) => id === shared.space.id)!;
  const file = await world.addFile(world.maker, drive.id, drive.rootId, '共用.txt', 'x');
  const { link: made } = await world.link(file);
  const seen = await world.ask<{ links: Link[] }>(world.other, 'link.list', { nodeId: file.id });
  expect(seen.links).toEqual([]);
  const byMaster = await world.ask<{ links: Link[] }>(world.admin, 'link.list', { nodeId: file.id });
  expect(byMaster.links.map(({ url }) => url)).toEqual([made.url]);
});

it('answers another member’s link, and one of another company, exactly like none', async () => {
  const { link } = await world.link(world.file);
  await addTenant(world.running.services, 'globex', { boss: 'supreme' });
  const boss = new RawClient(world.running.url);
  expect((await boss.login('boss@globex')).status).toBe(200);
  const before = await rowsWith(world.running.services.database, [link.id]);
  for (const client of [world.other, boss]) {
    for (const [name, input] of [
      ['link.update', { mayDownload: false }],
      ['link.delete', {}],
      ['link.accesses', {}],
    ] as const) {
      const [theirs, nothing] = [
        await client.call(name, { linkId: link.id, ...input }),
        await client.call(name, { linkId: 'nothing', ...input }),
      ];
      expect([theirs.status, theirs.body]).toEqual([nothing.status, nothing.body]);
      expect(theirs.status).toBe(404);
    }
    expect((await client.call('link.list', { nodeId: world.file.id })).status).toBe(404);
    expect((await client.call('link.create', { nodeId: world.file.id, scope: 'anyone' })).status).toBe(404);
  }
  expect(await rowsWith(world.running.services.database, [link.id])).toEqual(before);
  // A member of another company has no business behind a link for members.
  const { link: internal } = await world.link(world.file, { scope: 'company' });
  const page = new PageClient(world.running.url);
  valueOf(await page.login('boss@globex'));
  expect(await world.visitor(internal.url, page).open()).toEqual({ kind: 'login', company: 'acme Inc.' });
});

it('offers files for saving only, without rights, and to no search engine or other site', async () => {
  const page = await world.addFile(world.maker, world.space.id, world.folder.id, 'seite.html', '<script>alert(1)</script>');
  const { link } = await world.link(world.folder, { permission: 'edit' });
  const visitor = world.visitor(link.url);
  for (const response of [await visitor.content(page.id), await fetch(`${link.url}/zip`), await visitor.content('nothing')]) {
    const header = (name: string): string => response.headers.get(name) ?? '';
    if (response.ok) expect(header('content-disposition')).toMatch(/^attachment; /);
    expect(header('content-security-policy')).toContain('sandbox');
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('x-robots-tag')).toBe('noindex, nofollow');
    expect(header('cache-control')).toBe('private, no-store');
    expect(header('content-type')).not.toContain('html');
    await response.arrayBuffer();
  }
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  const sent = await visitor.upload({ into: world.folder.id, name: 'x.txt' }, 'x', foreign);
  expect([sent.status, reasonOf(sent)]).toEqual([403, 'session_missing']);
  for (const name of ['open', 'password', 'sendCode', 'enterCode', 'folder', 'preview']) {
    const input = { password: 'x', mail: 'a@example.com', language: 'ja', code: '1', folderId: world.folder.id, fileId: page.id };
    expect([name, (await visitor.call(name, input, foreign)).status]).toEqual([name, 401]);
  }
});

it('takes no address that is none for a link, and nothing from above or beside by a way in it', async () => {
  const { link } = await world.link(world.file);
  const { url } = world.running;
  const tokens = ['x', link.url.slice(-27).toLowerCase(), `${link.url.slice(-27)}x`, '..%2f..%2fapi', '%00'];
  for (const token of tokens) expect([token, (await fetch(`${url}/l/${token}/content`)).status]).toEqual([token, 404]);
  const ways = ['../ほかの秘密.txt', '%2e%2e/x', world.outside.id, `${world.file.id}/../${world.outside.id}`, 'x'.repeat(70)];
  for (const way of ways) {
    const asked = await fetch(`${link.url}/content?file=${encodeURIComponent(way)}`);
    expect([way, asked.status]).toEqual([way, 404]);
    expect(await asked.text()).not.toContain('secret');
  }
});
