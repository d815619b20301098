import { uuidv7 } from '#shared/base/uuid.ts';
import { mostCopied, type Content, type Mutation } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { accessOf } from '../content/node-access.ts';
import type { Reader } from '../content/space-access.ts';
import type { Bytes } from '../content/stored-content.ts';
import { levelsBelow } from './below.ts';
import { readContent, shownContent, type NodeRow } from './nodes.ts';

/** Who copies, and when. */
interface Copier extends Reader {
  readonly at: number;
}

/** A file or folder that a copy makes. */
export interface CopiedNode {
  readonly id: string;
  /** Null for the copied node itself, whose place and name the mutation says. */
  readonly parentId: string | null;
  readonly name: string;
  /** Null for folders. */
  readonly content: Content | null;
}

/** What a copy takes along, parents first, as the author sees it; or why there is nothing. */
export type CopySource =
  | { readonly kind: 'found'; readonly nodes: readonly CopiedNode[] }
  | { readonly kind: 'missing' | 'trashed' | 'too_many' };

/**
 * Reads what copies take along, from any space that the author may read (DRV-08: moves stay within a space, copies need not); without what is closed to
 * them. By the keys of the mutations.
 */
export async function copySources(
  database: Database,
  author: Copier,
  mutations: readonly Mutation[],
  random: (sizeBytes: number) => Uint8Array,
): Promise<Map<string, CopySource>> {
  const sources = new Map<string, CopySource>();
  let left = mostCopied;
  for (const mutation of mutations) {
    if (mutation.kind !== 'copy') continue;
    const source = await sourceOf(database, author, mutation, { random, most: left });
    if (source.kind === 'found') left -= source.nodes.length;
    sources.set(mutation.key, source);
  }
  return sources;
}

/** The contents that copies put under a name. */
export const contentsOf = (sources: ReadonlyMap<string, CopySource>): Bytes[] =>
  [...sources.values()].flatMap((source) => (source.kind === 'found' ? source.nodes.flatMap(({ content }) => content ?? []) : []));

async function sourceOf(
  database: Database,
  { tenantId, memberId, at }: Copier,
  { id, nodeId }: Extract<Mutation, { kind: 'copy' }>,
  { random, most }: { readonly random: (sizeBytes: number) => Uint8Array; readonly most: number },
): Promise<CopySource> {
  const reader = { tenantId, memberId };
  const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', tenantId).where('id', '=', nodeId);
  const root = await query.executeTakeFirst();
  if (root === undefined || !(await accessOf(database, reader, [root])).has(root.id)) return { kind: 'missing' };
  if (root.trashed_at !== null) return { kind: 'trashed' };
  const newIds = new Map<string, string>([[root.id, id]]);
  const nodes: CopiedNode[] = [];
  const take = (row: NodeRow): CopiedNode => {
    const copied = newIds.get(row.id) ?? uuidv7(at, random(10));
    newIds.set(row.id, copied);
    const content = row.content === null ? null : shownContent(readContent(row.content));
    return { id: copied, parentId: row.id === root.id ? null : newIds.get(row.parent_id!)!, name: row.name, content };
  };
  for await (const level of levelsBelow(database, reader, [root])) {
    if (nodes.length + level.length > most) return { kind: 'too_many' };
    for (const row of level) nodes.push(take(row));
  }
  return { kind: 'found', nodes };
}
