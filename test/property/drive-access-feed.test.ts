import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import type { Content, Cursor, Mutation, Node, Permission } from '#shared/model/drive.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import { accessHandlers } from '../../server/drive/access-handlers.ts';
import { driveHandlers } from '../../server/drive/handlers.ts';
import { createSpace } from '../../server/drive/spaces.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { makeTenant } from '../suites/drive-tenant.ts';

let made: TestServices;
beforeAll(async () => {
  made = await makeServices();
});
afterAll(() => made.close());

const names = ['a', 'B', '資料', 'x.txt'];
const readers = ['b', 'c'] as const;
const content = (modifiedAt: number): Content => ({ contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt, executable: false });
const pick = fc.nat({ max: 1_000 });
const where = fc.constantFrom('shared', 'my');
const permission = fc.constantFrom<Permission>('edit', 'read', 'none');
const rules = fc.option(fc.dictionary(fc.constantFrom('b', 'c', '*'), permission, { maxKeys: 2 }), { nil: null });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('create'), where, folder: fc.boolean(), pick, name: fc.constantFrom(...names) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('move'), where, pick, target: pick, name: fc.constantFrom(...names) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copy'), where, from: where, pick, target: pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), where, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore'), where, pick }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('rules'), where, pick, rules }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('members'), everybody: permission, b: permission, master: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('race'), where, pick, name: fc.constantFrom(...names), rules }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('pull'), who: fc.constantFrom(...readers), limit: fc.integer({ min: 1, max: 4 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What a member keeps of one space, page by page, whenever they come to it. */
class Kept {
  readonly nodes = new Map<string, Node>();
  #cursor: Cursor | null = null;
  #after: string | undefined;

  take(page: { nodes: Node[]; cursor: Cursor; after?: string | undefined; complete: boolean }, spaceId: string): void {
    for (const node of page.nodes) {
      expect(node.spaceId).toBe(spaceId);
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

describe('the feed of a space in which not everybody sees everything', () => {
  it('leaves every reader with exactly what a fresh listing gives them, however permissions, places and masters change', async () => {
    const { services } = made;
    const audit = appendAudit(services.clock);
    const drive = driveHandlers({ ...services, inspector: noInspection });
    const access = accessHandlers(services, { audit, linksOff: async () => undefined });

    const run = async (steps: readonly Step[]) => {
      const { tenantId, context } = await makeTenant(services, ['a', 'b', 'c']);
      const [asA, asB] = [context('a'), context('b')];
      const shared = (await createSpace(services, tenantId, {
        kind: 'shared',
        name: '営業',
        ownerId: null,
        permissions: new Map([['*', 'edit']]),
        masters: new Set(['a']),
        createdBy: 'a',
      }))!;
      const { spaces } = await drive['drive.spaces']({}, asA);
      const places = { shared, my: spaces.find(({ kind }) => kind === 'my')!.id };
      const rootOf = (place: string): string => spaces.find(({ id }) => id === place)!.rootId;
      const seen = { shared: new Map<string, Node>(), my: new Map<string, Node>() };
      const kept = new Map<string, Kept>();

      const write = async (at: 'shared' | 'my', mutation: Mutation, as = asA) => {
        const { results } = await drive['drive.mutate']({ spaceId: places[at], mutations: [mutation] }, as);
        for (const result of results) if (result.kind === 'applied') seen[at].set(result.node.id, result.node);
      };
      const any = (at: 'shared' | 'my', number: number, among: (node: Node) => boolean = () => true): Node | undefined => {
        const candidates = [...seen[at].values()].filter(among);
        return candidates[number % Math.max(candidates.length, 1)];
      };
      const isFolder = (node: Node) => node.kind === 'folder';
      const setRules = async (folderId: string, given: Record<string, Permission> | null) => {
        const members = given === null ? null : Object.entries(given).map(([member, allowed]) => ({ member, permission: allowed }));
        // A folder in the trash is nobody's to share.
        await access['drive.setPermissions']({ folderId, members }, asA).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'not_found' }),
        );
      };
      /** Reads a page of everything that a member sees now. What they do not see any more they keep, for when it comes back. */
      const pull = async (who: string, limit: number): Promise<boolean> => {
        const theirs = await drive['drive.spaces']({}, context(who));
        let complete = true;
        for (const { id, kind } of theirs.spaces) {
          if (kind === 'my') continue;
          const key = `${who} ${id}`;
          const own = kept.get(key) ?? new Kept();
          kept.set(key, own);
          const page = await drive['drive.changes'](own.ask(id, limit), context(who));
          own.take(page, id);
          complete &&= page.complete;
        }
        return complete;
      };

      for (const [index, one] of steps.entries()) {
        const key = randomUUID();
        const at = ('where' in one ? one.where : 'shared') as 'shared' | 'my';
        switch (one.kind) {
          case 'create': {
            const { folder, pick: number, name } = one as Extract<Step, { folder: boolean }>;
            const parentId = any(at, number, isFolder)?.id ?? rootOf(places[at]);
            const base = { key, id: randomUUID(), parentId, name: `${name} ${index}` };
            await write(at, folder ? { ...base, kind: 'create_folder' } : { ...base, kind: 'create_file', content: content(index) });
            break;
          }
          case 'move': {
            const { pick: number, target, name } = one as Extract<Step, { kind: string; target: number; name: string }>;
            const node = any(at, number);
            const parentId = target % 4 === 0 ? rootOf(places[at]) : (any(at, target, isFolder)?.id ?? rootOf(places[at]));
            if (node !== undefined) await write(at, { key, kind: 'move', nodeId: node.id, parentId, name });
            break;
          }
          case 'copy': {
            const { from, pick: number, target } = one as Extract<Step, { from: string }>;
            const node = any(from as 'shared' | 'my', number);
            const parentId = any(at, target, isFolder)?.id ?? rootOf(places[at]);
            if (node !== undefined) {
              await write(at, { key, kind: 'copy', id: randomUUID(), nodeId: node.id, parentId, name: `写し ${index}` });
            }
            break;
          }
          case 'delete': {
            const node = any(at, (one as { pick: number }).pick);
            if (node !== undefined) await write(at, { key, kind: 'delete', nodeId: node.id, baseVersion: node.version });
            break;
          }
          case 'restore': {
            const node = any(at, (one as { pick: number }).pick);
            if (node !== undefined) await write(at, { key, kind: 'restore', nodeId: node.id });
            break;
          }
          case 'rules': {
            const { pick: number, rules: given } = one as Extract<Step, { rules: unknown; pick: number }>;
            const folder = any(at, number, isFolder);
            if (folder !== undefined) await setRules(folder.id, given);
            break;
          }
          case 'members': {
            const { everybody, b, master } = one as Extract<Step, { master: boolean }>;
            const members = [
              { member: '*', permission: everybody },
              { member: 'b', permission: b },
            ];
            const change = { spaceId: shared, members, masters: master ? ['a', 'c'] : ['a'] };
            await access['drive.setProperties'](change, asA).catch((error: unknown) =>
              expect(error).toMatchObject({ details: { reason: 'narrowed' } }),
            );
            break;
          }
          case 'race': {
            const { pick: number, name, rules: given } = one as Extract<Step, { rules: unknown; name: string }>;
            const folder = any(at, number, isFolder);
            const parentId = folder?.id ?? rootOf(places[at]);
            const mutation: Mutation = { key, kind: 'create_folder', id: randomUUID(), parentId, name: `${name} b${index}` };
            const byB = async () => {
              const { spaces: theirs } = await drive['drive.spaces']({}, asB);
              if (theirs.some(({ id }) => id === places[at])) await write(at, mutation, asB).catch(() => undefined);
            };
            await Promise.all([byB(), folder === undefined ? null : setRules(folder.id, given), pull('b', 2), pull('c', 3)]);
            break;
          }
          default: {
            const { who, limit } = one as Extract<Step, { who: string }>;
            await pull(who, limit);
          }
        }
      }
      for (const who of readers) {
        // A listing that was begun before is finished, then the changes since.
        for (let page = 0; page < 500; page += 1) if (await pull(who, 1)) break;
        while (!(await pull(who, 10_000)));
        const { spaces: theirs } = await drive['drive.spaces']({}, context(who));
        for (const { id, kind, rootId } of theirs) {
          if (kind === 'my') continue;
          const fresh = new Kept();
          fresh.take(await drive['drive.changes'](fresh.ask(id, 10_000), context(who)), id);
          const truth = sorted(fresh.nodes.values());
          expect(sorted(kept.get(`${who} ${id}`)!.nodes.values()), `${who} in a space of kind ${kind}`).toEqual(truth);
          // The same once more on another way: folder by folder.
          const walked: Node[] = [];
          for (const open = [rootId]; open.length > 0;) {
            const { folder, nodes } = await drive['drive.children']({ folderId: open.pop()! }, context(who));
            walked.push(folder);
            for (const node of nodes) {
              if (node.kind === 'folder') open.push(node.id);
              else walked.push(node);
            }
          }
          expect(sorted(walked), `${who} folder by folder`).toEqual(truth);
        }
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), run), { numRuns: 40 });
  });
});
