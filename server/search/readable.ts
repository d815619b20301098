import type { BlobStore, Database } from '../context.ts';
import { decodeText } from '../content/decode-text.ts';
import { headOf, storedSource, type Source } from '../content/inspection/source.ts';
import { listBatches } from '../content/batches.ts';
import { chunksOf, type Bytes } from '../content/stored-content.ts';
import type { StoredChunk } from '../content/reach.ts';
import type { ExtractOptions } from './extract/extract.ts';

/** PDFs and office documents that are larger are not read. */
const mostDocumentBytes = 128 * 1_048_576;
/** Of plain text, which may be in two bytes a character; no more of it would be kept. */
const mostPlainBytes = 6 * 1_048_576;
const headBytes = 16 * 1_024;

/** What is to be read, and how; or that there is nothing to be read. */
export type Readable =
  | { readonly kind: ExtractOptions['kind']; readonly source: Source }
  | { readonly kind: 'none' | 'too_large' | 'lost' };

/** Looks at how a content begins: what cannot hold text is never copied or unpacked. What a file is called says nothing here. */
export async function readable(database: Database, blobs: BlobStore, tenantId: string, content: Bytes): Promise<Readable> {
  const stored = await storedChunks(
    database,
    tenantId,
    chunksOf(content).map(({ hash }) => hash),
  );
  if (chunksOf(content).some(({ hash }) => !stored.has(hash))) return { kind: 'lost' };
  const source = storedSource(blobs, content, stored);
  const head = Buffer.from(await headOf(source, headBytes));
  const document = head.subarray(0, 1_024).includes('%PDF-')
    ? 'pdf'
    : head.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004'
      ? 'zip'
      : null;
  if (document !== null) return content.sizeBytes > mostDocumentBytes ? { kind: 'too_large' } : { kind: document, source };
  if (decodeText(head.subarray(0, head.length - (head.length % 2))) === null) return { kind: 'none' };
  const sizeBytes = Math.min(content.sizeBytes, mostPlainBytes);
  return { kind: 'text', source: { sizeBytes, stream: (start, end) => source.stream(start, Math.min(end, sizeBytes)) } };
}

async function storedChunks(database: Database, tenantId: string, hashes: readonly string[]): Promise<Map<string, StoredChunk>> {
  const stored = new Map<string, StoredChunk>();
  for (const some of listBatches([...new Set(hashes)])) {
    const query = database.selectFrom('chunks').select(['hash', 'pack_id', 'pack_offset', 'size_bytes']);
    for (const row of await query.where('tenant_id', '=', tenantId).where('hash', 'in', some).execute()) {
      stored.set(row.hash, { hash: row.hash, packId: row.pack_id, offset: row.pack_offset, sizeBytes: row.size_bytes });
    }
  }
  return stored;
}
