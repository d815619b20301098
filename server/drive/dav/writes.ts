import { uuidv7 } from '#shared/base/uuid.ts';
import { encodePack, frameHeaderBytes, type PackedChunk } from '#shared/contract/pack.ts';
import { emptyHash } from '#shared/model/content.ts';
import type { Content, Mutation, MutationResult, Node } from '#shared/model/drive.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { inGroups } from '../../content/in-groups.ts';
import { placePack } from '../../content/store-pack.ts';
import type { Author } from '../batch.ts';
import type { DavLock } from '../locks.ts';
import { mutateSpace, type DriveServices } from '../mutate.ts';
import { readContent, shownContent, type NodeRow } from '../nodes.ts';
import { copyDeadProperties } from './dead-properties.ts';
import { releaseProgramLocks } from './held.ts';
import type { Absent, Found } from './places.ts';
import type { Writer } from './writer.ts';

/** What came of a change. `created`: nothing was there before. */
export type Change =
  | { readonly kind: 'done'; readonly created: boolean; readonly node: Node }
  | { readonly kind: 'failed'; readonly result: Exclude<MutationResult, { kind: 'applied' }> };

/** A place below a folder that is there, or one that is taken. */
export type Target = (Absent & { readonly parent: Found }) | Found;

type Draft = Mutation extends infer M ? (M extends { kind: string } ? Omit<M, 'key'> : never) : never;

/** Changes as WebDAV names them, each carried out by the mutations that every client uses. */
export interface Writes {
  /** `target` is what the writer saw there; another version by now is a conflict. `arriving`: chunks that are not in the store yet. */
  put(writer: Writer, target: Target, content: Content, arriving: readonly PackedChunk[]): Promise<Change>;
  makeFolder(writer: Writer, target: Absent & { readonly parent: Found }): Promise<Change>;
  remove(writer: Writer, node: Found): Promise<Change>;
  /** `deep`: with what lies in a folder. What is in the way goes to the trash; a file's content becomes an earlier version instead. */
  copy(writer: Writer, from: Found, to: Target, deep: boolean): Promise<Change>;
  move(writer: Writer, from: Found, to: Target): Promise<Change>;
  /** Locks what is there, or an empty file that is made for it (RFC 4918, section 7.3). */
  lock(writer: Writer, target: Target, lock: DavLock): Promise<Change>;
  unlock(writer: Writer, node: Found, token: string): Promise<Change>;
}

/** What one request asks of a space. */
interface Asked {
  readonly author: Author;
  readonly spaceId: string;
  readonly mutations: readonly Mutation[];
  readonly arriving: readonly PackedChunk[];
}
/** The most requests of one member that are carried out in one transaction: a commit waits for the disk once for all of them. */
const mostTogether = 100;
const mostBytesTogether = 8 * 1024 * 1024;

const isFile = ({ row }: Found): boolean => row.kind === 'file';
const contentOf = (row: NodeRow): Content => shownContent(readContent(row.content!));
const deletion = ({ row }: Found): Draft => ({ kind: 'delete', nodeId: row.id, baseVersion: row.version });

export function makeWrites(services: DriveServices): Writes {
  const { database, clock, random } = services;
  const newId = (): string => uuidv7(clock.now(), random(10));
  const carryOut = async (group: readonly Asked[]): Promise<MutationResult[][]> => {
    const { author, spaceId } = group[0]!;
    const arriving = group.flatMap((asked) => asked.arriving);
    const { tenantId, memberId } = author;
    const placed = arriving.length === 0 ? undefined : await placePack(services, tenantId, memberId, encodePack(arriving));
    const all = group.flatMap(({ mutations }) => mutations);
    const { results } = await mutateSpace(services, author, spaceId, all, placed);
    let at = 0;
    return group.map(({ mutations }) => results.slice(at, (at += mutations.length)));
  };
  const together = inGroups(carryOut, { mostItems: mostTogether, mostSize: mostBytesTogether, atOnce: 2 });

  const run = async (
    writer: Writer,
    spaceId: string,
    drafts: readonly Draft[],
    dav: Partial<Author['dav']> = {},
    arriving: readonly PackedChunk[] = [],
  ): Promise<MutationResult[]> => {
    const { tenantId, member, policy, policyRevision } = writer.context;
    const who = { tenantId, memberId: member.id, policy };
    const mutations = drafts.map((draft): Mutation => ({ ...draft, key: newId() }));
    const asked: Asked = { author: { ...who, at: clock.now(), dav: { tokens: writer.tokens, ...dav } }, spaceId, mutations, arriving };
    // Whoever names locks, or brings so much that looking into it takes time, goes alone.
    const isPlain = writer.tokens.size === 0 && dav.lock === undefined && dav.unlock === undefined;
    const isSmall = mutations.every((mutation) => !('content' in mutation) || mutation.content.sizeBytes <= singleChunkBytes);
    if (!isPlain || !isSmall) return (await carryOut([asked]))[0]!;
    const size = arriving.reduce((sum, { bytes }) => sum + bytes.length + frameHeaderBytes, 0);
    return together(`${tenantId} ${member.id} ${spaceId} ${policyRevision}`, asked, size);
  };
  const outcome = (result: MutationResult, created: boolean): Change =>
    result.kind === 'applied' ? { kind: 'done', created, node: result.node } : { kind: 'failed', result };

  const copyProperties = (writer: Writer, from: string, to: string, deep: boolean): Promise<void> =>
    database.transaction().execute((transaction) => copyDeadProperties(transaction, writer.context.tenantId, { from, to, deep }));

  const putIn = (content: Content, target: Target, id: string): Draft =>
    target.kind === 'found'
      ? { kind: 'update_content', nodeId: target.row.id, baseVersion: target.row.version, content }
      : { kind: 'create_file', id, parentId: target.parent.row.id, name: target.name, content };
  const spaceOf = (target: Target): string => (target.kind === 'found' ? target.space : target.parent.space).id;
  const folderOf = (target: Target): string => (target.kind === 'found' ? target.row.parent_id! : target.parent.row.id);
  const nameOf = (target: Target): string => target.path.at(-1)!;

  /** Puts something where `to` is, after what is there went to the trash; it comes back from there when that is refused. */
  const replacing = async (writer: Writer, to: Target, make: (id: string) => Draft): Promise<Change> => {
    const id = newId();
    const cleared = to.kind === 'found' ? [deletion(to)] : [];
    const results = await run(writer, spaceOf(to), [...cleared, make(id)]);
    const last = results.at(-1)!;
    const [first] = results;
    if (to.kind === 'found' && first!.kind !== 'applied') {
      // The name was never free, so nothing took it.
      return outcome(first!, false);
    }
    if (to.kind === 'found' && last.kind !== 'applied') await run(writer, spaceOf(to), [{ kind: 'restore', nodeId: to.row.id }]);
    return outcome(last, to.kind === 'absent');
  };

  return {
    put: async (writer, target, content, arriving) => {
      const [result] = await run(writer, spaceOf(target), [putIn(content, target, newId())], {}, arriving);
      return outcome(result!, target.kind === 'absent');
    },

    makeFolder: async (writer, { parent, name }) => {
      const [result] = await run(writer, parent.space.id, [{ kind: 'create_folder', id: newId(), parentId: parent.row.id, name }]);
      return outcome(result!, true);
    },

    remove: async (writer, node) => outcome((await run(writer, node.space.id, [deletion(node)]))[0]!, false),

    copy: async (writer, from, to, deep) => {
      let change: Change;
      if (isFile(from) && to.kind === 'found' && isFile(to)) {
        change = outcome((await run(writer, spaceOf(to), [putIn(contentOf(from.row), to, '')]))[0]!, false);
      } else if (isFile(from) || deep) {
        const copyOf = { kind: 'copy', nodeId: from.row.id, parentId: folderOf(to), name: nameOf(to) } as const;
        change = await replacing(writer, to, (id) => ({ ...copyOf, id }));
      } else {
        change = await replacing(writer, to, (id) => ({ kind: 'create_folder', id, parentId: folderOf(to), name: nameOf(to) }));
      }
      if (change.kind === 'done') await copyProperties(writer, from.row.id, change.node.id, deep && !isFile(from));
      return change;
    },

    move: async (writer, from, to) => {
      const isRename = to.kind === 'found' && to.row.id === from.row.id;
      if (isFile(from) && to.kind === 'found' && isFile(to) && !isRename) {
        // The file that was there goes on to be the same one, with the new content as its newest version.
        const updated = putIn(contentOf(from.row), to, '');
        const sameSpace = from.space.id === to.space.id;
        const [result, gone] = await run(writer, spaceOf(to), sameSpace ? [updated, deletion(from)] : [updated]);
        if (result!.kind !== 'applied') {
          if (gone?.kind === 'applied') await run(writer, from.space.id, [{ kind: 'restore', nodeId: from.row.id }]);
          return outcome(result!, false);
        }
        const left = gone ?? (await run(writer, from.space.id, [deletion(from)]))[0]!;
        if (left.kind !== 'applied') {
          await run(writer, spaceOf(to), [{ kind: 'restore_version', nodeId: to.row.id, version: to.row.version }]);
          return outcome(left, false);
        }
        await copyProperties(writer, from.row.id, to.row.id, false);
        return outcome(result!, false);
      }
      const toSpace = spaceOf(to);
      if (from.space.id === toSpace) {
        const moved = { kind: 'move', nodeId: from.row.id, parentId: folderOf(to), name: nameOf(to) } as const;
        const change = isRename ? outcome((await run(writer, toSpace, [moved]))[0]!, false) : await replacing(writer, to, () => moved);
        if (change.kind === 'done') await releaseProgramLocks(services, writer.context.tenantId, from.row);
        return change;
      }
      // From one space to another: a copy there, and the original in the trash here.
      const copied = await replacing(writer, to, (id) => ({
        kind: 'copy',
        id,
        nodeId: from.row.id,
        parentId: folderOf(to),
        name: nameOf(to),
      }));
      if (copied.kind === 'failed') return copied;
      await copyProperties(writer, from.row.id, copied.node.id, !isFile(from));
      const [gone] = await run(writer, from.space.id, [deletion(from)]);
      if (gone!.kind === 'applied') return copied;
      await run(writer, toSpace, [{ kind: 'delete', nodeId: copied.node.id, baseVersion: copied.node.version }]);
      if (to.kind === 'found') await run(writer, toSpace, [{ kind: 'restore', nodeId: to.row.id }]);
      return outcome(gone!, false);
    },

    lock: async (writer, target, lock) => {
      const content: Content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: clock.now(), executable: false };
      const id = target.kind === 'found' ? target.row.id : newId();
      const made = target.kind === 'found' ? [] : [putIn(content, target, id)];
      const results = await run(writer, spaceOf(target), [...made, { kind: 'lock', nodeId: id }], { lock });
      return outcome(results.find(({ kind }) => kind !== 'applied') ?? results.at(-1)!, target.kind === 'absent');
    },

    unlock: async (writer, node, token) =>
      outcome((await run(writer, node.space.id, [{ kind: 'unlock', nodeId: node.row.id }], { unlock: token }))[0]!, false),
  };
}
