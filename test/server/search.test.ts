import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { Space } from '#shared/model/drive.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let sato: RawClient;
beforeAll(async () => {
  running = await startTestServer();
  sato = new RawClient(running.url);
  expect((await sato.login('sato')).status).toBe(200);
});
afterAll(() => running.close());

interface Found {
  readonly hits: readonly { readonly node: { readonly name: string }; readonly found: string; readonly excerpt: string | null }[];
  readonly pending: number;
}
const search = async (text: string): Promise<Found> => {
  const reply = await sato.call('drive.search', { text });
  expect(reply.body).toMatchObject({ ok: true });
  return reply.body.value as Found;
};

test('what was just sent is found by its name at once, and by its content as soon as the server has read it', async () => {
  const { spaces } = (await sato.call('drive.spaces')).body.value as { spaces: Space[] };
  const space = spaces.find(({ kind }) => kind === 'my')!;
  const bytes = Buffer.from('来期の方針について、ここに書いておく。');
  const hash = createHash('sha256').update(bytes).digest('hex');
  const path = '/api/content/pack';
  const token = sato.grant!.accessToken;
  const headers = { dpop: sato.proof('PUT', path, token), authorization: `DPoP ${token}`, 'x-hikyaku-version': sato.version };
  const body = encodePack([{ hash, bytes }]) as BodyInit;
  expect((await fetch(`${running.url}${path}`, { method: 'PUT', headers, body })).status).toBe(200);
  const content = { contentHash: hash, sizeBytes: bytes.length, chunks: null, modifiedAt: 1, executable: false };
  const create = { kind: 'create_file', key: randomUUID(), id: randomUUID(), parentId: space.rootId, name: '覚え書き.txt', content };
  expect((await sato.call('drive.mutate', { spaceId: space.id, mutations: [create] })).body).toMatchObject({ ok: true });
  expect((await search('覚え')).hits).toMatchObject([{ node: { name: '覚え書き.txt' }, found: 'name', excerpt: null }]);
  const { hits } = await vi.waitFor(
    async () => {
      const found = await search('方針');
      expect(found.hits).not.toEqual([]);
      return found;
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(hits).toMatchObject([{ node: { name: '覚え書き.txt' }, found: 'content', excerpt: '来期の方針について、ここに書いておく。' }]);
});

test('too long a question is refused', async () => {
  expect((await sato.call('drive.search', { text: '会'.repeat(400_000) })).body).toMatchObject({ error: { code: 'too_large' } });
  expect((await sato.call('drive.search', { text: '会'.repeat(201) })).body).toMatchObject({ error: { code: 'invalid' } });
});
