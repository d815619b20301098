import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { Policy } from '#shared/model/policy.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import type { Hint, RequestContext } from '../../server/context.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

const empty = (modifiedAt = 1): Content => ({ contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt, executable: false });

/** A mutation without what every mutation has. */
type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** What the Drive promises on every database. */
export function driveSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`the Drive on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let drive: ReturnType<typeof driveHandlers>;
    const hints: Hint[] = [];
    beforeAll(async () => {
      made = await open();
      made.services.bus.subscribe((hint) => void hints.push(hint));
      tenant = await makeTenant(made.services, ['sato', 'tanaka', 'suzuki']);
      drive = driveHandlers({ ...made.services, inspector: noInspection });
    });
    afterAll(() => made.close());

    /** A new shared drive with a way to change it as `sato`. */
    async function space(permissions: Record<string, 'edit' | 'read' | 'none'> = { '*': 'edit' }) {
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
      const run = async (drafts: Draft[], as: RequestContext = tenant.context('sato')): Promise<MutationResult[]> => {
        const mutations = drafts.map((draft): Mutation => ({ ...draft, key: randomUUID() }));
        return (await drive['drive.mutate']({ spaceId: id, mutations }, as)).results;
      };
      const one = async (draft: Draft, as?: RequestContext): Promise<MutationResult> => (await run([draft], as))[0]!;
      const done = async (draft: Draft): Promise<Node> => {
        const result = await one(draft);
        expect(result).toMatchObject({ kind: 'applied' });
        return (result as Extract<MutationResult, { kind: 'applied' }>).node;
      };
      const folder = (name: string, parentId = rootId) => done({ kind: 'create_folder', id: randomUUID(), parentId, name });
      const file = (name: string, parentId = rootId) => done({ kind: 'create_file', id: randomUUID(), parentId, name, content: empty() });
      const names = async (folderId = rootId) =>
        (await drive['drive.children']({ folderId }, tenant.context('sato'))).nodes.map((node) => node.name);
      const changes = (cursor: { epoch: string; sequence: number } | null, limit = 1_000) =>
        drive['drive.changes']({ spaceId: id, cursor, limit }, tenant.context('sato'));
      return { id, rootId, run, one, done, folder, file, names, changes };
    }

    it('gives each member a drive of their own, once, and shows shared drives by permission', async () => {
      const { id } = await space({ '*': 'read', tanaka: 'edit', suzuki: 'none' });
      const see = async (who: string) => (await drive['drive.spaces']({}, tenant.context(who))).spaces;
      const [first, again] = await Promise.all([see('sato'), see('sato')]);
      expect(first.filter(({ kind }) => kind === 'my')).toHaveLength(1);
      expect(again).toEqual(first);
      expect(first.find((one) => one.id === id)?.permission).toBe('read');
      expect((await see('tanaka')).find((one) => one.id === id)?.permission).toBe('edit');
      expect((await see('suzuki')).some((one) => one.id === id)).toBe(false);
      await expect(drive['drive.changes']({ spaceId: id, cursor: null, limit: 10 }, tenant.context('suzuki'))).rejects.toMatchObject({
        code: 'not_found',
      });
      expect((await see('tanaka')).some((one) => one.id === first.find(({ kind }) => kind === 'my')!.id)).toBe(false);
    });

    it('refuses each change of a member who may only read, and hides other drives altogether', async () => {
      const { one, id } = await space({ sato: 'edit', tanaka: 'read' });
      const draft: Draft = { kind: 'create_folder', id: randomUUID(), parentId: 'x', name: 'a' };
      expect(await one(draft, tenant.context('tanaka'))).toMatchObject({ kind: 'refused', reason: 'permission_missing' });
      const mutations = [{ ...draft, key: randomUUID() }] as Mutation[];
      await expect(drive['drive.mutate']({ spaceId: id, mutations }, tenant.context('suzuki'))).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    it('takes a batch in which later changes build on earlier ones, and answers for each alone', async () => {
      const { run, rootId, names } = await space();
      const folderId = randomUUID();
      const results = await run([
        { kind: 'create_folder', id: folderId, parentId: rootId, name: '見積' },
        { kind: 'create_file', id: randomUUID(), parentId: folderId, name: 'a.txt', content: empty() },
        { kind: 'create_file', id: randomUUID(), parentId: folderId, name: 'A.TXT', content: empty() },
        { kind: 'create_file', id: randomUUID(), parentId: randomUUID(), name: 'b.txt', content: empty() },
        { kind: 'create_file', id: randomUUID(), parentId: folderId, name: 'a/b', content: empty() },
        { kind: 'create_file', id: folderId, parentId: folderId, name: 'c.txt', content: empty() },
        { kind: 'create_file', id: randomUUID(), parentId: folderId, name: 'd.txt', content: empty() },
      ]);
      expect(results.map((result) => (result.kind === 'applied' ? 'applied' : 'reason' in result ? result.reason : result.kind))).toEqual([
        'applied',
        'applied',
        'name_taken',
        'parent_missing',
        'name_characters',
        'id_taken',
        'applied',
      ]);
      expect(results[2]).toMatchObject({ node: { name: 'a.txt' } });
      expect(await names(folderId)).toEqual(['a.txt', 'd.txt']);
    });

    it('repeats the answer to a repeated key and changes nothing, also when the node has moved on', async () => {
      const { id, rootId, done } = await space();
      const mutation: Mutation = {
        kind: 'create_file',
        key: randomUUID(),
        id: randomUUID(),
        parentId: rootId,
        name: 'a.txt',
        content: empty(),
      };
      const as = tenant.context('sato');
      const first = await drive['drive.mutate']({ spaceId: id, mutations: [mutation, mutation] }, as);
      expect(first.results[1]).toEqual(first.results[0]);
      await done({ kind: 'move', nodeId: mutation.id, parentId: rootId, name: 'b.txt' });
      const again = await drive['drive.mutate']({ spaceId: id, mutations: [mutation] }, as);
      expect(again.results[0]).toEqual(first.results[0]);
      expect(again.sequence).toBe(first.sequence + 1);
    });

    it('lets racing clients through one after the other: one name, one winner, numbers without gaps', async () => {
      const { id, rootId, changes } = await space();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          drive['drive.mutate'](
            {
              spaceId: id,
              mutations: [
                { kind: 'create_file', key: randomUUID(), id: randomUUID(), parentId: rootId, name: '競合.txt', content: empty() },
                { kind: 'create_file', key: randomUUID(), id: randomUUID(), parentId: rootId, name: `${index}.txt`, content: empty() },
              ],
            },
            tenant.context(index % 2 === 0 ? 'sato' : 'tanaka'),
          ),
        ),
      );
      expect(answers.filter(({ results }) => results[0]!.kind === 'applied')).toHaveLength(1);
      const { nodes, cursor } = await changes(null);
      expect(nodes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
      expect(cursor.sequence).toBe(10);
    });

    it('never lets a reader pass what others are still committing', async () => {
      const { rootId, run, changes } = await space();
      let { cursor } = await changes(null);
      const seen: number[] = [];
      let writing = true;
      const read = async () => {
        for (let done = false; !done;) {
          done = !writing;
          const page = await changes(cursor);
          for (const node of page.nodes) seen.push(node.sequence);
          ({ cursor } = page);
        }
      };
      const reader = read();
      const writer = async () => {
        for (let count = 0; count < 10; count += 1) {
          const id = randomUUID();
          await run([{ kind: 'create_file', id, parentId: rootId, name: id, content: empty() }]);
        }
      };
      await Promise.all([writer(), writer(), writer()]);
      writing = false;
      await reader;
      expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    });

    it('renames by case only, lets two nodes swap names in one batch, and refuses a folder inside itself', async () => {
      const { run, one, rootId, folder, file, names, done } = await space();
      const [a, b] = [await file('a.txt'), await file('b.txt')];
      await done({ kind: 'move', nodeId: a.id, parentId: rootId, name: 'A.txt' });
      const results = await run([
        { kind: 'move', nodeId: a.id, parentId: rootId, name: 'tmp' },
        { kind: 'move', nodeId: b.id, parentId: rootId, name: 'a.txt' },
        { kind: 'move', nodeId: a.id, parentId: rootId, name: 'b.txt' },
      ]);
      expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
      expect(await names()).toEqual(['a.txt', 'b.txt']);
      const outer = await folder('外');
      const inner = await folder('内', outer.id);
      expect(await one({ kind: 'move', nodeId: outer.id, parentId: inner.id, name: '外' })).toMatchObject({
        kind: 'conflict',
        reason: 'cycle',
      });
      expect(await one({ kind: 'move', nodeId: outer.id, parentId: outer.id, name: '外' })).toMatchObject({ reason: 'cycle' });
      expect(await one({ kind: 'move', nodeId: rootId, parentId: inner.id, name: '外' })).toMatchObject({
        kind: 'refused',
        reason: 'root_fixed',
      });
    });

    it('keeps names in NFC, so that both spellings of a letter are one name', async () => {
      const { one, rootId, file } = await space();
      const spelled = await file('か\u3099.txt');
      expect(spelled.name).toBe('が.txt');
      const twin = await one({ kind: 'create_file', id: randomUUID(), parentId: rootId, name: 'が.txt', content: empty() });
      expect(twin).toMatchObject({ reason: 'name_taken', node: { id: spelled.id } });
    });

    it('refuses names that no tree can hold and takes those that only some disks cannot', async () => {
      const { one, rootId } = await space();
      const create = (name: string) => one({ kind: 'create_folder', id: randomUUID(), parentId: rootId, name });
      const bad = {
        '': 'name_empty',
        '..': 'name_reserved',
        '../x': 'name_characters',
        'a\u0000': 'name_characters',
        ['あ'.repeat(201)]: 'name_too_long',
      };
      for (const [name, reason] of Object.entries(bad))
        expect(await create(name), JSON.stringify(name)).toMatchObject({ kind: 'refused', reason });
      for (const name of ['CON', 'a.', 'あ'.repeat(200)]) expect(await create(name), name).toMatchObject({ kind: 'applied' });
    });

    it('keeps every content that was overwritten as a version with its writer, and brings one back as a new version', async () => {
      const { one, file, done, rootId } = await space();
      const node = await file('計画.txt');
      await done({ kind: 'update_content', nodeId: node.id, baseVersion: 1, content: empty(2) });
      await done({ kind: 'move', nodeId: node.id, parentId: rootId, name: '計画2.txt' });
      const stale: Draft = { kind: 'update_content', nodeId: node.id, baseVersion: 1, content: empty(3) };
      expect(await one(stale, tenant.context('tanaka'))).toMatchObject({
        kind: 'conflict',
        reason: 'version_changed',
        node: { version: 2, name: '計画2.txt' },
      });
      expect(await one({ ...stale, baseVersion: 2 } as Draft, tenant.context('tanaka'))).toMatchObject({
        kind: 'applied',
        node: { version: 3 },
      });
      const restored = await done({ kind: 'restore_version', nodeId: node.id, version: 1 });
      expect(restored).toMatchObject({ version: 4, content: { modifiedAt: 1 } });
      const { versions } = await drive['drive.versions']({ nodeId: node.id }, tenant.context('sato'));
      expect(versions.map(({ version, content, createdBy }) => [version, content.modifiedAt, createdBy])).toEqual([
        [4, 1, 'sato'],
        [3, 3, 'tanaka'],
        [2, 2, 'sato'],
        [1, 1, 'sato'],
      ]);
      expect(await one({ kind: 'restore_version', nodeId: node.id, version: 9 })).toMatchObject({ kind: 'conflict', reason: 'missing' });
    });

    it('takes a deleted folder to the trash with all that is in it, tells so, and brings exactly that back', async () => {
      const { one, done, folder, file, changes, names, id, rootId } = await space();
      const outer = await folder('案件');
      const inner = await folder('2026', outer.id);
      const kept = await file('仕様.txt', inner.id);
      const earlier = await file('古い.txt', inner.id);
      await done({ kind: 'delete', nodeId: earlier.id, baseVersion: 1 });
      const { cursor } = await changes(null);
      await done({ kind: 'delete', nodeId: outer.id, baseVersion: 0 });
      const { nodes: gone } = await changes(cursor);
      expect(gone.map(({ id: nodeId, trashed }) => [nodeId, trashed])).toEqual([
        [outer.id, true],
        [inner.id, true],
        [kept.id, true],
      ]);
      expect(await names()).toEqual([]);
      await expect(drive['drive.children']({ folderId: inner.id }, tenant.context('sato'))).rejects.toMatchObject({ code: 'not_found' });
      expect(await one({ kind: 'create_folder', id: randomUUID(), parentId: inner.id, name: 'x' })).toMatchObject({
        reason: 'parent_missing',
      });
      expect(await one({ kind: 'delete', nodeId: kept.id, baseVersion: 1 })).toMatchObject({ kind: 'conflict', reason: 'trashed' });
      const { nodes: trash } = await drive['drive.trash']({ spaceId: id }, tenant.context('sato'));
      expect(trash.map(({ node, path }) => [node.name, path])).toEqual([
        ['案件', ''],
        ['古い.txt', '案件/2026'],
      ]);
      await folder('案件');
      const back = await done({ kind: 'restore', nodeId: outer.id });
      expect(back).toMatchObject({ name: '案件 (2)', parentId: rootId, trashed: false });
      expect(await names(inner.id)).toEqual(['仕様.txt']);
      await done({ kind: 'delete', nodeId: outer.id, baseVersion: 0 });
      expect(await done({ kind: 'restore', nodeId: earlier.id })).toMatchObject({ parentId: rootId, name: '古い.txt' });
    });

    it('deletes a file only in the version that was seen, and a folder with something in it only when that is meant', async () => {
      const { one, folder, file, done } = await space();
      const outer = await folder('a');
      const node = await file('x.txt', outer.id);
      await done({ kind: 'update_content', nodeId: node.id, baseVersion: 1, content: empty(2) });
      expect(await one({ kind: 'delete', nodeId: node.id, baseVersion: 1 })).toMatchObject({
        reason: 'version_changed',
        node: { version: 2 },
      });
      expect(await one({ kind: 'delete', nodeId: outer.id, baseVersion: 0, ifEmpty: true })).toMatchObject({ reason: 'not_empty' });
      await done({ kind: 'delete', nodeId: node.id, baseVersion: 2 });
      await done({ kind: 'delete', nodeId: outer.id, baseVersion: 0, ifEmpty: true });
    });

    it('refuses files of a blocked extension when they come, are renamed to it or written, but not folders', async () => {
      const { one, file, rootId } = await space();
      const tool = await file('tool.exe');
      const plain = await file('tool.txt');
      const strict = tenant.context('sato', Policy.parse({ blockedExtensions: { drive: ['exe'] } }));
      const refusal = { kind: 'refused', reason: 'extension_blocked' };
      expect(await one({ kind: 'create_file', id: randomUUID(), parentId: rootId, name: 'b.EXE', content: empty() }, strict)).toMatchObject(
        refusal,
      );
      expect(await one({ kind: 'move', nodeId: plain.id, parentId: rootId, name: 'plain.exe' }, strict)).toMatchObject(refusal);
      expect(await one({ kind: 'update_content', nodeId: tool.id, baseVersion: 1, content: empty(2) }, strict)).toMatchObject(refusal);
      expect(await one({ kind: 'create_folder', id: randomUUID(), parentId: rootId, name: 'folder.exe' }, strict)).toMatchObject({
        kind: 'applied',
      });
      expect(await one({ kind: 'delete', nodeId: tool.id, baseVersion: 1 }, strict)).toMatchObject({ kind: 'applied' });
    });

    it('takes no node of another drive for its own', async () => {
      const [one, other] = [await space(), await space()];
      const node = await other.file('a.txt');
      expect(await one.one({ kind: 'move', nodeId: node.id, parentId: one.rootId, name: 'a.txt' })).toMatchObject({
        reason: 'missing',
        node: null,
      });
      expect(await one.one({ kind: 'create_file', id: node.id, parentId: one.rootId, name: 'a', content: empty() })).toMatchObject({
        reason: 'id_taken',
        node: null,
      });
      expect(await one.one({ kind: 'create_folder', id: randomUUID(), parentId: other.rootId, name: 'a' })).toMatchObject({
        reason: 'parent_missing',
        node: null,
      });
    });

    it('lists anew, and says so, when the cursor is of another epoch or of a future that never was', async () => {
      const { file, changes } = await space();
      await file('a.txt');
      const { cursor } = await changes(null);
      expect(await changes(cursor)).toMatchObject({ nodes: [], reset: false, complete: true, cursor });
      for (const strange of [
        { ...cursor, epoch: 'before' },
        { ...cursor, sequence: 99 },
      ]) {
        const { nodes, reset } = await changes(strange);
        expect([nodes.length, reset]).toEqual([2, true]);
      }
    });

    it('tells those who may see a drive that it changed, after the change can be read', async () => {
      hints.length = 0;
      const { id, file } = await space({ sato: 'edit', tanaka: 'read' });
      await Promise.resolve();
      expect(hints).toMatchObject([{ tenantId: tenant.tenantId, event: { type: 'spaces.changed' } }]);
      expect([...hints[0]!.audience!].toSorted()).toEqual(['sato', 'tanaka']);
      hints.length = 0;
      await file('a.txt');
      await Promise.resolve();
      expect(hints).toMatchObject([{ tenantId: tenant.tenantId, event: { type: 'drive.changed', spaceId: id, sequence: 2 } }]);
      expect([...hints[0]!.audience!].toSorted()).toEqual(['sato', 'tanaka']);
    });

    it('commits a thousand new files well within a second, and takes thousands to the trash and back as fast', async () => {
      const { run, one, changes, rootId, folder } = await space();
      const top = await folder('大量');
      const drafts = (parentId: string) =>
        Array.from({ length: 1_000 }, (_, index): Draft => ({
          kind: 'create_file',
          id: randomUUID(),
          parentId,
          name: `${index}`,
          content: empty(),
        }));
      const start = performance.now();
      const results = await run(drafts(rootId));
      expect(performance.now() - start).toBeLessThan(1_000);
      expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
      for (let number = 0; number < 5; number += 1) await run(drafts((await folder(String(number), top.id)).id));
      const { cursor } = await changes(null, 10_000);
      const middle = performance.now();
      expect(await one({ kind: 'delete', nodeId: top.id, baseVersion: 0 })).toMatchObject({ kind: 'applied' });
      expect(await one({ kind: 'restore', nodeId: top.id })).toMatchObject({ kind: 'applied' });
      expect(performance.now() - middle).toBeLessThan(2_000);
      const { nodes } = await changes(cursor, 10_000);
      expect(nodes).toHaveLength(5_006);
      expect(nodes.every(({ trashed }) => !trashed)).toBe(true);
    });
  });
}
