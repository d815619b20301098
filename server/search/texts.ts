import { inflateRawSync } from 'node:zlib';
import type { Database } from '../context.ts';
import { listBatches } from '../content/batches.ts';

/** Changes when files are read in another way: what could not be read before is tried again. */
export const extractorVersion = 1;

/** Pieces that are read at once. */
const piecesAtOnce = 8;
/** No piece is larger: see `pieces.ts`. */
const mostPieceBytes = 64 * 1_024;

/** What came of reading a content: its text, or why there is none. */
export type TextOutcome = 'text' | 'none' | 'damaged' | 'encrypted' | 'too_large' | 'too_slow';

/** What is known of a content's text, or null where it is to be read: never before, or in vain by an older version. */
export async function knownText(database: Database, tenantId: string, hash: string): Promise<TextOutcome | null> {
  const row = await database
    .selectFrom('search_texts')
    .select(['outcome', 'extractor'])
    .where('tenant_id', '=', tenantId)
    .where('content_hash', '=', hash)
    .executeTakeFirst();
  return row === undefined || (row.extractor < extractorVersion && row.outcome !== 'text') ? null : (row.outcome as TextOutcome);
}

/** Keeps what came of reading a content. */
export async function keepText(
  transaction: Database,
  tenantId: string,
  hash: string,
  read: { readonly outcome: TextOutcome; readonly truncated: boolean; readonly pieces: readonly Uint8Array[] },
): Promise<void> {
  await transaction.deleteFrom('search_text_pieces').where('tenant_id', '=', tenantId).where('content_hash', '=', hash).execute();
  const state = { extractor: extractorVersion, outcome: read.outcome, truncated: Number(read.truncated) };
  await transaction
    .insertInto('search_texts')
    .values({ tenant_id: tenantId, content_hash: hash, ...state })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'content_hash']).doUpdateSet(state))
    .execute();
  for (const [piece, body] of read.pieces.entries()) {
    await transaction.insertInto('search_text_pieces').values({ tenant_id: tenantId, content_hash: hash, piece, body }).execute();
  }
}

const unpack = (body: Uint8Array): string => inflateRawSync(body, { maxOutputLength: mostPieceBytes }).toString('utf8');

/** The first pieces of some contents' texts, by content: all that there is of most. */
export async function firstPieces(database: Database, tenantId: string, hashes: readonly string[]): Promise<Map<string, string>> {
  const pieces = new Map<string, string>();
  for (const some of listBatches([...new Set(hashes)])) {
    const query = database.selectFrom('search_text_pieces').select(['content_hash', 'body']).where('tenant_id', '=', tenantId);
    for (const row of await query.where('content_hash', 'in', some).where('piece', '=', 0).execute()) {
      pieces.set(row.content_hash, unpack(row.body));
    }
  }
  return pieces;
}

/** A content's text in pieces that overlap, from a piece on, a few in memory at a time. */
export async function* piecesOf(database: Database, tenantId: string, hash: string, first = 0): AsyncGenerator<string> {
  for (let from = first; ; from += piecesAtOnce) {
    const rows = await database
      .selectFrom('search_text_pieces')
      .select('body')
      .where('tenant_id', '=', tenantId)
      .where('content_hash', '=', hash)
      .where('piece', '>=', from)
      .where('piece', '<', from + piecesAtOnce)
      .orderBy('piece')
      .execute();
    for (const { body } of rows) yield unpack(body);
    if (rows.length < piecesAtOnce) return;
  }
}
