import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MutationResult, Node } from '#shared/model/drive.ts';
import { davOffice, type DavOffice } from '../support/dav-client.ts';

let office: DavOffice;
beforeAll(async () => {
  office = await davOffice();
});
afterAll(() => office.close());

const lockinfo = (scope = 'exclusive') =>
  `<lockinfo xmlns="DAV:"><lockscope><${scope}/></lockscope><locktype><write/></locktype><owner><href>mailto:me</href></owner></lockinfo>`;
const tokenOf = (headers: Record<string, unknown>): string => String(headers['lock-token']).slice(1, -1);
let files = 0;
/** A file in the shared drive, with its node. */
async function file(): Promise<{ path: string; node: Node }> {
  files += 1;
  const name = `file-${files}.txt`;
  const path = `${office.shared.path}/${name}`;
  expect(await office.sato.dav.status('PUT', path, { body: 'one' })).toBe(201);
  return { path, node: await nodeOf(name) };
}
async function nodeOf(name: string): Promise<Node> {
  const { nodes } = (await office.sato.client.call('drive.changes', { spaceId: office.shared.id, cursor: null })).body.value as {
    nodes: Node[];
  };
  return nodes.find((node) => node.name === name)!;
}
async function mutate(who: 'sato' | 'tanaka', mutation: object): Promise<MutationResult> {
  const reply = await office[who].client.call('drive.mutate', {
    spaceId: office.shared.id,
    mutations: [{ key: randomUUID(), ...mutation }],
  });
  return (reply.body.value as { results: MutationResult[] }).results[0]!;
}

test('a lock of a program is a lock of the Drive: colleagues see who holds it, cannot write, and may take it away', async () => {
  const { sato, tanaka } = office;
  const { path, node } = await file();
  const locked = await sato.dav.send('LOCK', path, { body: lockinfo(), headers: { timeout: 'Second-600' } });
  expect(locked.status).toBe(200);
  expect(locked.text).toContain('<D:owner><href xmlns="DAV:">mailto:me</href></D:owner><D:timeout>Second-600</D:timeout>');
  expect((await nodeOf(node.name)).lock).toMatchObject({ by: 'member-sato' });
  const refused = await tanaka.dav.send('PUT', path, { body: 'two' });
  expect([refused.status, refused.text]).toEqual([423, expect.stringContaining(`<D:lock-token-submitted><D:href>${path}</D:href>`)]);
  expect(await mutate('tanaka', { kind: 'delete', nodeId: node.id, baseVersion: 1 })).toMatchObject({
    kind: 'refused',
    reason: 'locked',
    detail: 'member-sato',
  });
  // Somebody else's token is no key.
  const token = tokenOf(locked.headers);
  expect(await tanaka.dav.status('PUT', path, { body: 'two', headers: { if: `(<${token}>)` } })).toBe(423);
  // Another program of the same person must name the lock; their own client need not.
  expect(await sato.dav.status('PUT', path, { body: 'two' })).toBe(423);
  expect(await sato.dav.status('PUT', path, { body: 'two', headers: { if: `(<${token}>)` } })).toBe(204);
  const now = await nodeOf(node.name);
  expect(await mutate('sato', { kind: 'move', nodeId: node.id, parentId: now.parentId!, name: node.name })).toMatchObject({
    kind: 'applied',
  });
  expect(await mutate('tanaka', { kind: 'unlock', nodeId: node.id })).toMatchObject({ kind: 'applied' });
  expect(await tanaka.dav.status('PUT', path, { body: 'three' })).toBe(204);
  const { messages } = await notices();
  expect(messages.some((text) => text.includes('tanaka') && text.includes(node.name))).toBe(true);
});

async function notices(): Promise<{ messages: string[] }> {
  const { messages } = (await office.sato.client.call('talk.changes', { cursor: null })).body.value as { messages: { text: string }[] };
  const rooms = (await office.sato.client.call('talk.changes', { cursor: null })).body.value as { rooms: { id: string; kind: string }[] };
  const room = rooms.rooms.find(({ kind }) => kind === 'service');
  if (room === undefined) return { messages: messages.map(({ text }) => text) };
  const listed = (await office.sato.client.call('message.list', { roomId: room.id })).body.value as { messages: { text: string }[] };
  return { messages: listed.messages.map(({ text }) => text) };
}

test('a file that somebody holds in the Drive is locked for programs of others, not for their own', async () => {
  const { sato, tanaka } = office;
  const { path, node } = await file();
  expect(await mutate('sato', { kind: 'lock', nodeId: node.id })).toMatchObject({ kind: 'applied' });
  for (const [method, options] of [
    ['PUT', { body: 'x' }],
    ['DELETE', {}],
    ['MOVE', { headers: { destination: `${path}.moved` } }],
    ['LOCK', { body: lockinfo() }],
    ['PROPPATCH', { body: '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u"/></prop></set></propertyupdate>' }],
  ] as const) {
    expect([method, await tanaka.dav.status(method, path, options)]).toEqual([method, 423]);
  }
  const seen = await tanaka.dav.send('PROPFIND', path, { headers: { depth: '0' } });
  expect(seen.text).toContain('<D:activelock>');
  expect((await tanaka.dav.send('GET', path)).text).toBe('one');
  expect(await sato.dav.status('PUT', path, { body: 'mine' })).toBe(204);
  const locked = await sato.dav.send('LOCK', path, { body: lockinfo() });
  expect(locked.status).toBe(200);
  expect(await sato.dav.status('UNLOCK', path, { headers: { 'lock-token': `<${tokenOf(locked.headers)}>` } })).toBe(204);
  // The one that the person took by hand is still there.
  expect((await nodeOf(node.name)).lock).toMatchObject({ by: 'member-sato' });
  expect(await tanaka.dav.status('PUT', path, { body: 'x' })).toBe(423);
});

test('a lock on a folder holds for everything below it, for new things too, and is named once for all of them', async () => {
  const { sato, tanaka, shared } = office;
  const box = `${shared.path}/box`;
  expect(await sato.dav.status('MKCOL', box)).toBe(201);
  await sato.dav.send('PUT', `${box}/a.txt`, { body: 'a' });
  const locked = await sato.dav.send('LOCK', `${box}/`, { body: lockinfo(), headers: { depth: 'infinity' } });
  const token = tokenOf(locked.headers);
  const child = await tanaka.dav.send('PROPFIND', `${box}/a.txt`, { headers: { depth: '0' } });
  expect(child.text).toContain(`<D:lockroot><D:href>${box}/</D:href></D:lockroot>`);
  expect(await tanaka.dav.status('PUT', `${box}/a.txt`, { body: 'b' })).toBe(423);
  expect(await tanaka.dav.status('PUT', `${box}/new.txt`, { body: 'b' })).toBe(423);
  expect(await tanaka.dav.status('LOCK', `${box}/a.txt`, { body: lockinfo('shared') })).toBe(423);
  expect(await tanaka.dav.status('DELETE', box)).toBe(423);
  expect(await tanaka.dav.status('MOVE', box, { headers: { destination: `${box}-2` } })).toBe(423);
  expect(await sato.dav.status('PUT', `${box}/new.txt`, { body: 'b', headers: { if: `<${office.url}${box}/> (<${token}>)` } })).toBe(201);
  const renewed = await sato.dav.send('LOCK', `${box}/a.txt`, { headers: { if: `(<${token}>)`, timeout: 'Second-7200' } });
  expect([renewed.status, /Second-(\d+)/.exec(renewed.text)?.[1]]).toEqual([200, '7200']);
  expect(await sato.dav.status('UNLOCK', `${box}/a.txt`, { headers: { 'lock-token': `<${token}>` } })).toBe(204);
  expect(await tanaka.dav.status('DELETE', box)).toBe(204);
});

test('shared locks bear each other, not an exclusive one; conditions and tokens that do not hold are 412', async () => {
  const { sato, tanaka } = office;
  const { path } = await file();
  const one = await sato.dav.send('LOCK', path, { body: lockinfo('shared') });
  const two = await tanaka.dav.send('LOCK', path, { body: lockinfo('shared') });
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(await tanaka.dav.status('LOCK', path, { body: lockinfo() })).toBe(423);
  expect(await tanaka.dav.status('PUT', path, { body: 'x' })).toBe(423);
  expect(await tanaka.dav.status('PUT', path, { body: 'x', headers: { if: `(<${tokenOf(two.headers)}>)` } })).toBe(204);
  expect(await tanaka.dav.status('PUT', path, { body: 'x', headers: { if: '(<urn:uuid:none>)' } })).toBe(412);
  expect(await tanaka.dav.status('PUT', path, { body: 'x', headers: { if: `(<${tokenOf(two.headers)}> ["other"])` } })).toBe(412);
  for (const header of ['(', '()', '<a>', '(<a>', '(["x"', 'x', '(<a>) <b> (<c>)']) {
    expect([header, await tanaka.dav.status('PUT', path, { body: 'x', headers: { if: header } })]).toEqual([header, 400]);
  }
  expect(await tanaka.dav.status('UNLOCK', path, { headers: { 'lock-token': '<urn:uuid:none>' } })).toBe(409);
  expect(await tanaka.dav.status('UNLOCK', path)).toBe(400);
});

test('locking what is not there makes an empty file of that name; a move leaves the lock behind', async () => {
  const { sato, tanaka, shared } = office;
  const path = `${shared.path}/unborn.txt`;
  const locked = await sato.dav.send('LOCK', path, { body: lockinfo() });
  expect(locked.status).toBe(201);
  const empty = await tanaka.dav.send('GET', path);
  expect([empty.status, empty.bytes.length]).toEqual([200, 0]);
  const headers = { if: `(<${tokenOf(locked.headers)}>)`, destination: `${path}.moved` };
  expect(await sato.dav.status('MOVE', path, { headers })).toBe(201);
  expect(await tanaka.dav.status('PUT', `${path}.moved`, { body: 'free' })).toBe(204);
  expect(await sato.dav.status('LOCK', `${shared.path}/no/where.txt`, { body: lockinfo() })).toBe(409);
  expect(await sato.dav.status('LOCK', path, { body: '<lockinfo xmlns="DAV:"/>' })).toBe(400);
});
