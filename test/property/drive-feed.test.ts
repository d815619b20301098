import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import type { Content, Cursor, Mutation, Node } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { makeTenant } from '../suites/drive-tenant.ts';

let made: TestServices;
beforeAll(async () => {
  made = await makeServices();
});
afterAll(() => made.close());

const names = ['a', 'B', 'b', '資料', 'x.txt', 'X.txt'];
const content = (modifiedAt: number): Content => ({ contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt, executable: false });

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('create'), folder: fc.boolean(), pick: fc.nat(), name: fc.constantFrom(...names) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move'), pick: fc.nat(), target: fc.nat(), name: fc.constantFrom(...names) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write'), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore'), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pull'), reader: fc.nat({ max: 1 }), limit: fc.integer({ min: 1, max: 4 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A client that keeps what the feed tells, page by page, whenever it comes to it. */
class Reader {
  readonly nodes = new Map<string, Node>();
  #cursor: Cursor | null = null;
  #after: string | undefined;

  take(page: { nodes: Node[]; cursor: Cursor; after?: string | undefined; complete: boolean }): void {
    for (const node of page.nodes) {
      if (node.trashed) {
        this.nodes.delete(node.id);
        continue;
      }
      if (node.parentId !== null) expect(this.nodes.has(node.parentId), `parent of ${node.name} is known before it`).toBe(true);
      this.nodes.set(node.id, node);
    }
    this.#after = page.after;
    if (page.complete) this.#cursor = page.cursor;
  }

  ask(spaceId: string, limit: number) {
    return { spaceId, cursor: this.#cursor, limit, ...(this.#after === undefined ? {} : { after: this.#after }) };
  }
}

const sorted = (nodes: Iterable<Node>) => [...nodes].toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe('the feed of a space', () => {
  it('gives every reader, whenever it asks and however small its pages, what a fresh listing gives, parents always first', async () => {
    const { services } = made;
    const { tenantId, context } = await makeTenant(services, ['a']);
    const asA = context('a');
    const drive = driveHandlers({ ...services, inspector: noInspection });
    const run = async (steps: readonly Step[]) => {
      const permissions = new Map([['*', 'edit' as const]]);
      const spaceId = (await createSpace(services, tenantId, {
        kind: 'shared',
        name: '営業',
        ownerId: null,
        permissions,
        createdBy: 'a',
      }))!;
      const { spaces } = await drive['drive.spaces']({}, asA);
      const rootId = spaces.find(({ id }) => id === spaceId)!.rootId;
      const readers = [new Reader(), new Reader()] as const;
      /** What the writer has seen: the newest state of every node, also of trashed ones. */
      const seen = new Map<string, Node>();
      let last: Mutation[] = [];
      const write = async (mutations: Mutation[]) => {
        const { results, sequence } = await drive['drive.mutate']({ spaceId, mutations }, asA);
        for (const result of results) if (result.kind === 'applied') seen.set(result.node.id, result.node);
        const top = await services.database
          .selectFrom('nodes')
          .select(({ fn }) => fn.max('sequence').as('top'))
          .where('tenant_id', '=', tenantId)
          .where('space_id', '=', spaceId)
          .executeTakeFirstOrThrow();
        expect(sequence, 'the last number belongs to a node').toBe(top.top);
        last = mutations;
        return results;
      };
      const any = (pick: number, among: (node: Node) => boolean): Node | undefined => {
        const candidates = [...seen.values()].filter(among);
        return candidates[pick % Math.max(candidates.length, 1)];
      };
      const pull = async (reader: Reader, limit: number) => {
        const page = await drive['drive.changes'](reader.ask(spaceId, limit), asA);
        reader.take(page);
        return page.complete;
      };
      for (const [index, at] of steps.entries()) {
        const key = randomUUID();
        const isFolder = (node: Node) => node.kind === 'folder';
        switch (at.kind) {
          case 'create': {
            const { folder, pick, name } = at as Extract<Step, { folder: boolean }>;
            const parentId = any(pick, isFolder)?.id ?? rootId;
            const base = { key, id: randomUUID(), parentId, name };
            await write([folder ? { ...base, kind: 'create_folder' } : { ...base, kind: 'create_file', content: content(index) }]);
            break;
          }
          case 'move': {
            const { pick, target, name } = at as Extract<Step, { target: number }>;
            const node = any(pick, () => true);
            const parentId = any(target, isFolder)?.id ?? rootId;
            if (node !== undefined) await write([{ key, kind: 'move', nodeId: node.id, parentId, name }]);
            break;
          }
          case 'write': {
            const file = any((at as { pick: number }).pick, (node) => node.kind === 'file');
            if (file !== undefined)
              await write([{ key, kind: 'update_content', nodeId: file.id, baseVersion: file.version, content: content(index) }]);
            break;
          }
          case 'delete': {
            const node = any((at as { pick: number }).pick, () => true);
            if (node !== undefined) await write([{ key, kind: 'delete', nodeId: node.id, baseVersion: node.version }]);
            break;
          }
          case 'restore': {
            const node = any((at as { pick: number }).pick, () => true);
            if (node !== undefined) await write([{ key, kind: 'restore', nodeId: node.id }]);
            break;
          }
          case 'repeat': {
            if (last.length === 0) break;
            const before = await drive['drive.mutate']({ spaceId, mutations: last }, asA);
            const again = await drive['drive.mutate']({ spaceId, mutations: last }, asA);
            expect(again).toEqual(before);
            break;
          }
          default: {
            const { reader, limit } = at as Extract<Step, { reader: number }>;
            await pull(readers[reader as 0 | 1], limit);
          }
        }
      }
      const fresh = new Reader();
      for (const reader of [...readers, fresh]) {
        // A listing that was begun before is finished, then the changes since.
        for (let page = 0; page < 500; page += 1) if (await pull(reader, reader === fresh ? 10_000 : 1)) break;
        while (!(await pull(reader, 10_000)));
      }
      const truth = sorted(fresh.nodes.values());
      for (const reader of readers) expect(sorted(reader.nodes.values())).toEqual(truth);
      // The same once more on another way: folder by folder.
      const walked: Node[] = [];
      for (const open = [rootId]; open.length > 0;) {
        const { folder, nodes } = await drive['drive.children']({ folderId: open.pop()! }, asA);
        walked.push(folder);
        expect(new Set(nodes.map((node) => foldedName(node.name))).size, 'names are unique in a folder').toBe(nodes.length);
        for (const node of nodes) {
          if (node.kind === 'folder') open.push(node.id);
          else walked.push(node);
        }
      }
      expect(sorted(walked)).toEqual(truth);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), run), { numRuns: 150 });
  });
});
