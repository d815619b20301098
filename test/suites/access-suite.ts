import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mostSharedDrives } from '#shared/contract/drive.ts';
import { defaultPolicy, Policy } from '#shared/model/policy.ts';
import { appendAudit } from '../../server/audit/append.ts';
import type { Hint, Services } from '../../server/context.ts';
import { sweepDeletedDrives, undeleteDriveMs } from '../../server/drive/sweep-deleted-drives.ts';
import type { TestServices } from '../support/server-services.ts';
import { accessPlace, fate, fateOf, textOf } from './access-place.ts';

/** What folders with members of their own bring with them, on every database. */
export function accessSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`folders with members of their own on ${database}`, () => {
    let made: TestServices;
    let place: Awaited<ReturnType<typeof accessPlace>>;
    const hints: Hint[] = [];
    beforeAll(async () => {
      made = await open();
      made.services.bus.subscribe((hint) => void hints.push(hint));
      place = await accessPlace(made, ['sato', 'tanaka', 'suzuki']);
    });
    afterAll(() => made.close());
    const row = (id: string) => made.services.database.selectFrom('spaces').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

    it('shows a folder of a my drive to whom it was shared as a space of its own, and nothing around it', async () => {
      const my = await place.my('sato');
      const outer = await place.folder('sato', my.id, my.rootId, '外');
      const shared = await place.folder('sato', my.id, outer, '共有');
      const inner = await place.folder('sato', my.id, shared, '内');
      await place.file('sato', my.id, outer, '秘密.txt', '秘密');
      const node = await place.restrict('sato', shared, { tanaka: 'edit' });
      expect(node).toMatchObject({ id: shared, spaceId: my.id, restricted: true });
      const seen = (await place.spaces('tanaka')).find(({ kind }) => kind === 'folder');
      expect(seen).toMatchObject({ id: shared, rootId: shared, name: '共有', ownerId: 'sato', permission: 'edit', isMaster: false });
      expect((await place.spaces('suzuki')).some(({ kind }) => kind === 'folder')).toBe(false);
      const { path, folder } = await place.drive['drive.children']({ folderId: inner }, place.as('tanaka'));
      expect(path).toEqual([
        { id: shared, name: '共有' },
        { id: inner, name: '内' },
      ]);
      expect(folder).toMatchObject({ spaceId: shared, parentId: shared });
      const { nodes } = await place.drive['drive.changes']({ spaceId: shared, cursor: null, limit: 100 }, place.as('tanaka'));
      expect(nodes.map(({ name, parentId }) => [name, parentId])).toEqual([
        ['共有', null],
        ['内', shared],
      ]);
      const placed = await place.access['drive.node']({ nodeId: inner }, place.as('tanaka'));
      expect(placed.place).toEqual({ spaceId: shared, spaceName: '共有', names: [] });
      // Its root stays where it is; nothing goes out of it, and nothing comes in from elsewhere (DRV-08).
      const fates = [
        { kind: 'move', nodeId: shared, parentId: shared, name: '改名' },
        { kind: 'delete', nodeId: shared, baseVersion: 0 },
        { kind: 'move', nodeId: inner, parentId: outer, name: '内' },
        { kind: 'move', nodeId: outer, parentId: shared, name: '外' },
      ] as const;
      expect((await place.mutate('tanaka', shared, fates)).map(fateOf)).toEqual(['root_fixed', 'root_fixed', 'hidden', 'hidden']);
      // What happens in it is told to those who see it, by the name they know it by; what happens beside it is told to its owner alone.
      hints.length = 0;
      await place.folder('tanaka', shared, shared, '新しい');
      const told = hints.flatMap(({ audience, event }) => (event.type === 'drive.changed' ? [[audience, event.spaceId]] : []));
      expect(told).toEqual([
        [['sato'], my.id],
        [['tanaka'], shared],
      ]);
      // The trash of the folder is their trash.
      await place.one('tanaka', shared, { kind: 'delete', nodeId: inner, baseVersion: 0 });
      const trash = async (who: string, spaceId: string) =>
        (await place.drive['drive.trash']({ spaceId }, place.as(who))).nodes.map(({ node: { id } }) => id);
      expect(await trash('tanaka', shared)).toEqual([inner]);
      await place.restrict('sato', shared, { tanaka: 'read' });
      expect([await trash('tanaka', shared), await trash('sato', my.id)]).toEqual([[], [inner]]);
      hints.length = 0;
      await place.restrict('sato', shared, null);
      expect(hints.some(({ audience, event }) => event.type === 'spaces.changed' && audience?.includes('tanaka'))).toBe(true);
      expect(await fate(place.drive['drive.changes']({ spaceId: shared, cursor: null, limit: 100 }, place.as('tanaka')))).toBe('hidden');
    });

    it('tells who could see something that it is gone, also when it went to the trash in between, and nobody else that it was there', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const folder = await place.folder('sato', id, rootId, '人事');
      const file = await place.file('sato', id, folder, '給与.txt', '給与');
      const changes = async (who: string, cursor: { epoch: string; sequence: number } | null) =>
        place.drive['drive.changes']({ spaceId: id, cursor, limit: 100 }, place.as(who));
      const { cursor } = await changes('tanaka', null);
      await place.one('sato', id, { kind: 'delete', nodeId: file, baseVersion: 1 });
      await place.restrict('sato', folder, { '*': 'none' });
      await place.one('sato', id, { kind: 'restore', nodeId: file });
      const told = await changes('tanaka', cursor);
      expect(told.nodes.map((node) => [node.id, node.trashed, node.name, node.content])).toEqual([
        [folder, true, '', null],
        [file, true, '', null],
      ]);
      const later = await place.file('sato', id, folder, '賞与.txt', '賞与');
      expect((await changes('tanaka', told.cursor)).nodes).toEqual([]);
      expect((await changes('suzuki', null)).nodes.some((node) => [folder, file, later].includes(node.id))).toBe(false);
      // A name in the way is all that can be learned of it.
      const twin = await place.one('tanaka', id, { kind: 'create_folder', id: randomUUID(), parentId: rootId, name: '人事' });
      expect(twin).toMatchObject({ kind: 'conflict', reason: 'name_taken', node: null });
      await place.restrict('sato', folder, null);
      expect((await changes('tanaka', told.cursor)).nodes.map(({ name }) => name).toSorted()).toEqual(
        ['人事', '給与.txt', '賞与.txt'].toSorted(),
      );
    });

    it('gives nobody a chunk by its hash that lies in a folder closed to them, nor says that it is there', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const [closed, open] = [await place.folder('sato', id, rootId, '役員'), await place.folder('sato', id, rootId, '全員')];
      await place.restrict('sato', closed, { '*': 'none', suzuki: 'read' });
      const hash = (text: string) => textOf(text).content.contentHash;
      await place.file('sato', id, closed, '議事録.txt', '役員会');
      const known = async (text: string) =>
        Promise.all(['tanaka', 'suzuki'].map(async (who) => Object.values(await place.byHash(who, hash(text)))));
      expect(await known('役員会')).toEqual([
        [404, true],
        [200, false],
      ]);
      const stolen = {
        kind: 'create_file',
        id: randomUUID(),
        parentId: rootId,
        name: '盗.txt',
        content: textOf('役員会').content,
      } as const;
      expect((await place.one('tanaka', id, stolen)).kind).toBe('missing_chunks');
      // What is moved out is reached by everybody from then on, what is moved in by those who may; earlier versions go along.
      const moved = await place.file('sato', id, closed, '発表.txt', '発表');
      expect((await known('発表'))[0]).toEqual([404, true]);
      await place.one('sato', id, { kind: 'move', nodeId: moved, parentId: open, name: '発表.txt' });
      expect((await known('発表'))[0]).toEqual([200, false]);
      await place.restrict('sato', closed, null);
      expect((await known('役員会'))[0]).toEqual([200, false]);
      const my = await place.my('sato');
      const shared = await place.folder('sato', my.id, my.rootId, '渡す');
      await place.file('sato', my.id, shared, '渡す.txt', '渡す物');
      await place.file('sato', my.id, my.rootId, '渡さない.txt', '渡さない物');
      await place.restrict('sato', shared, { tanaka: 'read' });
      expect([(await known('渡す物'))[0], (await known('渡さない物'))[0]]).toEqual([
        [200, false],
        [404, true],
      ]);
    });

    it('copies files and folders between spaces without a byte sent, as far as the copier sees them, once', async () => {
      const { id, rootId } = await place.shared({ '*': 'read' }, ['sato']);
      const folder = await place.folder('sato', id, rootId, '資料');
      await place.file('sato', id, folder, 'a.txt', 'ひとつ');
      const hidden = await place.folder('sato', id, folder, '秘');
      await place.file('sato', id, hidden, 'b.txt', 'ふたつ');
      await place.restrict('sato', hidden, { '*': 'none' });
      const my = await place.my('tanaka');
      const copy = { kind: 'copy', key: randomUUID(), id: randomUUID(), nodeId: folder, parentId: my.rootId, name: '写し' } as const;
      const before = await row(my.id);
      const first = await place.drive['drive.mutate']({ spaceId: my.id, mutations: [copy] }, place.as('tanaka'));
      expect(first.results[0]).toMatchObject({ kind: 'applied', node: { id: copy.id, name: '写し', spaceId: my.id, revision: 1 } });
      const again = await place.drive['drive.mutate']({ spaceId: my.id, mutations: [copy] }, place.as('tanaka'));
      expect(again).toEqual(first);
      expect(await place.names('tanaka', copy.id)).toEqual(['a.txt']);
      const [copied] = (await place.drive['drive.children']({ folderId: copy.id }, place.as('tanaka'))).nodes;
      expect(await (await place.bytes('tanaka', copied!.id)).text()).toBe('ひとつ');
      expect((await row(my.id)).used_bytes - before.used_bytes).toBe(copied!.content!.sizeBytes);
      const fresh = { kind: 'copy', id: randomUUID(), nodeId: folder, parentId: my.rootId } as const;
      expect(await place.one('tanaka', my.id, { ...fresh, name: '写し' })).toMatchObject({ kind: 'conflict', reason: 'name_taken' });
      expect(await place.one('tanaka', my.id, { ...fresh, nodeId: hidden, name: '秘' })).toMatchObject({ reason: 'missing' });
      // Every file is judged under its name, and one that is refused keeps the whole copy back.
      const strict = place.tenant.context('tanaka', Policy.parse({ blockedExtensions: { drive: ['txt'] } }));
      const mutations = [{ ...fresh, key: randomUUID(), name: '二つ目' }];
      const { results } = await place.drive['drive.mutate']({ spaceId: my.id, mutations }, strict);
      expect(results[0]).toMatchObject({ kind: 'refused', reason: 'extension_blocked' });
      expect(await place.names('tanaka', my.rootId)).toEqual(['写し']);
    });

    it('does not let a drive that holds folders with members of their own go from everybody to some (DRV-06)', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const folder = await place.folder('sato', id, rootId, '限定');
      await place.restrict('sato', folder, { tanaka: 'read' });
      const narrow = () =>
        fate(place.access['drive.setProperties']({ spaceId: id, members: [{ member: 'tanaka', permission: 'edit' }] }, place.as('sato')));
      expect(await narrow()).toBe('narrowed');
      expect(
        await fate(
          place.console['space.setMembers']({ spaceId: id, members: [{ member: 'tanaka', permission: 'edit' }] }, place.as('sato')),
        ),
      ).toBe('narrowed');
      await place.restrict('sato', folder, null);
      expect(await narrow()).toBe('done');
      expect((await place.spaces('suzuki')).some((space) => space.id === id)).toBe(false);
      expect((await place.spaces('sato')).find((space) => space.id === id)).toMatchObject({ permission: 'edit', isMaster: true });
    });

    it('lets only masters change a drive, lets them hand it on, and notes down who tried', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const closed = await place.folder('sato', id, rootId, '限定');
      await place.restrict('sato', closed, { '*': 'none' });
      const change = (who: string) => place.access['drive.setProperties']({ spaceId: id, description: '案件の資料' }, place.as(who));
      expect(await fate(change('tanaka'))).toBe('refused');
      const denied = await made.services.database
        .selectFrom('audit_entries')
        .select(['action', 'result', 'actor_id'])
        .where('target', '=', id)
        .where('result', '=', 'denied')
        .execute();
      expect(denied).toEqual([{ action: 'space.update', result: 'denied', actor_id: 'tanaka' }]);
      expect((await change('sato')).space).toMatchObject({ description: '案件の資料' });
      const cursor = (await place.drive['drive.changes']({ spaceId: id, cursor: null, limit: 100 }, place.as('tanaka'))).cursor;
      await place.access['drive.setProperties']({ spaceId: id, masters: ['tanaka'] }, place.as('sato'));
      const { nodes } = await place.drive['drive.changes']({ spaceId: id, cursor, limit: 100 }, place.as('tanaka'));
      expect(nodes.map(({ name }) => name)).toEqual(['限定']);
      expect(await fate(change('sato'))).toBe('refused');
      const properties = await place.access['drive.properties']({ spaceId: id }, place.as('tanaka'));
      expect(properties).toMatchObject({ masters: ['tanaka'], trashBytes: 0, versionBytes: 0 });
      const { members, restricted, mayChange } = await place.access['drive.permissions']({ folderId: closed }, place.as('tanaka'));
      expect([members, restricted, mayChange]).toEqual([
        [
          { member: '*', permission: 'none', inherited: false },
          { member: 'tanaka', permission: 'edit', inherited: true },
        ],
        true,
        true,
      ]);
    });

    it('lets members make shared drives only where the rule says so (DRV-04), and at most a thousand (DRV-03)', async () => {
      const create = (name: string, createSharedDrives: 'administrators' | 'members') => {
        const policy = { ...defaultPolicy, drive: { ...defaultPolicy.drive, createSharedDrives } };
        const members = [{ member: 'tanaka', permission: 'read' as const }];
        return place.access['drive.createShared']({ name, description: '', members }, place.tenant.context('sato', policy));
      };
      expect(await fate(create('企画', 'administrators'))).toBe('refused');
      const { space } = await create('企画', 'members');
      expect(space).toMatchObject({ kind: 'shared', name: '企画', isMaster: true, permission: 'edit' });
      expect((await place.spaces('tanaka')).find(({ id }) => id === space.id)?.permission).toBe('read');
      const many = await made.services.database
        .selectFrom('spaces')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('tenant_id', '=', place.tenant.tenantId)
        .where('kind', '=', 'shared')
        .executeTakeFirstOrThrow();
      const template = await row(space.id);
      const fill = Array.from({ length: mostSharedDrives - many.count }, (_, index) => ({
        ...template,
        id: `fill-${index}`,
        name: `埋め草${index}`,
      }));
      for (let start = 0; start < fill.length; start += 100) {
        await made.services.database
          .insertInto('spaces')
          .values(fill.slice(start, start + 100))
          .execute();
      }
      expect(await fate(create('もう一つ', 'members'))).toBe('too_many');
      await made.services.database.deleteFrom('spaces').where('id', 'like', 'fill-%').execute();
    });

    it('takes a deleted drive back for thirty days, and hides it from everybody until then', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const folder = await place.folder('sato', id, rootId, '書類');
      const has = async () => (await place.spaces('tanaka')).some((space) => space.id === id);
      await place.console['space.delete']({ spaceId: id }, place.as('sato'));
      expect(await has()).toBe(false);
      const sweepAt = (at: number) => {
        const services: Services = { ...made.services, clock: { ...made.services.clock, now: () => at } };
        return sweepDeletedDrives(services, { audit: appendAudit(services.clock) });
      };
      const deletedAt = (await row(id)).deleted_at!;
      await sweepAt(deletedAt + undeleteDriveMs - 1);
      await place.console['space.restore']({ spaceId: id }, place.as('sato'));
      expect([await has(), await place.names('tanaka', rootId)]).toEqual([true, ['書類']]);
      await place.console['space.delete']({ spaceId: id }, place.as('sato'));
      await sweepAt((await row(id)).deleted_at! + undeleteDriveMs);
      expect(await fate(place.console['space.restore']({ spaceId: id }, place.as('sato')))).toBe('hidden');
      expect(await fate(place.access['drive.node']({ nodeId: folder }, place.as('sato')))).toBe('hidden');
    });

    it('counts what is in folders as far as the asker sees it', async () => {
      const { id, rootId } = await place.shared({ '*': 'edit' }, ['sato']);
      const outer = await place.folder('sato', id, rootId, '外');
      const file = await place.file('sato', id, outer, 'a.txt', '12345');
      await place.one('sato', id, { kind: 'update_content', nodeId: file, baseVersion: 1, content: textOf('12345').content });
      const inner = await place.folder('sato', id, outer, '内');
      await place.file('sato', id, inner, 'b.txt', '1234567');
      await place.restrict('sato', inner, { '*': 'none' });
      const measure = (who: string) => place.access['drive.measure']({ nodeIds: [outer, file] }, place.as(who));
      expect(await measure('sato')).toEqual({ files: 2, folders: 2, sizeBytes: 12, versionBytes: 5 });
      expect(await measure('tanaka')).toEqual({ files: 1, folders: 1, sizeBytes: 5, versionBytes: 5 });
      // Nobody takes to the trash what they cannot see.
      expect(fateOf(await place.one('tanaka', id, { kind: 'delete', nodeId: outer, baseVersion: 0 }))).toBe('refused');
    });
  });
}
