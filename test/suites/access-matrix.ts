import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import type { TestServices } from '../support/server-services.ts';
import { accessPlace, fate, fateOf, type Draft, type Fate } from './access-place.ts';

const people = ['master', 'editor', 'reader', 'nobody', 'outsider'] as const;
type Person = (typeof people)[number];
type Level = 'master' | 'edit' | 'read' | 'none';
const content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };

/** What each may do in each place: a drive whose members are editor, reader and, shut out, nobody; folders in it; a folder of the master's my drive. */
const levels: Readonly<Record<string, Readonly<Record<Person, Level>>>> = {
  'a plain folder': { master: 'master', editor: 'edit', reader: 'read', nobody: 'none', outsider: 'none' },
  'a folder for reading': { master: 'master', editor: 'read', reader: 'read', nobody: 'none', outsider: 'none' },
  'a folder where the reader may edit': { master: 'master', editor: 'edit', reader: 'edit', nobody: 'none', outsider: 'none' },
  'a folder closed to all but the reader': { master: 'master', editor: 'none', reader: 'read', nobody: 'none', outsider: 'none' },
  'a closed folder': { master: 'master', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
  'an open folder below a closed one': { master: 'master', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
  'a private drive': { master: 'none', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
  'a deleted drive': { master: 'none', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
  'a shared folder of a my drive': { master: 'master', editor: 'edit', reader: 'read', nobody: 'none', outsider: 'none' },
  'a folder below it that is closed': { master: 'master', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
  'the rest of that my drive': { master: 'master', editor: 'none', reader: 'none', nobody: 'none', outsider: 'none' },
};

/** What becomes of each operation by what the asker may do there. */
const fates: Readonly<Record<string, Readonly<Record<Level, Fate>>>> = {
  list: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  node: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  versions: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  download: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  feed: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  measure: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  permissions: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  copy_from: { master: 'done', edit: 'done', read: 'done', none: 'hidden' },
  create: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  copy_to: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  write: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  rename: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  delete: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  restore: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  restore_version: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  lock: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  unlock: { master: 'done', edit: 'done', read: 'refused', none: 'hidden' },
  setPermissions: { master: 'done', edit: 'refused', read: 'refused', none: 'hidden' },
};

/** Every operation of the Drive, by everybody, everywhere (DRV-01, DRV-02, DRV-05, DRV-07). */
export function accessMatrix(database: string, open: () => Promise<TestServices>): void {
  describe(`who may do what in the Drive on ${database}`, () => {
    let made: TestServices;
    let place: Awaited<ReturnType<typeof accessPlace>>;
    let foreign: Awaited<ReturnType<typeof accessPlace>>;
    const folders = new Map<string, { id: string; spaceId: string; viewId: string; isReal: boolean }>();
    const ownRoots = new Map<Person, { id: string; rootId: string }>();

    beforeAll(async () => {
      made = await open();
      place = await accessPlace(made, people);
      foreign = await accessPlace(made, ['stranger']);
      const members = { editor: 'edit', reader: 'read', nobody: 'none' } as const;
      const [drive, closedDrive, deletedDrive, my] = [
        await place.shared(members, ['master']),
        await place.shared(members, ['master']),
        await place.shared(members, ['master']),
        await place.my('master'),
      ];
      for (const who of people) ownRoots.set(who, await place.my(who));
      const add = async (name: string, spaceId: string, parentId: string, isReal = true, view: string | null = null) => {
        const id = await place.folder('master', spaceId, parentId, name);
        folders.set(name, { id, spaceId, viewId: view ?? (isReal ? spaceId : id), isReal });
        // One file for each operation of each person, before anybody is shut out.
        const drafts = ([...people, 'stranger'] as const).flatMap((who) =>
          Object.keys(fates).map((operation): Draft => {
            const named = { id: fileId(name, who, operation), parentId: id, name: `${who} ${operation}` };
            return { kind: 'create_file', ...named, content };
          }),
        );
        const results = await place.mutate('master', spaceId, drafts);
        expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
        const later = ([...people, 'stranger'] as const).flatMap((who): Draft[] => [
          { kind: 'delete', nodeId: fileId(name, who, 'restore'), baseVersion: 1 },
          { kind: 'update_content', nodeId: fileId(name, who, 'restore_version'), baseVersion: 1, content: { ...content, modifiedAt: 2 } },
        ]);
        expect((await place.mutate('master', spaceId, later)).every(({ kind }) => kind === 'applied')).toBe(true);
        return id;
      };
      await add('a plain folder', drive.id, drive.rootId);
      const reading = await add('a folder for reading', drive.id, drive.rootId);
      const raised = await add('a folder where the reader may edit', drive.id, drive.rootId);
      const almost = await add('a folder closed to all but the reader', drive.id, drive.rootId);
      const closed = await add('a closed folder', drive.id, drive.rootId);
      const below = await add('an open folder below a closed one', drive.id, closed);
      await add('a private drive', closedDrive.id, closedDrive.rootId);
      await add('a deleted drive', deletedDrive.id, deletedDrive.rootId);
      const shared = await add('a shared folder of a my drive', my.id, my.rootId, false);
      const inner = await add('a folder below it that is closed', my.id, shared, false, shared);
      await add('the rest of that my drive', my.id, my.rootId, false);
      await place.restrict('master', reading, { '*': 'read' });
      await place.restrict('master', raised, { reader: 'edit' });
      await place.restrict('master', almost, { '*': 'none', reader: 'read' });
      await place.restrict('master', closed, { '*': 'none' });
      await place.restrict('master', below, { editor: 'edit', reader: 'edit', outsider: 'edit' });
      await place.restrict('master', shared, { editor: 'edit', reader: 'read', nobody: 'none' });
      await place.restrict('master', inner, { '*': 'none' });
      await place.console['space.update']({ spaceId: closedDrive.id, private: true }, place.as('master'));
      await place.console['space.delete']({ spaceId: deletedDrive.id }, place.as('master'));
    }, 60_000);
    afterAll(() => made.close());

    const ids = new Map<string, string>();
    function fileId(folder: string, who: string, operation: string): string {
      const key = `${folder}/${who}/${operation}`;
      const id = ids.get(key) ?? randomUUID();
      ids.set(key, id);
      return id;
    }

    async function attempt(where: string, who: string, operation: string, from: typeof place): Promise<string> {
      const { id: folderId, spaceId, viewId } = folders.get(where)!;
      const as = from.as(who);
      const nodeId = fileId(where, who, operation);
      const asked = who === 'master' ? spaceId : viewId;
      const own = who === 'stranger' ? await foreign.my('stranger') : ownRoots.get(who as Person)!;
      const change = async (draft: Draft, space = asked): Promise<string> => {
        try {
          return fateOf(await from.one(who, space, draft));
        } catch (error) {
          return fate(Promise.reject(error as Error));
        }
      };
      switch (operation) {
        case 'list':
          return fate(from.drive['drive.children']({ folderId }, as));
        case 'node':
          return fate(from.access['drive.node']({ nodeId }, as));
        case 'versions':
          return fate(from.drive['drive.versions']({ nodeId }, as));
        case 'download': {
          const { status } = await from.bytes(who, nodeId);
          return status === 200 ? 'done' : status === 404 ? 'hidden' : String(status);
        }
        case 'feed': {
          const page = from.drive['drive.changes']({ spaceId: asked, cursor: null, limit: 10_000 }, as);
          const outcome = await fate(page);
          return outcome === 'done' && !(await page).nodes.some(({ id }) => id === nodeId) ? 'hidden' : outcome;
        }
        case 'measure':
          return (await from.access['drive.measure']({ nodeIds: [nodeId] }, as)).files === 1 ? 'done' : 'hidden';
        case 'permissions':
          return fate(from.access['drive.permissions']({ folderId }, as));
        case 'copy_from':
          return change({ kind: 'copy', id: randomUUID(), nodeId, parentId: own.rootId, name: `${where} ${operation}` }, own.id);
        case 'create':
          return change({ kind: 'create_folder', id: randomUUID(), parentId: folderId, name: `${who} new` });
        case 'copy_to': {
          const source = await from.folder(who, own.id, own.rootId, `source for ${where}`);
          return change({ kind: 'copy', id: randomUUID(), nodeId: source, parentId: folderId, name: `${who} copied` });
        }
        case 'write':
          return change({ kind: 'update_content', nodeId, baseVersion: 1, content });
        case 'rename':
          return change({ kind: 'move', nodeId, parentId: folderId, name: `${who} renamed` });
        case 'delete':
          return change({ kind: 'delete', nodeId, baseVersion: 1 });
        case 'restore':
          return change({ kind: 'restore', nodeId });
        case 'restore_version':
          return change({ kind: 'restore_version', nodeId, version: 1 });
        case 'lock':
          return change({ kind: 'lock', nodeId });
        case 'unlock':
          return change({ kind: 'unlock', nodeId });
        default: {
          // What is said already is said again: the matrix stays as it is.
          const query = made.services.database.selectFrom('folder_members').select(['member_id as member', 'permission']);
          const rows = await query.where('folder_id', '=', folderId).execute();
          const members =
            rows.length === 0 ? null : rows.map((row) => ({ ...row, permission: row.permission as 'edit' | 'read' | 'none' }));
          return fate(from.access['drive.setPermissions']({ folderId, members }, as));
        }
      }
    }

    it.each(Object.keys(levels))('holds in %s', async (where) => {
      const expected: Record<string, Record<string, string>> = {};
      const found: typeof expected = {};
      for (const who of people) {
        expected[who] = Object.fromEntries(Object.entries(fates).map(([operation, by]) => [operation, by[levels[where]![who]]]));
        found[who] = {};
        for (const operation of Object.keys(fates)) found[who][operation] = await attempt(where, who, operation, place);
      }
      expect(found).toEqual(expected);
    });

    it.each(['a plain folder', 'a folder where the reader may edit', 'a shared folder of a my drive'])(
      'is nothing to members of another company: %s',
      async (where) => {
        for (const operation of Object.keys(fates)) {
          expect(await attempt(where, 'stranger', operation, foreign), operation).toBe('hidden');
        }
      },
    );
  });
}
