import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DownloadEntry } from '#shared/contract/admin.ts';
import type { AdminLinksContract } from '#shared/contract/admin-links.ts';
import type { Activity, PlacedNode } from '#shared/contract/drive.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { Link } from '#shared/model/link.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { linkWorld, valueOf, type LinkWorld } from '../support/link-world.ts';
import { signed } from '../support/two-companies.ts';

// DRV-11…14: who opens what by a link, how, and what is remembered of it.

let world: LinkWorld;
beforeAll(async () => {
  world = await linkWorld();
});
afterAll(() => world.close());

const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)![0];

it('opens for anyone, gives the file by ranges, and remembers who came', async () => {
  const { link } = await world.link(world.file);
  expect(link.url).toMatch(new RegExp(`^${world.running.url}/l/[A-Za-z0-9_-]{27}$`));
  const visitor = world.visitor(link.url);
  expect(await visitor.open()).toMatchObject({
    kind: 'open',
    company: 'acme Inc.',
    sharedBy: 'sato',
    item: { name: '見積.txt', kind: 'file', sizeBytes: Buffer.byteLength(world.text) },
    permission: 'read',
    mayDownload: true,
    expiresAt: null,
  });
  const response = await visitor.content();
  expect([response.status, await response.text()]).toEqual([200, world.text]);
  const part = await visitor.content(undefined, { range: 'bytes=0-2' });
  expect([part.status, await part.text()]).toEqual([206, 'お']);
  expect((await world.accesses(link)).map(({ what, name, memberId, address }) => [what, name, memberId, address])).toEqual([
    ['download', '見積.txt', null, '127.0.0.1'],
    ['open', '見積.txt', null, '127.0.0.1'],
  ]);
  const listed = await world.ask<{ links: Link[]; mayCreate: boolean }>(world.maker, 'link.list', { nodeId: world.file.id });
  expect(listed.mayCreate).toBe(true);
  expect(listed.links.find(({ id }) => id === link.id)).toMatchObject({ url: link.url, opened: 1 });
  const mine = await world.ask<{ links: (Link & Pick<PlacedNode, 'place'>)[] }>(world.maker, 'link.mine');
  expect(mine.links.find(({ id }) => id === link.id)?.place.names).toEqual(['提案']);
});

it('is for the company’s members alone where it says so, by the whole gate', async () => {
  const { link } = await world.link(world.file, { scope: 'company' });
  const stranger = world.visitor(link.url);
  expect(await stranger.open()).toEqual({ kind: 'login', company: 'acme Inc.' });
  expect((await stranger.content()).status).toBe(401);
  const colleague = world.visitor(link.url);
  valueOf(await colleague.page.login('tanaka'));
  expect(await colleague.open()).toMatchObject({ kind: 'open', item: { name: '見積.txt' } });
  expect(await (await colleague.content()).text()).toBe(world.text);
  expect((await world.accesses(link)).map(({ what, memberId }) => [what, memberId])).toEqual([
    ['download', 'member-tanaka'],
    ['open', 'member-tanaka'],
  ]);
  const { templates } = defaultPolicy.permissions;
  const services = { talk: ['browser'], drive: [] };
  await world.policy({ permissions: { templates: templates.map((template) => ({ ...template, services })) } });
  expect(await colleague.open()).toMatchObject({ kind: 'denied', reason: 'service_denied' });
  expect((await colleague.content()).status).toBe(403);
  await world.policy({ permissions: { templates } });
  // Addresses are a rule for members: somebody from outside comes by the link's own conditions, from wherever.
  const { link: outside } = await world.link(world.file);
  await world.policy({ network: { mode: 'designated', ranges: ['192.0.2.0/24'] } });
  expect(await colleague.open()).toEqual({ kind: 'denied', reason: 'network_denied', subject: '127.0.0.1' });
  expect((await colleague.content()).status).toBe(403);
  expect(await world.visitor(outside.url).open()).toMatchObject({ kind: 'open' });
  await world.policy({ network: { mode: 'all' } });
  expect(await colleague.open()).toMatchObject({ kind: 'open' });
});

it('asks for its password, takes it once for half a day, and forgets it when it changes', async () => {
  const { link } = await world.link(world.file, { password: 'さくら2025' });
  expect(link.hasPassword).toBe(true);
  const visitor = world.visitor(link.url);
  expect(await visitor.open()).toEqual({ kind: 'password', company: 'acme Inc.' });
  expect((await visitor.content()).status).toBe(401);
  expect((await visitor.call('password', { password: 'さくら2024' })).body.error?.details?.reason).toBe('wrong_password');
  // Typed in full width it is the same password.
  const right = await visitor.call('password', { password: 'さくら２０２５' });
  expect(right.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-hikyaku-link=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=43200$/) as string,
  ]);
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  expect(await (await visitor.content()).text()).toBe(world.text);
  // Another browser, and another link, know nothing of it.
  expect(await world.visitor(link.url).open()).toMatchObject({ kind: 'password' });
  const { link: second } = await world.link(world.file, { password: 'さくら2025' });
  expect(await world.visitor(second.url, visitor.page).open()).toMatchObject({ kind: 'password' });
  await world.ask(world.maker, 'link.update', { linkId: link.id, password: 'もみじ2025' });
  expect(await visitor.open()).toMatchObject({ kind: 'password' });
  await world.ask(world.maker, 'link.update', { linkId: link.id, password: null });
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
});

it('sends a code to a listed address alone, good once and in that browser only, and says nothing of who is listed', async () => {
  const { link } = await world.link(world.file, { scope: 'one_time_password', addresses: ['Kyaku@Example.com'] });
  expect(link.addresses).toEqual(['kyaku@example.com']);
  const visitor = world.visitor(link.url);
  expect(await visitor.open()).toEqual({ kind: 'code', company: 'acme Inc.', sent: false });
  const listed = await visitor.call('sendCode', { mail: ' kyaku@example.com ', language: 'ja' });
  const other = world.visitor(link.url);
  const unlisted = await other.call('sendCode', { mail: 'yoso@example.com', language: 'ja' });
  expect([unlisted.status, unlisted.body]).toEqual([listed.status, listed.body]);
  expect([await visitor.open(), await other.open()]).toEqual([
    { kind: 'code', company: 'acme Inc.', sent: true },
    { kind: 'code', company: 'acme Inc.', sent: true },
  ]);
  const letter = await world.mail.to('kyaku@example.com');
  expect(letter.subject).toBe('共有リンクの確認コード');
  const code = codeIn(letter.text);
  expect((await other.call('enterCode', { code })).body.error?.details?.reason).toBe('wrong_code');
  expect((await world.visitor(link.url).call('enterCode', { code })).body.error?.details?.reason).toBe('code_expired');
  valueOf(await visitor.call('enterCode', { code: [...code].join(' ') }));
  expect(await visitor.open()).toMatchObject({ kind: 'open' });
  expect(await (await visitor.content()).text()).toBe(world.text);
  expect((await visitor.call('enterCode', { code })).body.error?.details?.reason).toBe('code_expired');
  expect((await world.accesses(link)).map(({ what, mail }) => [what, mail])).toEqual([
    ['download', 'kyaku@example.com'],
    ['open', 'kyaku@example.com'],
    ['refused', null],
  ]);
  expect(world.mail.mails.flatMap(({ to }) => to)).not.toContain('yoso@example.com');
  // Taken off the list, the browser that came by that address is out at once.
  await world.ask(world.maker, 'link.update', { linkId: link.id, addresses: ['betsu@example.com'] });
  expect(await visitor.open()).toMatchObject({ kind: 'code' });
});

it('shows a folder and what lies below it, gives it as one ZIP, and never what lies beside or above', async () => {
  const inner = await world.addFolder(world.maker, world.space.id, world.folder.id, '図面');
  const deep = await world.addFile(world.maker, world.space.id, inner.id, '平面図.txt', 'plan');
  const { link } = await world.link(world.folder);
  const visitor = world.visitor(link.url);
  const first = valueOf<{ path: { name: string }[]; items: { name: string }[]; total: number }>(
    await visitor.call('folder', { folderId: world.folder.id }),
  );
  expect([first.path.map(({ name }) => name), first.items.map(({ name }) => name), first.total]).toEqual([
    ['提案'],
    ['図面', '見積.txt'],
    2,
  ]);
  const below = valueOf<typeof first>(await visitor.call('folder', { folderId: inner.id }));
  expect([below.path.map(({ name }) => name), below.items.map(({ name }) => name)]).toEqual([['提案', '図面'], ['平面図.txt']]);
  expect(await (await visitor.content(deep.id)).text()).toBe('plan');
  const zip = await fetch(`${link.url}/zip`, { headers: { 'sec-fetch-site': 'same-origin' } });
  const bytes = Buffer.from(await zip.arrayBuffer());
  expect([zip.status, zip.headers.get('content-type'), bytes.subarray(0, 2).toString()]).toEqual([200, 'application/zip', 'PK']);
  expect([bytes.includes('平面図.txt'), bytes.includes('ほかの秘密')]).toEqual([true, false]);
  for (const id of [world.outside.id, world.space.rootId, 'nothing']) {
    expect((await visitor.content(id)).status).toBe(404);
    expect((await visitor.call('folder', { folderId: id })).status).toBe(404);
    expect((await visitor.call('preview', { fileId: id })).status).toBe(404);
    expect((await fetch(`${link.url}/zip?folder=${id}`)).status).toBe(404);
  }
});

it('shows without giving anything away where downloads are switched off', async () => {
  const { link } = await world.link(world.folder, { mayDownload: false });
  const visitor = world.visitor(link.url);
  expect(await visitor.open()).toMatchObject({ kind: 'open', mayDownload: false });
  for (const response of [await visitor.content(), await visitor.content(world.file.id), await fetch(`${link.url}/zip`)]) {
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('link_view_only');
  }
  const { preview } = valueOf<{ preview: object }>(await visitor.call('preview', { fileId: world.file.id }));
  expect(preview).toMatchObject({ kind: 'text', text: world.text });
});

it('takes files where it may edit, in the name of its maker, under free names or as a new version, and tells how they came', async () => {
  const folder = await world.addFolder(world.maker, world.space.id, world.space.rootId, '受け取り');
  const report = await world.addFile(world.maker, world.space.id, folder.id, '報告.txt', 'first');
  const { link } = await world.link(folder, { permission: 'edit' });
  const visitor = world.visitor(link.url);
  const sent = await visitor.upload({ into: folder.id, name: '写真.txt' }, 'picture');
  expect(sent.body).toMatchObject({
    ok: true,
    value: { result: { kind: 'applied', node: { name: '写真.txt', updatedBy: 'member-sato' } } },
  });
  const again = await visitor.upload({ into: folder.id, name: '写真.txt' }, 'another');
  expect(again.body).toMatchObject({ value: { result: { node: { name: '写真 (2).txt' } } } });
  const newer = await visitor.upload({ into: report.id, version: '1' }, 'second');
  expect(newer.body).toMatchObject({ value: { result: { kind: 'applied', node: { version: 2 } } } });
  const late = await visitor.upload({ into: report.id, version: '1' }, 'third');
  expect(late.body).toMatchObject({ value: { result: { kind: 'conflict', reason: 'version_changed' } } });
  expect(await (await visitor.content(report.id)).text()).toBe('second');
  const outside = await visitor.upload({ into: world.folder.id, name: 'x.txt' }, 'x');
  expect(outside.status).toBe(404);
  const { entries } = await world.ask<{ entries: Activity[] }>(world.maker, 'drive.activity', { nodeId: folder.id });
  expect(entries.map(({ what, name }) => `${what} ${name}`).slice(0, 4)).toEqual([
    'upload_by_link 報告.txt',
    'upload_by_link 写真 (2).txt',
    'upload_by_link 写真.txt',
    'link 受け取り',
  ]);
  expect((await world.accesses(link)).filter(({ what }) => what === 'upload').map(({ name }) => name)).toEqual([
    '報告.txt',
    '写真 (2).txt',
    '写真.txt',
  ]);
  const { link: readOnly } = await world.link(folder);
  const refused = await world.visitor(readOnly.url).upload({ into: folder.id, name: 'x.txt' }, 'x');
  expect([refused.status, refused.body.error?.details?.reason]).toEqual([403, 'permission_missing']);
});

it('keeps the rules on files: what they refuse is neither taken nor given nor offered', async () => {
  const folder = await world.addFolder(world.maker, world.space.id, world.space.rootId, '規則');
  const tool = await world.addFile(world.maker, world.space.id, folder.id, '道具.xyz', 'tool');
  const { link } = await world.link(folder, { permission: 'edit' });
  const { link: direct } = await world.link(tool);
  const visitor = world.visitor(link.url);
  await world.policy({ blockedExtensions: { drive: ['xyz'] }, files: { driveLimitBytes: 10 * 1024 ** 2 } });
  expect((await visitor.content(tool.id)).status).toBe(403);
  expect(await world.visitor(direct.url).open()).toMatchObject({ kind: 'denied', reason: 'extension_blocked', subject: 'xyz' });
  const blocked = await visitor.upload({ into: folder.id, name: '新しい.xyz' }, 'x');
  expect([blocked.status, blocked.body.error?.details?.reason]).toEqual([403, 'extension_blocked']);
  const offered = await world.maker.call('link.create', { nodeId: tool.id, scope: 'anyone' });
  expect(offered.body.error?.details?.reason).toBe('extension_blocked');
  const bad = await visitor.upload({ into: folder.id, name: 'a/b.txt' }, 'x');
  expect(bad.body).toMatchObject({ value: { result: { kind: 'refused' } } });
  const large = await visitor.upload({ into: folder.id, name: '大きい.txt' }, 'x'.repeat(10 * 1024 ** 2 + 1));
  expect([large.status, large.body.error?.details?.reason]).toEqual([403, 'file_too_large']);
  await world.policy({ blockedExtensions: { drive: [] }, files: { driveLimitBytes: defaultPolicy.files.driveLimitBytes } });
  await world.policy({ drive: { myDriveQuotaBytes: 1 } });
  const full = await visitor.upload({ into: folder.id, name: '小さい.txt' }, 'x');
  expect([full.status, full.body.error?.details?.reason]).toEqual([403, 'quota_exceeded']);
  await world.policy({ drive: { myDriveQuotaBytes: null } });
});

it('is made only as the rules have it: by who may edit, of an allowed kind, for no longer than allowed', async () => {
  const reason = async (input: object, client = world.maker): Promise<unknown> =>
    (await client.call('link.create', { nodeId: world.file.id, scope: 'anyone', ...input })).body.error?.details?.reason;
  await world.policy({ links: { myScopes: ['company'], mostDays: 7 } });
  expect(await reason({})).toBe('links_denied');
  expect(await reason({ scope: 'company', password: 'secret' })).toBe('link_password');
  const day = 86_400_000;
  expect(await reason({ scope: 'company', expiresAt: Date.now() + 8 * day })).toBe('link_end_late');
  expect(await reason({ scope: 'company', expiresAt: Date.now() - 1 })).toBe('link_end_past');
  const { link } = await world.link(world.file, { scope: 'company' });
  expect(Math.abs(link.expiresAt! - (Date.now() + 7 * day))).toBeLessThan(60_000);
  await world.policy({ links: { myScopes: ['company', 'anyone', 'one_time_password'], mostDays: 0 } });
  expect(await reason({ scope: 'one_time_password' })).toBe('link_addresses');
  expect(await reason({ scope: 'one_time_password', addresses: ['not an address'] })).toBe('address_invalid');
  expect(await reason({ addresses: ['a@example.com'] })).toBe('link_addresses');
  expect((await world.other.call('link.create', { nodeId: world.file.id, scope: 'anyone' })).status).toBe(404);
  // Somebody with whom a folder was shared for reading sees it, and makes no links.
  const folder = await world.addFolder(world.maker, world.space.id, world.space.rootId, '読むだけ');
  await world.ask(world.maker, 'drive.setPermissions', { folderId: folder.id, members: [{ member: 'member-tanaka', permission: 'read' }] });
  expect((await world.other.call('link.create', { nodeId: folder.id, scope: 'anyone' })).body.error?.details?.reason).toBe(
    'permission_missing',
  );
  const seen = await world.ask<{ links: Link[]; mayCreate: boolean }>(world.other, 'link.list', { nodeId: folder.id });
  expect(seen).toEqual({ links: [], mayCreate: false });
});

it('keeps closed behind a link what is closed to its maker, and shows it to nobody who comes by it', async () => {
  const { space } = await world.ask<{ space: { id: string } }>(world.admin, 'space.create', {
    name: '経営',
    members: [{ member: 'member-sato', permission: 'edit' }],
    masters: ['member-admin'],
  });
  const { spaces } = await world.ask<{ spaces: { id: string; rootId: string }[] }>(world.admin, 'drive.spaces');
  const drive = spaces.find(({ id }) => id === space.id)!;
  const top = await world.addFolder(world.admin, drive.id, drive.rootId, '資料');
  const closed = await world.addFolder(world.admin, drive.id, top.id, '役員のみ');
  const secret = await world.addFile(world.admin, drive.id, closed.id, '給与.txt', 'salaries');
  const { link } = await world.link(top, { permission: 'edit' });
  const visitor = world.visitor(link.url);
  expect(await (await visitor.content(secret.id)).text()).toBe('salaries');
  await world.ask(world.admin, 'drive.setPermissions', { folderId: closed.id, members: [{ member: 'member-sato', permission: 'none' }] });
  const { items } = valueOf<{ items: unknown[] }>(await visitor.call('folder', { folderId: top.id }));
  expect(items).toEqual([]);
  expect((await visitor.call('folder', { folderId: closed.id })).status).toBe(404);
  expect((await visitor.content(secret.id)).status).toBe(404);
  expect((await visitor.upload({ into: closed.id, name: 'x.txt' }, 'x')).status).toBe(404);
  expect(Buffer.from(await (await fetch(`${link.url}/zip`)).arrayBuffer()).includes('給与')).toBe(false);
  // Taken out of the drive altogether, the maker takes their links along.
  await world.ask(world.admin, 'space.setMembers', { spaceId: drive.id, members: [] });
  expect(await visitor.open()).toEqual({ kind: 'over', reason: 'gone' });
});

it('records what goes through links, where downloads are recorded, as the link’s', async () => {
  const file = await world.addFile(world.maker, world.space.id, world.folder.id, '記録.txt', 'recorded');
  const { link } = await world.link(file, { scope: 'company' });
  const { link: open } = await world.link(file);
  await world.policy({ files: { downloadLog: true } });
  const colleague = world.visitor(link.url);
  valueOf(await colleague.page.login('tanaka'));
  await (await colleague.content()).text();
  const stranger = world.visitor(open.url);
  await (await stranger.content()).text();
  valueOf(await stranger.call('preview', { fileId: file.id }));
  await (await fetch(`${open.url}/zip`)).arrayBuffer();
  await world.policy({ files: { downloadLog: false } });
  const { entries } = await world.ask<{ entries: DownloadEntry[] }>(world.admin, 'download.search', { text: '記録' });
  expect(entries.map(({ memberId, client, address }) => [memberId, client, address])).toEqual([
    ['member-sato', 'link', '127.0.0.1'],
    ['member-tanaka', 'link', '127.0.0.1'],
  ]);
  // Nobody opened it at their desk: it is among nobody’s recent files but its maker’s, who put it there.
  const { nodes } = await world.ask<{ nodes: PlacedNode[] }>(world.other, 'drive.recent');
  expect(nodes.map(({ node }) => node.name)).not.toContain('記録.txt');
});

it('opens files for recent lists through the viewer and the browser’s downloads, not through thumbnails', async () => {
  const shared = await world.addFolder(world.maker, world.space.id, world.space.rootId, '共有');
  const [seen, unseen] = [
    await world.addFile(world.maker, world.space.id, shared.id, '見た.txt', 'seen'),
    await world.addFile(world.maker, world.space.id, shared.id, '見ていない.txt', 'not seen'),
  ];
  await world.ask(world.maker, 'drive.setPermissions', { folderId: shared.id, members: [{ member: 'member-tanaka', permission: 'read' }] });
  await world.ask(world.other, 'drive.preview', { nodeId: seen.id });
  const headers = signed(world.other, 'GET', `/api/files/${unseen.id}/preview/1`);
  await fetch(`${world.running.url}/api/files/${unseen.id}/preview/1?width=256`, { headers });
  const { nodes } = await world.ask<{ nodes: PlacedNode[] }>(world.other, 'drive.recent');
  expect(nodes.map(({ node, place }) => [node.name, place.spaceName])).toEqual([['見た.txt', '共有']]);
});

it('is found by administrators with whoever made it, without its address, and ended by them at once, with a record', async () => {
  const { link } = await world.link(world.file, { password: 'さくら2025' });
  const { link: other } = await world.link(world.outside, { scope: 'company' });
  type All = OutputOf<AdminLinksContract, 'link.all'>;
  const all = await world.ask<All>(world.admin, 'link.all', {});
  const found = all.links.find(({ id }) => id === link.id);
  expect(found).toMatchObject({ nodeName: '見積.txt', hasPassword: true, scope: 'anyone', createdByName: 'sato', opened: 0 });
  expect(JSON.stringify(all)).not.toContain(link.url.slice(link.url.lastIndexOf('/') + 1));
  const byText = await world.ask<All>(world.admin, 'link.all', { text: 'ほかの秘密' });
  expect([byText.total, byText.links.every(({ nodeName }) => nodeName === 'ほかの秘密.txt')]).toEqual([byText.links.length, true]);
  const company = await world.ask<All>(world.admin, 'link.all', { scope: 'company' });
  expect(company.links.map(({ id }) => id)).toContain(other.id);
  expect(company.links.map(({ id }) => id)).not.toContain(link.id);
  expect((await world.maker.call('link.all', {})).status).toBe(403);
  expect((await world.maker.call('link.end', { linkIds: [link.id] })).status).toBe(403);

  expect(await world.ask(world.admin, 'link.end', { linkIds: [link.id, other.id] })).toEqual({ ended: 2 });
  expect(await world.visitor(link.url).open()).toMatchObject({ kind: 'over' });
  expect((await world.admin.call('link.end', { linkIds: [link.id] })).body.error).toMatchObject({ code: 'not_found' });
  const { entries } = await world.ask<{ entries: { action: string; details: unknown }[] }>(world.admin, 'audit.search', {
    action: 'link.delete',
  });
  expect(entries[0]).toMatchObject({ action: 'link.delete', details: { links: 2 } });
});
