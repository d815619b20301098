import { createQueryId, sql, type CompiledQuery } from 'kysely';
import { foldedName, normalName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import type { Services } from '../../context.ts';
import { accessOf, isRuled, type NodeAccess, type Placed } from '../../content/node-access.ts';
import { spaceAccess, type Reader, type SpaceAccess } from '../../content/space-access.ts';
import type { NodeRow } from '../nodes.ts';
import { prepared } from '../../store/prepared.ts';
import { visibleSpaces } from '../visible-spaces.ts';

/** How long somebody's spaces, and what they may do in them as a whole, are used again, in milliseconds: as long as rules are. Writes ask anew. */
const freshMs = 1_000;
const mostKept = 5_000;

/** A space under the name that it has at the top of the WebDAV tree. */
export interface DavSpace {
  /** What mutations name it by. */
  readonly id: string;
  readonly name: string;
  readonly rootId: string;
}

/** What a listing needs of a node. */
export type ListedRow = Pick<NodeRow, 'id' | 'space_id' | 'parent_id' | 'name' | 'kind' | 'content' | 'updated_at'>;
const listedColumns = ['id', 'space_id', 'parent_id', 'name', 'kind', 'content', 'updated_at'] as const;

/** Something in a listing. */
export interface Listed {
  readonly path: readonly string[];
  readonly row: ListedRow;
}

/** Something that an address leads to. `path`: the names from the top down, as they are written. */
export interface Found {
  readonly kind: 'found';
  readonly path: readonly string[];
  readonly space: DavSpace;
  readonly row: NodeRow;
  readonly access: NodeAccess;
}
/** Nothing is there yet; `parent` is null where there is no folder for it either. */
export interface Absent {
  readonly kind: 'absent';
  readonly path: readonly string[];
  readonly parent: Found | null;
  readonly name: string;
}
/** The top lists the spaces. */
export type Place = { readonly kind: 'top' } | Found | Absent;

export interface Places {
  spaces(reader: Reader): Promise<readonly DavSpace[]>;
  find(reader: Reader, path: readonly string[]): Promise<Place>;
  /** What lies in a folder and may be seen, by name. */
  children(reader: Reader, folder: Found): Promise<Listed[]>;
  /** The ids of the nodes that a path leads over, the node itself the last: as many as the path has names. */
  way(reader: Reader, found: Found): Promise<readonly string[]>;
  /** The roots of all spaces. */
  roots(reader: Reader): Promise<Found[]>;
}

/** Finds nodes by their names, which are the same in any case and in any spelling of Unicode. */
export function makePlaces(services: Services): Places {
  const { database, clock, counts } = services;
  interface Asked {
    readonly readAt: number;
    readonly rights: number;
  }
  const now = (): Asked => ({ readAt: clock.monotonic(), rights: counts?.rights ?? 0 });
  const isFresh = ({ readAt, rights }: Asked): boolean => rights === (counts?.rights ?? 0) && clock.monotonic() - readAt < freshMs;
  const keep = <T>(map: Map<string, T>, key: string, value: T): void => {
    map.delete(key);
    if (map.size >= mostKept) map.delete(map.keys().next().value!);
    map.set(key, value);
  };
  const known = new Map<string, Asked & { readonly spaces: readonly DavSpace[] }>();

  const spacesOf = async (reader: Reader): Promise<readonly DavSpace[]> => {
    const key = `${reader.tenantId} ${reader.memberId}`;
    const before = known.get(key);
    if (before !== undefined && isFresh(before)) return before.spaces;
    const asked = now();
    const taken = new Set<string>();
    const spaces = (await visibleSpaces(services, reader, null)).map(({ id, name, rootId }): DavSpace => {
      // A space may be called what no folder may.
      const plain = normalName(name).replaceAll(/[/\0]|^\.{1,2}$/g, '_');
      let unique = plain;
      for (let number = 2; taken.has(foldedName(unique)); number += 1) unique = numberedName(plain, number);
      taken.add(foldedName(unique));
      return { id, name: unique, rootId };
    });
    keep(known, key, { ...asked, spaces });
    return spaces;
  };

  const byId = ({ tenantId }: Reader, id: string): Promise<NodeRow | undefined> =>
    database.selectFrom('nodes').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
  const walks = new Map<number, CompiledQuery<NodeRow & { level: number }>>();
  /** What each step of a way leads to, the space's root first, as far as it goes. */
  const walk = async ({ tenantId }: Reader, rootId: string, names: readonly string[]): Promise<NodeRow[]> => {
    if (names.length === 0) {
      const root = await byId({ tenantId, memberId: '' }, rootId);
      return root === undefined || root.trashed_at !== null ? [] : [root];
    }
    const known = walks.get(names.length);
    if (known !== undefined) {
      const { rows } = await database.executeQuery<NodeRow & { level: number }>({
        ...known,
        queryId: createQueryId(),
        parameters: [...names.map(foldedName), tenantId, rootId],
      });
      return rows.map(({ level: _, ...row }) => row);
    }
    const steps = sql.join(names.map((name, index) => sql`(${sql.lit(index + 1)}, CAST(${foldedName(name)} AS TEXT))`));
    // How it is written keeps SQLite going from a folder to its children (subtree.ts).
    const query = sql<NodeRow & { level: number }>`
      WITH RECURSIVE steps (level, folded) AS (VALUES ${steps}), way (tenant_id, id, level) AS (
        SELECT tenant_id, id, 0 FROM nodes WHERE tenant_id = ${tenantId} AND id = ${rootId} AND trashed_at IS NULL
        UNION ALL
        SELECT child.tenant_id, child.id, way.level + 1 FROM way CROSS JOIN steps CROSS JOIN nodes AS child
        WHERE steps.level = way.level + 1 AND child.tenant_id = way.tenant_id AND child.parent_id = way.id
          AND child.folded_name = steps.folded AND child.trashed_at IS NULL
      ) SELECT nodes.*, way.level FROM way CROSS JOIN nodes WHERE nodes.tenant_id = way.tenant_id AND nodes.id = way.id
      ORDER BY way.level`.compile(database);
    // Putting the text together costs more than running it; it depends on the number of steps alone.
    walks.set(names.length, query);
    const { rows } = await database.executeQuery(query);
    return rows.map(({ level: _, ...row }) => row);
  };

  const accesses = new Map<string, Asked & { readonly access: SpaceAccess | null }>();
  /** What the reader may do in a space as a whole. */
  const wholeAccess = async (reader: Reader, spaceId: string): Promise<SpaceAccess | null> => {
    const key = `${reader.tenantId} ${reader.memberId} ${spaceId}`;
    const before = accesses.get(key);
    if (before !== undefined && isFresh(before)) return before.access;
    const asked = now();
    const access = (await spaceAccess(database, reader, [spaceId])).get(spaceId) ?? null;
    keep(accesses, key, { ...asked, access });
    return access;
  };
  /** What the reader may do with nodes of one space; looked at one by one only where folders say something by themselves. */
  const accessTo = async (reader: Reader, rows: readonly Placed[]): Promise<(row: Placed) => NodeAccess | null> => {
    const [first] = rows;
    if (first === undefined) return () => null;
    const space = await wholeAccess(reader, first.space_id);
    if (space !== null && isRuled(space)) {
      const access = await accessOf(database, reader, rows);
      return (row) => access.get(row.id) ?? null;
    }
    if (space === null || space.permission === 'none') return () => null;
    const { spaceId, permission, hasRules } = space;
    const same: NodeAccess = { permission, spaceId, viewId: spaceId, viewPermission: permission, hasRules };
    return () => same;
  };
  const seen = async (reader: Reader, space: DavSpace, path: readonly string[], row: NodeRow): Promise<Found | null> => {
    const access = (await accessTo(reader, [row]))(row);
    return access === null ? null : { kind: 'found', path, space, row, access };
  };

  /** Folders that were found, by who looked and their address. What lies in one is looked up by one indexed query, as long as nothing was written. */
  const folders = new Map<string, Asked & { readonly writes: number; readonly folder: Found }>();
  const keyOf = ({ tenantId, memberId }: Reader, path: readonly string[]): string => `${tenantId} ${memberId} ${path.join('/')}`;
  const inKnownFolder = async (reader: Reader, path: readonly string[]): Promise<Found | null> => {
    if (counts === undefined || counts === null || path.length < 2) return null;
    const before = folders.get(keyOf(reader, path.slice(0, -1)));
    if (before === undefined || before.writes !== counts.any || !isFresh(before)) return null;
    const { space, row: parent, path: way, access } = before.folder;
    const [row] = await prepared(
      database,
      'named child',
      (queries) =>
        queries
          .selectFrom('nodes')
          .selectAll()
          .where('tenant_id', '=', reader.tenantId)
          .where('parent_id', '=', parent.id)
          .where('folded_name', '=', '')
          .where('trashed_at', 'is', null),
      [reader.tenantId, parent.id, foldedName(path.at(-1)!)],
    );
    if (row === undefined) return null;
    const here = [...way, row.name];
    // A file has what its folder has; only folders say something by themselves.
    return row.kind === 'file' ? { kind: 'found', path: here, space, row, access } : seen(reader, space, here, row);
  };

  const find = async (reader: Reader, path: readonly string[]): Promise<Place> => {
    const [first, ...names] = path;
    if (first === undefined) return { kind: 'top' };
    const quick = await inKnownFolder(reader, path);
    if (quick !== null) return quick;
    const [asked, writes] = [now(), counts?.any ?? 0];
    const name = normalName(path.at(-1)!);
    const nowhere: Absent = { kind: 'absent', path, parent: null, name };
    const space = (await spacesOf(reader)).find((one) => foldedName(one.name) === foldedName(first));
    if (space === undefined) return nowhere;
    const rows = await walk(reader, space.rootId, names);
    const last = rows.at(-1);
    if (last === undefined || rows.length < names.length) return nowhere;
    const way = [space.name, ...rows.slice(1).map((row) => row.name)];
    if (rows.length > names.length) {
      const above = rows.at(-2);
      if (above !== undefined && counts !== undefined && counts !== null) {
        const folder = await seen(reader, space, way.slice(0, -1), above);
        if (folder !== null) keep(folders, keyOf(reader, path.slice(0, -1)), { ...asked, writes, folder });
      }
      return (await seen(reader, space, way, last)) ?? nowhere;
    }
    const parent = last.kind === 'folder' ? await seen(reader, space, way, last) : null;
    return parent === null ? nowhere : { kind: 'absent', path: [...way, name], parent, name };
  };

  return {
    spaces: spacesOf,
    find,
    children: async (reader, { path, row }) => {
      const rows = await prepared(
        database,
        'listed children',
        (queries) =>
          queries
            .selectFrom('nodes')
            .select(listedColumns)
            .where('tenant_id', '=', reader.tenantId)
            .where('parent_id', '=', row.id)
            .where('trashed_at', 'is', null)
            .orderBy('folded_name'),
        [reader.tenantId, row.id],
      );
      const access = await accessTo(reader, rows);
      return rows.flatMap((one): Listed[] => (access(one) === null ? [] : [{ path: [...path, one.name], row: one }]));
    },
    way: async (reader, { space, row }) => {
      const ids = [row.id];
      for (let at: NodeRow | undefined = row; at !== undefined && at.id !== space.rootId && at.parent_id !== null;) {
        ids.push(at.parent_id);
        at = await byId(reader, at.parent_id);
      }
      return ids.toReversed();
    },
    roots: async (reader) => {
      const found: Found[] = [];
      for (const space of await spacesOf(reader)) {
        const row = await byId(reader, space.rootId);
        const root = row === undefined || row.trashed_at !== null ? null : await seen(reader, space, [space.name], row);
        if (root !== null) found.push(root);
      }
      return found;
    },
  };
}
