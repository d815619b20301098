import { AppError, type ErrorCode } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { Pc } from '#shared/contract/pcs.ts';
import type { SyncIssue, SyncRoot } from '#shared/contract/sync.ts';
import type { SyncKeep, SyncNodeState } from '#shared/contract/sync-keeping.ts';
import type { FileHandle, Transfer, WorkspaceContract, WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { WorkspaceDriveContract } from '#shared/contract/workspace-drive.ts';
import type { Node, Space, Version } from '#shared/model/drive.ts';
import { foldedName } from '#shared/model/node-name.ts';
import { matchedExtension } from '#shared/policy/extension.ts';
import { FakeBeyond } from './fake-beyond.ts';
import type { FakeCare } from './fake-care.ts';

type Own = Exclude<
  Extract<keyof WorkspaceContract, `drive.${string}` | `transfer.${string}` | 'message.saveToDrive'>,
  keyof WorkspaceDriveContract
>;
const uuid = (): string => crypto.randomUUID();
const hash = 'c'.repeat(64);

/** A Drive in memory with behaviour, and the synced folders of a PC: for screens. Tests steer it by its methods, as the world outside would. */
export class FakeDrive {
  readonly nodes = new Map<string, Node>();
  readonly spaces: Space[] = [];
  readonly versions = new Map<string, Version[]>();
  readonly handles = new Map<string, FileHandle>();
  transfers: Transfer[] = [];
  roots: SyncRoot[] = [];
  issues: SyncIssue[] = [];
  /** By root: what is on its way, what needs a choice, what was put aside. */
  readonly care = new Map<string, FakeCare>();
  /** What the person decided on files and folders, and the states that differ from that. */
  readonly keeps = new Map<string, SyncKeep>();
  readonly nodeStates = new Map<string, { state: SyncNodeState; reason?: string }>();
  /** The person's PCs that sync. */
  pcs: Pc[] = [];
  whole: { accountId: string; folder: string; keep: SyncKeep }[] = [];
  activity: {
    rootId: string;
    path: string;
    action: 'uploaded' | 'downloaded' | 'moved_here' | 'deleted_there' | 'conflict';
    at: number;
  }[] = [];
  #failure: AppError | null = null;
  blocked: readonly string[] = [];
  /** Milliseconds between steps of a transfer. */
  pace = 30;
  readonly calls: { name: string; input: unknown }[] = [];
  /** The files of messages, for saving them here. */
  messageFile: (messageId: string, fileId: string) => { name: string; sizeBytes: number } = () => {
    throw new AppError('not_found', 'No messages here');
  };
  /** What the person picks when asked for a folder. */
  folder = '営業の控え';
  readonly #accountId: string;
  readonly memberId: string;
  readonly #emit: (event: WorkspaceEvent) => void;
  /** What it knows beside its tree: links, stars, locks, edits. */
  readonly beyond = new FakeBeyond();
  readonly #trashed = new Map<string, { at: number; path: string }>();
  #sequence = 0;

  constructor(accountId: string, memberId: string, emit: (event: WorkspaceEvent) => void) {
    this.#accountId = accountId;
    this.memberId = memberId;
    this.#emit = emit;
  }

  addSpace(id: string, kind: Space['kind'], name: string, permission: Space['permission'] = 'edit'): Space {
    const rootId = `${id}-root`;
    const about = { description: '', ownerId: null, roomId: null, isMaster: false, quotaBytes: null, links: false };
    const space = { id, kind, name, rootId, permission, epoch: '1', sequence: 0, usedBytes: 9_019_431_321, ...about };
    this.spaces.push(space);
    this.#put({ id: rootId, spaceId: id, parentId: null, name: '', kind: 'folder', sizeBytes: null, at: 0, by: this.memberId });
    return space;
  }

  /** Adds a folder (`sizeBytes` null) or a file with as many versions as said. */
  add(parentId: string, name: string, sizeBytes: number | null, at: number, by: string, versions = 1, id = uuid()): Node {
    const parent = this.get(parentId);
    const node = this.#put({
      id,
      spaceId: parent.spaceId,
      parentId,
      name,
      kind: sizeBytes === null ? 'folder' : 'file',
      sizeBytes,
      at,
      by,
    });
    if (node.content === null) return node;
    const content = node.content;
    const list = Array.from({ length: versions }, (_, index) => ({
      version: index + 1,
      content: { ...content, sizeBytes: Math.max(1, content.sizeBytes - (versions - 1 - index) * 3_000) },
      createdAt: at - (versions - 1 - index) * 50_000_000,
      createdBy: by,
    }));
    this.versions.set(id, list);
    this.nodes.set(id, { ...node, version: versions });
    return this.get(id);
  }

  /** The next change is refused. */
  refuseNext(code: ErrorCode, reason: string, subject?: string): void {
    this.#failure = new AppError(code, reason, { details: { reason, subject } });
  }

  changed(spaceId: string): void {
    this.#emit({ type: 'drive.changed', accountId: this.#accountId, spaceId });
  }
  transfersChanged(): void {
    this.#emit({ type: 'transfers.changed', accountId: this.#accountId });
  }
  editsChanged(): void {
    this.#emit({ type: 'edits.changed', accountId: this.#accountId });
  }
  /** Gone for good. */
  purge(id: string): void {
    this.nodes.delete(id);
    this.#trashed.delete(id);
  }
  syncChanged(): void {
    this.#emit({ type: 'sync.changed', accountId: this.#accountId });
  }

  #put(from: {
    id: string;
    spaceId: string;
    parentId: string | null;
    name: string;
    kind: Node['kind'];
    sizeBytes: number | null;
    at: number;
    by: string;
  }): Node {
    const { sizeBytes, at, by, ...rest } = from;
    this.#sequence += 1;
    const content = sizeBytes === null ? null : { contentHash: hash, sizeBytes, chunks: null, modifiedAt: at, executable: false };
    const node: Node = {
      ...rest,
      revision: 1,
      version: content === null ? 0 : 1,
      content,
      updatedAt: at,
      updatedBy: by,
      trashed: false,
      sequence: this.#sequence,
    };
    this.nodes.set(node.id, node);
    return node;
  }

  get(id: string): Node {
    const node = this.nodes.get(id);
    if (node === undefined) throw new AppError('not_found', 'No such node');
    return node;
  }

  children(parentId: string): Node[] {
    return [...this.nodes.values()].filter((node) => node.parentId === parentId && !node.trashed);
  }

  path(id: string): { id: string; name: string }[] {
    const path: { id: string; name: string }[] = [];
    for (let at = this.get(id).parentId; at !== null; at = this.get(at).parentId) path.unshift({ id: at, name: this.get(at).name });
    return path;
  }

  /** Throws what `refuseNext` said. */
  fail(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
  }

  #free(parentId: string, name: string, own: string | null): void {
    const taken = this.children(parentId).find((node) => node.id !== own && foldedName(node.name) === foldedName(name));
    if (taken !== undefined) throw new AppError('conflict', 'Taken', { details: { reason: 'name_taken', subject: taken.name } });
  }

  async run(id: string): Promise<void> {
    for (let step = 0; step <= 20; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, this.pace));
      const now = this.transfers.find((transfer) => transfer.id === id);
      if (now === undefined || now.state === 'cancelled' || now.state === 'paused') return;
      const doneBytes = Math.min(now.sizeBytes, Math.ceil((now.sizeBytes * step) / 20));
      this.show(id, {
        state: step === 20 ? 'done' : 'running',
        doneBytes,
        bytesPerSecond: step === 20 ? 0 : 4_404_019,
        revealable: step === 20 && now.direction === 'down',
      });
    }
    const done = this.transfers.find((transfer) => transfer.id === id)!;
    if (done.direction === 'up' && done.folderId !== null) {
      const taken = this.children(done.folderId).find(({ name }) => foldedName(name) === foldedName(done.name));
      if (taken?.content != null) this.#newVersion(taken, done.sizeBytes);
      else this.add(done.folderId, done.name, done.sizeBytes, Date.now(), this.memberId);
      this.changed(done.spaceId!);
    }
  }

  #newVersion(node: Node, sizeBytes: number): Node {
    const content = { ...node.content!, sizeBytes };
    const version = node.version + 1;
    this.versions.get(node.id)!.push({ version, content, createdAt: Date.now(), createdBy: this.memberId });
    const next = { ...node, version, content, updatedAt: Date.now(), updatedBy: this.memberId };
    this.nodes.set(node.id, next);
    return next;
  }

  show(id: string, change: Partial<Transfer>): void {
    this.transfers = this.transfers.map((transfer) => (transfer.id === id ? { ...transfer, ...change } : transfer));
    this.transfersChanged();
  }

  start(transfer: Pick<Transfer, 'direction' | 'name' | 'spaceId' | 'folderId' | 'sizeBytes'>): string {
    const id = uuid();
    const extension = matchedExtension(transfer.name, this.blocked);
    const refused =
      extension === null
        ? { code: null, reason: null, subject: null }
        : { code: 'denied', reason: 'extension_blocked', subject: extension };
    this.transfers.push({
      id,
      doneBytes: 0,
      bytesPerSecond: 0,
      revealable: false,
      ...transfer,
      ...refused,
      state: extension === null ? 'queued' : 'refused',
    });
    this.transfersChanged();
    if (extension === null) void this.run(id);
    return id;
  }

  handlers(): Pick<Handlers<WorkspaceContract, undefined>, Own> {
    return {
      'drive.spaces': async () => ({ spaces: this.spaces }),
      'drive.children': async ({ folderId }) => {
        const folder = this.get(folderId);
        if (folder.trashed) throw new AppError('not_found', 'In the trash');
        const permission = this.spaces.find(({ id }) => id === folder.spaceId)!.permission;
        return { folder, path: this.path(folderId), nodes: this.children(folderId), permission };
      },
      'drive.createFolder': async ({ spaceId, parentId, name }) => {
        this.fail();
        this.#free(parentId, name, null);
        const node = this.add(parentId, name, null, Date.now(), this.memberId);
        this.changed(spaceId);
        return { node };
      },
      'drive.move': async ({ spaceId, nodeId, parentId, name }) => {
        this.fail();
        this.#free(parentId, name, nodeId);
        const node = { ...this.get(nodeId), parentId, name };
        this.nodes.set(nodeId, node);
        this.changed(spaceId);
        return { node };
      },
      'drive.delete': async ({ spaceId, nodeIds }) => {
        this.fail();
        for (const id of nodeIds) {
          const path = this.path(id)
            .slice(1)
            .map(({ name }) => name)
            .join('/');
          this.nodes.set(id, { ...this.get(id), trashed: true });
          this.#trashed.set(id, { at: Date.now(), path });
        }
        this.changed(spaceId);
        return {};
      },
      'drive.restore': async ({ spaceId, nodeIds }) => {
        this.fail();
        for (const id of nodeIds) {
          this.nodes.set(id, { ...this.get(id), trashed: false });
          this.#trashed.delete(id);
        }
        this.changed(spaceId);
        return {};
      },
      'drive.versions': async ({ nodeId }) => ({ versions: this.versions.get(nodeId) ?? [] }),
      'drive.restoreVersion': async ({ spaceId, nodeId, version }) => {
        const old = this.versions.get(nodeId)!.find((one) => one.version === version)!;
        const node = this.#newVersion(this.get(nodeId), old.content.sizeBytes);
        this.changed(spaceId);
        return { node };
      },
      'drive.trash': async ({ spaceId }) => ({
        nodes: [...this.#trashed].flatMap(([id, { at, path }]) => {
          const node = this.get(id);
          return node.spaceId === spaceId ? [{ node, trashedAt: at, trashedBy: this.memberId, path }] : [];
        }),
      }),
      'drive.upload': async ({ spaceId, folderId, handles }) => {
        this.fail();
        const transferIds = handles.map((handle) => {
          const { name, sizeBytes } = this.handles.get(handle)!;
          return this.start({ direction: 'up', name, spaceId, folderId, sizeBytes });
        });
        return { transferIds };
      },
      'drive.download': async ({ nodeId }) => {
        const node = this.get(nodeId);
        return {
          transferId: this.start({
            direction: 'down',
            name: node.name,
            spaceId: null,
            folderId: null,
            sizeBytes: node.content!.sizeBytes,
          }),
        };
      },
      'message.saveToDrive': async ({ spaceId, folderId, messageId, fileId }) => {
        this.fail();
        const { name, sizeBytes } = this.messageFile(messageId, fileId);
        const node = this.add(folderId, name, sizeBytes, Date.now(), this.memberId);
        this.changed(spaceId);
        return { node };
      },
      'transfer.list': async () => ({ transfers: this.transfers }),
      'transfer.cancel': async ({ id }) => {
        this.show(id, { state: 'cancelled', bytesPerSecond: 0 });
        return {};
      },
      'transfer.retry': async ({ id }) => {
        this.show(id, { state: 'queued', doneBytes: 0 });
        void this.run(id);
        return {};
      },
      'transfer.clear': async () => {
        this.transfers = this.transfers.filter(({ state }) => state === 'queued' || state === 'running' || state === 'paused');
        this.transfersChanged();
        return {};
      },
    };
  }
}
