import { foldedName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/sync/conflict-name.ts';
import { diskName, logicalName, type VolumeRules } from '#shared/sync/disk-name.ts';
import type { NodeMap } from '#shared/sync/tree.ts';
import { hasBirth, InodeEvidence, writtenPart } from './inode-evidence.ts';
import { readAll, type KnownPlaces } from './known-places.ts';
import type { LocalRow, RemoteRow } from './rows.ts';
import type { ScanEntry, ScanFolder } from './scan-entry.ts';
import type { StoredTree } from './stored-tree.ts';

/** What the scanner found, told as changes of the local tree. */
export interface Observation {
  readonly put: readonly LocalRow[];
  readonly gone: readonly string[];
  /** Folders whose listing failed, by id, with the system's code. */
  readonly frozen: ReadonlyMap<string, string>;
  /** Links, sockets and the like, with their paths. */
  readonly foreign: readonly string[];
  /** A part of the tree does not explain itself (something vanished): look at all of it. */
  readonly needsAll: boolean;
  /** New folders that were not listed themselves. */
  readonly deeper: readonly string[];
  /** Folders that lie elsewhere, or have another name, than before: what happened in them meanwhile may have been missed. */
  readonly moved: readonly string[];
}

export interface ObserveInput {
  readonly rootId: string;
  readonly local: NodeMap<LocalRow>;
  /** How rows are found by inode and place without reading all of them; missing: all are read. */
  readonly known?: KnownPlaces;
  /** Where `folders` are only those that changed: whether a path was seen to hold what it held before. */
  readonly isUnchanged?: (path: string) => boolean;
  readonly remote: Pick<StoredTree<'remote'>, 'children'>;
  readonly rules: VolumeRules;
  /** True when `folders` are all there are. */
  readonly complete: boolean;
  readonly newId: () => string;
}

/** Turns listings into the local tree: by inode and birth time first, so that a move is a move, then by path. */
export function observe(folders: readonly ScanFolder[], input: ObserveInput): Observation {
  return new Observer(folders, input).run();
}

class Observer {
  readonly #folders: readonly ScanFolder[];
  readonly #input: ObserveInput;
  readonly #known: KnownPlaces;
  readonly #seenIdentities = new Map<string, number>();
  readonly #taken = new Set<string>();
  readonly #ids = new Map<string, string>();
  readonly #put = new Map<string, LocalRow>();
  readonly #frozen = new Map<string, string>();
  readonly #foreign: string[] = [];
  readonly #mapped = new Map<string, ReadonlyMap<string, string>>();
  readonly #evidence: InodeEvidence;
  /** On a volume without birth times: rows that are where they were. */
  readonly #unmoved: ReadonlySet<string>;
  readonly #deeper: string[] = [];
  readonly #moved: string[] = [];
  #needsAll = false;

  constructor(folders: readonly ScanFolder[], input: ObserveInput) {
    this.#folders = folders;
    this.#input = input;
    this.#known = input.known ?? readAll(input.local);
    this.#evidence = new InodeEvidence(folders, this.#known);
    let births = true;
    for (const { path, entries } of folders) {
      for (const entry of entries) {
        births &&= entry.kind === 'other' || hasBirth(entry.identity);
        if (this.#isProven(entry, path)) this.#seenIdentities.set(entry.identity, (this.#seenIdentities.get(entry.identity) ?? 0) + 1);
      }
    }
    this.#unmoved = births ? new Set() : this.#evidence.unmoved(input.rootId);
  }

  run(): Observation {
    this.#ids.set('', this.#input.rootId);
    for (const folder of this.#folders) {
      const id = this.#idOf(folder.path);
      if (id === undefined) this.#needsAll = true;
      else this.#takeFolder(folder, id);
    }
    const gone = this.#gone();
    return {
      put: [...this.#put.values()],
      gone,
      frozen: this.#frozen,
      foreign: this.#foreign,
      needsAll: this.#needsAll,
      deeper: this.#deeper,
      moved: this.#moved,
    };
  }

  /** The id of the folder at a path: as listed now, else as it is known. */
  #idOf(path: string): string | undefined {
    const found = this.#ids.get(path);
    if (found !== undefined) return found;
    const cut = path.lastIndexOf('/');
    const parentId = this.#idOf(path.slice(0, Math.max(0, cut)));
    const row = parentId === undefined ? undefined : this.#known.siblings(parentId).get(path.slice(cut + 1));
    if (row?.kind !== 'folder') return undefined;
    this.#ids.set(path, row.id);
    return row.id;
  }

  #takeFolder(folder: ScanFolder, id: string): void {
    if (folder.failed !== null) {
      if (this.#input.complete) this.#frozen.set(id, folder.failed);
      else this.#needsAll = true;
      return;
    }
    const found: { entry: ScanEntry; row: LocalRow | undefined }[] = [];
    let foreign = false;
    for (const entry of folder.entries) {
      if (entry.kind === 'other') {
        foreign = true;
        this.#foreign.push(folder.path === '' ? entry.name : `${folder.path}/${entry.name}`);
      } else found.push({ entry, row: this.#match(id, entry, folder.path) });
    }
    const own = this.#put.get(id) ?? this.#input.local.get(id);
    if (own !== undefined && (own.foreign === true) !== foreign) this.#put.set(id, { ...own, foreign });
    const names = this.#names(id, found);
    for (const { entry, row } of found) {
      const nodeId = row?.id ?? this.#input.newId();
      if (entry.kind === 'folder') {
        const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
        if (!this.#input.complete && this.#idOf(path) !== nodeId) this.#cameIn(path, row);
        this.#ids.set(path, nodeId);
      }
      const next = this.#nextRow(nodeId, id, names.get(entry.name)!, entry, row);
      if (next !== row) this.#put.set(nodeId, next);
    }
  }

  /** The row that this entry is the present state of. */
  #match(parentId: string, entry: ScanEntry, path: string): LocalRow | undefined {
    const there = this.#known.siblings(parentId).get(entry.name);
    const known = there?.identity === entry.identity ? there : this.#known.byIdentity(entry.identity);
    const sure = hasBirth(entry.identity);
    if (!sure && there !== undefined && !this.#taken.has(there.id) && this.#evidence.supports(there, entry, path)) return this.#take(there);
    if (known !== undefined && known.kind === entry.kind && !this.#taken.has(known.id)) {
      // Of several names of one inode only the one that is already known speaks for it.
      const moved = !entry.linked && this.#seenIdentities.get(entry.identity) === 1 && !this.#unmoved.has(known.id);
      if (known.id === there?.id || (moved && !this.#isElsewhere(known) && this.#isProven(entry, path))) return this.#take(known);
    }
    // A new inode where the old one is no more: saved by writing another file and renaming it here.
    const replaced = there !== undefined && there.kind === entry.kind && !this.#taken.has(there.id);
    return replaced && !this.#isSeen(there) ? this.#take(there) : undefined;
  }

  /** Whether a row's folder was seen to hold what it held before: then the row is there. */
  #isElsewhere({ parentId }: LocalRow): boolean {
    const { isUnchanged, local, rootId } = this.#input;
    if (isUnchanged === undefined || parentId === null) return false;
    const names: string[] = [];
    for (let at = parentId; at !== rootId;) {
      const row = local.get(at);
      if (row === undefined || row.parentId === null) return false;
      names.push(row.diskName);
      at = row.parentId;
    }
    return isUnchanged(names.reverse().join('/'));
  }
  /** Whether the inode of a row lies anywhere. */
  #isSeen(row: LocalRow): boolean {
    if (this.#seenIdentities.has(row.identity)) return true;
    const other = this.#known.byIdentity(row.identity, row.id);
    return other !== undefined && this.#isElsewhere(other);
  }

  /** A folder lies where none, or another one, was. One that is known was renamed or moved; a new one is listed next. */
  #cameIn(path: string, row: LocalRow | undefined): void {
    if (row !== undefined && hasBirth(row.identity)) this.#moved.push(path);
    else if (!this.#folders.some((folder) => folder.path === path)) this.#deeper.push(path);
  }

  /** The server's name for something new on the disk that cannot hold that name as it is. */
  #mappedIn(parentId: string, name: string): string | undefined {
    const { rules, remote } = this.#input;
    if (!rules.windowsNames && rules.lowersNames !== true && !shortenedName.test(name)) return undefined;
    let mapped = this.#mapped.get(parentId);
    if (mapped === undefined) {
      mapped = mappedNames(remote.children(parentId), rules);
      this.#mapped.set(parentId, mapped);
    }
    return mapped.get(name);
  }

  /** Whether the inode's number says which row this is the present state of, wherever it lies. */
  #isProven(entry: ScanEntry, path: string): boolean {
    if (hasBirth(entry.identity)) return true;
    const known = this.#known.byIdentity(entry.identity);
    return known !== undefined && this.#evidence.supports(known, entry, path);
  }

  #take(row: LocalRow): LocalRow {
    this.#taken.add(row.id);
    return row;
  }

  #nextRow(id: string, parentId: string, name: string, entry: ScanEntry, row: LocalRow | undefined): LocalRow {
    const { identity, stamp, sizeBytes, modifiedAt, executable } = entry;
    const isFile = entry.kind === 'file';
    if (row !== undefined && row.parentId === parentId && row.diskName === entry.name && row.name === name) {
      const same = row.identity === identity && (isFile ? row.stamp === stamp && row.executable === executable : true);
      if (same && !row.racy) return row;
    }
    const content = isFile && row !== undefined && !row.racy && isUntouched(row, parentId, entry) ? row.content : null;
    const own = { id, parentId, name, kind: isFile ? 'file' : 'folder', content, sizeBytes: isFile ? sizeBytes : 0 } as const;
    return {
      ...own,
      ...(row?.foreign === undefined ? {} : { foreign: row.foreign }),
      diskName: entry.name,
      identity,
      stamp: isFile ? stamp : '',
      modifiedAt,
      executable,
      racy: false,
    };
  }

  /** The server's names for what a folder holds; of names that are one under folding, only one keeps it (SYNC: case, NFC). */
  #names(parentId: string, found: readonly { entry: ScanEntry; row: LocalRow | undefined }[]): Map<string, string> {
    const names = new Map<string, string>();
    const taken = new Set<string>();
    const late: { entry: ScanEntry; name: string }[] = [];
    const isKept = (row: LocalRow | undefined, entry: ScanEntry) => row?.parentId === parentId && row.diskName === entry.name;
    const ordered = [...found].sort((a, b) => rank(a, isKept) - rank(b, isKept) || (a.entry.name < b.entry.name ? -1 : 1));
    for (const { entry, row } of ordered) {
      const kept = row !== undefined && isKept(row, entry);
      const name = kept ? row.name : (this.#mappedIn(parentId, entry.name) ?? logicalName(entry.name, this.#input.rules));
      if (taken.has(foldedName(name))) late.push({ entry, name });
      else {
        taken.add(foldedName(name));
        names.set(entry.name, name);
      }
    }
    for (const { entry, name } of late) {
      const free = numberedName(name, (candidate) => taken.has(foldedName(candidate)));
      taken.add(foldedName(free));
      names.set(entry.name, free);
    }
    return names;
  }

  #gone(): string[] {
    const { local, complete, rootId, isUnchanged } = this.#input;
    const gone: string[] = [];
    if (isUnchanged !== undefined) {
      for (const { path, failed } of this.#folders) if (failed === null) this.#goneFrom(this.#ids.get(path), gone);
      return gone;
    }
    if (complete) {
      for (const row of local.values()) {
        if (row.id !== rootId && !this.#taken.has(row.id) && !this.#isFrozen(row)) gone.push(row.id);
      }
      return gone;
    }
    for (const { path } of this.#folders) {
      const id = this.#ids.get(path);
      for (const row of id === undefined ? [] : this.#known.siblings(id).values()) {
        if (!this.#taken.has(row.id)) this.#needsAll = true;
      }
    }
    return gone;
  }

  /** What a folder held and does not hold any more, with all that was in it and is nowhere else. */
  #goneFrom(id: string | undefined, gone: string[]): void {
    if (id === undefined) return;
    for (const row of this.#known.siblings(id).values()) {
      if (this.#taken.has(row.id)) continue;
      gone.push(row.id);
      if (row.kind === 'folder') this.#goneFrom(row.id, gone);
    }
  }

  #isFrozen(row: LocalRow): boolean {
    for (let at: LocalRow | undefined = row; at !== undefined; at = this.#input.local.get(at.parentId ?? '')) {
      if (this.#frozen.has(at.id)) return true;
    }
    return false;
  }
}

type Kept = (row: LocalRow | undefined, entry: ScanEntry) => boolean;
/** Who had the name before keeps it, then who writes it in the server's spelling. */
const rank = ({ entry, row }: { entry: ScanEntry; row: LocalRow | undefined }, isKept: Kept): number =>
  isKept(row, entry) ? 0 : entry.name === entry.name.normalize('NFC') ? 1 : 2;

/** The same inode with the same size and time: a rename changes only where it lies (and the time of that). */
function isUntouched(row: LocalRow, parentId: string, entry: ScanEntry): boolean {
  if (row.identity !== entry.identity || row.executable !== entry.executable) return false;
  const moved = row.parentId !== parentId || row.diskName !== entry.name;
  if (moved && !hasBirth(entry.identity)) return false;
  return row.stamp === entry.stamp || (moved && writtenPart(row.stamp) === writtenPart(entry.stamp));
}

/** What `diskName` puts at the end of a name that it has shortened. */
const shortenedName = /~[0-9a-f]{8}/i;

/** The disk's names of those nodes of a folder whose own name the disk cannot hold. */
function mappedNames(nodes: readonly RemoteRow[], rules: VolumeRules): Map<string, string> {
  const mapped = new Map<string, string>();
  for (const { name, trashed } of nodes) {
    const disk = diskName(name, rules);
    if (!trashed && disk !== name) mapped.set(disk, name);
  }
  return mapped;
}
