import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePack } from '#shared/contract/pack.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { contentHandlers } from '../../server/content/handlers.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { storePack } from '../../server/content/store-pack.ts';
import type { RequestContext, Services } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { purgeHandlers } from '../../server/drive/purge-handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { driveSweeps } from '../../server/drive/sweeps.ts';
import type { TestServices } from '../support/server-services.ts';
import type { Clock } from '#shared/base/clock.ts';
import { turnedClock } from '../support/turned-clock.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

const dayMs = 86_400_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** What drives hold, for how long, and how much (DRV-09, DRV-10, DRV-18), on every database. */
export function retentionSuite(database: string, open: (clock: Clock) => Promise<TestServices>): void {
  describe(`what drives hold on ${database}`, () => {
    const clock = turnedClock();
    let made: TestServices;
    let services: Services;
    beforeAll(async () => {
      made = await open(clock.clock);
      services = made.services;
    });
    afterAll(() => made.close());

    /** A tenant of its own with the given rules for drives, and hands for its member `sato`. */
    async function company(rules: Partial<Policy['drive']> = {}) {
      const people = ['sato', 'tanaka'].map((name) => `${name}-${randomUUID()}`);
      const tenant: TestTenant = await makeTenant(services, people);
      const [sato, tanaka] = people as [string, string];
      let policy: Policy = { ...defaultPolicy, drive: { ...defaultPolicy.drive, ...rules } };
      const current = async () => ({ revision: 1, policy });
      const audit = appendAudit(services.clock);
      const drive = driveHandlers({ ...services, inspector: noInspection });
      const purge = purgeHandlers(services, { audit });
      const sweeps = driveSweeps(services, { audit, policies: { current } });
      const as = (memberId = sato): RequestContext => tenant.context(memberId, policy);
      const bytes = async (sizeBytes: number): Promise<Content> => {
        const chunk = randomBytes(sizeBytes);
        const hash = sha256(chunk);
        await storePack(services, tenant.tenantId, sato, encodePack([{ hash, bytes: chunk }]));
        return { contentHash: hash, sizeBytes, chunks: null, modifiedAt: 1, executable: false };
      };
      const shared = async (masters: readonly string[] = [sato]) => {
        const spaceId = (await createSpace(services, tenant.tenantId, {
          kind: 'shared',
          name: '営業',
          ownerId: null,
          permissions: new Map([['*', 'edit' as const]]),
          createdBy: sato,
        }))!;
        for (const member_id of masters) {
          const row = { tenant_id: tenant.tenantId, space_id: spaceId, member_id, permission: 'edit', master: 1 };
          await services.database.insertInto('space_members').values(row).execute();
        }
        return hands(spaceId);
      };
      const hands = async (spaceId: string) => {
        const row = () =>
          services.database
            .selectFrom('spaces')
            .selectAll()
            .where('tenant_id', '=', tenant.tenantId)
            .where('id', '=', spaceId)
            .executeTakeFirstOrThrow();
        const { root_id: rootId } = await row();
        const one = async (draft: Draft, context = as()): Promise<MutationResult> =>
          (await drive['drive.mutate']({ spaceId, mutations: [{ ...draft, key: randomUUID() }] }, context)).results[0]!;
        const done = async (draft: Draft, context = as()): Promise<Node> => {
          const result = await one(draft, context);
          expect(result).toMatchObject({ kind: 'applied' });
          return (result as Extract<MutationResult, { kind: 'applied' }>).node;
        };
        const used = async () => (await row()).used_bytes;
        const file = async (name: string, sizeBytes: number, parentId = rootId) =>
          done({ kind: 'create_file', id: randomUUID(), parentId, name, content: await bytes(sizeBytes) });
        const update = async (node: Node, sizeBytes: number) =>
          done({ kind: 'update_content', nodeId: node.id, baseVersion: node.version, content: await bytes(sizeBytes) });
        const folder = (name: string, parentId = rootId) => done({ kind: 'create_folder', id: randomUUID(), parentId, name });
        const remove = (node: Node, context = as()) => done({ kind: 'delete', nodeId: node.id, baseVersion: node.version }, context);
        const trash = async () => (await drive['drive.trash']({ spaceId }, as())).nodes.map(({ node }) => node.name);
        const versions = async (node: Node) =>
          (await drive['drive.versions']({ nodeId: node.id }, as())).versions.map(({ version }) => version);
        const run = async (drafts: readonly Draft[]): Promise<MutationResult[]> => {
          const mutations = drafts.map((draft): Mutation => ({ ...draft, key: randomUUID() }));
          return (await drive['drive.mutate']({ spaceId, mutations }, as())).results;
        };
        return { spaceId, rootId, one, run, done, used, file, update, folder, remove, trash, versions };
      };
      const myDrive = async () => hands((await drive['drive.spaces']({}, as())).spaces.find(({ kind }) => kind === 'my')!.id);
      return {
        tenant,
        sato,
        tanaka,
        as,
        drive,
        purge,
        bytes,
        shared,
        myDrive,
        sweep: async () => {
          for (const one of Object.values(sweeps)) await one();
        },
        setRules: (next: Partial<Policy['drive']>) => void (policy = { ...policy, drive: { ...policy.drive, ...next } }),
        audited: async (action: string) =>
          services.database
            .selectFrom('audit_entries')
            .select(['result', 'details', 'actor_id'])
            .where('tenant_id', '=', tenant.tenantId)
            .where('action', '=', action)
            .execute(),
      };
    }

    it('counts what is current, what is earlier and what is in the trash, and refuses what would be more than the limit', async () => {
      const { shared, bytes, as } = await company({ sharedDriveQuotaBytes: 100 });
      const { file, update, used, one, remove, rootId, done, spaceId } = await shared();
      const first = await file('a.txt', 40);
      const second = await update(first, 30);
      expect(await used()).toBe(70);
      await remove(second);
      expect(await used()).toBe(70);
      const refusal = { kind: 'refused', reason: 'quota_exceeded' };
      expect(await one({ kind: 'create_file', id: randomUUID(), parentId: rootId, name: 'b', content: await bytes(31) })).toMatchObject(
        refusal,
      );
      const fits = await file('c.txt', 30);
      expect(await used()).toBe(100);
      expect(await one({ kind: 'update_content', nodeId: fits.id, baseVersion: 1, content: await bytes(1) })).toMatchObject(refusal);
      const back = await done({ kind: 'restore', nodeId: second.id });
      expect(await one({ kind: 'restore_version', nodeId: back.id, version: 1 })).toMatchObject(refusal);
      expect((await file('empty.txt', 0)).content?.sizeBytes).toBe(0);
      const judge = (sizeBytes: number) =>
        contentHandlers(services)['file.judge']({ service: 'drive', name: 'd.txt', sizeBytes, spaceId }, as());
      expect(await judge(1)).toEqual({ allowed: false, reason: 'quota_exceeded', rule: 'DRV-18' });
      expect(await judge(0)).toEqual({ allowed: true });
      await expect(
        contentHandlers(services)['file.judge']({ service: 'drive', name: 'd', sizeBytes: 1, spaceId: randomUUID() }, as()),
      ).rejects.toMatchObject({ code: 'not_found' });
    });

    it('asks for no chunk of a file for which there is no room, and keeps what was sent for when there is', async () => {
      const { shared, as, setRules } = await company({ sharedDriveQuotaBytes: 10 });
      const { one, rootId } = await shared();
      const sent = await (await company()).bytes(1);
      const content = { ...sent, contentHash: sha256(Buffer.from('never sent')), sizeBytes: 11 };
      const draft: Draft = { kind: 'create_file', id: randomUUID(), parentId: rootId, name: 'a', content };
      expect(await one(draft)).toMatchObject({ kind: 'refused', reason: 'quota_exceeded' });
      setRules({ sharedDriveQuotaBytes: null });
      expect(await one(draft, as())).toMatchObject({ kind: 'missing_chunks' });
    });

    it('gives a my drive the limit of the rule, unless its owner is an exception', async () => {
      const { myDrive, setRules, sato, as } = await company({ myDriveQuotaBytes: 10 });
      const { file, rootId, one } = await myDrive();
      await file('a', 10);
      const more: Draft = {
        kind: 'create_file',
        id: randomUUID(),
        parentId: rootId,
        name: 'b',
        content: { contentHash: sha256(Buffer.from('b')), sizeBytes: 1, chunks: null, modifiedAt: 1, executable: false },
      };
      expect(await one(more)).toMatchObject({ kind: 'refused', reason: 'quota_exceeded' });
      setRules({ quotaExceptions: [{ memberId: sato, quotaBytes: 20 }] });
      expect(await one(more, as())).toMatchObject({ kind: 'missing_chunks' });
    });

    it('destroys what a master purges: bytes are free at once, it cannot come back, and who was away is still told', async () => {
      const { shared, purge, as, drive, audited } = await company();
      const { spaceId, rootId, folder, file, update, remove, used, trash, one } = await shared();
      const { cursor } = await drive['drive.changes']({ spaceId, cursor: null, limit: 100 }, as());
      const place = await folder('古い');
      const inside = await update(await file('a.txt', 40, place.id), 30);
      const kept = await file('b.txt', 5);
      await remove(place);
      expect(await trash()).toEqual(['古い']);
      expect(await purge['drive.purge']({ spaceId, nodeIds: [place.id, kept.id, randomUUID()] }, as())).toEqual({ purged: 1 });
      expect(await used()).toBe(5);
      expect(await trash()).toEqual([]);
      for (const nodeId of [place.id, inside.id]) {
        expect(await one({ kind: 'restore', nodeId })).toMatchObject({ kind: 'conflict', reason: 'missing' });
      }
      const changed = await drive['drive.changes']({ spaceId, cursor, limit: 100 }, as());
      const told = new Map(changed.nodes.map((node) => [node.id, node]));
      for (const id of [place.id, inside.id]) expect(told.get(id)).toMatchObject({ trashed: true, content: null });
      const listing = await drive['drive.changes']({ spaceId, cursor: null, limit: 100 }, as());
      expect(listing.nodes.map(({ id }) => id).toSorted()).toEqual([rootId, kept.id].toSorted());
      const rows = await services.database
        .selectFrom('nodes')
        .select(['name', 'content'])
        .where('id', 'in', [place.id, inside.id])
        .execute();
      expect(rows).toEqual([
        { name: '', content: null },
        { name: '', content: null },
      ]);
      expect(await audited('drive.purge')).toMatchObject([{ result: 'success' }]);
    });

    it('lets members purge what they put there themselves, refuses the rest with a row in the audit log', async () => {
      const { shared, purge, as, tanaka, audited } = await company();
      const { spaceId, file, remove, trash } = await shared();
      const [a, b, c] = [await file('a', 1), await file('b', 1), await file('c', 1)];
      await remove(a);
      await remove(b, as(tanaka));
      await remove(c, as(tanaka));
      await expect(purge['drive.purge']({ spaceId, nodeIds: [a.id, b.id] }, as(tanaka))).rejects.toMatchObject({
        code: 'denied',
        details: { reason: 'permission_missing' },
      });
      expect((await trash()).toSorted()).toEqual(['a', 'b', 'c']);
      expect(await purge['drive.purge']({ spaceId, nodeIds: [b.id] }, as(tanaka))).toEqual({ purged: 1 });
      expect(await purge['drive.emptyTrash']({ spaceId }, as(tanaka))).toEqual({ purged: 1 });
      expect(await trash()).toEqual(['a']);
      expect((await audited('drive.purge')).map(({ result }) => result).toSorted()).toEqual(['denied', 'success', 'success']);
      expect(await purge['drive.emptyTrash']({ spaceId }, as())).toEqual({ purged: 1 });
    });

    it('keeps what was deleted on its own when the folder that it lay in is purged, and brings it back to the top', async () => {
      const { shared, purge, as } = await company();
      const { spaceId, rootId, folder, file, remove, trash, done } = await shared();
      const place = await folder('置き場');
      const own = await file('own.txt', 3, place.id);
      await remove(own);
      await remove(place);
      await purge['drive.purge']({ spaceId, nodeIds: [place.id] }, as());
      expect(await trash()).toEqual(['own.txt']);
      expect(await done({ kind: 'restore', nodeId: own.id })).toMatchObject({ parentId: rootId, trashed: false });
    });

    it('empties trashes after the days of the rule, and never where it says so', async () => {
      const { shared, sweep, setRules, audited } = await company({ trashDays: 0 });
      const { file, remove, trash, used } = await shared();
      await remove(await file('old', 3));
      clock.forward(100 * dayMs);
      await sweep();
      expect(await trash()).toEqual(['old']);
      await remove(await file('new', 4));
      setRules({ trashDays: 5 });
      clock.forward(4 * dayMs);
      await sweep();
      expect(await trash()).toEqual(['new']);
      expect(await used()).toBe(4);
      clock.forward(dayMs);
      await sweep();
      expect(await trash()).toEqual([]);
      expect(await used()).toBe(0);
      expect(await audited('drive.trash_expired')).toHaveLength(2);
    });

    it('goes on destroying after a stop in between', async () => {
      const { shared, sweep } = await company();
      const { file, remove, used } = await shared();
      const node = await file('half', 9);
      await remove(node);
      await services.database.updateTable('nodes').set({ trash_root_id: 'purging' }).where('id', '=', node.id).execute();
      expect(await used()).toBe(9);
      await sweep();
      expect(await used()).toBe(0);
    });

    it('keeps earlier versions for the months of the rule, of unlisted files for a day, counted from when they were replaced', async () => {
      const { shared, sweep, setRules } = await company({ versionMonths: 1 });
      const { file, update, versions, used } = await shared();
      const sheet = await file('見積.XLSX', 10);
      const note = await file('memo.txt', 20);
      clock.forward(400 * dayMs);
      await update(sheet, 1);
      await update(note, 2);
      await sweep();
      expect(await versions(sheet)).toEqual([2, 1]);
      setRules({ versionsOf: 'listed', versionExtensions: ['xlsx'] });
      clock.forward(dayMs - 1_000);
      await sweep();
      expect(await versions(note)).toEqual([2, 1]);
      clock.forward(2_000);
      await sweep();
      expect(await versions(note)).toEqual([2]);
      expect(await versions(sheet)).toEqual([2, 1]);
      expect(await used()).toBe(13);
      clock.forward(31 * dayMs);
      await sweep();
      expect(await versions(sheet)).toEqual([2]);
      expect(await used()).toBe(3);
    });

    it('keeps earlier versions for ever where the rule says so', async () => {
      const { shared, sweep } = await company({ versionMonths: 0 });
      const { file, update, versions } = await shared();
      const node = await file('a.txt', 10);
      await update(node, 1);
      clock.forward(5_000 * dayMs);
      await sweep();
      expect(await versions(node)).toEqual([2, 1]);
    });

    it('lists a folder page by page, folders first and by name, each entry once, also while names change', async () => {
      const { shared, drive, as } = await company();
      const { rootId, folder, run } = await shared();
      const place = await folder('頁', rootId);
      const empty = { contentHash: sha256(Buffer.alloc(0)), sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };
      const names = Array.from({ length: 23 }, (_, index) => `${(index * 7) % 23} ${'äÄ漢字/😀'.replace('/', '')}${index}`);
      await run(
        names.map((name, index): Draft => {
          const node = { id: randomUUID(), parentId: place.id, name };
          return index % 3 === 0 ? { kind: 'create_folder', ...node } : { kind: 'create_file', ...node, content: empty };
        }),
      );
      const page = (after?: string, limit?: number) => drive['drive.children']({ folderId: place.id, after, limit }, as());
      const whole = await page();
      expect([whole.nodes.length, whole.after]).toEqual([23, null]);
      expect(whole.nodes.map(({ kind }) => kind)).toEqual([...Array<string>(8).fill('folder'), ...Array<string>(15).fill('file')]);
      for (const limit of [1, 4, 8, 22, 23, 24]) {
        const ids: string[] = [];
        let after: string | null = null;
        do {
          const got: Awaited<ReturnType<typeof page>> = await page(after ?? undefined, limit);
          expect(got.total).toBe(23);
          expect(got.nodes.length).toBeLessThanOrEqual(limit);
          ids.push(...got.nodes.map(({ id }) => id));
          after = got.after ?? null;
        } while (after !== null);
        expect(ids).toEqual(whole.nodes.map(({ id }) => id));
      }
      const first = await page(undefined, 10);
      await run([{ kind: 'delete', nodeId: first.nodes.at(-1)!.id, baseVersion: 1 }]);
      const second = await page(first.after!, 100);
      expect(second.nodes.map(({ id }) => id)).toEqual(whole.nodes.slice(10).map(({ id }) => id));
      await expect(page('elsewhere')).rejects.toMatchObject({ code: 'invalid' });
    });

    it('neither lists nor counts folders that the reader may not see', async () => {
      const { shared, drive, as, sato, tanaka, tenant } = await company();
      const { spaceId, rootId, folder } = await shared();
      const [open_, closed] = [await folder('公開'), await folder('人事')];
      const row = { tenant_id: tenant.tenantId, space_id: spaceId, folder_id: closed.id };
      await services.database
        .insertInto('folder_members')
        .values([
          { ...row, member_id: '*', permission: 'none' },
          { ...row, member_id: sato, permission: 'edit' },
        ])
        .execute();
      await services.database.updateTable('spaces').set({ folder_rules: 1 }).where('id', '=', spaceId).execute();
      const list = (who: string) => drive['drive.children']({ folderId: rootId, limit: 1 }, as(who));
      expect(await list(sato)).toMatchObject({ total: 2, nodes: [{ name: '人事' }] });
      const theirs = await list(tanaka);
      expect(theirs).toMatchObject({ total: 1, nodes: [] });
      const next = await drive['drive.children']({ folderId: rootId, limit: 1, after: theirs.after! }, as(tanaka));
      expect(next).toMatchObject({ total: 1, nodes: [{ id: open_.id }], after: null });
    });

    it('takes my drives away while the rule says so, gives them back within a month, and destroys them after it', async () => {
      const { myDrive, drive, as, setRules, sweep, tenant, audited } = await company();
      const { spaceId, rootId, file, trash } = await myDrive();
      const node = await file('mine.txt', 7);
      const kinds = async () => (await drive['drive.spaces']({}, as())).spaces.map(({ kind }) => kind);
      setRules({ myDrive: false });
      await sweep();
      expect(await kinds()).toEqual([]);
      const off = { code: 'denied', details: { reason: 'my_drive_off' } };
      await expect(drive['drive.children']({ folderId: rootId }, as())).rejects.toMatchObject(off);
      await expect(drive['drive.changes']({ spaceId, cursor: null, limit: 1 }, as())).rejects.toMatchObject(off);
      await expect(
        drive['drive.mutate']({ spaceId, mutations: [{ key: randomUUID(), kind: 'restore', nodeId: node.id }] }, as()),
      ).rejects.toMatchObject(off);
      clock.forward(29 * dayMs);
      await sweep();
      setRules({ myDrive: true });
      await sweep();
      expect(await kinds()).toEqual(['my']);
      expect(await trash()).toEqual([]);
      setRules({ myDrive: false });
      await sweep();
      clock.forward(30 * dayMs);
      await sweep();
      setRules({ myDrive: true });
      await sweep();
      const spaces = await services.database.selectFrom('spaces').select('id').where('tenant_id', '=', tenant.tenantId).execute();
      expect(spaces).toEqual([]);
      expect(await services.database.selectFrom('nodes').select('id').where('tenant_id', '=', tenant.tenantId).execute()).toEqual([]);
      expect(await kinds()).toEqual(['my']);
      expect(await audited('drive.my_drive_destroyed')).toHaveLength(1);
    });
  });
}
