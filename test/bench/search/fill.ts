import { randomUUID } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { foldedName } from '#shared/model/node-name.ts';
import { foldForSearch } from '#shared/search/fold.ts';
import { tokensOf } from '#shared/search/tokens.ts';
import { rowBatches } from '../../../server/content/batches.ts';
import type { Services } from '../../../server/context.ts';
import { createSpace } from '../../../server/drive/spaces.ts';
import { indexContent } from '../../../server/search/content-index.ts';
import { cutText } from '../../../server/search/extract/pieces.ts';
import { indexNames } from '../../../server/search/name-index.ts';
import { keepText } from '../../../server/search/texts.ts';
import type { Corpus } from './corpus.ts';

export const spaces = 20;
const perFolder = 200;
const atOnce = 2_048;
const textsAtOnce = 64;
/** Names change over about two years, one a minute; one in `seldom` was changed by somebody else. */
export const firstChange = Date.UTC(2024, 0, 1);
export const betweenChanges = 60_000;
const seldom = 1_000;

const hashOf = (number: number): string => number.toString(16).padStart(64, '0');

/** Puts names and contents into a database without the way that files take, and into the index by the way that they take. Returns rates a second. */
export async function fill(
  services: Services,
  tenantId: string,
  memberId: string,
  corpus: Corpus,
  size: { readonly names: number; readonly contents: number },
): Promise<{ names: number; contents: number }> {
  const { database } = services;
  const rates = { names: 0, contents: 0 };
  const perSpace = size.names / spaces;
  let [namesMs, contentsMs, made] = [0, 0, 0];
  for (let space = 0; space < spaces; space += 1) {
    const permissions = new Map([[space === 0 ? '*' : memberId, 'edit' as const]]);
    const id = (await createSpace(services, tenantId, {
      kind: 'shared',
      name: `${space}`,
      ownerId: null,
      permissions,
      createdBy: memberId,
    }))!;
    const { root_id: rootId } = await database.selectFrom('spaces').select('root_id').where('id', '=', id).executeTakeFirstOrThrow();
    let parentId = rootId;
    const rows = Array.from({ length: perSpace }, (_, index) => {
      const isFolder = index % perFolder === 0;
      const name = corpus.name(made);
      const hasText = !isFolder && made % Math.round(size.names / size.contents) === 1;
      const nodeId = randomUUID();
      const content = {
        contentHash: hashOf(made),
        sizeBytes: 10,
        chunks: null,
        modifiedAt: 1,
        executable: false,
        writtenAt: 1,
        writtenBy: memberId,
      };
      made += 1;
      const row = {
        tenant_id: tenantId,
        id: nodeId,
        space_id: id,
        parent_id: isFolder ? rootId : parentId,
        name,
        folded_name: foldedName(name),
        kind: isFolder ? 'folder' : 'file',
        revision: 1,
        version: isFolder ? 0 : 1,
        content: hasText ? JSON.stringify(content) : null,
        updated_at: firstChange + made * betweenChanges,
        updated_by: made % seldom === 0 ? 'suzuki' : memberId,
        trashed_at: null,
        trashed_by: null,
        trash_root_id: null,
        sequence: index + 2,
        access_sequence: null,
        lock: null,
      };
      if (isFolder) parentId = nodeId;
      return row;
    });
    for (let at = 0; at < rows.length; at += atOnce) {
      await database.transaction().execute(async (transaction) => {
        for (const some of rowBatches(rows.slice(at, at + atOnce))) await transaction.insertInto('nodes').values(some).execute();
      });
    }
    await database
      .updateTable('spaces')
      .set({ sequence: rows.length + 1 })
      .where('id', '=', id)
      .execute();
    const started = performance.now();
    for (let isDone = false; !isDone;) isDone = await indexNames(database, tenantId, id);
    namesMs += performance.now() - started;
    const texts = rows.flatMap(({ content }) => {
      if (content === null) return [];
      const { contentHash: hash } = JSON.parse(content) as { contentHash: string };
      const text = corpus.text(600);
      const tokens = [...tokensOf(foldForSearch(text))];
      return [{ hash, tokens, pieces: cutText(text).map((piece) => deflateRawSync(piece)) }];
    });
    const began = performance.now();
    for (let at = 0; at < texts.length; at += textsAtOnce) {
      await database.transaction().execute(async (transaction) => {
        for (const { hash, tokens, pieces } of texts.slice(at, at + textsAtOnce)) {
          await keepText(transaction, tenantId, hash, { outcome: 'text', truncated: false, pieces });
          await indexContent(transaction, tenantId, { space_id: id, content_hash: hash }, tokens);
        }
      });
    }
    contentsMs += performance.now() - began;
    await database.updateTable('search_nodes').set({ waiting: 0 }).where('space_id', '=', id).execute();
    process.stderr.write(`${made} names\r`);
  }
  rates.names = (size.names / namesMs) * 1_000;
  rates.contents = (size.contents / contentsMs) * 1_000;
  return rates;
}
