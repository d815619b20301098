import { foldedName } from '#shared/model/node-name.ts';

/** What a simulated volume is like. */
export interface DiskTraits {
  readonly caseFolds: boolean;
  /** Names come back decomposed, whatever they were written as. */
  readonly decomposes: boolean;
  readonly hardLinks: boolean;
  readonly birthTimes: boolean;
  readonly executableBit: boolean;
  /** Renaming over a file that somebody has open fails, as on Windows. */
  readonly openFilesStay: boolean;
  readonly windowsNames: boolean;
  /** Times are kept in steps of so many nanoseconds. */
  readonly timeStepNs: bigint;
  readonly capacityBytes: number;
}

export const plainTraits: DiskTraits = {
  caseFolds: false,
  decomposes: false,
  hardLinks: true,
  birthTimes: true,
  executableBit: true,
  openFilesStay: false,
  windowsNames: false,
  timeStepNs: 1n,
  capacityBytes: 1024 ** 4,
};

export interface Entry {
  readonly name: string;
  readonly node: DiskNode;
}
type Entries = Map<string, Entry>;

/** An inode. */
export class DiskNode {
  readonly ino: bigint;
  readonly kind: 'file' | 'folder' | 'link';
  readonly birthNs: bigint;
  mode: number;
  modifiedNs: bigint;
  changedNs: bigint;
  data = new Uint8Array(0);
  /** What is on the platter, as far as it was flushed; null: nothing yet. */
  flushed: Uint8Array | null = null;
  flushedModifiedNs: bigint;
  links = 0;
  openers = 0;
  readonly entries: Entries = new Map();
  /** The names that survive a power cut. */
  durable: Entries = new Map();

  constructor(ino: bigint, kind: DiskNode['kind'], mode: number, nowNs: bigint) {
    this.ino = ino;
    this.kind = kind;
    this.mode = mode;
    this.birthNs = nowNs;
    this.modifiedNs = nowNs;
    this.changedNs = nowNs;
    this.flushedModifiedNs = nowNs;
  }
}

/** One change of names that a power cut takes back or not, as a whole. */
export interface NameChange {
  readonly removes: readonly { readonly folder: DiskNode; readonly key: string; readonly node: DiskNode }[];
  readonly adds: readonly { readonly folder: DiskNode; readonly key: string; readonly entry: Entry }[];
}

export const touches = (change: NameChange, folder: DiskNode): boolean =>
  change.removes.some((part) => part.folder === folder) || change.adds.some((part) => part.folder === folder);

export const nodesOf = (change: NameChange): DiskNode[] => [
  ...change.removes.map(({ node }) => node),
  ...change.adds.map(({ entry }) => entry.node),
];

/** Does a change to the durable names; one that does not fit there any more is left out as a whole. */
export function makeDurable(change: NameChange): void {
  if (!change.removes.every(({ folder, key, node }) => folder.durable.get(key)?.node === node)) return;
  for (const { folder, key } of change.removes) folder.durable.delete(key);
  for (const { folder, key, entry } of change.adds) folder.durable.set(key, entry);
}

/** What two names that are one on the volume have in common. */
export function nameKey(name: string, traits: DiskTraits): string {
  if (traits.caseFolds) return foldedName(name);
  return traits.decomposes ? name.normalize('NFC') : name;
}

export const fileError = (code: string, path: string): Error => Object.assign(new Error(`${code}: simulated, '${path}'`), { code });
