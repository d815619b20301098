import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { MutationResult, Space } from '#shared/model/drive.ts';
import type { Preview } from '#shared/model/preview.ts';
import { fixture } from '../support/preview-bench.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let folder: string;
let running: TestServer;
let admin: RawClient;
let sato: RawClient;
let tanaka: RawClient;
let space: Space;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-previews-'));
  running = await startTestServer({ previews: { folder } });
  [admin, sato, tanaka] = [new RawClient(running.url), new RawClient(running.url), new RawClient(running.url)];
  await admin.login('admin');
  await sato.login('sato');
  await tanaka.login('tanaka');
  const { spaces } = (await sato.call('drive.spaces')).body.value as { spaces: Space[] };
  space = spaces.find(({ kind }) => kind === 'my')!;
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true, force: true });
});

/** A byte route, with the proof that it takes. */
async function get(client: RawClient, address: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const token = client.grant!.accessToken;
  const [path] = address.split('?');
  return fetch(`${running.url}${address}`, {
    headers: {
      dpop: client.proof('GET', path!, token),
      authorization: `DPoP ${token}`,
      'x-hikyaku-version': client.version,
      ...headers,
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

const upload = async (bytes: Uint8Array): Promise<object> => (await uploadAll([bytes]))[0]!;

/** Sends files as one pack. */
async function uploadAll(files: readonly Uint8Array[]): Promise<object[]> {
  const chunks = files.map((bytes) => ({ hash: createHash('sha256').update(bytes).digest('hex'), bytes }));
  const path = '/api/content/pack';
  const token = sato.grant!.accessToken;
  const response = await fetch(`${running.url}${path}`, {
    method: 'PUT',
    headers: { dpop: sato.proof('PUT', path, token), authorization: `DPoP ${token}`, 'x-hikyaku-version': sato.version },
    body: encodePack(chunks) as BodyInit,
  });
  expect(response.status).toBe(200);
  return chunks.map(({ hash, bytes }) => ({ contentHash: hash, sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false }));
}

async function mutate(mutation: object): Promise<Extract<MutationResult, { kind: 'applied' }>> {
  const reply = await sato.call('drive.mutate', { spaceId: space.id, mutations: [{ key: randomUUID(), ...mutation }] });
  const [result] = (reply.body.value as { results: MutationResult[] }).results;
  expect(result).toMatchObject({ kind: 'applied' });
  return result as Extract<MutationResult, { kind: 'applied' }>;
}
async function create(name: string, bytes: Uint8Array): Promise<string> {
  const id = randomUUID();
  await mutate({ kind: 'create_file', id, parentId: space.rootId, name, content: await upload(bytes) });
  return id;
}
const describe = async (client: RawClient, nodeId: string, version?: number) =>
  (await client.call('drive.preview', { nodeId, ...(version === undefined ? {} : { version }) })).body;
const preview = async (nodeId: string, version?: number): Promise<Preview> =>
  ((await describe(sato, nodeId, version)).value as { preview: Preview }).preview;
const picture = (colour: string): Promise<Buffer> =>
  sharp({ create: { width: 1_200, height: 800, channels: 3, background: colour } })
    .png()
    .toBuffer();
const pixel = async (response: Response): Promise<number[]> => {
  const { data } = await sharp(await response.arrayBuffer())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, 3)];
};

test('a picture is described and comes in the width that was asked for, under a tag that saves the second time', async () => {
  const id = await create('red.png', await picture('#c00000'));
  expect(await preview(id)).toEqual({ kind: 'image', widthPixels: 1_200, heightPixels: 800 });
  const response = await get(sato, `/api/files/${id}/preview/1?width=256`);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'private, no-cache',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  const bytes = await response.clone().arrayBuffer();
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 171 });
  const [red, green] = await pixel(response);
  expect(red).toBeGreaterThan(180);
  expect(green).toBeLessThan(12);
  const tag = response.headers.get('etag')!;
  const again = await get(sato, `/api/files/${id}/preview/1?width=256`, { 'if-none-match': tag });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('an earlier version has its own picture, which never changes', async () => {
  const id = await create('colour.png', await picture('#0000c0'));
  await mutate({ kind: 'update_content', nodeId: id, baseVersion: 1, content: await upload(await picture('#00c000')) });
  const [old, now] = [await get(sato, `/api/files/${id}/preview/1?version=1`), await get(sato, `/api/files/${id}/preview/1`)];
  expect(old.headers.get('cache-control')).toBe('private, max-age=86400, immutable');
  expect((await pixel(old))[2]).toBeGreaterThan(180);
  expect((await pixel(now))[1]).toBeGreaterThan(180);
  expect(await preview(id, 1)).toMatchObject({ kind: 'image' });
  expect((await describe(sato, id, 7)).error).toMatchObject({ code: 'not_found' });
});

test('a document is pages, by which it can be turned', async () => {
  const id = await create('見積書.pdf', await fixture('document.pdf'));
  expect(await preview(id)).toMatchObject({ kind: 'pages', of: 'pages', count: 2 });
  const second = await get(sato, `/api/files/${id}/preview/2?width=960`);
  expect(second.status).toBe(200);
  expect(await sharp(await second.arrayBuffer()).metadata()).toMatchObject({ width: 960 });
  const third = await get(sato, `/api/files/${id}/preview/3`);
  expect([third.status, await third.json()]).toMatchObject([404, { error: { details: { reason: 'no_preview' } } }]);
});

test('what cannot be a page or a width is refused before anything is made', async () => {
  const id = await create('any.png', await picture('#808080'));
  for (const address of [
    'preview/0',
    'preview/201',
    'preview/-1',
    'preview/1e1',
    'preview/1?width=257',
    'preview/1?width=x',
    'preview/1?version=0',
  ]) {
    expect([address, (await get(sato, `/api/files/${id}/${address}`)).status]).toEqual([address, 400]);
  }
});

test('nobody sees a picture or the text of a file that is not theirs', async () => {
  const id = await create('secret.png', await picture('#123456'));
  const text = await create('secret.txt', Buffer.from('給与'));
  expect((await get(tanaka, `/api/files/${id}/preview/1`)).status).toBe(404);
  expect((await describe(tanaka, text)).error).toMatchObject({ code: 'not_found' });
  expect((await fetch(`${running.url}/api/files/${id}/preview/1`)).status).not.toBe(200);
});

test('a blocked extension is not shown either, and what is seen is written down while the rule says so', async () => {
  const [shown, text] = [await create('shown.png', await picture('#ffff00')), await create('notes.txt', Buffer.from('議事録'))];
  await admin.call('policy.set', { patch: { files: { downloadLog: true } } });
  expect((await get(sato, `/api/files/${shown}/preview/1?width=256`)).status).toBe(200);
  expect(await preview(text)).toMatchObject({ kind: 'text', text: '議事録' });
  const { entries } = (await admin.call('download.search', { limit: 10 })).body.value as { entries: { name: string; service: string }[] };
  expect(entries.map(({ name }) => name).toSorted()).toEqual(['notes.txt', 'shown.png']);
  await admin.call('policy.set', { patch: { blockedExtensions: { drive: ['png'], talk: [] } } });
  const refused = await get(sato, `/api/files/${shown}/preview/1`);
  expect([refused.status, await refused.json()]).toMatchObject([403, { error: { details: { reason: 'extension_blocked' } } }]);
  expect((await describe(sato, shown)).error).toMatchObject({ code: 'denied' });
  await admin.call('policy.set', { patch: { blockedExtensions: { drive: [], talk: [] }, files: { downloadLog: false } } });
});

test('a hundred thumbnails at once all come, and those whose asker has gone away are not made', async () => {
  const pictures = await Promise.all(
    Array.from({ length: 100 }, async (_, index) =>
      sharp({ create: { width: 300, height: 200, channels: 3, background: { r: index, g: 255 - index, b: 90 } } })
        .png({ compressionLevel: 1 })
        .toBuffer(),
    ),
  );
  const contents = await uploadAll(pictures);
  const ids = contents.map(() => randomUUID());
  const mutations = contents.map((content, index) => ({
    key: randomUUID(),
    kind: 'create_file',
    id: ids[index],
    parentId: space.rootId,
    name: `${index}.png`,
    content,
  }));
  expect((await sato.call('drive.mutate', { spaceId: space.id, mutations })).body).toMatchObject({ ok: true });
  const leaving = new AbortController();
  const large = ids.map((id) => get(sato, `/api/files/${id}/preview/1?width=1920`, {}, leaving.signal));
  const ends = Promise.allSettled(large);
  expect((await Promise.any(large)).status).toBe(200);
  leaving.abort();
  await ends;
  const small = await Promise.all(ids.map(async (id) => (await get(sato, `/api/files/${id}/preview/1?width=256`)).status));
  expect(small).toEqual(ids.map(() => 200));
  // They stood in one line, so had the large ones been made, they would be there by now.
  const kept = await readdir(path.join(folder, 'kept'), { recursive: true });
  expect(kept.filter((name) => name.endsWith('-w256.webp')).length).toBeGreaterThanOrEqual(100);
  expect(kept.filter((name) => name.endsWith('-w1920.webp')).length).toBeLessThan(90);
});

test('a process that dies while it makes a picture is replaced, and the picture comes', async () => {
  const id = await create(
    'large.png',
    await sharp({ create: { width: 6_000, height: 5_000, channels: 3, background: '#00c000' } })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
  const coming = get(sato, `/api/files/${id}/preview/1?width=1920`);
  const works = path.join(folder, 'work');
  // Its input lies there while it works.
  const [busy] = await vi.waitFor(async () => {
    const inputs = (await readdir(works, { recursive: true })).filter((name) => path.basename(name) === 'input');
    expect(inputs.length).toBeGreaterThan(0);
    return inputs;
  });
  const pids = await processesIn(path.join(works, path.dirname(busy!)));
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  expect((await coming).status).toBe(200);
});

/** Processes whose command names a folder. */
async function processesIn(place: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => commands[index]!.includes(place)).map(Number);
}
