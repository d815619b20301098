import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '#shared/client/transport.ts';
import { connect } from '#shared/contract/operation.ts';
import { encodePack } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { Content, Cursor, Mutation, MutationResult, Node, Space } from '#shared/model/drive.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
type Asked = Mutation extends infer M ? (M extends { key: string } ? Omit<M, 'key'> : never) : never;

/** What the sync engine relies on of every server: the real one and the simulated. */
export function serverSuite(name: string, open: () => Promise<Transport>): void {
  describe(`${name} as the engine uses it`, () => {
    let transport: Transport;
    let space: Space;
    let minted = 0;
    const id = (): string => `00000000-0000-4000-8000-${String((minted += 1)).padStart(12, '0')}`;
    const server = () => connect(tenant, transport.call);
    beforeAll(async () => {
      transport = await open();
      space = (await server()['drive.spaces']({})).spaces.find(({ kind }) => kind === 'my')!;
    });
    const ask = async (mutation: Asked, key = id()): Promise<MutationResult> =>
      (await server()['drive.mutate']({ spaceId: space.id, mutations: [{ key, ...mutation } as Mutation] })).results[0]!;
    const done = async (mutation: Asked): Promise<Node> => {
      const result = await ask(mutation);
      if (result.kind !== 'applied') throw new Error(JSON.stringify(result));
      return result.node;
    };
    const folder = (name: string, parentId = space.rootId) => done({ kind: 'create_folder', id: id(), parentId, name });
    const content = async (text: string): Promise<Content> => {
      const bytes = new TextEncoder().encode(text);
      if (bytes.length > 0) await transport.sendPack(encodePack([{ hash: sha256(text), bytes }]));
      return { contentHash: sha256(text), sizeBytes: bytes.length, chunks: null, modifiedAt: 1_000, executable: false };
    };
    const file = async (name: string, text: string, parentId: string) =>
      done({ kind: 'create_file', id: id(), parentId, name, content: await content(text) });
    const pull = async (cursor: Cursor | null, limit = 3) => {
      const nodes: Node[] = [];
      for (let after: string | undefined; ;) {
        const page = await server()['drive.changes']({ spaceId: space.id, cursor, limit, ...(after === undefined ? {} : { after }) });
        nodes.push(...page.nodes);
        if (page.complete) return { nodes, cursor: page.cursor, reset: page.reset };
        after = page.after;
      }
    };
    const gist = ({ name, kind, version, trashed }: Node) => ({ name, kind, version, trashed });

    it('tells what it lacks, takes packs, and gives chunks back', async () => {
      const hashes = [sha256('one'), sha256('two')];
      expect((await server()['content.missing']({ hashes })).missing).toEqual(hashes);
      await expect(transport.readChunks(hashes)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'not_found',
        details: { missing: hashes },
      });
      const top = await folder('chunks');
      await file('one', 'one', top.id);
      await file('two', 'two', top.id);
      expect((await server()['content.missing']({ hashes })).missing).toEqual([]);
      const found = new Map<string, string>();
      for await (const { hash, bytes } of transport.readChunks(hashes)) found.set(hash, Buffer.from(bytes).toString());
      expect(found).toEqual(
        new Map([
          [hashes[0], 'one'],
          [hashes[1], 'two'],
        ]),
      );
    });

    it('commits no file whose bytes are not there, or are others', async () => {
      const top = await folder('lacking');
      const absent: Content = { contentHash: sha256('never sent'), sizeBytes: 10, chunks: null, modifiedAt: 1, executable: false };
      const create = { kind: 'create_file', id: id(), parentId: top.id, name: 'x', content: absent } as const;
      expect(await ask(create)).toMatchObject({ kind: 'missing_chunks', hashes: [absent.contentHash] });
      const broken = {
        ...(await content('abc')),
        chunks: [
          { hash: sha256('abc'), sizeBytes: 2 },
          { hash: sha256('abc'), sizeBytes: 1 },
        ],
      };
      expect(await ask({ ...create, content: broken })).toMatchObject({ kind: 'refused' });
    });

    it('answers a key that was applied with the same, and judges anew what was not', async () => {
      const top = await folder('keys');
      const key = id();
      const make = { kind: 'create_folder', id: id(), parentId: top.id, name: 'once' } as const;
      const first = await ask(make, key);
      await done({ kind: 'move', nodeId: make.id, parentId: top.id, name: 'moved' });
      expect(await ask(make, key)).toEqual(first);
      const late = id();
      const child = { kind: 'create_folder', id: id(), parentId: make.id, name: 'sub' } as const;
      const taken = await folder('sub', make.id);
      expect(await ask(child, late)).toMatchObject({ kind: 'conflict', reason: 'name_taken', node: { id: taken.id } });
      await done({ kind: 'delete', nodeId: taken.id, baseVersion: 0 });
      expect(await ask(child, late)).toMatchObject({ kind: 'applied' });
    });

    it('holds to its preconditions: names, versions, parents, circles, ids', async () => {
      const top = await folder('rules');
      const [a, b] = [await folder('Straße', top.id), await folder('b', top.id)];
      const f = await file('f', 'f1', top.id);
      const to = (nodeId: string, parentId: string, name: string) => ask({ kind: 'move', nodeId, parentId, name });
      expect(await ask({ kind: 'create_folder', id: id(), parentId: top.id, name: 'STRASSE' })).toMatchObject({ reason: 'name_taken' });
      expect(await ask({ kind: 'create_folder', id: a.id, parentId: top.id, name: 'new' })).toMatchObject({ reason: 'id_taken' });
      expect(await ask({ kind: 'create_folder', id: id(), parentId: f.id, name: 'x' })).toMatchObject({ reason: 'parent_missing' });
      expect(await ask({ kind: 'create_folder', id: id(), parentId: top.id, name: 'a/b' })).toMatchObject({ kind: 'refused' });
      await done({ kind: 'move', nodeId: b.id, parentId: a.id, name: 'b' });
      expect(await to(a.id, b.id, 'a')).toMatchObject({ kind: 'conflict', reason: 'cycle' });
      expect(await to(f.id, id(), 'f')).toMatchObject({ reason: 'parent_missing' });
      expect(await to(id(), top.id, 'f')).toMatchObject({ reason: 'missing', node: null });
      expect(await to(a.id, top.id, 'strasse')).toMatchObject({ kind: 'applied' });
      const update = { kind: 'update_content', nodeId: f.id, baseVersion: 1, content: await content('f2') } as const;
      expect(gist(await done(update))).toMatchObject({ version: 2 });
      expect(await ask(update)).toMatchObject({ reason: 'version_changed', node: { version: 2 } });
      expect(await ask({ kind: 'delete', nodeId: f.id, baseVersion: 1 })).toMatchObject({ reason: 'version_changed' });
      await done({ kind: 'delete', nodeId: f.id, baseVersion: 2 });
      expect(await ask({ ...update, baseVersion: 2 })).toMatchObject({ reason: 'trashed' });
      expect(await to(f.id, top.id, 'g')).toMatchObject({ reason: 'trashed' });
      expect(await ask({ kind: 'delete', nodeId: space.rootId, baseVersion: 0 })).toMatchObject({ kind: 'refused' });
    });

    it('deletes a folder with what the deleter has seen in it, and not with more', async () => {
      const top = await folder('seen');
      await folder('in', top.id);
      const { cursor } = await pull(null);
      const late = await file('late', 'late', top.id);
      const remove = { kind: 'delete', nodeId: top.id, baseVersion: 0 } as const;
      expect(await ask({ ...remove, baseSequence: cursor.sequence })).toMatchObject({ reason: 'not_empty' });
      expect(await ask({ ...remove, ifEmpty: true })).toMatchObject({ reason: 'not_empty' });
      await done({ ...remove, baseSequence: (await pull(cursor)).cursor.sequence });
      const { nodes } = await pull(cursor);
      expect(
        nodes
          .filter(({ trashed }) => trashed)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['in', 'late', 'seen']);
      expect(gist(await done({ kind: 'restore', nodeId: late.id }))).toMatchObject({ trashed: false });
    });

    it('tells changes in order, parents first, page by page, also what goes while pages are read', async () => {
      const { cursor } = await pull(null);
      const [one, two] = [await folder('page-one'), await folder('page-two')];
      const f = await file('f', 'paged', one.id);
      await done({ kind: 'move', nodeId: one.id, parentId: two.id, name: 'page-one' });
      await done({ kind: 'move', nodeId: two.id, parentId: space.rootId, name: 'page-2' });
      const small = await pull(cursor, 1);
      const known = new Set<string | null>([space.rootId]);
      for (const node of small.nodes) {
        expect(known.has(node.parentId)).toBe(true);
        known.add(node.id);
      }
      const last = new Map(small.nodes.map((node) => [node.id, node]));
      expect([...last.values()].map(gist)).toEqual(expect.arrayContaining([gist({ ...two, name: 'page-2' }), gist(one), gist(f)]));
      expect((await pull(small.cursor)).nodes).toEqual([]);
      const first = await server()['drive.changes']({ spaceId: space.id, cursor: null, limit: 1 });
      await done({ kind: 'delete', nodeId: f.id, baseVersion: 1 });
      const rest: Node[] = [];
      for (let after = first.after; after !== undefined;) {
        const page = await server()['drive.changes']({ spaceId: space.id, cursor: null, limit: 2, after });
        rest.push(...page.nodes);
        after = page.after;
      }
      expect(rest.find(({ id: at }) => at === f.id)).toMatchObject({ trashed: true });
    });

    it('lists anew, and says so, where a cursor is of another epoch or of a future that never was', async () => {
      const { cursor } = await pull(null);
      const live = (nodes: Node[]) => new Set(nodes.filter(({ trashed }) => !trashed).map(({ id: at }) => at));
      const { nodes } = await pull(null);
      for (const strange of [
        { ...cursor, epoch: 'another' },
        { ...cursor, sequence: cursor.sequence + 9 },
      ]) {
        const answer = await pull(strange);
        expect(answer.reset).toBe(true);
        expect(live(answer.nodes)).toEqual(live(nodes));
      }
      await expect(server()['drive.changes']({ spaceId: 'none', cursor: null })).rejects.toMatchObject({ code: 'not_found' });
    });
  });
}
