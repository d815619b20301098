import { frameHeader, frameHeaderBytes } from '#shared/contract/pack.ts';
import type { BlobStore, Database } from '../../context.ts';
import { listBatches } from '../batches.ts';
import { references, type Reference } from '../collection/references.ts';
import { chunksOf, isWhole, sha256 } from '../stored-content.ts';
import type { Report } from './check-spaces.ts';

const sliceChunks = 500;

/** Looks at everything that refers to content: whether it is whole, its chunks are there, and whoever may see the file may read them. */
export async function checkReferences(database: Database, tenantId: string, report: Report): Promise<void> {
  for await (const slice of references(database, tenantId)) {
    const hashes = [...new Set(slice.flatMap(({ content }) => chunksOf(content).map(({ hash }) => hash)))];
    const sizes = new Map<string, number>();
    const ways = new Set<string>();
    for (const some of listBatches(hashes)) {
      const chunks = database.selectFrom('chunks').select(['hash', 'size_bytes']).where('tenant_id', '=', tenantId);
      for (const row of await chunks.where('hash', 'in', some).execute()) sizes.set(row.hash, row.size_bytes);
      const scopes = database.selectFrom('chunk_scopes').select(['hash', 'scope_id', 'ending']).where('tenant_id', '=', tenantId);
      for (const row of await scopes.where('hash', 'in', some).execute()) ways.add(`${row.hash} ${row.scope_id} ${row.ending}`);
    }
    for (const reference of slice) checkReference(reference, sizes, ways, report);
  }
}

function checkReference(
  { from, content, scopeId, ending }: Reference,
  sizes: ReadonlyMap<string, number>,
  ways: ReadonlySet<string>,
  report: Report,
): void {
  if (!isWhole(content)) report(`${from}: hash, size and chunks do not agree`);
  for (const { hash, sizeBytes } of chunksOf(content)) {
    const size = sizes.get(hash);
    if (size === undefined) report(`${from}: chunk ${hash} is not there`);
    else if (size !== sizeBytes) report(`${from}: chunk ${hash} has ${size} bytes, not ${sizeBytes}`);
    else if (!ways.has(`${hash} ${scopeId} ${ending}`)) report(`${from}: chunk ${hash} cannot be reached through ${scopeId}`);
  }
}

interface StoredRow {
  readonly tenant_id: string;
  readonly hash: string;
  readonly pack_id: string;
  readonly pack_offset: number;
  readonly size_bytes: number;
}

/** Looks at the bytes of all tenants: every chunk lies in a pack that is there; unless `fast`, its bytes are what its name says. */
export async function checkChunks(database: Database, blobs: BlobStore, fast: boolean, report: Report): Promise<void> {
  const packs = new Map<string, number>();
  for await (const { key, sizeBytes } of blobs.list()) packs.set(key, sizeBytes);
  for (let [pack, offset] = ['', -1]; ;) {
    const rows = await database
      .selectFrom('chunks')
      .select(['tenant_id', 'hash', 'pack_id', 'pack_offset', 'size_bytes'])
      .where('pack_id', '>=', pack)
      .where((where) => where.or([where('pack_id', '>', pack), where('pack_offset', '>', offset)]))
      .orderBy('pack_id')
      .orderBy('pack_offset')
      .limit(sliceChunks)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    [pack, offset] = [last.pack_id, last.pack_offset];
    for (const row of rows) {
      const problem = await problemOf(blobs, packs, row, fast);
      if (problem !== null && (await isStill(database, row))) report(`chunk ${row.hash}: ${problem}`);
    }
  }
}

async function problemOf(
  blobs: BlobStore,
  packs: ReadonlyMap<string, number>,
  { hash, pack_id: packId, pack_offset: offset, size_bytes: sizeBytes }: StoredRow,
  fast: boolean,
): Promise<string | null> {
  const packBytes = packs.get(packId);
  if (fast && packBytes !== undefined) return offset + sizeBytes > packBytes ? `its pack ${packId} ends before it` : null;
  try {
    const frame = await blobs.read(packId, offset - frameHeaderBytes, sizeBytes + frameHeaderBytes);
    if (sha256(frame.subarray(frameHeaderBytes)) !== hash) return `its bytes in pack ${packId} are others`;
    const header = Buffer.from(frame.subarray(0, frameHeaderBytes));
    return header.equals(frameHeader(hash, sizeBytes)) ? null : `pack ${packId} names it otherwise`;
  } catch (error) {
    return `its pack ${packId} cannot be read: ${(error as Error).message}`;
  }
}

/** A chunk that was collected or moved to another pack meanwhile is nothing to report. */
async function isStill(database: Database, row: StoredRow): Promise<boolean> {
  const now = await database
    .selectFrom('chunks')
    .select('hash')
    .where('tenant_id', '=', row.tenant_id)
    .where('hash', '=', row.hash)
    .where('pack_id', '=', row.pack_id)
    .executeTakeFirst();
  return now !== undefined;
}
