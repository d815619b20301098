import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { emptyHash } from '#shared/model/content.ts';
import { mostLocks, type Content, type Mutation, type MutationResult, type Node } from '#shared/model/drive.ts';
import type { KnownNotice } from '#shared/model/notice.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import type { Hint } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { sweepLocks } from '../../server/drive/sweep-locks.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

const empty = (modifiedAt = 1): Content => ({ contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt, executable: false });
const hour = 3_600_000;

type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** DRV-15 on every database. */
export function locksSuite(database: string, open: (clock: Clock) => Promise<TestServices>): void {
  describe(`locks of files on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let drive: ReturnType<typeof driveHandlers>;
    let now = 1_700_000_000_000;
    const clock: Clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
    const told: { memberId: string; notice: KnownNotice }[] = [];
    const hints: Hint[] = [];
    beforeAll(async () => {
      made = await open(clock);
      made.services.bus.subscribe((hint) => void hints.push(hint));
      tenant = await makeTenant(made.services, ['sato', 'tanaka', 'suzuki']);
      const notify = async (_: unknown, __: string, memberId: string, notice: KnownNotice) => () => void told.push({ memberId, notice });
      drive = driveHandlers({ ...made.services, inspector: noInspection, notify });
    });
    afterAll(() => made.close());

    async function space(permissions: Record<string, 'edit' | 'read'> = { '*': 'edit' }) {
      const id = (await createSpace(made.services, tenant.tenantId, {
        kind: 'shared',
        name: '営業',
        ownerId: null,
        permissions: new Map(Object.entries(permissions)),
        createdBy: 'sato',
      }))!;
      const { root_id: rootId } = await made.services.database
        .selectFrom('spaces')
        .select('root_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const as =
        (who: string) =>
        async (draft: Draft): Promise<MutationResult> => {
          const mutation: Mutation = { ...draft, key: randomUUID() };
          return (await drive['drive.mutate']({ spaceId: id, mutations: [mutation] }, tenant.context(who))).results[0]!;
        };
      const done = async (draft: Draft): Promise<Node> => {
        const result = await as('sato')(draft);
        expect(result).toMatchObject({ kind: 'applied' });
        return (result as Extract<MutationResult, { kind: 'applied' }>).node;
      };
      const folder = (name: string, parentId = rootId) => done({ kind: 'create_folder', id: randomUUID(), parentId, name });
      const file = (name: string, parentId = rootId) => done({ kind: 'create_file', id: randomUUID(), parentId, name, content: empty() });
      const node = async (wanted: string) =>
        (await drive['drive.children']({ folderId: rootId }, tenant.context('sato'))).nodes.find((one) => one.id === wanted);
      const changes = (cursor: { epoch: string; sequence: number } | null) =>
        drive['drive.changes']({ spaceId: id, cursor, limit: 1_000 }, tenant.context('sato'));
      return { id, rootId, sato: as('sato'), tanaka: as('tanaka'), suzuki: as('suzuki'), done, folder, file, node, changes };
    }

    it('a locked file is changed by its holder alone, and everybody sees who holds it and until when', async () => {
      const { rootId, sato, tanaka, file, folder, node } = await space();
      const { id: nodeId } = await file('見積.txt');
      await sato({ kind: 'update_content', nodeId, baseVersion: 1, content: empty(2) });
      const other = await folder('他');
      expect(await sato({ kind: 'lock', nodeId })).toMatchObject({ kind: 'applied', node: { id: nodeId } });
      expect((await node(nodeId))?.lock).toEqual({ by: 'sato', since: now, until: now + 24 * hour });
      const refusal = { kind: 'refused', reason: 'locked', detail: 'sato' };
      expect(await tanaka({ kind: 'update_content', nodeId, baseVersion: 2, content: empty(3) })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'move', nodeId, parentId: rootId, name: '別名.txt' })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'move', nodeId, parentId: other.id, name: '見積.txt' })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'delete', nodeId, baseVersion: 2 })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'restore_version', nodeId, version: 1 })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'lock', nodeId })).toMatchObject(refusal);
      expect(await sato({ kind: 'update_content', nodeId, baseVersion: 2, content: empty(4) })).toMatchObject({ kind: 'applied' });
      expect((await node(nodeId))?.lock?.by).toBe('sato');
    });

    it('a folder with a locked file anywhere in it is not moved or deleted by others', async () => {
      const { rootId, sato, tanaka, file, folder } = await space();
      const outer = await folder('外');
      const inner = await folder('中', outer.id);
      const { id: nodeId } = await file('深い.txt', inner.id);
      await sato({ kind: 'lock', nodeId });
      const refusal = { kind: 'refused', reason: 'locked', detail: 'sato' };
      expect(await tanaka({ kind: 'delete', nodeId: outer.id, baseVersion: 0 })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'move', nodeId: outer.id, parentId: rootId, name: '外2' })).toMatchObject(refusal);
      expect(await tanaka({ kind: 'create_folder', id: randomUUID(), parentId: inner.id, name: '横' })).toMatchObject({ kind: 'applied' });
      expect(await sato({ kind: 'delete', nodeId: outer.id, baseVersion: 0 })).toMatchObject({ kind: 'applied' });
      expect(await tanaka({ kind: 'restore', nodeId: outer.id })).toMatchObject({ kind: 'applied' });
      // What went to the trash came back without its lock.
      expect(await tanaka({ kind: 'delete', nodeId, baseVersion: 1 })).toMatchObject({ kind: 'applied' });
    });

    it('whoever may edit may unlock, and the holder is told; who may only read may do neither', async () => {
      const { sato, tanaka, suzuki, file, node } = await space({ sato: 'edit', tanaka: 'edit', suzuki: 'read' });
      const { id: nodeId } = await file('契約.docx');
      expect(await suzuki({ kind: 'lock', nodeId })).toMatchObject({ kind: 'refused', reason: 'permission_missing' });
      await sato({ kind: 'lock', nodeId });
      expect(await suzuki({ kind: 'unlock', nodeId })).toMatchObject({ kind: 'refused', reason: 'permission_missing' });
      told.length = 0;
      expect(await tanaka({ kind: 'unlock', nodeId })).toMatchObject({ kind: 'applied' });
      expect(told).toEqual([
        { memberId: 'sato', notice: { kind: 'file_unlocked', facts: { name: '契約.docx', by: 'tanaka', byName: 'tanaka' } } },
      ]);
      expect((await node(nodeId))?.lock ?? null).toBeNull();
      await tanaka({ kind: 'lock', nodeId });
      await tanaka({ kind: 'unlock', nodeId });
      expect(told).toHaveLength(1);
    });

    it('at most ten files are held at once, in all drives together', async () => {
      const { suzuki, file } = await space();
      const elsewhere = await space();
      const ids: string[] = [];
      for (let number = 0; number < mostLocks; number += 1) {
        const { id: nodeId } = await (number % 2 === 0 ? file : elsewhere.file)(`${number}.txt`);
        ids.push(nodeId);
        expect(await (number % 2 === 0 ? suzuki : elsewhere.suzuki)({ kind: 'lock', nodeId })).toMatchObject({ kind: 'applied' });
      }
      const { id: nodeId } = await file('eleventh.txt');
      expect(await suzuki({ kind: 'lock', nodeId })).toMatchObject({ kind: 'refused', reason: 'too_many_locks', detail: '10' });
      expect(await suzuki({ kind: 'lock', nodeId: ids[0]! })).toMatchObject({ kind: 'applied' });
      const held = await drive['drive.locked']({}, tenant.context('suzuki'));
      expect(held.nodes.map(({ node }) => node.id).toSorted()).toEqual(ids.toSorted());
      await suzuki({ kind: 'unlock', nodeId: ids[0]! });
      expect(await suzuki({ kind: 'lock', nodeId })).toMatchObject({ kind: 'applied' });
    });

    it('a lock ends by itself, is held longer by locking again, and the feed tells each of it', async () => {
      const { sato, tanaka, file, node, changes, id } = await space();
      const { id: nodeId } = await file('期限.txt');
      const { cursor: before } = await changes(null);
      await sato({ kind: 'lock', nodeId });
      const locked = await changes(before);
      expect(locked.nodes.map((one) => [one.id, one.lock?.by])).toEqual([[nodeId, 'sato']]);
      now += 23 * hour;
      await sato({ kind: 'lock', nodeId });
      now += 2 * hour;
      await sweepLocks(made.services);
      expect((await node(nodeId))?.lock?.until).toBe(clock.now() + 22 * hour);
      now += 22 * hour;
      // Run out, even before anybody swept.
      expect(await tanaka({ kind: 'update_content', nodeId, baseVersion: 1, content: empty(9) })).toMatchObject({ kind: 'applied' });
      const { cursor } = await changes(null);
      hints.length = 0;
      await sweepLocks(made.services);
      const after = await changes(cursor);
      expect(after.nodes.map((one) => [one.id, one.lock ?? null])).toEqual([[nodeId, null]]);
      expect(hints.map(({ event }) => event)).toContainEqual(
        expect.objectContaining({ type: 'drive.changed', spaceId: id, sequence: after.cursor.sequence }),
      );
      await sweepLocks(made.services);
      expect((await changes(after.cursor)).nodes).toEqual([]);
    });

    it('folders are not locked, and what is in the trash neither', async () => {
      const { sato, file, folder } = await space();
      const { id: folderId } = await folder('箱');
      expect(await sato({ kind: 'lock', nodeId: folderId })).toMatchObject({ kind: 'refused', reason: 'not_a_file' });
      const { id: nodeId } = await file('ごみ.txt');
      await sato({ kind: 'lock', nodeId });
      await sato({ kind: 'delete', nodeId, baseVersion: 1 });
      expect(await sato({ kind: 'lock', nodeId })).toMatchObject({ kind: 'conflict', reason: 'trashed' });
      expect(await sato({ kind: 'lock', nodeId: randomUUID() })).toMatchObject({ kind: 'conflict', reason: 'missing' });
    });
  });
}
