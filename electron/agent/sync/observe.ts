import { foldedName } from '#shared/model/node-name.ts';
import { numberedName } from '#shared/sync/conflict-name.ts';
import { diskName, logicalName, type VolumeRules } from '#shared/sync/disk-name.ts';
import type { NodeMap } from '#shared/sync/tree.ts';
import { hasBirth, InodeEvidence, writtenPart } from './inode-evidence.ts';
import type { LocalRow, RemoteRow } from './rows.ts';
import type { ScanEntry, ScanFolder } from './scan.ts';

/** What the scanner found, told as changes of the local tree. */
export interface Observation {
  readonly put: readonly LocalRow[];
  readonly gone: readonly string[];
  /** Folders whose listing failed, by id, with the system's code. */
  readonly frozen: ReadonlyMap<string, string>;
  /** Links, sockets and the like, with their paths. */
  readonly foreign: readonly string[];
  /** A part of the tree does not explain itself (something vanished, moved in, or a folder is new): look at all of it. */
  readonly needsAll: boolean;
}

export interface ObserveInput {
  readonly rootId: string;
  readonly local: NodeMap<LocalRow>;
  readonly remote: NodeMap<RemoteRow>;
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
  readonly #byIdentity = new Map<string, LocalRow>();
  readonly #byPlace = new Map<string, Map<string, LocalRow>>();
  readonly #seenIdentities = new Map<string, number>();
  readonly #taken = new Set<string>();
  readonly #ids = new Map<string, string>();
  readonly #put = new Map<string, LocalRow>();
  readonly #frozen = new Map<string, string>();
  readonly #foreign: string[] = [];
  readonly #mapped: Map<string, Map<string, string>>;
  readonly #evidence: InodeEvidence;
  /** On a volume without birth times: rows that are where they were. */
  readonly #unmoved: ReadonlySet<string>;
  #needsAll = false;

  constructor(folders: readonly ScanFolder[], input: ObserveInput) {
    this.#folders = folders;
    this.#input = input;
    for (const row of input.local.values()) {
      this.#byIdentity.set(row.identity, row);
      if (row.parentId === null) continue;
      const siblings = this.#byPlace.get(row.parentId);
      if (siblings === undefined) this.#byPlace.set(row.parentId, new Map([[row.diskName, row]]));
      else siblings.set(row.diskName, row);
    }
    this.#evidence = new InodeEvidence(folders, this.#byPlace);
    let births = true;
    for (const { path, entries } of folders) {
      for (const entry of entries) {
        births &&= entry.kind === 'other' || hasBirth(entry.identity);
        if (this.#isProven(entry, path)) this.#seenIdentities.set(entry.identity, (this.#seenIdentities.get(entry.identity) ?? 0) + 1);
      }
    }
    this.#unmoved = births ? new Set() : this.#evidence.unmoved(input.rootId);
    this.#mapped = mappedNames(input);
  }

  run(): Observation {
    this.#ids.set('', this.#input.rootId);
    if (!this.#input.complete) this.#knownPaths();
    for (const folder of this.#folders) {
      const id = this.#ids.get(folder.path);
      if (id === undefined) this.#needsAll = true;
      else this.#takeFolder(folder, id);
    }
    const gone = this.#gone();
    return { put: [...this.#put.values()], gone, frozen: this.#frozen, foreign: this.#foreign, needsAll: this.#needsAll };
  }

  /** Paths of the folders that are known already, for listings that begin somewhere inside. */
  #knownPaths(): void {
    const climb = (id: string, path: string): void => {
      for (const row of this.#byPlace.get(id)?.values() ?? []) {
        if (row.kind !== 'folder') continue;
        const below = path === '' ? row.diskName : `${path}/${row.diskName}`;
        this.#ids.set(below, row.id);
        climb(row.id, below);
      }
    };
    climb(this.#input.rootId, '');
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
        if (!this.#input.complete && this.#ids.get(path) !== nodeId) this.#needsAll = true;
        this.#ids.set(path, nodeId);
      }
      const next = this.#nextRow(nodeId, id, names.get(entry.name)!, entry, row);
      if (next !== row) this.#put.set(nodeId, next);
    }
  }

  /** The row that this entry is the present state of. */
  #match(parentId: string, entry: ScanEntry, path: string): LocalRow | undefined {
    const there = this.#byPlace.get(parentId)?.get(entry.name);
    const known = this.#byIdentity.get(entry.identity);
    const sure = hasBirth(entry.identity);
    if (!sure && there !== undefined && !this.#taken.has(there.id) && this.#evidence.supports(there, entry, path)) return this.#take(there);
    if (known !== undefined && known.kind === entry.kind && !this.#taken.has(known.id)) {
      // Of several names of one inode only the one that is already known speaks for it.
      const moved = !entry.linked && this.#seenIdentities.get(entry.identity) === 1 && !this.#unmoved.has(known.id);
      if (known === there || (moved && this.#isProven(entry, path))) return this.#take(known);
    }
    // A new inode where the old one is no more: saved by writing another file and renaming it here.
    const replaced = there !== undefined && there.kind === entry.kind && !this.#taken.has(there.id);
    return replaced && !this.#seenIdentities.has(there.identity) ? this.#take(there) : undefined;
  }

  /** Whether the inode's number says which row this is the present state of, wherever it lies. */
  #isProven(entry: ScanEntry, path: string): boolean {
    if (hasBirth(entry.identity)) return true;
    const known = this.#byIdentity.get(entry.identity);
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
      const mapped = this.#mapped.get(parentId)?.get(entry.name);
      const name = row !== undefined && isKept(row, entry) ? row.name : (mapped ?? logicalName(entry.name, this.#input.rules));
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
    const { local, complete, rootId } = this.#input;
    const gone: string[] = [];
    if (complete) {
      for (const row of local.values()) {
        if (row.id !== rootId && !this.#taken.has(row.id) && !this.#isFrozen(row)) gone.push(row.id);
      }
      return gone;
    }
    for (const { path } of this.#folders) {
      const id = this.#ids.get(path);
      for (const row of (id === undefined ? undefined : this.#byPlace.get(id))?.values() ?? []) {
        if (!this.#taken.has(row.id)) this.#needsAll = true;
      }
    }
    return gone;
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

/** For each folder, the disk's names of those nodes whose own name the disk cannot hold. */
function mappedNames({ remote, rules }: ObserveInput): Map<string, Map<string, string>> {
  const mapped = new Map<string, Map<string, string>>();
  for (const { parentId, name, trashed } of remote.values()) {
    if (parentId === null || trashed) continue;
    const disk = diskName(name, rules);
    if (disk === name) continue;
    const names = mapped.get(parentId) ?? new Map<string, string>();
    mapped.set(parentId, names.set(disk, name));
  }
  return mapped;
}
