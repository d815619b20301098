import { foldedName } from '#shared/model/node-name.ts';
import type { Place } from '#shared/sync/tree.ts';
import { rootId, type SimClient, type SimServer, type Tokens } from './sync-world.ts';

/** What a person does, as numbers that fast-check can shrink; `who` is a client, or the server (its web pages). */
export interface Deed {
  readonly who: number;
  readonly what: 'file' | 'folder' | 'edit' | 'same' | 'rename' | 'move' | 'delete' | 'swap' | 'recreate';
  readonly a: number;
  readonly b: number;
  readonly name: number;
}

const names = ['a', 'b', 'c', 'A', 'd.txt', 'e.tar.gz'];

/** A replica as a person acts on it. */
interface Hands {
  nodes(): { id: string; parentId: string | null; name: string; kind: 'folder' | 'file' }[];
  token(id: string): string | undefined;
  create(to: Place, kind: 'folder' | 'file', token: string | null): void;
  edit(id: string, token: string): void;
  move(id: string, to: Place): void;
  remove(id: string): void;
}

export const onClient = (client: SimClient): Hands => ({
  nodes: () => [...client.local.values()],
  token: (id) => client.bytes.get(id),
  create: (to, kind, token) => {
    const id = client.newId();
    client.local.set(id, { id, ...to, kind, content: null, sizeBytes: 1 });
    if (token !== null) client.bytes.set(id, token);
  },
  edit: (id, token) => {
    client.bytes.set(id, token);
    client.local.set(id, { ...client.local.get(id)!, content: null });
  },
  move: (id, to) => void client.local.set(id, { ...client.local.get(id)!, ...to }),
  remove: (id) => {
    client.local.delete(id);
    client.bytes.delete(id);
  },
});

export const onServer = (server: SimServer, newId: () => string): Hands => ({
  nodes: () => server.live(),
  token: (id) => server.nodes.get(id)?.content ?? undefined,
  create: (to, kind, token) => void server.create(newId(), to, kind, token),
  edit: (id, token) => void server.update(id, server.nodes.get(id)!.version, token),
  move: (id, to) => void server.move(id, to),
  remove: (id) => void server.remove(id, server.nodes.get(id)!.version, server.nodes),
});

/** Does the deed where it is possible; keeps the books of what was written and what a person gave up. */
export function act(deed: Deed, hands: Hands, tokens: Tokens): void {
  const nodes = hands.nodes().sort((x, y) => (x.id < y.id ? -1 : 1));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const others = nodes.filter(({ id }) => id !== rootId);
  const folders = nodes.filter(({ kind }) => kind === 'folder');
  const files = others.filter(({ kind }) => kind === 'file');
  const free = (to: Place, except?: string): boolean =>
    !nodes.some((node) => node.id !== except && node.parentId === to.parentId && foldedName(node.name) === foldedName(to.name));
  const inside = (id: string, folder: string): boolean => {
    for (let at: string | null = id; at !== null; at = byId.get(at)?.parentId ?? null) if (at === folder) return true;
    return false;
  };
  const write = (): string => {
    const token = `t${tokens.written.size + 1}`;
    tokens.written.add(token);
    return token;
  };
  const giveUp = (id: string): void => {
    const token = hands.token(id);
    if (token !== undefined) tokens.superseded.add(token);
  };
  const removeAll = (id: string): void => {
    for (const child of nodes) if (child.parentId === id) removeAll(child.id);
    giveUp(id);
    hands.remove(id);
  };
  const name = names[deed.name % names.length]!;
  const target = others[deed.a % Math.max(1, others.length)];
  const file = files[deed.a % Math.max(1, files.length)];
  const folder = folders[deed.b % folders.length]!;
  switch (deed.what) {
    case 'file':
    case 'folder': {
      const to = { parentId: folder.id, name };
      if (free(to)) hands.create(to, deed.what, deed.what === 'file' ? write() : null);
      return;
    }
    case 'edit':
    case 'same': {
      if (file === undefined) return;
      const token = deed.what === 'edit' ? write() : `same${deed.b % 2}`;
      // Saving the same bytes again is no writing: nobody could tell.
      if (hands.token(file.id) !== token) {
        tokens.written.add(token);
        giveUp(file.id);
      }
      return hands.edit(file.id, token);
    }
    case 'rename':
    case 'move': {
      const to = {
        parentId: deed.what === 'rename' ? (target?.parentId ?? null) : folder.id,
        name: deed.what === 'rename' ? name : (target?.name ?? ''),
      };
      if (target !== undefined && free(to, target.id) && !inside(folder.id, target.id)) hands.move(target.id, to);
      return;
    }
    case 'delete':
      return target === undefined ? undefined : removeAll(target.id);
    case 'swap': {
      const other = others[deed.b % Math.max(1, others.length)];
      if (target === undefined || other === undefined || target === other) return;
      if (inside(target.id, other.id) || inside(other.id, target.id)) return;
      const [first, second] = [
        { parentId: target.parentId, name: target.name },
        { parentId: other.parentId, name: other.name },
      ];
      hands.move(target.id, { parentId: rootId, name: `swap-${target.id}` });
      hands.move(other.id, first);
      return hands.move(target.id, second);
    }
    case 'recreate': {
      if (target === undefined) return;
      const to = { parentId: target.parentId, name: target.name };
      const kind = deed.b % 2 === 0 ? 'file' : 'folder';
      removeAll(target.id);
      return hands.create(to, kind, kind === 'file' ? write() : null);
    }
  }
}
