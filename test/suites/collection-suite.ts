import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { encodePack } from '#shared/contract/pack.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { collect, graceMs } from '../../server/content/collection/collect.ts';
import { packGraceMs } from '../../server/content/collection/packs.ts';
import { contentHandlers } from '../../server/content/handlers.ts';
import { backupHold, collectHold, dropHold, takeHold } from '../../server/content/holds.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { storePack } from '../../server/content/store-pack.ts';
import type { RequestContext, Services } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { purgeHandlers } from '../../server/drive/purge-handlers.ts';
import { talkHandlers } from '../../server/talk/handlers.ts';
import type { TestServices } from '../support/server-services.ts';
import { turnedClock } from '../support/turned-clock.ts';
import { makeTenant } from './drive-tenant.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** What the collection takes and what it leaves, on every database. */
export function collectionSuite(database: string, open: (clock: Clock) => Promise<TestServices>): void {
  describe(`the collection on ${database}`, () => {
    const time = turnedClock();
    let made: TestServices;
    let services: Services;
    beforeAll(async () => {
      made = await open(time.clock);
      services = made.services;
    });
    afterAll(() => made.close());

    async function company() {
      const sato = `sato-${randomUUID()}`;
      const tenant = await makeTenant(services, [sato, `tanaka-${sato}`]);
      const as: RequestContext = tenant.context(sato);
      const drive = driveHandlers({ ...services, inspector: noInspection });
      const talk = talkHandlers({ ...services, inspector: noInspection });
      const space = (await drive['drive.spaces']({}, as)).spaces[0]!;
      const send = async (...sizes: number[]): Promise<Content[]> => {
        const chunks = sizes.map((size) => randomBytes(size)).map((bytes) => ({ hash: sha256(bytes), bytes }));
        await storePack(services, tenant.tenantId, sato, encodePack(chunks));
        return chunks.map(({ hash, bytes }) => ({
          ...{ contentHash: hash, sizeBytes: bytes.length, chunks: null },
          ...{ modifiedAt: 1, executable: false },
        }));
      };
      const run = async (draft: Draft): Promise<MutationResult> =>
        (await drive['drive.mutate']({ spaceId: space.id, mutations: [{ ...draft, key: randomUUID() }] }, as)).results[0]!;
      const done = async (draft: Draft): Promise<Node> => {
        const result = await run(draft);
        expect(result).toMatchObject({ kind: 'applied' });
        return (result as Extract<MutationResult, { kind: 'applied' }>).node;
      };
      const create = (name: string, content: Content): Draft => ({
        ...{ kind: 'create_file', id: randomUUID(), parentId: space.rootId },
        ...{ name, content },
      });
      const there = async (contents: readonly Content[]): Promise<boolean[]> => {
        const hashes = contents.map(({ contentHash }) => contentHash);
        const rows = await services.database.selectFrom('chunks').select('hash').where('hash', 'in', hashes).execute();
        return hashes.map((hash) => rows.some((row) => row.hash === hash));
      };
      const bytesOf = async ({ contentHash }: Content): Promise<string> => {
        const row = await services.database.selectFrom('chunks').selectAll().where('hash', '=', contentHash).executeTakeFirstOrThrow();
        return sha256(await services.blobs.read(row.pack_id, row.pack_offset, row.size_bytes));
      };
      const packOf = async ({ contentHash }: Content): Promise<string> =>
        (await services.database.selectFrom('chunks').select('pack_id').where('hash', '=', contentHash).executeTakeFirstOrThrow()).pack_id;
      const purge = async (node: Node): Promise<void> => {
        await done({ kind: 'delete', nodeId: node.id, baseVersion: node.version });
        await purgeHandlers(services, { audit: appendAudit(time.clock) })['drive.purge']({ spaceId: space.id, nodeIds: [node.id] }, as);
      };
      return { tenant, as, space, talk, send, run, done, create, there, bytesOf, packOf, purge };
    }
    const blobs = async (): Promise<Set<string>> => {
      const keys = new Set<string>();
      for await (const { key } of services.blobs.list()) keys.add(key);
      return keys;
    };

    it('gives back the ways to chunks that are missing', async () => {
      const { tenant, send, done, create, space } = await company();
      const [content] = await send(700);
      await done(create('道.txt', content!));
      const ways = services.database.selectFrom('chunk_scopes').select('scope_id').where('tenant_id', '=', tenant.tenantId);
      const inSpace = ways.where('scope_id', '=', space.id);
      await services.database
        .deleteFrom('chunk_scopes')
        .where('tenant_id', '=', tenant.tenantId)
        .where('scope_id', '=', space.id)
        .execute();
      expect(await inSpace.execute()).toEqual([]);
      await collect(services);
      expect(await inSpace.execute()).toEqual([{ scope_id: space.id }]);
    });

    it('leaves what files, earlier versions, trashes and messages hold, and takes what nothing holds after its grace', async () => {
      const { send, done, create, there, purge, talk, as, bytesOf } = await company();
      const [current, earlier, trashed, said, gone, abandoned] = (await send(10, 11, 12, 13, 14, 15)) as [
        Content,
        Content,
        Content,
        Content,
        Content,
        Content,
      ];
      const file = await done(create('a.txt', earlier));
      await done({ kind: 'update_content', nodeId: file.id, baseVersion: 1, content: current });
      const deleted = await done(create('b.txt', trashed));
      await done({ kind: 'delete', nodeId: deleted.id, baseVersion: 1 });
      const roomId = randomUUID();
      await talk['room.create']({ id: roomId, kind: 'group', name: 'x', memberIds: [] }, as);
      const { contentHash, sizeBytes } = said;
      const files = [{ name: 'c.txt', contentHash, sizeBytes, chunks: null }];
      await talk['message.send']({ id: randomUUID(), roomId, text: '', files, mentions: [] }, as);
      await purge(await done(create('d.txt', gone)));
      const all = [current, earlier, trashed, said, gone, abandoned];
      time.forward(graceMs - 60_000);
      await collect(services);
      expect(await there(all)).toEqual([true, true, true, true, true, true]);
      time.forward(120_000);
      expect(await collect(services)).toMatchObject({ chunks: 2, chunkBytes: 29 });
      expect(await there(all)).toEqual([true, true, true, true, false, false]);
      for (const content of [current, earlier, trashed, said]) expect(await bytesOf(content)).toBe(content.contentHash);
    });

    it('leaves a chunk that was called present until long after, whatever became of its file', async () => {
      const { send, done, create, there, purge, run, as, bytesOf } = await company();
      const [content] = (await send(20)) as [Content];
      const file = await done(create('a', content));
      time.forward(graceMs * 2);
      const { missing } = await contentHandlers(services)['content.missing']({ hashes: [content.contentHash] }, as);
      expect(missing).toEqual([]);
      await purge(file);
      time.forward(graceMs - 60_000);
      await collect(services);
      expect(await there([content])).toEqual([true]);
      expect(await run(create('b', content))).toMatchObject({ kind: 'applied' });
      expect(await bytesOf(content)).toBe(content.contentHash);
    });

    it('never takes a chunk from a commit that comes in the middle of it', async () => {
      const { send, done, create, there, purge, bytesOf, space } = await company();
      const [content] = (await send(30)) as [Content];
      const file = await done(create('old name.txt', content));
      time.forward(graceMs * 2);
      const copyId = randomUUID();
      let at = 0;
      // A copy is made after the mark has passed its place, and its source is destroyed before the mark comes there.
      const slow: Services = {
        ...services,
        clock: {
          ...services.clock,
          now: () => {
            at += 1;
            return services.clock.now();
          },
        },
      };
      const collecting = collect(slow);
      const copied = done({ kind: 'copy', id: copyId, nodeId: file.id, parentId: space.rootId, name: 'copy.txt' });
      await copied;
      await purge(file);
      await collecting;
      expect(at).toBeGreaterThan(0);
      expect(await there([content])).toEqual([true]);
      expect(await bytesOf(content)).toBe(content.contentHash);
      await collect(services);
      expect(await there([content])).toEqual([true]);
    });

    it('takes away ways to chunks over which no file leads any more: a name of before, a drive of before', async () => {
      const { send, done, create, space, tenant } = await company();
      const [content] = (await send(40)) as [Content];
      const file = await done(create('plan.exe', content));
      await done({ kind: 'move', nodeId: file.id, parentId: space.rootId, name: 'plan.txt' });
      const ways = async () =>
        (
          await services.database
            .selectFrom('chunk_scopes')
            .select(['scope_id', 'ending'])
            .where('tenant_id', '=', tenant.tenantId)
            .where('hash', '=', content.contentHash)
            .execute()
        ).map(({ scope_id: scopeId, ending }) => `${scopeId.split(':')[0]} ${ending}`);
      expect((await ways()).toSorted()).toEqual([`${space.id} exe`, `${space.id} txt`, 'upload '].toSorted());
      time.forward(1_000);
      await collect(services);
      expect((await ways()).toSorted()).toEqual([`${space.id} txt`, 'upload '].toSorted());
      time.forward(graceMs + 1_000);
      await collect(services);
      expect(await ways()).toEqual([`${space.id} txt`]);
    });

    it('rewrites packs of which little is left, removes those of which nothing is a day later, and what a crash left behind', async () => {
      const { send, done, create, bytesOf, packOf, purge } = await company();
      const [small, large] = (await send(1_000, 100_000)) as [Content, Content];
      const [alone] = (await send(5_000)) as [Content];
      const [shared, emptied] = [await packOf(small), await packOf(alone)];
      await done(create('small', small));
      await purge(await done(create('large', large)));
      await purge(await done(create('alone', alone)));
      const orphan = `orphan-${randomUUID()}`;
      await services.blobs.put(orphan, randomBytes(100));
      time.forward(graceMs + 1_000);
      expect((await collect(services))!.rewritten).toBeGreaterThanOrEqual(1);
      expect(await packOf(small)).not.toBe(shared);
      expect(await bytesOf(small)).toBe(small.contentHash);
      const before = await blobs();
      for (const key of [shared, emptied, orphan]) expect(before.has(key)).toBe(true);
      time.forward(packGraceMs + 1_000);
      await takeHold(services.database, backupHold, time.clock.now(), true);
      await collect(services);
      expect((await blobs()).has(orphan)).toBe(true);
      await dropHold(services.database, backupHold);
      expect((await collect(services))!.packs).toBeGreaterThanOrEqual(3);
      const after = await blobs();
      for (const key of [shared, emptied, orphan]) expect(after.has(key)).toBe(false);
      expect(after.has(await packOf(small))).toBe(true);
      expect(await bytesOf(small)).toBe(small.contentHash);
    });

    it('runs once at a time, and again after one that died', async () => {
      await takeHold(services.database, collectHold, time.clock.now(), false);
      expect(await collect(services)).toBeNull();
      time.forward(600_001);
      expect(await collect(services)).not.toBeNull();
      expect(await collect(services)).not.toBeNull();
    });

    it('collects what was sent for a file that there was no room for in the end', async () => {
      const { as, send, there, create, space } = await company();
      const [content] = (await send(50)) as [Content];
      const rules = { ...defaultPolicy, drive: { ...defaultPolicy.drive, myDriveQuotaBytes: 10 } };
      const drive = driveHandlers({ ...services, inspector: noInspection });
      const mutations = [{ ...create('full', content), key: randomUUID() }] as Mutation[];
      const { results } = await drive['drive.mutate']({ spaceId: space.id, mutations }, { ...as, policy: rules });
      expect(results[0]).toMatchObject({ kind: 'refused', reason: 'quota_exceeded' });
      expect(await there([content])).toEqual([true]);
      time.forward(graceMs + 1_000);
      await collect(services);
      expect(await there([content])).toEqual([false]);
    });
  });
}
