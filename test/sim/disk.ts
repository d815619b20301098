import { constants } from 'node:fs';
import type { FileStats } from '../../electron/agent/sync/file-system.ts';
import { DiskNode, fileError, makeDurable, nameKey, nodesOf, touches, type DiskTraits, type Entry, type NameChange } from './disk-nodes.ts';
import type { Random } from './random.ts';

/** Where something is, or would be. */
export interface Spot {
  readonly folder: DiskNode;
  readonly key: string;
  readonly name: string;
  readonly entry: Entry | undefined;
  /** A link lay on the way there. */
  readonly throughLink: boolean;
}

export interface Handle {
  readonly node: DiskNode;
  readonly path: string;
}

const forbidden = /[<>:"|?*\\]|[. ]$|^(con|nul|aux|prn)(\.|$)/i;

/**
 * A volume in memory that behaves as badly as real ones may: inode numbers are given anew at once, what was not flushed is lost in a power cut,
 * names come back in any order. Paths are absolute, with `/`. Whoever uses it may be told of each change of names.
 */
export class SimDisk {
  readonly traits: DiskTraits;
  readonly top: DiskNode;
  /** Called after each change with the path of what changed. */
  onChange: (path: string) => void = () => undefined;
  usedBytes = 0;
  readonly #random: Random;
  readonly #nowNs: () => bigint;
  #nextIno = 2n;
  readonly #freeInos: bigint[] = [];
  readonly #handles = new Map<number, Handle>();
  #nextHandle = 3;
  #pending: NameChange[] = [];

  constructor(traits: DiskTraits, random: Random, nowNs: () => bigint) {
    this.traits = traits;
    this.#random = random;
    this.#nowNs = nowNs;
    this.top = new DiskNode(1n, 'folder', 0o755, this.#time());
    this.top.links = 1;
  }

  #time(): bigint {
    const { timeStepNs } = this.traits;
    return (this.#nowNs() / timeStepNs) * timeStepNs;
  }

  /** Throws `ENOENT` or `ENOTDIR` where a folder on the way is missing. */
  spot(path: string): Spot {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let folder = this.top;
    let throughLink = false;
    for (let index = 0; index < parts.length - 1; index += 1) {
      let next = folder.entries.get(nameKey(parts[index]!, this.traits))?.node;
      if (next === undefined) throw fileError('ENOENT', path);
      if (next.kind === 'link') {
        throughLink = true;
        next = this.#follow(next);
        if (next === undefined) throw fileError('ENOENT', path);
      }
      if (next.kind !== 'folder') throw fileError('ENOTDIR', path);
      folder = next;
    }
    const name = parts.at(-1) ?? '';
    const key = nameKey(name, this.traits);
    return { folder, key, name, entry: name === '' ? { name, node: this.top } : folder.entries.get(key), throughLink };
  }

  #follow(link: DiskNode): DiskNode | undefined {
    try {
      return this.spot(Buffer.from(link.data).toString()).entry?.node;
    } catch {
      return undefined;
    }
  }

  /** The node at a path, or undefined; never throws. */
  find(path: string): DiskNode | undefined {
    try {
      return this.spot(path).entry?.node;
    } catch {
      return undefined;
    }
  }

  statsOf(node: DiskNode): FileStats {
    const { executableBit } = this.traits;
    return {
      dev: 7n,
      ino: node.ino,
      mode: BigInt(executableBit || node.kind === 'folder' ? node.mode : node.mode | 0o111),
      nlink: BigInt(node.links),
      size: BigInt(node.data.length),
      mtimeMs: node.modifiedNs / 1_000_000n,
      mtimeNs: node.modifiedNs,
      ctimeNs: node.changedNs,
      birthtimeNs: this.traits.birthTimes ? node.birthNs : 0n,
      isFile: () => node.kind === 'file',
      isDirectory: () => node.kind === 'folder',
    };
  }

  lstat(path: string): FileStats | undefined {
    let spot: Spot;
    try {
      spot = this.spot(path);
    } catch {
      return undefined;
    }
    return spot.entry === undefined ? undefined : this.statsOf(spot.entry.node);
  }

  readdir(path: string): string[] {
    const node = this.#folder(path);
    const names = [...node.entries.values()].map(({ name }) => (this.traits.decomposes ? name.normalize('NFD') : name));
    return this.#random.shuffle(names);
  }

  #folder(path: string): DiskNode {
    const node = this.spot(path).entry?.node;
    if (node === undefined) throw fileError('ENOENT', path);
    if (node.kind !== 'folder') throw fileError('ENOTDIR', path);
    return node;
  }

  #existing(path: string): Spot & { entry: Entry } {
    const spot = this.spot(path);
    if (spot.entry === undefined) throw fileError('ENOENT', path);
    return { ...spot, entry: spot.entry };
  }

  #free(path: string): Spot {
    const spot = this.spot(path);
    if (spot.entry !== undefined) throw fileError('EEXIST', path);
    if (this.traits.windowsNames && forbidden.test(spot.name)) throw fileError('EINVAL', path);
    if (Buffer.byteLength(spot.name) > 255) throw fileError('ENAMETOOLONG', path);
    return spot;
  }

  #make(kind: DiskNode['kind'], mode: number): DiskNode {
    const ino = this.#freeInos.pop() ?? (this.#nextIno += 1n);
    return new DiskNode(ino, kind, mode, this.#time());
  }

  /** Changes names, now and, once a folder is flushed, for good. */
  #change(change: NameChange): void {
    const now = this.#time();
    for (const { folder, key, node } of change.removes) {
      folder.entries.delete(key);
      node.links -= 1;
      node.changedNs = now;
      folder.modifiedNs = now;
    }
    for (const { folder, key, entry } of change.adds) {
      folder.entries.set(key, entry);
      entry.node.links += 1;
      entry.node.changedNs = now;
      folder.modifiedNs = now;
    }
    for (const { node } of change.removes) this.#reap(node);
    this.#pending.push(change);
  }

  /** Inode numbers and room are free again at once. */
  #reap(node: DiskNode): void {
    if (node.links > 0 || node.openers > 0) return;
    this.usedBytes -= node.data.length;
    this.#freeInos.push(node.ino);
  }

  mkdir(path: string, mode = 0o755): void {
    const { folder, key, name } = this.#free(path);
    this.#change({ removes: [], adds: [{ folder, key, entry: { name, node: this.#make('folder', mode) } }] });
    this.onChange(path);
  }

  create(path: string, bytes: Uint8Array, mode = 0o644, kind: 'file' | 'link' = 'file'): DiskNode {
    const { folder, key, name } = this.#free(path);
    this.#room(bytes.length, path);
    const node = this.#make(kind, mode);
    node.data = Uint8Array.from(bytes);
    this.usedBytes += bytes.length;
    this.#change({ removes: [], adds: [{ folder, key, entry: { name, node } }] });
    this.onChange(path);
    return node;
  }

  link(from: string, to: string): void {
    if (!this.traits.hardLinks) throw fileError('EPERM', to);
    const { node } = this.#existing(from).entry;
    if (node.kind !== 'file') throw fileError('EPERM', from);
    const { folder, key, name } = this.#free(to);
    this.#change({ removes: [], adds: [{ folder, key, entry: { name, node } }] });
    this.onChange(to);
  }

  rename(from: string, to: string): void {
    const source = this.#existing(from);
    const target = this.spot(to);
    const { node } = source.entry;
    if (this.traits.windowsNames && forbidden.test(target.name)) throw fileError('EINVAL', to);
    if (Buffer.byteLength(target.name) > 255) throw fileError('ENAMETOOLONG', to);
    const over = target.entry?.node;
    if (over === node && (source.folder !== target.folder || source.key !== target.key)) return;
    if (node.kind === 'folder' && this.#isWithin(target.folder, node)) throw fileError('EINVAL', to);
    if (over !== undefined && over !== node) {
      if (node.kind === 'folder' && over.kind !== 'folder') throw fileError('ENOTDIR', to);
      if (node.kind !== 'folder' && over.kind === 'folder') throw fileError('EISDIR', to);
      if (over.kind === 'folder' && over.entries.size > 0) throw fileError('ENOTEMPTY', to);
      if (this.traits.openFilesStay && over.openers > 0) throw fileError('EPERM', to);
    }
    if (this.traits.openFilesStay && node.openers > 0) throw fileError('EBUSY', from);
    const removes = [{ folder: source.folder, key: source.key, node }];
    if (over !== undefined && over !== node) removes.push({ folder: target.folder, key: target.key, node: over });
    this.#change({ removes, adds: [{ folder: target.folder, key: target.key, entry: { name: target.name, node } }] });
    this.onChange(from);
    this.onChange(to);
  }

  #isWithin(folder: DiskNode, above: DiskNode): boolean {
    if (folder === above) return true;
    return [...above.entries.values()].some(({ node }) => node.kind === 'folder' && this.#isWithin(folder, node));
  }

  unlink(path: string): void {
    const { folder, key, entry } = this.#existing(path);
    if (entry.node.kind === 'folder') throw fileError('EPERM', path);
    if (this.traits.openFilesStay && entry.node.openers > 0) throw fileError('EBUSY', path);
    this.#change({ removes: [{ folder, key, node: entry.node }], adds: [] });
    this.onChange(path);
  }

  rmdir(path: string): void {
    const { folder, key, entry } = this.#existing(path);
    if (entry.node.kind !== 'folder') throw fileError('ENOTDIR', path);
    if (entry.node.entries.size > 0) throw fileError('ENOTEMPTY', path);
    this.#change({ removes: [{ folder, key, node: entry.node }], adds: [] });
    this.onChange(path);
  }

  chmod(path: string, mode: number): void {
    const { node } = this.#existing(path).entry;
    if (this.traits.executableBit) node.mode = mode;
    node.changedNs = this.#time();
    this.onChange(path);
  }

  utimes(path: string, modifiedSeconds: number): void {
    const { node } = this.#existing(path).entry;
    const { timeStepNs } = this.traits;
    node.modifiedNs = ((BigInt(Math.round(modifiedSeconds * 1_000_000)) * 1_000n) / timeStepNs) * timeStepNs;
    node.changedNs = this.#time();
    this.onChange(path);
  }

  open(path: string, flags: number): number {
    const spot = this.spot(path);
    if ((flags & constants.O_EXCL) !== 0 && spot.entry !== undefined) throw fileError('EEXIST', path);
    let node = spot.entry?.node;
    if (node === undefined) {
      if ((flags & constants.O_CREAT) === 0) throw fileError('ENOENT', path);
      node = this.create(path, new Uint8Array(0), 0o600);
    }
    if (node.kind === 'link') throw fileError('ELOOP', path);
    node.openers += 1;
    this.#handles.set((this.#nextHandle += 1), { node, path });
    return this.#nextHandle;
  }
  handle(descriptor: number): Handle {
    const handle = this.#handles.get(descriptor);
    if (handle === undefined) throw fileError('EBADF', String(descriptor));
    return handle;
  }
  close(descriptor: number): void {
    const { node } = this.handle(descriptor);
    this.#handles.delete(descriptor);
    node.openers -= 1;
    this.#reap(node);
  }
  /** Of a process that has ended. */
  closeAll(): void {
    for (const descriptor of [...this.#handles.keys()]) this.close(descriptor);
  }

  read(descriptor: number, into: Uint8Array, offset: number, length: number, position: number): number {
    const { node, path } = this.handle(descriptor);
    if (node.kind === 'folder') throw fileError('EISDIR', path);
    const part = node.data.subarray(position, position + length);
    into.set(part, offset);
    return part.length;
  }

  /** Writes at a place; what lies between the end and there is zero. */
  write(node: DiskNode, bytes: Uint8Array, position: number, path: string): void {
    const size = Math.max(node.data.length, position + bytes.length);
    this.#room(size - node.data.length, path);
    const data = new Uint8Array(size);
    data.set(node.data);
    data.set(bytes, position);
    this.setData(node, data);
    this.onChange(path);
  }
  setData(node: DiskNode, data: Uint8Array<ArrayBuffer>): void {
    this.usedBytes += data.length - node.data.length;
    node.data = data;
    node.modifiedNs = this.#time();
    node.changedNs = node.modifiedNs;
  }

  #room(more: number, path: string): void {
    if (more > 0 && this.usedBytes + more > this.traits.capacityBytes) throw fileError('ENOSPC', path);
  }

  flushData(node: DiskNode): void {
    node.flushed = node.data;
    node.flushedModifiedNs = node.modifiedNs;
  }
  flushFolder(path: string): void {
    const node = this.find(path);
    if (node?.kind === 'folder') this.#flushNames((change) => touches(change, node));
  }
  /** As if the whole volume were flushed: what a careful person does after work. */
  flushAll(): void {
    this.#flushNames(() => true);
    this.#eachFile(this.top, (node) => this.flushData(node));
  }
  /** What is flushed takes along what happened before to the same things. */
  #flushNames(which: (change: NameChange) => boolean): void {
    const things = new Set<DiskNode>();
    const kept: NameChange[] = [];
    const flushed: NameChange[] = [];
    for (const change of this.#pending.toReversed()) {
      const nodes = nodesOf(change);
      if (which(change) || nodes.some((node) => things.has(node))) {
        for (const node of nodes) things.add(node);
        flushed.push(change);
      } else kept.push(change);
    }
    for (const change of flushed.toReversed()) makeDurable(change);
    this.#pending = kept.toReversed();
  }
  #eachFile(folder: DiskNode, visit: (node: DiskNode) => void): void {
    for (const { node } of folder.entries.values()) {
      if (node.kind === 'folder') this.#eachFile(node, visit);
      else visit(node);
    }
  }

  /** The power goes: of names and data that were not flushed, each is there or not. */
  powerCut(): void {
    this.closeAll();
    // Most volumes keep a journal: what was kept is all until a moment. Others keep this and that.
    const isOrdered = this.#random.chance(0.7);
    const last = this.#random.below(this.#pending.length + 1);
    this.#pending.forEach((change, index) => {
      if (isOrdered ? index < last : this.#random.chance(0.5)) makeDurable(change);
    });
    this.#pending = [];
    const seen = new Set<DiskNode>();
    const settle = (folder: DiskNode): void => {
      folder.entries.clear();
      for (const [key, entry] of folder.durable) {
        folder.entries.set(key, entry);
        if (!seen.has(entry.node)) entry.node.links = 0;
        entry.node.links += 1;
        const isNew = !seen.has(entry.node);
        seen.add(entry.node);
        if (entry.node.kind === 'folder') settle(entry.node);
        else if (isNew) this.#loseData(entry.node);
      }
    };
    settle(this.top);
  }
  #loseData(node: DiskNode): void {
    if (node.flushed === node.data) {
      if (node.flushedModifiedNs !== node.modifiedNs && this.#random.chance(0.5)) node.modifiedNs = node.flushedModifiedNs;
      return;
    }
    const old = node.flushed ?? new Uint8Array(0);
    const fates = [old, new Uint8Array(node.data.length), node.data.slice(0, this.#random.below(node.data.length + 1)), node.data];
    node.data = Uint8Array.from(this.#random.pick(fates));
    node.flushed = node.data;
  }
}
