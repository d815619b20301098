import { foldedName, normalName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/model/numbered-name.ts';
import type { Services } from '../../context.ts';
import { accessOf, type NodeAccess } from '../../content/node-access.ts';
import type { Reader } from '../../content/space-access.ts';
import type { NodeRow } from '../nodes.ts';
import { visibleSpaces } from '../visible-spaces.ts';

/** How long the list of somebody's spaces is used again, in milliseconds; what they may do in them is asked anew each time. */
const freshMs = 1_000;
const mostKept = 5_000;

/** A space under the name that it has at the top of the WebDAV tree. */
export interface DavSpace {
  /** What mutations name it by. */
  readonly id: string;
  readonly name: string;
  readonly rootId: string;
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
  children(reader: Reader, folder: Found): Promise<Found[]>;
  /** The ids of the nodes that a path leads over, the node itself the last: as many as the path has names. */
  way(reader: Reader, found: Found): Promise<readonly string[]>;
  /** The roots of all spaces. */
  roots(reader: Reader): Promise<Found[]>;
}

/** Finds nodes by their names, which are the same in any case and in any spelling of Unicode. */
export function makePlaces(services: Services): Places {
  const { database, clock } = services;
  const known = new Map<string, { readonly readAt: number; readonly spaces: readonly DavSpace[] }>();

  const spacesOf = async (reader: Reader): Promise<readonly DavSpace[]> => {
    const key = `${reader.tenantId} ${reader.memberId}`;
    const before = known.get(key);
    if (before !== undefined && clock.monotonic() - before.readAt < freshMs) return before.spaces;
    const readAt = clock.monotonic();
    const taken = new Set<string>();
    const spaces = (await visibleSpaces(services, reader, null)).map(({ id, name, rootId }): DavSpace => {
      // A space may be called what no folder may.
      const plain = normalName(name).replaceAll(/[/\0]|^\.{1,2}$/g, '_');
      let unique = plain;
      for (let number = 2; taken.has(foldedName(unique)); number += 1) unique = numberedName(plain, number);
      taken.add(foldedName(unique));
      return { id, name: unique, rootId };
    });
    known.delete(key);
    if (known.size >= mostKept) known.delete(known.keys().next().value!);
    known.set(key, { readAt, spaces });
    return spaces;
  };

  const byId = ({ tenantId }: Reader, id: string): Promise<NodeRow | undefined> =>
    database.selectFrom('nodes').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
  const child = ({ tenantId }: Reader, parentId: string, name: string): Promise<NodeRow | undefined> =>
    database
      .selectFrom('nodes')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('parent_id', '=', parentId)
      .where('folded_name', '=', foldedName(name))
      .where('trashed_at', 'is', null)
      .executeTakeFirst();

  const seen = async (reader: Reader, space: DavSpace, path: readonly string[], row: NodeRow): Promise<Found | null> => {
    const access = (await accessOf(database, reader, [row])).get(row.id);
    return access === undefined ? null : { kind: 'found', path, space, row, access };
  };

  const find = async (reader: Reader, path: readonly string[]): Promise<Place> => {
    const [first] = path;
    if (first === undefined) return { kind: 'top' };
    const name = normalName(path.at(-1)!);
    const nowhere: Absent = { kind: 'absent', path, parent: null, name };
    const space = (await spacesOf(reader)).find((one) => foldedName(one.name) === foldedName(first));
    if (space === undefined) return nowhere;
    let row = await byId(reader, space.rootId);
    if (row === undefined || row.trashed_at !== null) return nowhere;
    const way = [space.name];
    for (const [index, step] of path.slice(1).entries()) {
      const next: NodeRow | undefined = row.kind === 'folder' ? await child(reader, row.id, step) : undefined;
      if (next === undefined) {
        if (index < path.length - 2 || row.kind !== 'folder') return nowhere;
        return { kind: 'absent', path: [...way, name], parent: await seen(reader, space, way, row), name };
      }
      way.push(next.name);
      row = next;
    }
    return (await seen(reader, space, way, row)) ?? nowhere;
  };

  return {
    spaces: spacesOf,
    find,
    children: async (reader, { path, space, row }) => {
      const rows = await database
        .selectFrom('nodes')
        .selectAll()
        .where('tenant_id', '=', reader.tenantId)
        .where('parent_id', '=', row.id)
        .where('trashed_at', 'is', null)
        .orderBy('folded_name')
        .execute();
      const access = await accessOf(database, reader, rows);
      return rows.flatMap((one): Found[] => {
        const may = access.get(one.id);
        return may === undefined ? [] : [{ kind: 'found', path: [...path, one.name], space, row: one, access: may }];
      });
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
