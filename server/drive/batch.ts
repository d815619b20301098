import type { Decision } from '#shared/model/decision.ts';
import type { Content } from '#shared/model/drive.ts';
import type { KnownNotice } from '#shared/model/notice.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Schema } from '../store/schema.ts';
import type { Database, Notify } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import { endingOf } from '../content/judge.ts';
import type { ContentVerdict } from '../content/inspection/inspector.ts';
import { addToScope, type StoredChunk } from '../content/reach.ts';
import { judgeRoom } from '../content/quota.ts';
import { chunksOf } from '../content/stored-content.ts';
import { touchChunks } from '../content/touch-chunks.ts';
import type { CopySource } from './copy-sources.ts';
import { Guard, type SpaceRules } from './guard.ts';
import { Locks, type DavAuthor } from './locks.ts';
import { readContent, type NodeRow, type SpaceRow, type WrittenContent } from './nodes.ts';
import { Tree } from './tree.ts';
import type { View } from './view.ts';
import { insertRows } from '../store/prepared.ts';

/** Who changes what, by which rules, and when. */
export interface Author {
  readonly tenantId: string;
  readonly memberId: string;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Over WebDAV. */
  readonly dav?: DavAuthor;
  /** Through a link that the member made (DRV-14): its id. */
  readonly link?: string;
}

/** What was found out about the mutations of one request before the space was taken. */
export interface Prepared {
  /** Chunks that the author may use, of all that the mutations name. */
  readonly chunks: ReadonlyMap<string, StoredChunk>;
  /** Ids of the mutations' new nodes that nodes of other spaces bear. */
  readonly foreignIds: ReadonlySet<string>;
  /** Whether bytes may go under a name, by what was found in them. */
  readonly verdict: ContentVerdict;
  /** What the copies among them take along, by the mutations' keys. */
  readonly copies: ReadonlyMap<string, CopySource>;
  /** Tells members what was done to what is theirs; without it nobody is told. */
  readonly notify?: Notify | undefined;
}

/** What the mutations of one request share while they are applied; the caller holds the space's lock. */
export class Batch {
  readonly database: Database;
  readonly space: SpaceRow;
  readonly author: Author;
  readonly tree: Tree;
  readonly prepared: Prepared;
  readonly locks: Locks;
  /** What the author may do where. */
  readonly guard: Guard;
  /** Through what the content of the mutation at hand is reached (`content/scopes.ts`). */
  scope: string;
  /** What was put into the part of the space that all its readers see. */
  readonly uploads: string[] = [];
  /** Whether somebody may see more or less than before. */
  crossed = false;
  /** To be called after the commit. */
  readonly announcements: (() => void)[] = [];
  usedBytes: number;
  #versions: Schema['versions'][] = [];
  #scopes: { scope: string; hash: string; ending: string }[] = [];

  constructor(database: Database, view: View, rules: SpaceRules, author: Author, prepared: Prepared) {
    const { space } = view;
    this.database = database;
    this.space = space;
    this.author = author;
    this.tree = new Tree(database, author.tenantId, space.id, space.sequence);
    this.guard = new Guard(this.tree, view, rules);
    this.prepared = prepared;
    this.locks = new Locks(database, this.tree, space.id, author);
    this.usedBytes = space.used_bytes;
    this.scope = space.id;
  }

  /** May so many bytes more be written (DRV-18)? */
  roomFor(sizeBytes: number): Decision {
    return judgeRoom(this.space, this.usedBytes, sizeBytes, this.author.policy);
  }

  /** The stored form of a content that the author writes into a file of that name; its chunks become reachable through the space. */
  write(content: Content, name: string): string {
    this.usedBytes += content.sizeBytes;
    this.share(content, name);
    const written: WrittenContent = { ...content, writtenAt: this.author.at, writtenBy: this.author.memberId };
    return JSON.stringify(written);
  }

  /** Lets a content's chunks be reached through the scope at hand by the name that its file has (FIL-01). */
  share(content: Pick<Content, 'contentHash' | 'sizeBytes' | 'chunks'>, name: string): void {
    const ending = endingOf(name);
    for (const { hash } of chunksOf(content)) this.#scopes.push({ scope: this.scope, hash, ending });
  }

  /** What people call the author. */
  async authorName(): Promise<string> {
    const { tenantId, memberId } = this.author;
    const row = await this.database
      .selectFrom('members')
      .select('name')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', memberId)
      .executeTakeFirst();
    return row?.name ?? memberId;
  }

  /** Tells a member something, once the mutations are committed. */
  async tell(memberId: string, notice: KnownNotice): Promise<void> {
    const announce = await this.prepared.notify?.(this.database, this.author.tenantId, memberId, notice);
    if (announce !== undefined) this.announcements.push(announce);
  }

  /** Keeps a file's current content as an earlier version. */
  keepVersion(file: NodeRow): void {
    const { writtenAt, writtenBy } = readContent(file.content!);
    this.#versions.push({
      tenant_id: file.tenant_id,
      node_id: file.id,
      version: file.version,
      content: file.content!,
      created_at: writtenAt,
      created_by: writtenBy,
      replaced_at: this.author.at,
    });
  }

  /** Writes everything that was applied so far. */
  async flush(): Promise<void> {
    await this.tree.flush();
    for (const rows of rowBatches(this.#versions)) await insertRows(this.database, 'versions', rows);
    await touchChunks(
      this.database,
      this.author.tenantId,
      this.#scopes.map(({ hash }) => hash),
      this.author.at,
    );
    for (const [scope, chunks] of Map.groupBy(this.#scopes, (chunk) => chunk.scope)) {
      await addToScope(this.database, this.author.tenantId, scope, chunks);
    }
    this.#versions = [];
    this.#scopes = [];
  }
}
