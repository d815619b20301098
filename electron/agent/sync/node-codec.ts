import { foldedName } from '#shared/model/node-name.ts';
import type { Content } from '#shared/model/drive.ts';
import { contentToken, samePlace, tokenHash, type Place } from '#shared/sync/tree.ts';
import type { LocalRow, RemoteRow, SyncedRow } from './rows.ts';

/** One node in the three trees. */
export interface NodeRows {
  remote: RemoteRow | undefined;
  local: LocalRow | undefined;
  synced: SyncedRow | undefined;
}

type Cell = Buffer | string;

/** A row of the table `nodes` (without its key), in the order of its columns. */
export type NodeCells = [
  id: Cell,
  flags: number,
  parent: Cell | null,
  fold: number,
  name: string,
  localParent: Cell | null,
  syncedParent: Cell | null,
  identity: number,
  content: number,
  size: number,
  body: Buffer,
  extra: string | null,
];

/** Bits of the column `flags`. */
export const flag = {
  remote: 1,
  local: 2,
  synced: 4,
  folder: 8,
  hash: 16,
  trashed: 32,
  remoteHash: 64,
  localHash: 128,
  syncedHash: 256,
  remoteRuns: 512,
  localRuns: 1024,
  syncedRuns: 2048,
  executable: 4096,
  racyBit: 8192,
  foreign: 16384,
  stamped: 32768,
  /** The three trees differ: the planner has to look. */
  open: 65536,
  racy: 131072,
  mapped: 262144,
  /** On the server alone, in a folder that is not there any more: nothing to do before that folder comes back. */
  quiet: 524288,
} as const;

/** What does not fit the usual form: chunks of large files, and fields that cannot be derived. */
interface Extra {
  /** Chunks of the server's content, and of the agreed one where it is another. */
  c?: Content['chunks'];
  sc?: Content['chunks'];
  r?: Partial<RemoteRow>;
  l?: Partial<LocalRow>;
  s?: Partial<SyncedRow>;
}

const isTokenOf = ({ contentHash, executable }: Content, token: string | null): boolean => token === contentToken(contentHash, executable);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const sha256 = /^[0-9a-f]{64}$/;

/** Ids are UUIDs, kept as 16 bytes; others as they are. */
export const idCell = (id: string): Cell => (uuid.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id);
const idOf = (cell: Cell): string => {
  if (typeof cell === 'string') return cell;
  const hex = cell.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** A 32-bit checksum (FNV-1a): it finds candidates, which are then compared. */
export function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
export const foldOf = (name: string): number => checksum(foldedName(name));

/** The parent of a row that lies elsewhere (or under another name) than the server says; null where it does not. */
const placeCell = (row: Place | undefined, base: Place): Cell | null =>
  row === undefined || samePlace(row, base) ? null : idCell(row.parentId ?? '');

const hashAt = 0;
const hashBytes = 32;
const remoteAt = hashAt + hashBytes;
const remoteBytes = 32;
const localAt = remoteAt + remoteBytes;
const localBytes = 48;
/** In the place of a checksum where there is none: as long as one, and in no index. */
const noChecksum = 0x7fffffff;

/** True when nothing about the node is left to decide, whatever lies around it (`Classifier` says `nothing` of it while it is not in the trash). */
function isAtRest({ remote, local, synced }: NodeRows): boolean {
  if (remote === undefined) return local === undefined && synced === undefined;
  if (local === undefined || synced === undefined) return remote.trashed && local === undefined && synced === undefined;
  const sameContent = remote.kind === 'folder' || local.content === remote.content;
  const isAgreed = samePlace(remote, synced) && remote.content === synced.content && remote.version === synced.version;
  return !remote.trashed && sameContent && isAgreed && samePlace(remote, local);
}

/** Writes a node as one row: what the three trees share stands there once. */
export function encodeNode(id: string, rows: NodeRows, quiet = false): NodeCells {
  return new Encoder(rows).run(id, quiet);
}

class Encoder {
  readonly #rows: NodeRows;
  readonly #extra: Extra = {};
  #flags = 0;
  #hash: string | null = null;

  constructor(rows: NodeRows) {
    this.#rows = rows;
  }

  run(id: string, quiet: boolean): NodeCells {
    const { remote, local, synced } = this.#rows;
    const base = (remote ?? local ?? synced)!;
    this.#hash =
      [remote, local, synced].map((row) => (row?.content ? tokenHash(row.content) : '')).find((hash) => sha256.test(hash)) ?? null;
    if (this.#hash !== null) this.#flags |= flag.hash;
    if (base.kind === 'folder') this.#flags |= flag.folder;
    // As long as it will be when all three trees know the node: a row that grows splits its page.
    const body = Buffer.alloc(localAt + localBytes);
    if (this.#hash !== null) body.write(this.#hash, hashAt, 'hex');
    if (remote !== undefined) this.#remote(remote, body);
    if (local !== undefined) this.#local(local, body, base);
    if (synced !== undefined) this.#synced(synced, base);
    if (quiet) this.#flags |= flag.quiet;
    else if (!isAtRest(this.#rows)) this.#flags |= flag.open;
    const isFile = local?.kind === 'file' && local.content !== null;
    return [
      idCell(id),
      this.#flags,
      base.parentId === null ? null : idCell(base.parentId),
      foldOf(base.name),
      base.name,
      placeCell(local, base),
      placeCell(synced, base),
      local === undefined ? noChecksum : checksum(local.identity),
      isFile ? checksum(tokenHash(local.content!)) : noChecksum,
      local?.sizeBytes ?? remote?.sizeBytes ?? 0,
      body,
      Object.keys(this.#extra).length === 0 ? null : JSON.stringify(this.#extra),
    ];
  }

  #remote(row: RemoteRow, body: Buffer): void {
    this.#flags |= flag.remote | (row.trashed ? flag.trashed : 0);
    const more: Partial<Writable<RemoteRow>> = {};
    if (!this.#content(row, flag.remoteHash, flag.remoteRuns)) more.content = row.content;
    body.writeUInt32LE(row.version, remoteAt);
    body.writeUInt32LE(row.revision, remoteAt + 4);
    body.writeDoubleLE(row.sequence, remoteAt + 8);
    body.writeDoubleLE(row.sizeBytes, remoteAt + 16);
    const { file } = row;
    const isUsual = file !== null && file.contentHash === this.#hash && file.sizeBytes === row.sizeBytes && isTokenOf(file, row.content);
    if (isUsual) body.writeDoubleLE(file.modifiedAt, remoteAt + 24);
    if (isUsual && file.chunks !== null) this.#extra.c = file.chunks;
    // What is no usual content, or none where there should be one, is kept as it is.
    if (isUsual ? false : file !== null || row.content !== null) more.file = file;
    if (Object.keys(more).length > 0) this.#extra.r = more;
  }

  #local(row: LocalRow, body: Buffer, base: Place & { kind: string }): void {
    this.#flags |= flag.local;
    if (row.executable) this.#flags |= flag.executable;
    if (row.foreign === true) this.#flags |= flag.foreign;
    if (row.racy) this.#flags |= flag.racyBit | flag.racy;
    if (row.diskName !== row.name && row.diskName.normalize('NFC') !== row.name) this.#flags |= flag.mapped;
    const more: Partial<Writable<LocalRow>> = {};
    if (!samePlace(row, base)) Object.assign(more, { parentId: row.parentId, name: row.name });
    if (row.diskName !== row.name) more.diskName = row.diskName;
    if (row.kind !== base.kind) more.kind = row.kind;
    if (!this.#content(row, flag.localHash, flag.localRuns)) more.content = row.content;
    const at = localAt;
    if (!writeNumbers(row.identity, body, at)) more.identity = row.identity;
    if (row.stamp !== '' && !writeNumbers(row.stamp, body, at + 24)) more.stamp = row.stamp;
    else if (row.stamp !== '') this.#flags |= flag.stamped;
    const isStamped = (this.#flags & flag.stamped) !== 0;
    if (row.modifiedAt !== (isStamped ? stampedTime(body, at) : 0)) more.modifiedAt = row.modifiedAt;
    if (Object.keys(more).length > 0) this.#extra.l = more;
  }

  #synced(row: SyncedRow, base: Place & { kind: string }): void {
    const { remote } = this.#rows;
    this.#flags |= flag.synced;
    const more: Partial<Writable<SyncedRow>> = {};
    if (!samePlace(row, base)) Object.assign(more, { parentId: row.parentId, name: row.name });
    if (row.kind !== base.kind) more.kind = row.kind;
    if (!this.#content(row, flag.syncedHash, flag.syncedRuns)) more.content = row.content;
    if (row.version !== (remote?.version ?? 0)) more.version = row.version;
    const shared = remote?.file?.chunks ?? null;
    if (row.chunks !== shared && JSON.stringify(row.chunks) !== JSON.stringify(shared)) this.#extra.sc = row.chunks;
    if (Object.keys(more).length > 0) this.#extra.s = more;
  }

  /** True when the content needs no more than bits. */
  #content({ content }: { content: string | null }, hashBit: number, runsBit: number): boolean {
    if (content === null) return true;
    if (tokenHash(content) !== this.#hash) return false;
    this.#flags |= hashBit | (content.endsWith('+x') ? runsBit : 0);
    return true;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const three = /^(0|[1-9]\d{0,18}):(0|-?[1-9]\d{0,18}):(0|-?[1-9]\d{0,18})$/;
/** Three numbers with colons, as 24 bytes; false when the text is something else. */
function writeNumbers(text: string, body: Buffer, at: number): boolean {
  const found = three.exec(text);
  if (found === null) return false;
  for (let index = 0; index < 3; index += 1) {
    const value = BigInt(found[index + 1]!);
    if (BigInt.asIntN(64, value) !== value) return false;
    body.writeBigInt64LE(value, at + 8 * index);
  }
  return true;
}
const readNumbers = (body: Buffer, at: number): string =>
  `${body.readBigInt64LE(at)}:${body.readBigInt64LE(at + 8)}:${body.readBigInt64LE(at + 16)}`;
/** The time of writing in a stamp, in whole milliseconds. */
const stampedTime = (body: Buffer, at: number): number => Math.max(0, Number(body.readBigInt64LE(at + 32) / 1_000_000n));

/** The node that a row stands for: exactly what was encoded. */
export function decodeNode(cells: NodeCells): NodeRows & { id: string } {
  return new Decoder(cells).run();
}

class Decoder {
  readonly #flags: number;
  readonly #size: number;
  readonly #body: Buffer;
  readonly #extra: Extra;
  readonly #hash: string;
  readonly #base: { readonly id: string; readonly parentId: string | null; readonly name: string; readonly kind: 'folder' | 'file' };

  constructor([id, flags, parent, , name, , , , , size, body, extra]: NodeCells) {
    this.#flags = flags;
    this.#size = size;
    this.#body = body;
    this.#extra = extra === null ? {} : (JSON.parse(extra) as Extra);
    this.#hash = this.#has(flag.hash) ? body.toString('hex', hashAt, hashBytes) : '';
    const kind = this.#has(flag.folder) ? 'folder' : 'file';
    this.#base = { id: idOf(id), parentId: parent === null ? null : idOf(parent), name, kind };
  }

  run(): NodeRows & { id: string } {
    const remote = this.#has(flag.remote) ? this.#remote() : undefined;
    const local = this.#has(flag.local) ? this.#local() : undefined;
    const synced = this.#has(flag.synced) ? this.#synced(remote) : undefined;
    return { id: this.#base.id, remote, local, synced };
  }

  #has(bit: number): boolean {
    return (this.#flags & bit) !== 0;
  }
  #content(hashBit: number, runsBit: number): string | null {
    return this.#has(hashBit) ? contentToken(this.#hash, this.#has(runsBit)) : null;
  }

  #remote(): RemoteRow {
    const body = this.#body;
    const content = this.#content(flag.remoteHash, flag.remoteRuns);
    const sizeBytes = body.readDoubleLE(remoteAt + 16);
    return {
      ...this.#base,
      content,
      version: body.readUInt32LE(remoteAt),
      sizeBytes,
      trashed: this.#has(flag.trashed),
      revision: body.readUInt32LE(remoteAt + 4),
      sequence: body.readDoubleLE(remoteAt + 8),
      file:
        content === null
          ? null
          : {
              contentHash: this.#hash,
              sizeBytes,
              chunks: this.#extra.c ?? null,
              modifiedAt: body.readDoubleLE(remoteAt + 24),
              executable: this.#has(flag.remoteRuns),
            },
      ...this.#extra.r,
    };
  }

  #local(): LocalRow {
    const body = this.#body;
    const at = localAt;
    const isStamped = this.#has(flag.stamped);
    return {
      ...this.#base,
      content: this.#content(flag.localHash, flag.localRuns),
      sizeBytes: this.#size,
      diskName: this.#extra.l?.name ?? this.#base.name,
      identity: readNumbers(body, at),
      stamp: isStamped ? readNumbers(body, at + 24) : '',
      modifiedAt: isStamped ? stampedTime(body, at) : 0,
      executable: this.#has(flag.executable),
      racy: this.#has(flag.racyBit),
      ...(this.#has(flag.foreign) ? { foreign: true } : {}),
      ...this.#extra.l,
    };
  }

  #synced(remote: RemoteRow | undefined): SyncedRow {
    return {
      ...this.#base,
      content: this.#content(flag.syncedHash, flag.syncedRuns),
      version: remote?.version ?? 0,
      chunks: this.#extra.sc === undefined ? (remote?.file?.chunks ?? null) : this.#extra.sc,
      ...this.#extra.s,
    };
  }
}
