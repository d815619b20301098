import { sql, type Selectable } from 'kysely';
import { foldForSearch } from '#shared/search/fold.ts';
import { tokensOf } from '#shared/search/tokens.ts';
import type { Services } from '../context.ts';
import type { Bytes } from '../content/stored-content.ts';
import type { Sandbox } from '../sandbox/job.ts';
import type { Schema } from '../store/schema.ts';
import { indexContent } from './content-index.ts';
import type { ExtractOptions, Extracted } from './extract/extract.ts';
import { readable } from './readable.ts';
import { keepText, knownText, piecesOf, type TextOutcome } from './texts.ts';

const mebibyte = 1_048_576;
/** Of the one process that reads files. */
const limits = { milliseconds: 30_000, residentBytes: 768 * mebibyte, inputBytes: 128 * mebibyte, outputBytes: 24 * mebibyte };

/** Written out, or no database would know that the index of what waits can answer it. */
export const isWaiting = sql<boolean>`waiting = 1`;

type WaitingNode = Pick<Selectable<Schema['search_nodes']>, 'id' | 'tenant_id' | 'node_id' | 'content_hash'>;
/** How many that wait are looked up at once. */
const mostInLine = 256;

interface ReadText {
  readonly outcome: TextOutcome;
  readonly truncated: boolean;
  readonly pieces: readonly Uint8Array[];
  readonly tokens: readonly string[];
}
const without = (outcome: TextOutcome): ReadText => ({ outcome, truncated: false, pieces: [], tokens: [] });

/** Reads contents into the index, one after the other. */
export class ContentReader {
  readonly #services: Pick<Services, 'database' | 'blobs' | 'log'>;
  readonly #sandbox: Sandbox;
  #line: WaitingNode[] = [];

  constructor(services: Pick<Services, 'database' | 'blobs' | 'log'>, sandbox: Sandbox) {
    this.#services = services;
    this.#sandbox = sandbox;
  }

  /** Reads the next content that waits, what came first at first. False where none does, or where nothing can be read now. */
  async readNext(): Promise<boolean> {
    if (this.#line.length === 0) this.#line = await this.#waiting();
    const next = this.#line.shift();
    if (next === undefined) return false;
    const { tenant_id: tenantId, content_hash: hash } = next;
    const { database } = this.#services;
    const node = await database
      .selectFrom('search_nodes')
      .leftJoin('nodes', (join) =>
        join.onRef('nodes.tenant_id', '=', 'search_nodes.tenant_id').onRef('nodes.id', '=', 'search_nodes.node_id'),
      )
      .select('nodes.content')
      .where('search_nodes.id', '=', next.id)
      .where(isWaiting)
      .executeTakeFirst();
    // Another file with the same content was read meanwhile, or this one has changed and stands elsewhere in the line.
    if (node === undefined) return true;
    const content = node.content === null ? null : (JSON.parse(node.content) as Bytes);
    if (content === null || content.contentHash !== hash) {
      // What it is now follows with its name.
      await database.updateTable('search_nodes').set({ waiting: 0 }).where('id', '=', next.id).execute();
      return true;
    }
    const known = await knownText(database, tenantId, hash);
    const read = known === null ? await this.#read(tenantId, content) : null;
    if (read === 'later') return false;
    await this.#keep(tenantId, hash, known, read);
    return true;
  }

  #waiting(): Promise<WaitingNode[]> {
    const query = this.#services.database.selectFrom('search_nodes').select(['id', 'tenant_id', 'node_id', 'content_hash']);
    return query.where(isWaiting).orderBy('id').limit(mostInLine).execute();
  }

  async #keep(tenantId: string, hash: string, known: TextOutcome | null, read: ReadText | null): Promise<void> {
    const { database } = this.#services;
    const tokens = read !== null ? read.tokens : known === 'text' ? await this.#tokensOf(tenantId, hash) : [];
    await database.transaction().execute(async (transaction) => {
      if (read !== null) await keepText(transaction, tenantId, hash, read);
      const waiting = await transaction
        .updateTable('search_nodes')
        .set({ waiting: 0 })
        .where('tenant_id', '=', tenantId)
        .where('content_hash', '=', hash)
        .where('waiting', '=', 1)
        .returning('space_id')
        .execute();
      if (tokens.length === 0) return;
      for (const spaceId of new Set(waiting.map((row) => row.space_id))) {
        await indexContent(transaction, tenantId, { space_id: spaceId, content_hash: hash }, tokens);
      }
    });
  }

  /** Once more, for another space: out of what was kept. */
  async #tokensOf(tenantId: string, hash: string): Promise<string[]> {
    const tokens = new Set<string>();
    for await (const piece of piecesOf(this.#services.database, tenantId, hash)) {
      for (const token of tokensOf(foldForSearch(piece))) tokens.add(token);
    }
    return [...tokens];
  }

  async #read(tenantId: string, content: Bytes): Promise<ReadText | 'later'> {
    const { database, blobs, log } = this.#services;
    const found = await readable(database, blobs, tenantId, content);
    if (found.kind === 'lost') {
      log.error({ contentHash: content.contentHash }, 'A content cannot be read for searches: part of it is not in the store');
      return without('damaged');
    }
    if (!('source' in found)) return without(found.kind);
    const options: ExtractOptions = { kind: found.kind };
    const job = { tenantId, asker: 'search', urgency: 'background', input: found.source, options, limits } as const;
    const done = await this.#sandbox.run<Extracted>({ ...job, module: new URL('./extract/extract.ts', import.meta.url) });
    if (done.kind === 'failed') {
      return done.reason === 'overloaded' || done.reason === 'cancelled' ? 'later' : without(done.reason);
    }
    if (!done.value.hasText) return without('none');
    const tokens = Buffer.from(done.files.at(-1)!).toString('utf8').split(' ');
    return { outcome: 'text', truncated: done.value.truncated, pieces: done.files.slice(0, -1), tokens };
  }
}
