import type { Query } from '#shared/search/query.ts';
import { queryConditions } from '#shared/search/query.ts';
import { openingToken, wholeNameTokens } from '#shared/search/tokens.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import type { TokenQuery } from '../search/token-query.ts';
import { rowsWithTokens, spaceToken } from '../search/token-tables.ts';
import type { NodeRow } from './nodes.ts';

/**
 * In this order hits are told: names that are what is looked for, that begin with it, that hold it; then contents. `any` is for filters alone,
 * without words. Within a stage what changed last comes first.
 */
export const stagesFor = (query: Query): readonly Stage[] =>
  query.terms.length === 0 ? ['any'] : ['whole', 'opening', 'inner', 'content'];
export type Stage = 'any' | 'whole' | 'opening' | 'inner' | 'content';

/** How far a search has come: the last row of the index that was looked at, and for contents the last node that holds it. */
export interface Position {
  readonly stage: number;
  readonly row: number;
  readonly holder: number;
}
export const firstPosition: Position = { stage: 0, row: Number.MAX_SAFE_INTEGER, holder: 0 };

/** A live node that may be what is looked for. */
export interface Candidate {
  readonly node: NodeRow;
  readonly at: Position;
}
export interface CandidatePage {
  readonly candidates: readonly Candidate[];
  /** Where to go on in this stage; null at its end. */
  readonly next: Position | null;
}

/** What is looked for, and where. */
export interface Wanted {
  readonly query: Query;
  readonly text: string;
  readonly spaceIds: readonly string[];
  /** Whether these spaces hold so little of the index that it is asked for them by name; else what lies elsewhere is left out row by row. */
  readonly isNarrow: boolean;
  /** Tokens that filters ask for: of each group one. Contents have none of them. */
  readonly filters: readonly (readonly string[])[];
}

function tokenQuery(tenantId: string, stage: Stage, { query, text, spaceIds, isNarrow, filters }: Wanted): TokenQuery {
  const all = queryConditions(query);
  const any = isNarrow ? [spaceIds.map(spaceToken)] : [];
  if (stage !== 'content') any.push(...filters.map((group) => [...group]));
  if (stage === 'whole') any.push(wholeNameTokens(text));
  if (stage === 'opening') any.push([openingToken(query.folded)]);
  return { all, any, ...(isNarrow ? { within: { tenantId, spaceIds } } : {}) };
}

/** The next rows of a stage, at most `limit`. */
export async function candidatesOf(
  database: Database,
  tenantId: string,
  asked: Wanted,
  { stage, position, limit }: { readonly stage: Stage; readonly position: Position; readonly limit: number },
): Promise<CandidatePage> {
  const tokens = tokenQuery(tenantId, stage, asked);
  const spaces = new Set(asked.spaceIds);
  if (stage === 'content') {
    const holders = await fewHolders(database, asked);
    if (holders?.size === 0) return { candidates: [], next: null };
    return contentCandidates(database, tenantId, { tokens, spaces, holders }, position, limit);
  }
  const ids = await rowsWithTokens(database, 'search_nodes', tokens, { before: position.row, limit });
  const rows: { id: number; tenant_id: string; node_id: string; space_id: string }[] = [];
  for (const some of listBatches(ids)) {
    // By the id alone: with the tenant in the question SQLite goes through all that is the tenant's.
    rows.push(
      ...(await database.selectFrom('search_nodes').select(['id', 'tenant_id', 'node_id', 'space_id']).where('id', 'in', some).execute()),
    );
  }
  const here = rows.filter((row) => row.tenant_id === tenantId && spaces.has(row.space_id)).toSorted((a, b) => b.id - a.id);
  const found = here.map((row) => ({ nodeId: row.node_id, at: { ...position, row: row.id, holder: 0 } }));
  const next = ids.length < limit ? null : { ...position, row: ids.at(-1)!, holder: 0 };
  return { candidates: await withNodes(database, tenantId, found), next };
}

/** Where filters leave no more than so many nodes, only contents that these hold are looked at. */
const mostHolders = 4_096;

/** The rows of nodes that filters leave, or null where they leave many, or there are none. */
async function fewHolders(database: Database, { spaceIds, isNarrow, filters }: Wanted): Promise<ReadonlySet<number> | null> {
  if (filters.length === 0) return null;
  const any = isNarrow ? [...filters, spaceIds.map(spaceToken)] : filters;
  const found = await rowsWithTokens(database, 'search_nodes', { all: [], any }, { before: firstPosition.row, limit: mostHolders + 1 });
  return found.length > mostHolders ? null : new Set(found);
}

/** The live ones, with their rows. Each statement finds rows by a whole key: joined, they leave the planner ways that cost a hundred times as much. */
async function withNodes(database: Database, tenantId: string, found: readonly { nodeId: string; at: Position }[]): Promise<Candidate[]> {
  const nodes = new Map<string, NodeRow>();
  for (const ids of listBatches(found.map(({ nodeId }) => nodeId))) {
    const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', ids);
    for (const node of await query.where('trashed_at', 'is', null).execute()) nodes.set(node.id, node);
  }
  return found.flatMap(({ nodeId, at }) => {
    const node = nodes.get(nodeId);
    return node === undefined ? [] : [{ node, at }];
  });
}

/** Contents, each with the nodes that hold it: many may. */
async function contentCandidates(
  database: Database,
  tenantId: string,
  {
    tokens,
    spaces,
    holders,
  }: { readonly tokens: TokenQuery; readonly spaces: ReadonlySet<string>; readonly holders: ReadonlySet<number> | null },
  position: Position,
  limit: number,
): Promise<CandidatePage> {
  // A content whose holders were not all looked at comes first once more.
  const before = position.holder > 0 ? position.row + 1 : position.row;
  const ids = await rowsWithTokens(database, 'search_contents', tokens, { before, limit });
  const rowOf = new Map<string, number>();
  for (const some of listBatches(ids)) {
    const query = database.selectFrom('search_contents').select(['id', 'tenant_id', 'content_hash', 'space_id']);
    for (const row of await query.where('id', 'in', some).execute()) {
      if (row.tenant_id === tenantId && spaces.has(row.space_id)) rowOf.set(`${row.content_hash} ${row.space_id}`, row.id);
    }
  }
  const found: { nodeId: string; at: Position }[] = [];
  const hashes = new Set([...rowOf.keys()].map((key) => key.slice(0, key.indexOf(' '))));
  for (const some of listBatches([...hashes])) {
    const query = database.selectFrom('search_nodes').select(['id', 'node_id', 'content_hash', 'space_id']);
    for (const holder of await query.where('tenant_id', '=', tenantId).where('content_hash', 'in', some).execute()) {
      const row = rowOf.get(`${holder.content_hash} ${holder.space_id}`);
      if (row === undefined || holders?.has(holder.id) === false || (row === position.row && holder.id >= position.holder)) continue;
      found.push({ nodeId: holder.node_id, at: { ...position, row, holder: holder.id } });
    }
  }
  found.sort((a, b) => b.at.row - a.at.row || b.at.holder - a.at.holder);
  const page = found.slice(0, limit);
  const candidates = await withNodes(database, tenantId, page);
  if (found.length > limit) return { candidates, next: page.at(-1)!.at };
  return { candidates, next: ids.length < limit ? null : { ...position, row: ids.at(-1)!, holder: 0 } };
}
