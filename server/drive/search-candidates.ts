import type { Query } from '#shared/search/query.ts';
import { queryConditions } from '#shared/search/query.ts';
import { openingToken, wholeNameTokens } from '#shared/search/tokens.ts';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';
import { rowsWithTokens, spaceToken, type TokenQuery } from '../search/token-tables.ts';
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

function tokenQuery(stage: Stage, query: Query, text: string, spaceIds: readonly string[]): TokenQuery {
  const spaces = spaceIds.map(spaceToken);
  const all = queryConditions(query);
  if (stage === 'whole') return { all, any: [wholeNameTokens(text), spaces] };
  if (stage === 'opening') return { all, any: [[openingToken(query.folded)], spaces] };
  return { all, any: [spaces] };
}

/** The next rows of a stage, at most `limit`. */
export async function candidatesOf(
  database: Database,
  tenantId: string,
  asked: { readonly query: Query; readonly text: string; readonly spaceIds: readonly string[] },
  { stage, position, limit }: { readonly stage: Stage; readonly position: Position; readonly limit: number },
): Promise<CandidatePage> {
  const tokens = tokenQuery(stage, asked.query, asked.text, asked.spaceIds);
  if (stage === 'content') return contentCandidates(database, tenantId, tokens, position, limit);
  const ids = await rowsWithTokens(database, 'search_nodes', tokens, { before: position.row, limit });
  const found = new Map<number, NodeRow>();
  for (const some of listBatches(ids)) {
    for (const { search_id: id, ...node } of await nodesOf(database, tenantId).where('search_nodes.id', 'in', some).execute()) {
      found.set(id, node);
    }
  }
  const candidates = ids.flatMap((id): Candidate[] => {
    const node = found.get(id);
    return node === undefined ? [] : [{ node, at: { stage: position.stage, row: id, holder: 0 } }];
  });
  return { candidates, next: ids.length < limit ? null : { stage: position.stage, row: ids.at(-1)!, holder: 0 } };
}

const nodesOf = (database: Database, tenantId: string) =>
  database
    .selectFrom('search_nodes')
    .innerJoin('nodes', (join) =>
      join.onRef('nodes.tenant_id', '=', 'search_nodes.tenant_id').onRef('nodes.id', '=', 'search_nodes.node_id'),
    )
    .selectAll('nodes')
    .select('search_nodes.id as search_id')
    .where('search_nodes.tenant_id', '=', tenantId)
    .where('nodes.trashed_at', 'is', null);

/** Contents, each with the nodes that hold it: many may. */
async function contentCandidates(
  database: Database,
  tenantId: string,
  tokens: TokenQuery,
  position: Position,
  limit: number,
): Promise<CandidatePage> {
  // A content whose holders were not all looked at comes first once more.
  const before = position.holder > 0 ? position.row + 1 : position.row;
  const ids = await rowsWithTokens(database, 'search_contents', tokens, { before, limit });
  const rows: (NodeRow & { search_id: number; content_id: number })[] = [];
  for (const some of listBatches(ids)) {
    const query = nodesOf(database, tenantId)
      .innerJoin('search_contents', (join) =>
        join
          .onRef('search_contents.tenant_id', '=', 'search_nodes.tenant_id')
          .onRef('search_contents.content_hash', '=', 'search_nodes.content_hash')
          .onRef('search_contents.space_id', '=', 'search_nodes.space_id'),
      )
      .select('search_contents.id as content_id')
      .where('search_contents.id', 'in', some)
      .where(({ or, and, eb }) =>
        or([
          eb('search_contents.id', '<', position.row),
          and([eb('search_contents.id', '=', position.row), eb('search_nodes.id', '<', position.holder)]),
        ]),
      );
    rows.push(...(await query.orderBy('search_contents.id', 'desc').orderBy('search_nodes.id', 'desc').limit(limit).execute()));
  }
  const candidates = rows.map(({ search_id: holder, content_id: row, ...node }) => ({ node, at: { stage: position.stage, row, holder } }));
  if (rows.length === limit) return { candidates, next: candidates.at(-1)!.at };
  return { candidates, next: ids.length < limit ? null : { stage: position.stage, row: ids.at(-1)!, holder: 0 } };
}
