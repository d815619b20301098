import { AppError } from '#shared/base/errors.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Mutation, Node, Space, Version } from '#shared/model/drive.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import { newId, type AccountContext } from './context.ts';
import { FolderFeed } from './folder-feed.ts';
import { copyInto } from './copy-into.ts';
import { applied, mutate } from './mutate.ts';
import { Puller } from './puller.ts';
import type { OutgoingFile } from './stored.ts';

/** The Drive as a person browses it: the server's answer where there is one, else what it last was. */
export class Drive {
  readonly #account: AccountContext;
  readonly #spaces: Puller;
  readonly #feed: FolderFeed;

  constructor(account: AccountContext) {
    this.#account = account;
    this.#feed = new FolderFeed(account);
    this.#spaces = new Puller(() => this.#pullSpaces(), account.host.report);
  }

  spaces(): Space[] {
    return this.#account.store.spaces.all();
  }

  /** Asks which spaces there are and how far each has come; tells of those that changed. */
  pullSpaces(): Promise<void> {
    return this.#spaces.run();
  }

  /** A space has changed: what is shown of it is asked for again. */
  hint(spaceId: string, epoch: string, sequence: number): void {
    const { store, host, accountId } = this.#account;
    const space = store.spaces.get(spaceId);
    if (space === undefined) {
      void this.pullSpaces();
      return;
    }
    if (space.epoch === epoch && space.sequence === sequence) return;
    store.refresh(() => store.spaces.put(spaceId, { ...space, epoch, sequence }));
    host.emit({ type: 'drive.changed', accountId, spaceId });
  }

  /** What is cached of a folder, true as of the last hint of its space; with `since` only what is new (see `workspace`). */
  async children(folderId: string, since?: string): Promise<OutputOf<WorkspaceContract, 'drive.children'>> {
    const { store, listings } = this.#account;
    await this.#feed.follow(folderId);
    const cached = listings.folder(folderId);
    if (cached === undefined) throw new AppError('not_found', 'No such folder');
    const { folder } = cached;
    const permission = folder.permission ?? store.spaces.get(folder.spaceId)?.permission ?? 'read';
    if (since === undefined) return { ...cached, permission, nodes: listings.all(folderId) };
    return { ...cached, permission, ...listings.part(folderId, since) };
  }

  /** A connection is there again: what was being listed when it broke goes on. */
  reconnected(): void {
    const { store } = this.#account;
    const broken = store.folders.all().filter(({ complete }) => !complete);
    for (const spaceId of new Set(broken.map(({ folder }) => folder.spaceId))) this.changed(spaceId);
  }

  /** A node as last listed. */
  known(nodeId: string): Node | undefined {
    const { store } = this.#account;
    return store.nodes.get(nodeId) ?? store.folders.get(nodeId)?.folder;
  }

  /** A node as the server has it, with its list of chunks. */
  async find(nodeId: string): Promise<Node> {
    return (await this.#account.server['drive.node']({ nodeId })).node;
  }

  /** A file as it goes along with a message; its bytes are on the server. Throws `not_found` for what is not known here. */
  attachment(nodeId: string): OutgoingFile {
    const node = this.known(nodeId);
    if (node?.content == null) throw new AppError('not_found', 'No such file', { details: { reason: 'missing' } });
    const { contentHash, sizeBytes, chunks } = node.content;
    const isWhole = chunks === null || chunks.length > 0;
    return {
      name: node.name,
      sizeBytes,
      sentBytes: sizeBytes,
      reference: nodeId,
      through: 'drive',
      content: isWhole ? { contentHash, sizeBytes, chunks } : null,
    };
  }

  createFolder(spaceId: string, parentId: string, name: string): Promise<Node> {
    const { host } = this.#account;
    return this.#one(spaceId, { key: newId(host), kind: 'create_folder', id: newId(host), parentId, name });
  }

  move(spaceId: string, nodeId: string, parentId: string, name: string): Promise<Node> {
    return this.#one(spaceId, { key: newId(this.#account.host), kind: 'move', nodeId, parentId, name });
  }

  restoreVersion(spaceId: string, nodeId: string, version: number): Promise<Node> {
    return this.#one(spaceId, { key: newId(this.#account.host), kind: 'restore_version', nodeId, version });
  }

  /** To the trash, as the person saw them: a file that somebody changed meanwhile stays, and the first such failure is thrown. */
  async delete(spaceId: string, nodeIds: readonly string[]): Promise<void> {
    await this.#all(
      spaceId,
      nodeIds.map((nodeId) => ({ key: newId(this.#account.host), kind: 'delete', nodeId, baseVersion: this.known(nodeId)?.version ?? 0 })),
    );
  }

  async restore(spaceId: string, nodeIds: readonly string[]): Promise<void> {
    await this.#all(
      spaceId,
      nodeIds.map((nodeId) => ({ key: newId(this.#account.host), kind: 'restore', nodeId })),
    );
  }

  /** DRV-15. */
  lock(spaceId: string, nodeId: string): Promise<Node> {
    return this.#one(spaceId, { key: newId(this.#account.host), kind: 'lock', nodeId });
  }

  unlock(spaceId: string, nodeId: string): Promise<Node> {
    return this.#one(spaceId, { key: newId(this.#account.host), kind: 'unlock', nodeId });
  }

  /** Into a folder, maybe of another space: a name that is taken gets a number. The first failure is thrown after all were tried. */
  async copy(nodeIds: readonly string[], spaceId: string, folderId: string): Promise<Node[]> {
    const nodes = await Promise.all(nodeIds.map(async (nodeId) => this.known(nodeId) ?? this.find(nodeId)));
    const results = await copyInto(this.#account, nodes, spaceId, folderId);
    this.changed(spaceId);
    return results.map(applied);
  }

  async versions(nodeId: string): Promise<Version[]> {
    return (await this.#account.server['drive.versions']({ nodeId })).versions;
  }

  async trash(spaceId: string): Promise<OutputOf<TenantContract, 'drive.trash'>['nodes']> {
    return (await this.#account.server['drive.trash']({ spaceId })).nodes;
  }

  async #one(spaceId: string, mutation: Mutation): Promise<Node> {
    const [result] = await mutate(this.#account, spaceId, [mutation]);
    const node = applied(result);
    this.changed(spaceId);
    return node;
  }

  async #all(spaceId: string, mutations: readonly Mutation[]): Promise<void> {
    const results = await mutate(this.#account, spaceId, mutations);
    this.changed(spaceId);
    for (const result of results) applied(result);
  }

  /** Tells whoever shows it that something in a space is different. */
  changed(spaceId: string): void {
    const { host, accountId } = this.#account;
    host.emit({ type: 'drive.changed', accountId, spaceId });
  }

  async #pullSpaces(): Promise<void> {
    const { store, server, host, accountId } = this.#account;
    const { spaces } = await server['drive.spaces']({});
    const before = new Map(store.spaces.all().map((space) => [space.id, space]));
    store.refresh(() => {
      store.spaces.clear();
      for (const space of spaces) store.spaces.put(space.id, space);
    });
    if (JSON.stringify([...before.values()]) === JSON.stringify(spaces)) return;
    // Who may see what is different: so may be what is in their folders.
    for (const { id, permission, epoch } of spaces) {
      const known = before.get(id);
      if (known?.permission !== permission || known.epoch !== epoch) this.#account.listings.doubt(id);
    }
    host.emit({ type: 'spaces.changed', accountId });
    for (const { id, sequence, epoch } of spaces) {
      const known = before.get(id);
      if (known !== undefined && (known.sequence !== sequence || known.epoch !== epoch))
        host.emit({ type: 'drive.changed', accountId, spaceId: id });
    }
  }
}
