import { createHash } from 'node:crypto';
import { assert } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { failure } from '#shared/contract/operation.ts';
import { PackReader, type PackedChunk } from '#shared/contract/pack.ts';
import { tenant } from '#shared/contract/tenant.ts';
import { contentHash, emptyHash } from '#shared/model/content.ts';
import type { Content, Cursor, Mutation, MutationResult, Node, Space } from '#shared/model/drive.ts';
import { foldedName, nameProblem, normalName } from '#shared/model/node-name.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const chunksOf = (content: Content) =>
  content.chunks ?? (content.sizeBytes === 0 ? [] : [{ hash: content.contentHash, sizeBytes: content.sizeBytes }]);

type Conflict = Extract<MutationResult, { kind: 'conflict' }>['reason'];
type Outcome = MutationResult extends infer R ? (R extends { key: string } ? Omit<R, 'key'> : never) : never;

/** A page of changes ends after so many nodes where the asker does not say less. */
interface Paging {
  readonly mode: 'changes' | 'listing' | 'reset';
  readonly start: number;
  readonly sequence: number;
}

/** A space of Drive in memory, with all that the sync engine asks of a server. Checks its own tree after every change (S10). */
export class SimServer {
  readonly spaceId = 'space';
  readonly rootId = 'top';
  readonly memberId: string;
  epoch = 'first';
  sequence = 0;
  nodes = new Map<string, Node>();
  /** Every content that a file ever had here (versions and trash keep them), by node. */
  readonly history = new Map<string, Content[]>();
  readonly chunks = new Map<string, Uint8Array>();
  answers = new Map<string, MutationResult>();
  permission: Space['permission'] = 'edit';
  /** Fewer nodes on a page than asked for. */
  pageLimit = 10_000;
  /** Called after a commit that changed something. */
  onCommit: (mutation: Mutation, node: Node) => void = () => undefined;
  readonly #now: () => number;

  constructor(now: () => number, memberId = 'member') {
    this.#now = () => Math.floor(now());
    this.memberId = memberId;
    this.#put({ ...this.#blank(this.rootId, null, ''), kind: 'folder' });
  }

  get space(): Space {
    const { spaceId: id, rootId, epoch, sequence, permission, memberId: ownerId } = this;
    return {
      id,
      kind: 'my',
      name: 'Drive',
      rootId,
      permission,
      epoch,
      sequence,
      usedBytes: 0,
      description: '',
      ownerId,
      roomId: null,
      isMaster: true,
      quotaBytes: null,
      links: false,
    };
  }
  live(): Node[] {
    return [...this.nodes.values()].filter(({ trashed }) => !trashed);
  }
  isLive(id: string): boolean {
    return this.nodes.get(id)?.trashed === false;
  }
  children(parentId: string): Node[] {
    return this.live().filter((node) => node.parentId === parentId);
  }
  bytesOf(content: Content): Uint8Array {
    return Buffer.concat(chunksOf(content).map(({ hash }) => this.chunks.get(hash)!));
  }

  /** What the handlers of the real server answer. */
  call(name: string, input: unknown): unknown {
    try {
      if (name === 'drive.spaces') return { ok: true, value: { spaces: [this.space] } };
      if (name === 'content.missing') {
        const { hashes } = tenant[name].input.parse(input);
        return { ok: true, value: { missing: hashes.filter((hash) => !this.chunks.has(hash)) } };
      }
      if (name === 'drive.changes') {
        const asked = tenant[name].input.parse(input);
        this.#check(asked.spaceId);
        return { ok: true, value: this.changes(asked.cursor, asked.after, asked.limit) };
      }
      if (name === 'drive.mutate') {
        const { spaceId, mutations } = tenant[name].input.parse(input);
        this.#check(spaceId);
        return { ok: true, value: { results: mutations.map((mutation) => this.mutate(mutation)), sequence: this.sequence } };
      }
      throw new AppError('not_found', `No operation ${name}`);
    } catch (error) {
      if (error instanceof AppError) return failure(error);
      throw error;
    }
  }
  #check(spaceId: string): void {
    if (spaceId !== this.spaceId || this.permission === 'none') throw new AppError('not_found', 'No such space');
  }

  takePack(pack: Uint8Array): void {
    const reader = new PackReader();
    for (const { hash, bytes } of reader.push(Uint8Array.from(pack))) {
      if (sha256(bytes) !== hash) throw new AppError('invalid', 'Not the bytes of that hash');
      this.chunks.set(hash, Uint8Array.from(bytes));
    }
  }
  readChunks(hashes: readonly string[]): PackedChunk[] {
    const missing = hashes.filter((hash) => !this.chunks.has(hash));
    if (missing.length > 0) throw new AppError('not_found', 'Chunks are not there', { details: { missing } });
    return hashes.map((hash) => ({ hash, bytes: this.chunks.get(hash)! }));
  }

  changes(cursor: Cursor | null, after: string | undefined, limit: number) {
    const { mode, start, sequence } = this.#paging(cursor, after);
    const found = [...this.nodes.values()]
      .filter((node) => node.sequence > sequence && (mode === 'changes' || !node.trashed || node.sequence > start))
      .sort((one, other) => one.sequence - other.sequence);
    const most = Math.min(limit, this.pageLimit);
    const complete = found.length <= most;
    const rows = found.slice(0, most);
    const reached = complete ? this.sequence : rows.at(-1)!.sequence;
    return {
      nodes: this.#parentsFirst(rows),
      cursor: { epoch: this.epoch, sequence: reached },
      ...(complete ? {} : { after: `${mode}.${start}.${reached}.${this.epoch}` }),
      complete,
      reset: mode === 'reset',
    };
  }
  #paging(cursor: Cursor | null, after: string | undefined): Paging {
    const reset: Paging = { mode: 'reset', start: this.sequence, sequence: 0 };
    if (after !== undefined) {
      const [mode, start, sequence, epoch] = after.split('.');
      if (epoch !== this.epoch || Number(sequence) > this.sequence) return reset;
      return { mode: mode as Paging['mode'], start: Number(start), sequence: Number(sequence) };
    }
    if (cursor === null) return { ...reset, mode: 'listing' };
    if (cursor.epoch !== this.epoch || cursor.sequence > this.sequence) return reset;
    return { mode: 'changes', start: cursor.sequence, sequence: cursor.sequence };
  }
  /** A parent that changed later than its child comes along. */
  #parentsFirst(rows: readonly Node[]): Node[] {
    const has = new Set(rows.map(({ id }) => id));
    const ordered = new Set<Node>();
    const put = (node: Node): void => {
      const parent = node.parentId === null ? undefined : this.nodes.get(node.parentId);
      const comesLater = parent !== undefined && !node.trashed && parent.sequence > node.sequence;
      if (parent !== undefined && (has.has(parent.id) || comesLater)) put(parent);
      ordered.add(node);
    };
    for (const row of rows) put(row);
    return [...ordered];
  }

  /** Applies one mutation; what was applied is answered the same when it is asked again. */
  mutate(mutation: Mutation): MutationResult {
    const known = this.answers.get(mutation.key);
    if (known !== undefined) return known;
    const outcome = this.permission === 'edit' ? this.#apply(mutation) : ({ kind: 'refused', reason: 'permission_missing' } as const);
    const result = { key: mutation.key, ...outcome } as MutationResult;
    if (result.kind === 'applied') {
      this.answers.set(mutation.key, result);
      this.#checkTree();
      this.onCommit(mutation, result.node);
    }
    return result;
  }

  #blank(id: string, parentId: string | null, name: string): Node {
    const made = { updatedAt: this.#now(), updatedBy: this.memberId, trashed: false, sequence: 0 };
    return { id, spaceId: this.spaceId, parentId, name, kind: 'file', revision: 0, version: 0, content: null, ...made };
  }
  #put(node: Node): Node {
    this.sequence += 1;
    const put: Node = { ...node, revision: node.revision + 1, sequence: this.sequence, updatedAt: this.#now() };
    this.nodes.set(put.id, put);
    return put;
  }
  #applied = (node: Node): Outcome => ({ kind: 'applied', node });
  #conflict = (reason: Conflict, node: Node | null): Outcome => ({ kind: 'conflict', reason, node });

  #apply(mutation: Mutation): Outcome {
    switch (mutation.kind) {
      case 'create_folder':
      case 'create_file':
        return this.#create(mutation);
      case 'update_content':
        return this.#update(mutation);
      case 'move':
        return this.#move(mutation);
      case 'delete':
        return this.#delete(mutation);
      case 'restore':
        return this.#restore(mutation.nodeId);
      default:
        throw new AppError('invalid', `The simulated server does not ${mutation.kind}`);
    }
  }

  #occupant(parentId: string, name: string): Node | undefined {
    return this.children(parentId).find((node) => foldedName(node.name) === foldedName(name));
  }
  #lacking(content: Content): Outcome | null {
    const chunks = chunksOf(content);
    const hash = chunks.length === 0 ? emptyHash : contentHash(chunks, sha256);
    if (hash !== content.contentHash) return { kind: 'refused', reason: 'content_mismatch' };
    const hashes = chunks.filter((chunk) => !this.chunks.has(chunk.hash)).map((chunk) => chunk.hash);
    return hashes.length === 0 ? null : { kind: 'missing_chunks', hashes };
  }
  #keep(id: string, content: Content): Content {
    this.history.set(id, [...(this.history.get(id) ?? []), content]);
    return content;
  }

  #create(mutation: Extract<Mutation, { kind: 'create_folder' | 'create_file' }>): Outcome {
    const name = normalName(mutation.name);
    const problem = nameProblem(name);
    if (problem !== null) return { kind: 'refused', reason: problem };
    const twin = this.nodes.get(mutation.id);
    if (twin !== undefined) return this.#conflict('id_taken', twin);
    const parent = this.nodes.get(mutation.parentId);
    if (parent === undefined || parent.trashed || parent.kind !== 'folder') return this.#conflict('parent_missing', parent ?? null);
    const occupant = this.#occupant(parent.id, name);
    if (occupant !== undefined) return this.#conflict('name_taken', occupant);
    const blank = this.#blank(mutation.id, parent.id, name);
    if (mutation.kind === 'create_folder') return this.#applied(this.#put({ ...blank, kind: 'folder' }));
    const lacking = this.#lacking(mutation.content);
    return lacking ?? this.#applied(this.#put({ ...blank, version: 1, content: this.#keep(blank.id, mutation.content) }));
  }

  #liveNode(id: string): Node | Outcome {
    const node = this.nodes.get(id);
    if (node === undefined) return this.#conflict('missing', null);
    if (node.trashed) return this.#conflict('trashed', node);
    return node.parentId === null ? { kind: 'refused', reason: 'root_fixed' } : node;
  }

  #update(mutation: Extract<Mutation, { kind: 'update_content' }>): Outcome {
    const file = this.#liveNode(mutation.nodeId);
    if (!('id' in file)) return file;
    if (file.kind !== 'file') return { kind: 'refused', reason: 'not_a_file' };
    if (file.version !== mutation.baseVersion) return this.#conflict('version_changed', file);
    const lacking = this.#lacking(mutation.content);
    return lacking ?? this.#applied(this.#put({ ...file, version: file.version + 1, content: this.#keep(file.id, mutation.content) }));
  }

  isWithin(id: string, folderId: string): boolean {
    for (let at: string | null = id; at !== null; at = this.nodes.get(at)?.parentId ?? null) if (at === folderId) return true;
    return false;
  }

  #move(mutation: Extract<Mutation, { kind: 'move' }>): Outcome {
    const node = this.#liveNode(mutation.nodeId);
    if (!('id' in node)) return node;
    const name = normalName(mutation.name);
    const problem = nameProblem(name);
    if (problem !== null) return { kind: 'refused', reason: problem };
    if (name === node.name && mutation.parentId === node.parentId) return this.#applied(node);
    const parent = this.nodes.get(mutation.parentId);
    if (parent === undefined || parent.trashed || parent.kind !== 'folder') return this.#conflict('parent_missing', parent ?? null);
    if (node.kind === 'folder' && this.isWithin(parent.id, node.id)) return this.#conflict('cycle', node);
    const occupant = this.#occupant(parent.id, name);
    if (occupant !== undefined && occupant.id !== node.id) return this.#conflict('name_taken', occupant);
    return this.#applied(this.#put({ ...node, parentId: parent.id, name }));
  }

  #below(id: string): Node[] {
    return this.children(id).flatMap((child) => [child, ...this.#below(child.id)]);
  }

  #delete(mutation: Extract<Mutation, { kind: 'delete' }>): Outcome {
    const node = this.#liveNode(mutation.nodeId);
    if (!('id' in node)) return node;
    if (node.kind === 'file') {
      if (node.version !== mutation.baseVersion) return this.#conflict('version_changed', node);
      return this.#applied(this.#put({ ...node, trashed: true }));
    }
    const below = this.#below(node.id);
    if (mutation.ifEmpty === true && below.length > 0) return this.#conflict('not_empty', node);
    const { baseSequence } = mutation;
    if (baseSequence !== undefined && below.some(({ sequence }) => sequence > baseSequence)) return this.#conflict('not_empty', node);
    const gone = this.#put({ ...node, trashed: true });
    for (const child of below) this.#put({ ...child, trashed: true });
    return this.#applied(gone);
  }

  #restore(id: string): Outcome {
    const node = this.nodes.get(id);
    if (node === undefined) return this.#conflict('missing', null);
    if (!node.trashed) return this.#applied(node);
    const parentId = node.parentId !== null && this.isLive(node.parentId) ? node.parentId : this.rootId;
    let name = node.name;
    for (let count = 2; this.#occupant(parentId, name) !== undefined; count += 1) name = `${node.name} (${count})`;
    return this.#applied(this.#put({ ...node, parentId, name, trashed: false }));
  }

  /** Everything is as it was at an earlier time, under a new epoch, as after a restore from a backup. */
  restoreBackup(backup: SimBackup, epoch: string): void {
    this.nodes = new Map(backup.nodes);
    this.answers = new Map(backup.answers);
    this.sequence = Math.max(this.sequence, backup.sequence) + 1;
    this.epoch = epoch;
  }
  backup(): SimBackup {
    return { nodes: new Map(this.nodes), answers: new Map(this.answers), sequence: this.sequence };
  }

  /** S10. */
  #checkTree(): void {
    const names = new Set<string>();
    for (const node of this.live()) {
      if (node.parentId === null) continue;
      assert(this.isLive(node.parentId), `S10: the parent of ${node.name} is there`);
      const seen = new Set<string>();
      for (let at: string | null = node.id; at !== null; at = this.nodes.get(at)?.parentId ?? null) {
        assert(!seen.has(at), `S10: ${node.name} does not lie in itself`);
        seen.add(at);
      }
      const key = `${node.parentId}/${foldedName(node.name)}`;
      assert(!names.has(key), `S10: ${node.name} is there once`);
      names.add(key);
    }
  }
}

export interface SimBackup {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly answers: ReadonlyMap<string, MutationResult>;
  readonly sequence: number;
}
