import { AppError } from '#shared/base/errors.ts';
import type { Mutation, Node, Permission, Space, Version } from '#shared/model/drive.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import type { CachedFolder } from './client-store.ts';
import { newId, type AccountContext } from './context.ts';
import { copyInto } from './copy-into.ts';
import { applied, mutate } from './mutate.ts';
import { Puller } from './puller.ts';
import type { OutgoingFile } from './stored.ts';

/** The Drive as a person browses it: the server's answer where there is one, else what it last was. */
export class Drive {
  readonly #account: AccountContext;
  readonly #spaces: Puller;

  constructor(account: AccountContext) {
    this.#account = account;
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

  async children(folderId: string): Promise<CachedFolder & { permission: Permission }> {
    const { store, server } = this.#account;
    const cached = store.folders.get(folderId);
    if (cached !== undefined && !this.#account.isOnline()) return this.#withPermission(cached);
    try {
      const answer = await server['drive.children']({ folderId });
      store.refresh(() => store.folders.put(folderId, answer));
      return this.#withPermission(answer);
    } catch (cause) {
      const error = AppError.from(cause);
      if (!error.retry || cached === undefined) throw error;
      return this.#withPermission(cached);
    }
  }

  /** A node as last listed. */
  known(nodeId: string): Node | undefined {
    for (const { nodes } of this.#account.store.folders.all()) {
      const node = nodes.find(({ id }) => id === nodeId);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  /** A node as last listed, else as the server has it. */
  async find(nodeId: string): Promise<Node> {
    return this.known(nodeId) ?? (await this.#account.server['drive.node']({ nodeId })).node;
  }

  /** A file as it goes along with a message; its bytes are on the server. Throws `not_found` for what is not known here. */
  attachment(nodeId: string): OutgoingFile {
    const node = this.#account.store.folders
      .all()
      .flatMap(({ nodes }) => nodes)
      .find(({ id }) => id === nodeId);
    if (node?.content == null) throw new AppError('not_found', 'No such file', { details: { reason: 'missing' } });
    const { contentHash, sizeBytes, chunks } = node.content;
    return {
      name: node.name,
      sizeBytes,
      sentBytes: sizeBytes,
      reference: '',
      through: 'drive',
      content: { contentHash, sizeBytes, chunks },
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
    const seen = new Map(this.#account.store.folders.all().flatMap(({ nodes }) => nodes.map((node) => [node.id, node.version] as const)));
    await this.#all(
      spaceId,
      nodeIds.map((nodeId) => ({ key: newId(this.#account.host), kind: 'delete', nodeId, baseVersion: seen.get(nodeId) ?? 0 })),
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
    const nodes = await Promise.all(nodeIds.map((nodeId) => this.find(nodeId)));
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

  #withPermission(folder: CachedFolder): CachedFolder & { permission: Permission } {
    return { ...folder, permission: this.#account.store.spaces.get(folder.folder.spaceId)?.permission ?? 'read' };
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
    host.emit({ type: 'spaces.changed', accountId });
    for (const { id, sequence, epoch } of spaces) {
      const known = before.get(id);
      if (known !== undefined && (known.sequence !== sequence || known.epoch !== epoch))
        host.emit({ type: 'drive.changed', accountId, spaceId: id });
    }
  }
}
