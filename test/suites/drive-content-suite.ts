import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePack, largestPackBytes, packMagic, PackReader, type PackedChunk } from '#shared/contract/pack.ts';
import { contentHash } from '#shared/model/content.ts';
import type { Content } from '#shared/model/drive.ts';
import { Policy } from '#shared/model/policy.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { contentHandlers } from '../../server/content/handlers.ts';
import { contentRoutes } from '../../server/content/routes.ts';
import type { BlobStore, RequestContext, Services } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { talkHandlers } from '../../server/talk/handlers.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const chunkOf = (bytes: Uint8Array): PackedChunk => ({ hash: sha256(bytes), bytes });
const fresh = (sizeBytes: number) => chunkOf(randomBytes(sizeBytes));
const contentOf = (...chunks: PackedChunk[]): Content => {
  const list = chunks.map(({ hash, bytes }) => ({ hash, sizeBytes: bytes.length }));
  const sizeBytes = list.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  return { contentHash: contentHash(list, sha256), sizeBytes, chunks: list.length > 1 ? list : null, modifiedAt: 1, executable: false };
};
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** What the transport of content promises on every database. */
export function contentSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`content on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let routes: ReturnType<typeof contentRoutes>;
    let spaceId: string;
    let rootId: string;
    let sato: RequestContext;
    let tanaka: RequestContext;
    const blobReads: { offset: number; sizeBytes: number }[] = [];

    beforeAll(async () => {
      made = await open();
      const counted: BlobStore = {
        ...made.services.blobs,
        read: (key, offset, sizeBytes) => {
          blobReads.push({ offset, sizeBytes });
          return made.services.blobs.read(key, offset, sizeBytes);
        },
      };
      const services: Services = { ...made.services, blobs: counted };
      tenant = await makeTenant(services, ['sato', 'tanaka', 'suzuki']);
      [sato, tanaka] = [tenant.context('sato'), tenant.context('tanaka')];
      routes = contentRoutes(services, makeDownloadLog(services));
      const permissions = new Map([
        ['sato', 'edit' as const],
        ['tanaka', 'read' as const],
      ]);
      spaceId = (await createSpace(services, tenant.tenantId, {
        kind: 'shared',
        name: '設計',
        ownerId: null,
        permissions,
        createdBy: 'sato',
      }))!;
      rootId = (await services.database.selectFrom('spaces').select('root_id').where('id', '=', spaceId).executeTakeFirstOrThrow()).root_id;
    });
    afterAll(() => made.close());

    const send = (pack: Uint8Array, as = sato, headers: Record<string, string> = {}) =>
      routes.pack(new Request('http://server/api/content/pack', { method: 'PUT', body: pack as BodyInit, headers }), as, {});
    const upload = async (chunks: PackedChunk[], as = sato) => expect((await send(encodePack(chunks), as)).status).toBe(200);
    const read = (hashes: string[], as = sato) =>
      routes.read(new Request('http://server/api/content/read', { method: 'POST', body: JSON.stringify({ hashes }) }), as, {});
    const missing = async (hashes: string[], as = sato) =>
      (await contentHandlers(made.services)['content.missing']({ hashes }, as)).missing;
    const commit = async (name: string, content: Content, as = sato) => {
      const mutation = { kind: 'create_file' as const, key: randomUUID(), id: randomUUID(), parentId: rootId, name, content };
      return (await driveHandlers({ ...made.services, inspector: noInspection })['drive.mutate']({ spaceId, mutations: [mutation] }, as))
        .results[0]!;
    };
    const committed = async (name: string, ...chunks: PackedChunk[]) => {
      await upload(chunks);
      const result = await commit(name, contentOf(...chunks));
      expect(result.kind).toBe('applied');
      return result.kind === 'applied' ? result.node.id : '';
    };
    const file = (nodeId: string, headers: Record<string, string> = {}, as = sato, query = '', method = 'GET') =>
      routes.file(new Request(`http://server/api/files/${nodeId}/content${query}`, { headers, method }), as, { nodeId });

    it('takes a pack and gives its chunks back, byte for byte, side by side in one read', async () => {
      const chunks = Array.from({ length: 50 }, (_, index) => fresh(100 + index));
      const hashes = chunks.map(({ hash }) => hash);
      expect(await missing(hashes)).toEqual(hashes);
      await upload(chunks);
      expect(await missing(hashes)).toEqual([]);
      blobReads.length = 0;
      const response = await read([...hashes].toReversed());
      const pack = await bytesOf(response);
      expect(response.headers.get('content-length')).toBe(String(pack.length));
      const reader = new PackReader();
      const got = new Map(reader.push(pack).map(({ hash, bytes }) => [hash, sha256(bytes)]));
      reader.end();
      expect([...got.keys()].toSorted()).toEqual([...hashes].toSorted());
      for (const [hash, real] of got) expect(real).toBe(hash);
      expect(blobReads).toHaveLength(1);
    });

    it('stores a chunk once, whoever sends it, and writes nothing for a pack that it has already', async () => {
      const chunk = fresh(1_000);
      await upload([chunk]);
      const blobs = async () =>
        (await readdir(path.join(made.folder, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
      const before = await blobs();
      await upload([chunk], tanaka);
      await upload([chunk, chunk]);
      expect(await blobs()).toBe(before);
    });

    it('takes the same chunks from many at once, in whatever order', async () => {
      const chunks = Array.from({ length: 400 }, () => fresh(20));
      const packs = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? chunks : chunks.toReversed()));
      await Promise.all(packs.map((pack, index) => upload(pack, index % 3 === 0 ? sato : tanaka)));
      const rows = await made.services.database.selectFrom('chunks').select('hash').where('tenant_id', '=', tenant.tenantId).execute();
      const stored = new Set(rows.map(({ hash }) => hash));
      expect(chunks.every(({ hash }) => stored.has(hash))).toBe(true);
      for (const as of [sato, tanaka]) expect((await read([chunks[7]!.hash], as)).status).toBe(200);
    });

    it('refuses a pack with a chunk that is not what it says, names it, and keeps nothing of the pack', async () => {
      const [good, bad] = [fresh(500), fresh(500)];
      const pack = encodePack([good, { hash: bad.hash, bytes: randomBytes(500) }]);
      const response = await send(pack);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ ok: false, error: { code: 'invalid', details: { hash: bad.hash } } });
      expect(await missing([good.hash, bad.hash])).toEqual([good.hash, bad.hash]);
    });

    it('refuses what is no pack, broke off, is too large, or has another length than announced', async () => {
      const pack = encodePack([fresh(1_000)]);
      expect((await send(Buffer.from('hello world'))).status).toBe(400);
      expect((await send(pack.subarray(0, 500))).status).toBe(400);
      expect((await send(pack, sato, { 'content-length': String(pack.length + 5) })).status).toBe(400);
      expect((await send(pack, sato, { 'content-length': String(largestPackBytes + 1) })).status).toBe(413);
      expect((await send(new Uint8Array(largestPackBytes + 1))).status).toBe(413);
      const hugeChunk = new Uint8Array(packMagic.length + 36);
      hugeChunk.set(packMagic);
      hugeChunk.fill(0xff, packMagic.length);
      expect((await send(hugeChunk)).status).toBe(413);
      const many = encodePack(Array.from({ length: 2_001 }, (_, index) => chunkOf(Buffer.from(`${index}`))));
      expect((await send(many)).status).toBe(413);
      expect((await read(['x'])).status).toBe(400);
      expect((await read([])).status).toBe(400);
    });

    it('says that a chunk is there only to those who can reach it', async () => {
      const chunk = fresh(2_000);
      await upload([chunk]);
      expect(await missing([chunk.hash], tanaka)).toEqual([chunk.hash]);
      const refused = await read([chunk.hash], tanaka);
      expect(refused.status).toBe(404);
      expect(await refused.json()).toMatchObject({ error: { code: 'not_found', details: { missing: [chunk.hash] } } });
      await committed('図面.dwg', chunk);
      expect(await missing([chunk.hash], tanaka)).toEqual([]);
      expect((await read([chunk.hash], tanaka)).status).toBe(200);
      expect(await missing([chunk.hash], tenant.context('suzuki'))).toEqual([chunk.hash]);
    });

    it('commits only what is whole: chunks that are there, sizes and hashes that agree', async () => {
      const [one, two] = [fresh(3_000), fresh(4_000)];
      await upload([one]);
      const content = contentOf(one, two);
      expect(await commit('a.bin', content)).toMatchObject({ kind: 'missing_chunks', hashes: [two.hash] });
      await upload([two], tanaka);
      expect(await commit('a.bin', content), "another member's upload").toMatchObject({ kind: 'missing_chunks' });
      await upload([two]);
      expect(await commit('a.bin', { ...content, contentHash: one.hash })).toMatchObject({ kind: 'refused', reason: 'content_mismatch' });
      expect(await commit('a.bin', { ...content, sizeBytes: 7_001 })).toMatchObject({ kind: 'refused', reason: 'content_mismatch' });
      expect(await commit('a.bin', { ...contentOf(one), sizeBytes: 2_999 })).toMatchObject({ kind: 'refused', reason: 'content_mismatch' });
      expect(await commit('a.bin', content)).toMatchObject({ kind: 'applied', node: { content: { sizeBytes: 7_000 } } });
    });

    it('gives a file whole, in parts across chunks, or not at all when it is known', async () => {
      const chunks = [fresh(1_000), fresh(70_000), fresh(5)];
      const whole = Buffer.concat(chunks.map(({ bytes }) => bytes));
      const nodeId = await committed('見積書 (最終)*.pdf', ...chunks);
      const full = await file(nodeId);
      const etag = full.headers.get('etag')!;
      expect(full.status).toBe(200);
      expect(sha256(await bytesOf(full))).toBe(sha256(whole));
      expect(Object.fromEntries(full.headers)).toMatchObject({
        etag: `"${contentOf(...chunks).contentHash}"`,
        'content-length': '71005',
        'content-type': 'application/pdf',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining('sandbox') as string,
        'content-disposition': `attachment; filename="___ (__)*.pdf"; filename*=UTF-8''${encodeURIComponent('見積書 (最終)').replace('(', '%28').replace(')', '%29')}%2A.pdf`,
      });
      const part = await file(nodeId, { range: 'bytes=990-71001' });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 990-71001/71005']);
      expect((await bytesOf(part)).equals(whole.subarray(990, 71_002))).toBe(true);
      expect((await bytesOf(await file(nodeId, { range: 'bytes=-3' }))).equals(whole.subarray(-3))).toBe(true);
      expect((await file(nodeId, { range: 'bytes=71005-' })).status).toBe(416);
      expect((await file(nodeId, { range: 'bytes=0-5', 'if-range': '"other"' })).status).toBe(200);
      expect((await file(nodeId, { 'if-none-match': etag })).status).toBe(304);
      const head = await file(nodeId, {}, sato, '', 'HEAD');
      expect([head.headers.get('content-length'), (await bytesOf(head)).length]).toEqual(['71005', 0]);
      expect((await file(nodeId, {}, tanaka)).status).toBe(200);
      expect((await file(nodeId, {}, tenant.context('suzuki'))).status).toBe(404);
      expect((await file(rootId)).status).toBe(404);
    });

    it('gives an empty file, and earlier versions by their number', async () => {
      const empty = await commit('空.txt', contentOf());
      expect(empty.kind).toBe('applied');
      const nodeId = empty.kind === 'applied' ? empty.node.id : '';
      expect((await bytesOf(await file(nodeId))).length).toBe(0);
      expect((await file(nodeId, { range: 'bytes=0-' })).status).toBe(416);
      const next = chunkOf(Buffer.from('二版'));
      await upload([next]);
      const update = { kind: 'update_content' as const, key: randomUUID(), nodeId, baseVersion: 1, content: contentOf(next) };
      await driveHandlers({ ...made.services, inspector: noInspection })['drive.mutate']({ spaceId, mutations: [update] }, sato);
      expect((await bytesOf(await file(nodeId))).toString()).toBe('二版');
      expect((await bytesOf(await file(nodeId, {}, sato, '?version=1'))).length).toBe(0);
      expect((await file(nodeId, {}, sato, '?version=3')).status).toBe(404);
      expect((await file(nodeId, {}, sato, '?version=0')).status).toBe(400);
    });

    it('holds one chunk of a large file in memory, however slowly it is taken', async () => {
      const chunks = Array.from({ length: 12 }, () => fresh(1_000_000));
      await upload(chunks);
      const nodeId = await committed('大.bin', ...chunks);
      blobReads.length = 0;
      const body = (await file(nodeId)).body!.getReader();
      await body.read();
      await new Promise((resolve) => setImmediate(resolve));
      expect(blobReads.length).toBeLessThanOrEqual(2);
      await body.cancel();
      blobReads.length = 0;
      const pack = (await read(chunks.map(({ hash }) => hash))).body!.getReader();
      await pack.read();
      await pack.read();
      expect(Math.max(...blobReads.map(({ sizeBytes }) => sizeBytes))).toBeLessThanOrEqual(4 * 1024 * 1024 + 36);
      expect(blobReads.length).toBeLessThanOrEqual(2);
      await pack.cancel();
    });

    it('gives nothing of a blocked extension, neither as a file nor by its chunks (FIL-01)', async () => {
      const chunk = fresh(900);
      const nodeId = await committed('setup.EXE', chunk);
      const strict = tenant.context('tanaka', Policy.parse({ blockedExtensions: { drive: ['exe'] } }));
      const refused = await file(nodeId, {}, strict);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ error: { details: { reason: 'extension_blocked', rule: 'FIL-01', subject: 'exe' } } });
      expect((await read([chunk.hash], strict)).status).toBe(404);
      expect((await read([chunk.hash], tanaka)).status).toBe(200);
      await committed('setup.txt', chunk);
      expect((await read([chunk.hash], strict)).status, 'the same bytes under an allowed name').toBe(200);
    });

    it("carries a message's files to those in the room, under Talk's rules", async () => {
      const talk = talkHandlers({ ...made.services, inspector: noInspection });
      const roomId = randomUUID();
      await talk['room.create']({ id: roomId, kind: 'direct', name: null, memberIds: ['tanaka'] }, sato);
      const chunk = fresh(1_234);
      const draft = {
        roomId,
        text: '',
        mentions: [],
        files: [{ name: '議事録.docm', sizeBytes: 1_234, contentHash: chunk.hash, chunks: null }],
      };
      const early = talk['message.send']({ ...draft, id: randomUUID() }, sato);
      await expect(early).rejects.toMatchObject({ code: 'conflict', details: { reason: 'missing_chunks', hashes: [chunk.hash] } });
      await upload([chunk]);
      const { message } = await talk['message.send']({ ...draft, id: randomUUID() }, sato);
      const [sent] = message.files;
      expect(sent).toEqual({ id: expect.any(String) as string, name: '議事録.docm', sizeBytes: 1_234, contentHash: chunk.hash });
      const get = (as: RequestContext) =>
        routes.messageFile(new Request('http://server/api/messages/m/files/f'), as, { messageId: message.id, fileId: sent!.id });
      expect(sha256(await bytesOf(await get(tanaka)))).toBe(chunk.hash);
      expect(await missing([chunk.hash], tanaka)).toEqual([]);
      expect((await get(tenant.context('suzuki'))).status).toBe(404);
      const strict = Policy.parse({ blockedExtensions: { talk: ['docm'] }, talkFileLimitBytes: 100 });
      expect((await get(tenant.context('tanaka', strict))).status).toBe(403);
      const again = { ...draft, id: randomUUID() };
      await expect(talk['message.send'](again, tenant.context('sato', strict))).rejects.toMatchObject({
        code: 'denied',
        details: { rule: 'FIL-01' },
      });
      const large = { ...again, files: [{ ...draft.files[0]!, name: '議事録.txt' }] };
      await expect(talk['message.send'](large, tenant.context('sato', strict))).rejects.toMatchObject({
        code: 'denied',
        details: { rule: 'FIL-09' },
      });
    });
  });
}
