import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { davMember, davOffice, DavClient, myDrive, type DavOffice } from '../support/dav-client.ts';
import { turnedClock } from '../support/turned-clock.ts';

let office: DavOffice;
const { clock, forward } = turnedClock();
beforeAll(async () => {
  office = await davOffice({ clock });
});
afterAll(() => office.close());
const setRules = async (patch: object): Promise<void> => {
  expect((await office.admin.call('policy.set', { patch })).body).toMatchObject({ ok: true });
  forward(1_100);
};
let undo: object | null = null;
afterEach(async () => {
  if (undo !== null) await setRules(undo);
  undo = null;
});
const propfind = (dav: DavClient) => dav.send('PROPFIND', '/dav/', { headers: { depth: '0' } });
const auditOf = async (action: string) => {
  const rows = await office.services.database.selectFrom('audit_entries').selectAll().where('action', '=', action).execute();
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }));
};

test('an app password is shown once, kept as a hash alone, listed with its last use, and opens nothing but the drive', async () => {
  const { client, made, dav } = await davMember(office, 'sato');
  expect(made.password).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){7}$/);
  expect(made).toMatchObject({ userName: 'sato@acme', url: `${office.url}/dav/` });
  const before = (await client.call('appPassword.list')).body.value as {
    passwords: { id: string; label: string; lastUsedAt: number | null }[];
  };
  expect(before.passwords.find(({ id }) => id === made.id)).toMatchObject({ label: 'test', lastUsedAt: null });
  expect((await propfind(dav)).status).toBe(207);
  const after = (await client.call('appPassword.list')).body.value as typeof before;
  expect(after.passwords.find(({ id }) => id === made.id)!.lastUsedAt).toBeGreaterThan(0);
  const plain = made.password.replaceAll('-', '');
  for (const table of ['app_passwords', 'sessions', 'audit_entries'] as const) {
    const rows = JSON.stringify(await office.services.database.selectFrom(table).selectAll().execute());
    expect([table, rows.includes(plain), rows.includes(made.password)]).toEqual([table, false, false]);
  }
  expect(JSON.stringify(office.logged)).not.toContain(plain);
  // Typed by hand: capitals, no hyphens, and the name alone where there is one company.
  expect((await propfind(new DavClient(office.url, 'sato', plain.toUpperCase()))).status).toBe(207);
  // Neither as Basic, nor as a cookie, nor as a token does it open anything of ours.
  for (const headers of [
    { authorization: dav.authorization! },
    { cookie: `__Host-hikyaku=${plain}; hikyaku=${plain}`, origin: office.url, 'x-hikyaku-kind': 'browser' },
    { authorization: `DPoP ${plain}`, dpop: client.proof('POST', '/api/session.current', plain) },
  ]) {
    const reply = await client.send('/api/session.current', headers as Record<string, string>, {});
    expect(reply.status).toBe(401);
  }
});

test('each of a member’s passwords ends by itself, and an administrator’s end of all sessions ends them all', async () => {
  const one = await davMember(office, 'tanaka');
  const other = await davMember(office, 'tanaka');
  expect((await propfind(one.dav)).status).toBe(207);
  expect((await one.client.call('appPassword.remove', { id: one.made.id })).body.ok).toBe(true);
  expect((await one.client.call('appPassword.remove', { id: one.made.id })).body.error?.code).toBe('not_found');
  expect((await office.sato.client.call('appPassword.remove', { id: other.made.id })).body.error?.code).toBe('not_found');
  forward(1_100);
  expect((await propfind(one.dav)).status).toBe(401);
  expect((await propfind(other.dav)).status).toBe(207);
  const listed = (await office.admin.call('session.list', { member: 'tanaka' })).body.value as {
    sessions: { id: string; kind: string; deviceName: string }[];
  };
  expect(listed.sessions.find(({ id }) => id === other.made.id)).toMatchObject({ kind: 'dav', deviceName: 'test' });
  expect((await office.admin.call('session.endAll', { member: 'tanaka' })).body.ok).toBe(true);
  forward(1_100);
  expect((await propfind(other.dav)).status).toBe(401);
  expect((await auditOf('app_password.create')).length).toBeGreaterThan(1);
  expect(await auditOf('app_password.remove')).toMatchObject([{ target: one.made.id, result: 'success', details: { label: 'test' } }]);
});

test('suspension, a block of apps, networks, and the service permission reach a program with its next request', async () => {
  const { dav } = await davMember(office, 'sato');
  const member = office.services.database.updateTable('members').where('member_id', '=', 'sato');
  await member.set({ state: 'suspended' }).execute();
  forward(1_100);
  expect((await propfind(dav)).text).toContain('member_suspended');
  await member.set({ state: 'active', app_blocked: 1 }).execute();
  forward(1_100);
  const blocked = await propfind(dav);
  expect([blocked.status, blocked.text.includes('app_blocked')]).toEqual([403, true]);
  await member.set({ app_blocked: 0 }).execute();
  undo = { network: { mode: 'all' } };
  await setRules({ network: { mode: 'designated', ranges: ['203.0.113.0/24'] } });
  expect((await propfind(dav)).text).toContain('network_denied');
  await setRules(undo);
  expect((await propfind(dav)).status).toBe(207);
});

test('a version of a program of ours that is too old says nothing about WebDAV, whatever a header claims', async () => {
  const { dav } = await davMember(office, 'sato');
  const claimed = await dav.send('PROPFIND', '/dav/', {
    headers: { depth: '0', 'x-hikyaku-version': '0.0.1', 'x-hikyaku-kind': 'browser' },
  });
  expect(claimed.status).toBe(207);
});

test('wrong names and passwords are answered alike, written down, and after fifty from one address no longer looked into', async () => {
  const { made, dav } = await davMember(office, 'sato');
  const tries = [
    new DavClient(office.url, 'sato@acme', 'aaaa-bbbb'),
    new DavClient(office.url, 'nobody@acme', made.password),
    new DavClient(office.url, 'tanaka@acme', made.password),
    new DavClient(office.url, 'sato@other', made.password),
    new DavClient(office.url, 'sato@acme', 'correct horse 42'),
  ];
  const answers = [];
  for (const wrong of tries) answers.push(await propfind(wrong));
  expect(new Set(answers.map(({ status, text, headers }) => `${status} ${text} ${headers['www-authenticate']}`)).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 401 });
  expect(answers[0]!.headers['www-authenticate']).toContain('Basic realm=');
  const noted = (await auditOf('session.login')).filter(({ client }) => client === 'dav');
  expect(noted).toContainEqual(expect.objectContaining({ target: 'nobody', result: 'failure', details: { reason: 'wrong_credentials' } }));
  expect(JSON.stringify(noted)).not.toContain('bbbb');
  // Asking without a password is no guess.
  for (let asked = 0; asked < 60; asked += 1) expect((await propfind(new DavClient(office.url, null))).status).toBe(401);
  let last = await propfind(tries[0]!);
  for (let guess = 0; guess < 60 && last.status === 401; guess += 1) last = await propfind(tries[0]!);
  expect(last.status).toBe(429);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  const before = (await auditOf('session.login')).length;
  await propfind(tries[0]!);
  expect((await auditOf('session.login')).length).toBe(before);
  // Whoever has the right one at the same address goes on working.
  expect((await propfind(dav)).status).toBe(207);
});

test('a member has at most fifty app passwords', async () => {
  const { client } = await davMember(office, 'admin');
  let reply = await client.call('appPassword.create', { label: 'one more' });
  for (let made = 2; reply.body.ok && made < 60; made += 1) reply = await client.call('appPassword.create', { label: 'one more' });
  expect(reply.body.error?.details).toMatchObject({ reason: 'too_many_app_passwords' });
  const { passwords } = (await client.call('appPassword.list')).body.value as { passwords: unknown[] };
  expect(passwords).toHaveLength(50);
});

test('files that the rules keep out, or keep in, are kept so over WebDAV too', async () => {
  const { sato } = office;
  const file = `${myDrive}/tool.exe`;
  expect(await sato.dav.status('PUT', `${myDrive}/before.exe`, { body: 'MZ' })).toBe(201);
  expect(await sato.dav.status('PUT', `${myDrive}/plain.txt`, { body: 'MZ' })).toBe(201);
  undo = { blockedExtensions: { drive: [] }, files: { driveLimitBytes: 10 * 1024 ** 3, downloadLog: false } };
  await setRules({ blockedExtensions: { drive: ['exe'] }, files: { driveLimitBytes: 1_000, downloadLog: true } });
  const refused = await sato.dav.send('PUT', file, { body: 'MZ' });
  expect([refused.status, refused.text.includes('extension_blocked')]).toEqual([403, true]);
  const destination = { destination: `${office.url}${file}` };
  expect((await sato.dav.send('MOVE', `${myDrive}/plain.txt`, { headers: destination })).text).toContain('extension_blocked');
  expect((await sato.dav.send('COPY', `${myDrive}/plain.txt`, { headers: destination })).text).toContain('extension_blocked');
  expect((await sato.dav.send('GET', `${myDrive}/before.exe`)).text).toContain('extension_blocked');
  const disguised = await sato.dav.send('PUT', `${myDrive}/picture.jpg`, { body: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]) });
  expect([disguised.status, disguised.text.includes('file_type_blocked')]).toEqual([403, true]);
  expect(await sato.dav.status('PUT', `${myDrive}/large.bin`, { body: Buffer.alloc(1_001) })).toBe(413);
  expect(
    await sato.dav.status('PUT', `${myDrive}/large.bin`, { body: Buffer.alloc(1_001), headers: { 'transfer-encoding': 'chunked' } }),
  ).toBe(413);
  expect(await sato.dav.status('GET', `${myDrive}/large.bin`)).toBe(404);
  expect(await sato.dav.status('GET', `${myDrive}/plain.txt`)).toBe(200);
  const logged = await office.services.database.selectFrom('download_log').selectAll().where('client', '=', 'dav').execute();
  expect(logged.map(({ name, service }) => [name, service])).toEqual([['plain.txt', 'drive']]);
});

test('a drive that is full takes nothing more, and says how much it may hold', async () => {
  const fresh = await davMember(office, 'tanaka');
  undo = { drive: { myDriveQuotaBytes: null } };
  await setRules({ drive: { myDriveQuotaBytes: 10_000 } });
  const ask = '<propfind xmlns="DAV:"><prop><quota-available-bytes/><quota-used-bytes/></prop></propfind>';
  const quota = async () => (await fresh.dav.send('PROPFIND', `${myDrive}/`, { headers: { depth: '0' }, body: ask })).text;
  const { text: before } = await fresh.dav.send('PROPFIND', `${myDrive}/`, { headers: { depth: '0' }, body: ask });
  expect(before).toContain('<D:quota-available-bytes>10000</D:quota-available-bytes><D:quota-used-bytes>0</D:quota-used-bytes>');
  expect(await fresh.dav.status('PUT', `${myDrive}/a.bin`, { body: Buffer.alloc(6_000, 1) })).toBe(201);
  expect(await fresh.dav.status('PUT', `${myDrive}/b.bin`, { body: Buffer.alloc(6_000, 2) })).toBe(507);
  expect(
    await fresh.dav.status('PUT', `${myDrive}/b.bin`, { body: Buffer.alloc(6_000, 2), headers: { 'transfer-encoding': 'chunked' } }),
  ).toBe(507);
  expect(await quota()).toContain('<D:quota-available-bytes>4000</D:quota-available-bytes>');
});

test('whoever may only read cannot change anything, and what one may not see is not there', async () => {
  const created = await office.admin.call('space.create', {
    name: 'library',
    members: [
      { member: 'member-tanaka', permission: 'read' },
      { member: 'member-admin', permission: 'edit' },
    ],
  });
  expect(created.body.ok).toBe(true);
  const administrator = office.admin;
  const { spaces } = (await administrator.call('drive.spaces')).body.value as { spaces: { id: string; name: string; rootId: string }[] };
  const library = spaces.find(({ name }) => name === 'library')!;
  const mutation = { kind: 'create_folder', key: crypto.randomUUID(), id: crypto.randomUUID(), parentId: library.rootId, name: 'shelf' };
  expect((await administrator.call('drive.mutate', { spaceId: library.id, mutations: [mutation] })).body.ok).toBe(true);
  const { dav } = await davMember(office, 'tanaka');
  const stranger = await davMember(office, 'sato');
  forward(1_100);
  expect(await dav.status('PROPFIND', '/dav/library/shelf/', { headers: { depth: '1' } })).toBe(207);
  const lockinfo = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
  const destination = { destination: '/dav/library/other' };
  expect(await dav.status('PUT', '/dav/library/new.txt', { body: 'x' })).toBe(403);
  expect(await dav.status('MKCOL', '/dav/library/new')).toBe(403);
  expect(await dav.status('DELETE', '/dav/library/shelf')).toBe(403);
  expect(await dav.status('MOVE', '/dav/library/shelf', { headers: destination })).toBe(403);
  expect(await dav.status('COPY', '/dav/library/shelf', { headers: destination })).toBe(403);
  expect(await dav.status('LOCK', '/dav/library/shelf', { body: lockinfo })).toBe(403);
  expect(
    await dav.status('PROPPATCH', '/dav/library/shelf', {
      body: '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u"/></prop></set></propertyupdate>',
    }),
  ).toBe(403);
  expect(await dav.status('COPY', '/dav/library/shelf', { headers: { destination: `${myDrive}/shelf` } })).toBe(201);
  expect(await stranger.dav.status('PROPFIND', '/dav/library/shelf/', { headers: { depth: '0' } })).toBe(404);
  expect(await stranger.dav.status('PUT', '/dav/library/shelf/x', { body: 'x' })).toBe(409);
  expect((await stranger.dav.send('PROPFIND', '/dav/', { headers: { depth: '1' } })).text).not.toContain('library');
});
