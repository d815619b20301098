import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { mostRecent, noteRecent, notingRecent, openedFiles } from '../../server/content/recent-files.ts';
import { makeDownloadLog } from '../../server/content/download-log.ts';
import { sweepActivities } from '../../server/drive/activity-list.ts';
import { everydayHandlers } from '../../server/drive/everyday.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { everydaySweep } from '../../server/drive/sweep-everyday.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

const empty: Content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };
type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** What the everyday lists promise on every database. */
export function everydaySuite(database: string, open: () => Promise<TestServices>): void {
  describe(`stars, pins, recent files and activities on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let drive: ReturnType<typeof driveHandlers> & ReturnType<typeof everydayHandlers>;
    let [spaceId, rootId] = ['', ''];
    beforeAll(async () => {
      made = await open();
      tenant = await makeTenant(made.services, ['sato', 'tanaka', 'suzuki']);
      drive = { ...driveHandlers({ ...made.services, inspector: noInspection }), ...everydayHandlers(made.services) };
      [spaceId, rootId] = await shared({ '*': 'edit', suzuki: 'none' });
    });
    afterAll(() => made.close());

    async function shared(permissions: Record<string, 'edit' | 'read' | 'none'>): Promise<[id: string, rootId: string]> {
      const space = { kind: 'shared', name: `営業 ${randomUUID()}`, ownerId: null, createdBy: 'sato' } as const;
      const id = (await createSpace(made.services, tenant.tenantId, { ...space, permissions: new Map(Object.entries(permissions)) }))!;
      const query = made.services.database.selectFrom('spaces').select('root_id').where('id', '=', id);
      return [id, (await query.executeTakeFirstOrThrow()).root_id];
    }
    const run = async (drafts: readonly Draft[], who = 'sato', space = spaceId): Promise<Node[]> => {
      const mutations = drafts.map((draft): Mutation => ({ ...draft, key: randomUUID() }));
      const { results } = await drive['drive.mutate']({ spaceId: space, mutations }, tenant.context(who));
      expect(results.map(({ kind }) => kind)).toEqual(results.map(() => 'applied'));
      return results.map((result) => (result as Extract<MutationResult, { kind: 'applied' }>).node);
    };
    const folder = async (name: string, parentId = rootId) =>
      (await run([{ kind: 'create_folder', id: randomUUID(), parentId, name }]))[0]!;
    const file = async (name: string, parentId = rootId, who = 'sato') =>
      (await run([{ kind: 'create_file', id: randomUUID(), parentId, name, content: empty }], who))[0]!;
    const activity = async (who: string, input: { spaceId?: string; nodeId?: string; before?: string; limit?: number } = {}) =>
      drive['drive.activity']({ limit: 50, ...input }, tenant.context(who));

    it('keeps stars of each member for themselves, the newest first, and lists only what they may see now', async () => {
      const [a, b] = [await folder('星のフォルダー'), await file('星.txt')];
      const context = tenant.context('sato');
      await drive['drive.setStarred']({ nodeIds: [a.id], starred: true }, context);
      await made.services.database.updateTable('starred_nodes').set({ at: 1 }).where('node_id', '=', a.id).execute();
      await drive['drive.setStarred']({ nodeIds: [a.id, b.id, randomUUID()], starred: true }, context);
      const names = async (who: string) =>
        (await drive['drive.starred']({}, tenant.context(who))).nodes.map(({ node, place }) => [node.name, place.names.join('/')]);
      expect(await names('sato')).toEqual([
        ['星.txt', ''],
        ['星のフォルダー', ''],
      ]);
      expect(await names('tanaka')).toEqual([]);
      await drive['drive.setStarred']({ nodeIds: [a.id, b.id], starred: true }, tenant.context('suzuki'));
      expect(
        await made.services.database.selectFrom('starred_nodes').select('node_id').where('member_id', '=', 'suzuki').execute(),
      ).toEqual([]);
      await run([{ kind: 'delete', nodeId: b.id, baseVersion: b.version }]);
      expect(await names('sato')).toEqual([['星のフォルダー', '']]);
      await run([{ kind: 'restore', nodeId: b.id }]);
      await drive['drive.setStarred']({ nodeIds: [a.id], starred: false }, context);
      expect(await names('sato')).toEqual([['星.txt', '']]);
    });

    it('keeps pinned folders in their order, replaces them as a whole, and takes no files', async () => {
      const [a, b, c] = [await folder('甲'), await folder('乙'), await file('丙.txt')];
      const context = tenant.context('tanaka');
      const pinned = async () => (await drive['drive.pinned']({}, context)).folders.map(({ node }) => node.name);
      await drive['drive.setPinned']({ folderIds: [b.id, c.id, a.id, b.id, randomUUID()] }, context);
      expect(await pinned()).toEqual(['乙', '甲']);
      await drive['drive.setPinned']({ folderIds: [a.id] }, context);
      expect(await pinned()).toEqual(['甲']);
      expect((await drive['drive.pinned']({}, tenant.context('sato'))).folders).toEqual([]);
    });

    it('remembers the files that somebody made, changed or opened, not those that others did, and never more than two hundred', async () => {
      const [first, second] = [await file('最近1.txt', rootId, 'tanaka'), await file('最近2.txt', rootId, 'tanaka')];
      const recent = async (who: string, limit = 50) =>
        (await drive['drive.recent']({ limit }, tenant.context(who))).nodes.map(({ node }) => node.name);
      expect((await recent('tanaka', 1)).length).toBe(1);
      expect((await recent('tanaka')).toSorted()).toEqual(['最近1.txt', '最近2.txt']);
      const { database } = made.services;
      await database.updateTable('recent_files').set({ at: 1 }).where('member_id', '=', 'tanaka').execute();
      await run([{ kind: 'update_content', nodeId: first.id, baseVersion: 1, content: empty }], 'tanaka');
      expect(await recent('tanaka')).toEqual(['最近1.txt', '最近2.txt']);
      const log = notingRecent(makeDownloadLog(made.services), openedFiles(made.services));
      const download = { service: 'drive', itemId: second.id, name: second.name, sizeBytes: 0 } as const;
      const before = await database.selectFrom('recent_files').selectAll().where('node_id', '=', second.id).execute();
      await log.note({ ...tenant.context('tanaka'), session: { id: 's', kind: 'drive-explorer', deviceId: 'd' } }, [download]);
      await log.note({ ...tenant.context('tanaka'), environment: 'drive-explorer' }, [download]);
      await log.note(tenant.context('tanaka'), [{ ...download, isPicture: true }]);
      await log.note(tenant.context('tanaka'), [{ ...download, client: 'link' }]);
      await log.noteChunks({ ...tenant.context('tanaka'), environment: 'drive-explorer' }, [], [second.id]);
      expect(await database.selectFrom('recent_files').selectAll().where('node_id', '=', second.id).execute()).toEqual(before);
      await database.updateTable('recent_files').set({ at: 2 }).where('node_id', '=', first.id).execute();
      await log.note(tenant.context('tanaka'), [download]);
      expect(await recent('tanaka')).toEqual(['最近2.txt', '最近1.txt']);
      expect(await recent('suzuki')).toEqual([]);
      const who = { tenantId: tenant.tenantId, memberId: 'suzuki' };
      for (let at = 1; at <= mostRecent + 3; at += 1) await noteRecent(database, who, [`x${at}`], at);
      const kept = await database.selectFrom('recent_files').select('at').where('member_id', '=', 'suzuki').orderBy('at').execute();
      expect([kept.length, kept[0]?.at]).toEqual([mostRecent, 4]);
    });

    it('tells of every change once, with what it was before, newest first and page by page', async () => {
      const [space, root] = await shared({ sato: 'edit', tanaka: 'read' });
      const [a, b] = await run(
        [
          { kind: 'create_folder', id: randomUUID(), parentId: root, name: 'A' },
          { kind: 'create_folder', id: randomUUID(), parentId: root, name: 'B' },
        ],
        'sato',
        space,
      );
      const fileId = randomUUID();
      await run(
        [
          { kind: 'create_file', id: fileId, parentId: a!.id, name: '一.txt', content: empty },
          { kind: 'move', nodeId: fileId, parentId: a!.id, name: '二.txt' },
          { kind: 'move', nodeId: fileId, parentId: b!.id, name: '三.txt' },
          { kind: 'move', nodeId: fileId, parentId: b!.id, name: '三.txt' },
          { kind: 'update_content', nodeId: fileId, baseVersion: 1, content: { ...empty, modifiedAt: 2 } },
          { kind: 'restore_version', nodeId: fileId, version: 1 },
          { kind: 'delete', nodeId: fileId, baseVersion: 3 },
          { kind: 'restore', nodeId: fileId },
        ],
        'sato',
        space,
      );
      const { entries, complete } = await activity('tanaka', { spaceId: space });
      expect(complete).toBe(true);
      expect(entries.map(({ what, name }) => `${what} ${name}`)).toEqual([
        'restore 三.txt',
        'delete 三.txt',
        'restore_version 三.txt',
        'update 三.txt',
        'move 三.txt',
        'rename 二.txt',
        'create 一.txt',
        'create B',
        'create A',
      ]);
      expect(entries[4]!.details).toEqual({ before: '二.txt', fromId: a!.id, fromPlace: 'A', toId: b!.id, toPlace: 'B' });
      expect(entries[5]!.details).toEqual({ before: '一.txt' });
      const pages: string[] = [];
      let before: string | undefined;
      for (let more = true; more;) {
        const page = await activity('tanaka', { spaceId: space, limit: 4, ...(before === undefined ? {} : { before }) });
        pages.push(...page.entries.map(({ id }) => id));
        before = page.entries.at(-1)?.id;
        more = !page.complete;
      }
      expect(pages).toEqual(entries.map(({ id }) => id));
      // A folder's own page: itself and what lies in it; a file's: itself.
      expect((await activity('sato', { nodeId: b!.id })).entries.map(({ nodeId }) => nodeId)).toContain(fileId);
      expect(new Set((await activity('sato', { nodeId: fileId })).entries.map(({ nodeId }) => nodeId))).toEqual(new Set([fileId]));
    });

    it('says nothing of what the asker may not see, in all of it, by space, or by node', async () => {
      const [space, root] = await shared({ sato: 'edit' });
      const [secret] = await run([{ kind: 'create_folder', id: randomUUID(), parentId: root, name: '人事だけ' }], 'sato', space);
      expect((await activity('tanaka')).entries.map(({ name }) => name)).not.toContain('人事だけ');
      expect((await activity('sato')).entries.map(({ name }) => name)).toContain('人事だけ');
      for (const input of [{ spaceId: space }, { nodeId: secret!.id }, { spaceId: randomUUID() }, { nodeId: randomUUID() }]) {
        await expect(activity('tanaka', input)).rejects.toMatchObject({ code: 'not_found' });
      }
      // A folder that only some may see: also as the place that something came from.
      const { database } = made.services;
      const rule = { tenant_id: tenant.tenantId, space_id: space, folder_id: secret!.id };
      await database
        .insertInto('folder_members')
        .values({ ...rule, member_id: '*', permission: 'none' })
        .execute();
      await database.updateTable('spaces').set({ folder_rules: 1 }).where('id', '=', space).execute();
      await database
        .insertInto('space_members')
        .values({ tenant_id: tenant.tenantId, space_id: space, member_id: 'tanaka', permission: 'read' })
        .execute();
      await database
        .updateTable('space_members')
        .set({ master: 1 })
        .where('space_id', '=', space)
        .where('member_id', '=', 'sato')
        .execute();
      const [memo] = await run(
        [{ kind: 'create_file', id: randomUUID(), parentId: secret!.id, name: '辞令.txt', content: empty }],
        'sato',
        space,
      );
      await run([{ kind: 'move', nodeId: memo!.id, parentId: root, name: '公開.txt' }], 'sato', space);
      const { entries } = await activity('tanaka', { spaceId: space });
      expect(JSON.stringify(entries)).not.toContain('人事だけ');
      expect(entries.find(({ what }) => what === 'move')?.details).toMatchObject({ toId: root });
    });

    it('writes nothing down for what was refused or repeated, and forgets after half a year', async () => {
      const [space, root] = await shared({ '*': 'edit' });
      const mutation: Mutation = { key: randomUUID(), kind: 'create_folder', id: randomUUID(), parentId: root, name: '一度' };
      const twice = { ...mutation, key: randomUUID() };
      for (const one of [mutation, mutation, twice])
        await drive['drive.mutate']({ spaceId: space, mutations: [one] }, tenant.context('sato'));
      const count = async () => (await activity('sato', { spaceId: space })).entries.length;
      expect(await count()).toBe(1);
      await sweepActivities(made.services);
      expect(await count()).toBe(1);
      await sweepActivities({ ...made.services, clock: { ...made.services.clock, now: () => Date.now() + 181 * 86_400_000 } });
      expect(await count()).toBe(0);
    });

    it('keeps nothing of what was destroyed', async () => {
      const [space, root] = await shared({ '*': 'edit' });
      const [folder, file] = await run(
        [
          { kind: 'create_folder', id: randomUUID(), parentId: root, name: '跡形' },
          { kind: 'create_file', id: randomUUID(), parentId: root, name: '跡形.txt', content: empty },
        ],
        'sato',
        space,
      );
      const context = tenant.context('sato');
      await drive['drive.setStarred']({ nodeIds: [file!.id], starred: true }, context);
      await drive['drive.setPinned']({ folderIds: [folder!.id] }, context);
      const { database } = made.services;
      const left = async () => [
        (await database.selectFrom('starred_nodes').select('node_id').where('node_id', '=', file!.id).execute()).length,
        (await database.selectFrom('pinned_folders').select('node_id').where('node_id', '=', folder!.id).execute()).length,
        (await database.selectFrom('recent_files').select('node_id').where('node_id', '=', file!.id).execute()).length,
        (await database.selectFrom('activities').select('id').where('space_id', '=', space).execute()).length,
      ];
      await everydaySweep(made.services)();
      expect(await left()).toEqual([1, 1, 1, 2]);
      await database.deleteFrom('nodes').where('space_id', '=', space).execute();
      await database.deleteFrom('spaces').where('id', '=', space).execute();
      await everydaySweep(made.services)();
      expect(await left()).toEqual([0, 0, 0, 0]);
    });
  });
}
