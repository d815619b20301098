import type { Clock } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import type { PlacedNode } from '#shared/contract/drive.ts';
import type { InputOf, OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { fileKindOf } from '#shared/model/file-kind.ts';
import type { Policy } from '#shared/model/policy.ts';
import { nameFit } from '#shared/search/match.ts';
import { parseQuery, type Query } from '#shared/search/query.ts';
import type { Database, RequestContext } from '../context.ts';
import { accessOf } from '../content/node-access.ts';
import { ancestry, wayUp } from '../content/ancestry.ts';
import { judgeReceipt } from '../content/judge.ts';
import type { Reader } from '../content/space-access.ts';
import type { SearchIndexer } from '../search/indexer.ts';
import { firstPieces } from '../search/texts.ts';
import { readContent, type NodeRow } from './nodes.ts';
import { placedNodes } from './placed.ts';
import { candidatesOf, firstPosition, stagesFor, type Candidate, type Position, type Stage, type Wanted } from './search-candidates.ts';
import { contentExcerpt, Effort } from './search-contents.ts';
import { filterTokens } from './search-filters.ts';
import { waitingContents } from './search-pending.ts';
import { isNarrow, searchScope } from './search-scope.ts';

export type Asked = InputOf<ServerContract, 'drive.search'>;
export type Answer = OutputOf<ServerContract, 'drive.search'>;
/** What a search is made with. */
export interface SearchMeans {
  readonly database: Database;
  readonly indexer: Pick<SearchIndexer, 'catchUp'>;
  readonly clock: Pick<Clock, 'now'>;
}
/** What a search knows of the asker. */
export interface SearchContext {
  readonly tenantId: string;
  readonly member: Pick<RequestContext['member'], 'id'>;
  readonly policy: Policy;
}
interface Hit {
  readonly candidate: Candidate;
  readonly excerpt: string | null;
}

/** How many candidates are looked at in one go, growing while few of them are hits. */
const windows = { first: 64, most: 1_024 };
/** How much one request does before it gives what it has: the rest comes with the next. */
const mostEffort = 2_500;
/** Texts of contents in memory. */
const textsAtOnce = 16;

/**
 * Looks for files and folders by name and content (DRV-16) in all that the asker may see, or in one place. The index says where it is worth
 * while to look; rights, filters and the texts themselves decide. A page may hold fewer hits than asked for and still not be the last one.
 * Throws `not_found` for a place that the asker may not see.
 */
export async function searchDrive({ database, indexer, clock }: SearchMeans, context: SearchContext, asked: Asked): Promise<Answer> {
  const { tenantId } = context;
  const reader: Reader = { tenantId, memberId: context.member.id };
  const position = asked.after === undefined ? firstPosition : readPosition(asked.after);
  const scope = await searchScope(database, reader, asked);
  const query = parseQuery(asked.text);
  if (scope.spaceIds.length === 0 || (query.terms.length === 0 && !isBrowsing(asked))) return { hits: [], after: null, pending: 0 };
  await indexer.catchUp(tenantId, scope.spaceIds);
  const wanted: Wanted = {
    query,
    text: asked.text,
    spaceIds: scope.spaceIds,
    isNarrow: await isNarrow(database, tenantId, scope.spaceIds),
    filters: filterTokens(asked, clock.now()),
  };
  const search = new Search(database, context, reader, asked, wanted, scope.folderId);
  const { hits, next } = await search.run(position);
  const rows = hits.map(({ candidate }) => candidate.node);
  const placed = new Map((await placedNodes(database, reader, rows)).map((one): [string, PlacedNode] => [one.node.id, one]));
  const stages = stagesFor(query);
  return {
    hits: hits.flatMap(({ candidate, excerpt }): Answer['hits'] => {
      const one = placed.get(candidate.node.id);
      const found = stages[candidate.at.stage] === 'content' ? 'content' : 'name';
      return one === undefined ? [] : [{ ...one, found, excerpt }];
    }),
    after: next === null ? null : `${next.stage}.${next.row}.${next.holder}`,
    pending: await waitingContents(database, reader, scope.spaceIds),
  };
}

/** Without words, filters alone can be asked for. */
const isBrowsing = ({ text, kinds, since, until, updatedBy }: Asked): boolean =>
  text.trim() === '' && (kinds !== undefined || since !== undefined || until !== undefined || updatedBy !== undefined);

function readPosition(after: string): Position {
  const match = /^([0-3])\.(\d{1,16})\.(\d{1,16})$/.exec(after);
  if (match === null) throw new AppError('invalid', 'Not a place that this server gave');
  const [stage, row, holder] = match.slice(1).map(Number) as [number, number, number];
  return { stage, row: Math.min(row, Number.MAX_SAFE_INTEGER), holder: Math.min(holder, Number.MAX_SAFE_INTEGER) };
}

class Search {
  readonly #database: Database;
  readonly #context: SearchContext;
  readonly #reader: Reader;
  readonly #asked: Asked;
  readonly #wanted: Wanted;
  readonly #query: Query;
  readonly #folderId: string | null;
  readonly #effort = new Effort(mostEffort);

  constructor(database: Database, context: SearchContext, reader: Reader, asked: Asked, wanted: Wanted, folderId: string | null) {
    this.#database = database;
    this.#context = context;
    this.#reader = reader;
    this.#asked = asked;
    this.#wanted = wanted;
    this.#query = wanted.query;
    this.#folderId = folderId;
  }

  /** Hits from a position on, at most as many as asked for, and where to go on; null where there is nothing more. */
  async run(from: Position): Promise<{ hits: Hit[]; next: Position | null }> {
    const { limit } = this.#asked;
    const stages = stagesFor(this.#query);
    const hits: Hit[] = [];
    let size = windows.first;
    for (let at: Position | null = from; at !== null && at.stage < stages.length;) {
      const stage: Stage = stages[at.stage]!;
      const { tenantId } = this.#reader;
      const { candidates, next } = await candidatesOf(this.#database, tenantId, this.#wanted, { stage, position: at, limit: size });
      this.#effort.spend(size);
      for await (const hit of this.#hits(await this.#seen(candidates, stage), stage)) {
        // One more than fits shows that there is more.
        if (hits.length === limit) return { hits, next: hits.at(-1)!.candidate.at };
        hits.push(hit);
        if (this.#effort.isSpent) return { hits, next: hit.candidate.at };
      }
      at = next ?? { ...firstPosition, stage: at.stage + 1 };
      if (this.#effort.isSpent && at.stage < stages.length) return { hits, next: at };
      size = Math.min(size * 2, windows.most);
    }
    return { hits, next: null };
  }

  /** Those that fit by all that needs no look into texts, and that the asker may see. */
  async #seen(candidates: readonly Candidate[], stage: Stage): Promise<Candidate[]> {
    const fitting = candidates.filter(({ node }) => this.#fits(node, stage));
    const below = await this.#belowFolder(fitting);
    const nodes = below.map(({ node }) => node);
    const access = await accessOf(this.#database, this.#reader, nodes);
    return below.filter(({ node }) => access.has(node.id));
  }

  #fits(node: NodeRow, stage: Stage): boolean {
    const { kinds, since, until, updatedBy } = this.#asked;
    if (since !== undefined && node.updated_at < since) return false;
    if (until !== undefined && node.updated_at > until) return false;
    if (updatedBy !== undefined && node.updated_by !== updatedBy) return false;
    if (kinds !== undefined && !kinds.includes(fileKindOf({ kind: node.kind as 'folder' | 'file', name: node.name }))) return false;
    if (stage === 'any') return true;
    const fit = nameFit(node.name, this.#query);
    if (stage !== 'content') return fit === stage;
    // What was found by name was told already; what may not be received is not told about either (FIL-01).
    return fit === null && judgeReceipt('drive', node.name, this.#context.policy).effect === 'allow';
  }

  async #belowFolder(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const folderId = this.#folderId;
    if (folderId === null || candidates.length === 0) return candidates;
    const parents = candidates.flatMap(({ node }) => (node.parent_id === null ? [] : [node.parent_id]));
    const known = await ancestry(this.#database, this.#reader.tenantId, parents);
    return candidates.filter(({ node }) => wayUp(node.parent_id ?? '', known).some(({ id }) => id === folderId));
  }

  /** Of candidates for their contents, those whose texts hold what is looked for; of others, all. In order, and no more than there is need for. */
  async *#hits(candidates: readonly Candidate[], stage: Stage): AsyncGenerator<Hit> {
    if (stage !== 'content') {
      for (const candidate of candidates) yield { candidate, excerpt: null };
      return;
    }
    const { tenantId } = this.#reader;
    const hashOf = ({ node }: Candidate): string => readContent(node.content!).contentHash;
    for (let at = 0; at < candidates.length; at += textsAtOnce) {
      const some = candidates.slice(at, at + textsAtOnce);
      const texts = await firstPieces(this.#database, tenantId, some.map(hashOf));
      for (const candidate of some) {
        const hash = hashOf(candidate);
        const first = texts.get(hash);
        const content = first === undefined ? null : { hash, first };
        const excerpt = content && (await contentExcerpt(this.#database, tenantId, content, this.#query, this.#effort));
        if (excerpt !== null) yield { candidate, excerpt };
      }
    }
  }
}
