import { createHash } from 'node:crypto';
import type { Content, Mutation, Node } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { isIgnored } from '#shared/sync/ignore.ts';
import type { DiskNode } from './disk-nodes.ts';
import type { SimPc } from './pc.ts';
import type { Random } from './random.ts';
import type { SimServer } from './server.ts';
import type { SimTime } from './time.ts';
import type { Tokens } from './tokens.ts';

/** What people do. */
export const deeds = [
  'write',
  'write',
  'folder',
  'edit',
  'edit',
  'edit',
  'save',
  'save',
  'rename',
  'rename',
  'move',
  'move',
  'move',
  'delete',
  'delete',
  'recreate',
  'swap',
  'retype',
  'touch',
  'again',
  'mode',
  'slow',
  'case',
  'droppings',
  'link',
  'copy',
] as const;
export type Deed = (typeof deeds)[number];

/** Numbers that choose among what is there when it is done. */
export interface Choice {
  readonly deed: Deed;
  readonly a: number;
  readonly b: number;
  readonly name: number;
}

const names = ['a', 'b', 'c', 'A', 'd.txt', 'é'.normalize('NFC'), 'é'.normalize('NFD'), 'B', 'e.tar.gz', 'x:y', 'dot.'];
const text = (node: DiskNode): string => Buffer.from(node.data).toString();

interface Thing {
  readonly path: string;
  readonly node: DiskNode;
}

/** What somebody sees who looks into a folder: no droppings, nothing of the engine's. */
export function thingsOn(pc: SimPc): Thing[] {
  const things: Thing[] = [];
  const visit = (folder: DiskNode, at: string): void => {
    for (const { name, node } of folder.entries.values()) {
      if (isIgnored(name) || node.kind === 'link') continue;
      const path = `${at}/${name}`;
      things.push({ path, node });
      if (node.kind === 'folder') visit(node, path);
    }
  };
  const top = pc.disk.find(pc.folder);
  if (top?.kind === 'folder') visit(top, pc.folder);
  return things.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A person at a computer. `avoid` is a path that the engine is about to fill: to take it in that very moment is more than any program can see. */
export class PersonAtPc {
  readonly #pc: SimPc;
  readonly #tokens: Tokens;
  readonly #time: SimTime;
  readonly #avoid: readonly string[];
  readonly #inGap: boolean;

  constructor(pc: SimPc, tokens: Tokens, time: SimTime, avoid: readonly string[] | null = null) {
    this.#pc = pc;
    this.#tokens = tokens;
    this.#time = time;
    this.#avoid = avoid ?? [];
    this.#inGap = avoid !== null;
  }

  do({ deed, a, b, name: named }: Choice): void {
    const { disk, folder: root } = this.#pc;
    const things = thingsOn(this.#pc);
    const folders = [root, ...things.filter(({ node }) => node.kind === 'folder').map(({ path }) => path)];
    const files = things.filter(({ node }) => node.kind === 'file');
    const thing = things[a % Math.max(1, things.length)];
    const file = files[a % Math.max(1, files.length)];
    const other = things[b % Math.max(1, things.length)];
    const folder = folders[b % folders.length]!;
    const name = names[named % names.length]!;
    const fresh = `${folder}/${name}`;
    switch (deed) {
      case 'write':
        return this.#write(fresh);
      case 'copy':
        return file === undefined ? undefined : this.#write(fresh, text(file.node));
      case 'folder':
        return this.#safely(fresh, () => disk.mkdir(fresh));
      case 'edit':
        return file === undefined ? undefined : this.#edit(file, this.#tokens.mint(this.#inGap));
      case 'again':
        return file === undefined ? undefined : this.#edit(file, text(file.node));
      case 'save':
        return file === undefined || this.#inGap ? undefined : this.#save(file);
      case 'touch':
        return file === undefined ? undefined : disk.utimes(file.path, 1_790_000_000 + (b % 1_000));
      case 'mode':
        return file === undefined ? undefined : disk.chmod(file.path, b % 2 === 0 ? 0o755 : 0o644);
      case 'rename':
      case 'case':
      case 'move': {
        if (thing === undefined) return;
        const at = thing.path.slice(0, thing.path.lastIndexOf('/'));
        const own = thing.path.slice(at.length + 1);
        const other = own === own.toUpperCase() ? own.toLowerCase() : own.toUpperCase();
        return this.#move(thing, deed === 'move' ? `${folder}/${own}` : `${at}/${deed === 'case' ? other : name}`);
      }
      case 'delete':
        return thing === undefined ? undefined : this.#remove(thing);
      case 'recreate':
      case 'retype': {
        if (thing === undefined || this.#inGap) return;
        this.#remove(thing);
        const wasFile = thing.node.kind === 'file';
        return wasFile === (deed === 'recreate') ? this.#write(thing.path) : this.#safely(thing.path, () => disk.mkdir(thing.path));
      }
      case 'swap':
        return thing === undefined || other === undefined || this.#inGap ? undefined : this.#swap(thing, other);
      case 'slow':
        return file === undefined || this.#inGap ? undefined : this.#slow(file, 1 + (b % 400));
      case 'droppings':
        return this.#safely(`${folder}/.DS_Store`, () => void disk.create(`${folder}/.DS_Store`, Buffer.from('junk')));
      case 'link':
        return this.#inGap
          ? undefined
          : this.#safely(`${folder}/link`, () => void disk.create(`${folder}/link`, Buffer.from('/elsewhere'), 0o777, 'link'));
    }
  }

  /** Does what is possible; where the name is taken or the folder gone, a person does nothing. People's work is flushed. */
  #safely(path: string, work: () => void): void {
    if (this.#avoid.includes(path)) return;
    try {
      work();
    } catch (error) {
      if ((error as { code?: string }).code === undefined) throw error;
      return;
    }
    this.#flush(path);
  }
  #flush(path: string): void {
    this.#pc.disk.flushFolder(path.slice(0, path.lastIndexOf('/')));
    const node = this.#pc.disk.find(path);
    if (node?.kind === 'file') this.#pc.disk.flushData(node);
  }
  #write(path: string, content?: string): void {
    if (this.#pc.disk.find(path) !== undefined) return;
    const token = content ?? this.#tokens.mint(this.#inGap);
    this.#safely(path, () => void this.#pc.disk.create(path, Buffer.from(token)));
    if (this.#pc.disk.find(path) === undefined) this.#tokens.giveUp(token);
  }
  #edit({ path, node }: Thing, token: string): void {
    if (text(node) !== token) this.#tokens.giveUp(text(node));
    this.#pc.disk.setData(node, Uint8Array.from(Buffer.from(token)));
    this.#pc.disk.onChange(path);
    this.#flush(path);
  }
  /** As editors save: another file is written, and takes the name. */
  #save({ path, node }: Thing): void {
    const token = this.#tokens.mint();
    this.#safely(`${path}~new`, () => {
      this.#pc.disk.create(`${path}~new`, Buffer.from(token), node.mode);
      this.#pc.disk.flushData(this.#pc.disk.find(`${path}~new`)!);
      this.#pc.disk.rename(`${path}~new`, path);
      this.#tokens.giveUp(text(node));
    });
    this.#flush(path);
  }
  #move({ path }: Thing, to: string): void {
    const { disk } = this.#pc;
    const there = disk.find(to);
    if (to === path || to.startsWith(`${path}/`) || (there !== undefined && there !== disk.find(path))) return;
    if (this.#avoid.includes(path) && this.#inGap) return;
    this.#safely(to, () => disk.rename(path, to));
    this.#flush(path);
  }
  #remove({ path, node }: Thing): void {
    if (this.#inGap && node.kind === 'folder') return;
    const { disk } = this.#pc;
    const visit = (at: string, what: DiskNode): void => {
      if (what.kind === 'folder') {
        for (const { name, node: child } of [...what.entries.values()]) visit(`${at}/${name}`, child);
        disk.rmdir(at);
      } else {
        this.#tokens.giveUp(text(what));
        disk.unlink(at);
      }
    };
    this.#safely(path, () => visit(path, node));
  }
  #swap(one: Thing, other: Thing): void {
    if (one.path === other.path || one.path.startsWith(`${other.path}/`) || other.path.startsWith(`${one.path}/`)) return;
    const aside = `${this.#pc.folder}/swapping`;
    if (this.#pc.disk.find(aside) !== undefined) return;
    this.#safely(aside, () => {
      this.#pc.disk.rename(one.path, aside);
      this.#pc.disk.rename(other.path, one.path);
      this.#pc.disk.rename(aside, other.path);
    });
    this.#flush(one.path);
    this.#flush(other.path);
  }
  /** Writes through a handle that stays open: what is there meanwhile is neither the old nor the new. */
  #slow({ path, node }: Thing, milliseconds: number): void {
    const { disk } = this.#pc;
    this.#tokens.giveUp(text(node));
    const token = this.#tokens.mint(true);
    const half = token.slice(0, 7);
    this.#tokens.states.add(half);
    disk.setData(node, Uint8Array.from(Buffer.from(half)));
    disk.onChange(path);
    disk.flushData(node);
    node.openers += 1;
    this.#time.after(milliseconds, () => {
      node.openers = Math.max(0, node.openers - 1);
      if (node.links === 0 || text(node) !== half) return this.#tokens.giveUp(token);
      disk.setData(node, Uint8Array.from(Buffer.from(token)));
      disk.flushData(node);
      disk.onChange(path);
    });
  }
}

const contentOf = (token: string, server: SimServer): Content => {
  const bytes = Buffer.from(token);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length > 0) server.chunks.set(contentHash, Uint8Array.from(bytes));
  return { contentHash, sizeBytes: bytes.length, chunks: null, modifiedAt: 1_790_000_000_000, executable: false };
};

/** Somebody who works in Drive itself, in a browser. */
export class PersonAtServer {
  readonly #server: SimServer;
  readonly #tokens: Tokens;
  readonly #newId: () => string;

  constructor(server: SimServer, tokens: Tokens, random: Random) {
    this.#server = server;
    this.#tokens = tokens;
    const hex = (count: number): string => Buffer.from(random.bytes(count)).toString('hex');
    this.#newId = () => `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`;
  }

  do({ deed, a, b, name: named }: Choice): void {
    const byPath = (node: Node): string => (node.parentId === null ? '' : `${byPath(this.#server.nodes.get(node.parentId)!)}/${node.name}`);
    const nodes = this.#server.live().sort((one, other) => (byPath(one) < byPath(other) ? -1 : 1));
    const things = nodes.filter(({ parentId }) => parentId !== null);
    const folders = nodes.filter(({ kind }) => kind === 'folder');
    const files = things.filter(({ kind }) => kind === 'file');
    const thing = things[a % Math.max(1, things.length)];
    const file = files[a % Math.max(1, files.length)];
    const folder = folders[b % folders.length]!;
    const name = names[named % names.length]!;
    switch (deed) {
      case 'write':
      case 'slow':
        return this.#create('file', folder.id, name);
      case 'folder':
        return this.#create('folder', folder.id, name);
      case 'edit':
      case 'save':
        return file === undefined ? undefined : this.#edit(file, this.#tokens.mint());
      case 'again':
        return file === undefined ? undefined : this.#edit(file, this.#textOf(file));
      case 'rename':
      case 'case':
      case 'move': {
        if (thing === undefined) return;
        const other = thing.name === thing.name.toUpperCase() ? thing.name.toLowerCase() : thing.name.toUpperCase();
        if (deed === 'move') this.#ask({ kind: 'move', nodeId: thing.id, parentId: folder.id, name: thing.name });
        else this.#ask({ kind: 'move', nodeId: thing.id, parentId: thing.parentId!, name: deed === 'case' ? other : name });
        return;
      }
      case 'delete':
        return thing === undefined ? undefined : this.#remove(thing);
      case 'recreate':
      case 'retype': {
        if (thing === undefined) return;
        this.#remove(thing);
        return this.#create((thing.kind === 'file') === (deed === 'recreate') ? 'file' : 'folder', thing.parentId!, thing.name);
      }
      case 'swap': {
        const trashed = [...this.#server.nodes.values()].filter((node) => node.trashed);
        const back = trashed[a % Math.max(1, trashed.length)];
        if (back !== undefined) this.#ask({ kind: 'restore', nodeId: back.id });
        return;
      }
      case 'mode':
        return file === undefined ? undefined : this.#edit(file, this.#textOf(file), b % 2 === 0);
      default:
    }
  }

  #textOf = (file: Node): string => Buffer.from(this.#server.bytesOf(file.content!)).toString();
  #ask(mutation: Mutation extends infer M ? (M extends { key: string } ? Omit<M, 'key'> : never) : never): void {
    this.#server.mutate({ key: this.#newId(), ...mutation } as Mutation);
  }
  #create(kind: 'file' | 'folder', parentId: string, name: string): void {
    if (this.#server.children(parentId).some((node) => foldedName(node.name) === foldedName(name))) return;
    if (!this.#server.isLive(parentId)) return;
    const place = { id: this.#newId(), parentId, name };
    if (kind === 'folder') this.#ask({ kind: 'create_folder', ...place });
    else this.#ask({ kind: 'create_file', ...place, content: contentOf(this.#tokens.mint(), this.#server) });
  }
  #edit(file: Node, token: string, executable = file.content!.executable): void {
    if (this.#textOf(file) !== token) this.#tokens.giveUp(this.#textOf(file));
    const content = { ...contentOf(token, this.#server), executable };
    this.#ask({ kind: 'update_content', nodeId: file.id, baseVersion: file.version, content });
  }
  #remove(thing: Node): void {
    const visit = (node: Node): void => {
      if (node.kind === 'file') this.#tokens.giveUp(this.#textOf(node));
      for (const child of this.#server.children(node.id)) visit(child);
    };
    visit(thing);
    this.#ask({ kind: 'delete', nodeId: thing.id, baseVersion: thing.version });
  }
}
