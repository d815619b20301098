import { uuidv7 } from '#shared/base/uuid.ts';
import { encodePack, frameHeaderBytes, largestPackBytes, mostPackChunks, packHeaderBytes } from '#shared/contract/pack.ts';
import type { Database, Services } from '../../context.ts';
import { listBatches } from '../batches.ts';
import { backupHold, isHeld } from '../holds.ts';
import { sha256 } from '../stored-content.ts';

/** How long a pack of which nothing is left stays: a download that began before may still read it. */
export const packGraceMs = 86_400_000;
/** How many blobs are looked at in one go. */
const sliceBlobs = 32;

export interface PackFigures {
  /** Packs that were removed, with their bytes on the disk. */
  packs: number;
  packBytes: number;
  /** Packs of which less than half was left, whose chunks lie in new ones now. */
  rewritten: number;
}

interface Round {
  readonly goOn: () => Promise<boolean>;
  readonly figures: PackFigures;
}

/**
 * Rewrites packs of which little is left, and removes those of which nothing is: also what a crash between writing a pack and noting it down left
 * behind. Nothing is removed that was still in use a day ago, and nothing at all while a backup runs.
 */
export async function collectPacks(services: Services, { goOn, figures }: Round): Promise<void> {
  const { database, blobs, clock } = services;
  const sizes = new Map<string, number>();
  const half = new Set<string>();
  for await (const slice of slices(blobs.list())) {
    if (!(await goOn())) return;
    const left = await leftIn(
      database,
      slice.map(({ key }) => key),
    );
    for (const { key, sizeBytes } of slice) {
      const live = left.get(key);
      if (live === undefined) {
        sizes.set(key, sizeBytes);
        await noteDropped(database, key, clock.now());
      } else if (live * 2 < sizeBytes) half.add(key);
    }
  }
  await removeDropped(services, sizes, figures);
  for await (const group of together(database, half)) {
    if (!(await goOn())) return;
    if (await rewrite(services, group)) figures.rewritten += group.packs;
  }
}

async function* slices<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let slice: T[] = [];
  for await (const one of all) {
    if (slice.push(one) < sliceBlobs) continue;
    yield slice;
    slice = [];
  }
  yield slice;
}

/** How much of each pack chunks still refer to, in bytes with their headers; packs without any are absent. */
async function leftIn(database: Database, packIds: readonly string[]): Promise<Map<string, number>> {
  const left = new Map<string, number>();
  for (const some of listBatches(packIds)) {
    const rows = await database
      .selectFrom('chunks')
      .select(['pack_id', ({ fn }) => fn.sum<number>('size_bytes').as('bytes'), ({ fn }) => fn.countAll<number>().as('count')])
      .where('pack_id', 'in', some)
      .groupBy('pack_id')
      .execute();
    for (const { pack_id: id, bytes, count } of rows) left.set(id, bytes + count * frameHeaderBytes + packHeaderBytes);
  }
  return left;
}

/** A pack just written whose chunks are not noted yet looks the same: it has a day to become one that is in use. */
async function noteDropped(database: Database, packId: string, now: number): Promise<void> {
  await database
    .insertInto('dropped_packs')
    .values({ pack_id: packId, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function removeDropped(
  { database, blobs, clock, log }: Services,
  sizes: ReadonlyMap<string, number>,
  figures: PackFigures,
): Promise<void> {
  const due = await database
    .selectFrom('dropped_packs')
    .select('pack_id')
    .where('at', '<=', clock.now() - packGraceMs)
    .execute();
  for (const { pack_id: packId } of due) {
    if (await isHeld(database, backupHold, clock.now())) return;
    const used = await database.selectFrom('chunks').select('hash').where('pack_id', '=', packId).limit(1).executeTakeFirst();
    if (used === undefined) {
      try {
        await blobs.remove(packId);
      } catch (error) {
        log.warn({ error, packId }, 'A pack could not be removed');
        continue;
      }
      figures.packs += 1;
      figures.packBytes += sizes.get(packId) ?? 0;
    }
    await database.deleteFrom('dropped_packs').where('pack_id', '=', packId).execute();
  }
}

interface Piece {
  readonly hash: string;
  readonly pack_id: string;
  readonly pack_offset: number;
  readonly size_bytes: number;
}
interface Group {
  readonly tenantId: string;
  readonly pieces: Piece[];
  bytes: number;
  /** How many packs they come from. */
  packs: number;
}

/** What is left in some packs, in groups that make one new pack each. */
async function* together(database: Database, packIds: ReadonlySet<string>): AsyncGenerator<Group> {
  /** By tenant: what is not enough for a pack yet. */
  const open = new Map<string, Group>();
  for (const packId of packIds) {
    const pieces = await database
      .selectFrom('chunks')
      .select(['tenant_id', 'hash', 'pack_id', 'pack_offset', 'size_bytes'])
      .where('pack_id', '=', packId)
      .orderBy('pack_offset')
      .execute();
    const [first] = pieces;
    if (first === undefined) continue;
    const bytes = pieces.reduce((sum, piece) => sum + piece.size_bytes + frameHeaderBytes, 0);
    const tenantId = first.tenant_id;
    let group = open.get(tenantId);
    if (group !== undefined && (group.bytes + bytes > largestPackBytes || group.pieces.length + pieces.length > mostPackChunks)) {
      yield group;
      group = undefined;
    }
    group ??= { tenantId, pieces: [], bytes: packHeaderBytes, packs: 0 };
    open.set(tenantId, group);
    group.pieces.push(...pieces);
    group.bytes += bytes;
    group.packs += 1;
  }
  yield* open.values();
}

/** Puts what is left of some packs into a new one. A chunk whose bytes are not what its name says stays where it is, for the check to find. */
async function rewrite({ database, blobs, clock, random, log }: Services, { tenantId, pieces }: Group): Promise<boolean> {
  const chunks: { hash: string; bytes: Uint8Array; from: string }[] = [];
  for (const { hash, pack_id: from, pack_offset: offset, size_bytes: sizeBytes } of pieces) {
    const bytes = await blobs.read(from, offset, sizeBytes).catch(() => null);
    if (bytes !== null && sha256(bytes) === hash) chunks.push({ hash, bytes, from });
    else log.error({ hash, packId: from }, 'A chunk cannot be read');
  }
  if (chunks.length === 0) return false;
  const packId = uuidv7(clock.now(), random(10));
  await blobs.put(packId, encodePack(chunks));
  let offset = packHeaderBytes;
  await database.transaction().execute(async (transaction) => {
    for (const { hash, bytes, from } of chunks) {
      offset += frameHeaderBytes;
      await transaction
        .updateTable('chunks')
        .set({ pack_id: packId, pack_offset: offset })
        .where('tenant_id', '=', tenantId)
        .where('hash', '=', hash)
        .where('pack_id', '=', from)
        .execute();
      offset += bytes.length;
    }
  });
  for (const from of new Set(chunks.map((chunk) => chunk.from))) {
    const left = await database.selectFrom('chunks').select('hash').where('pack_id', '=', from).limit(1).executeTakeFirst();
    if (left === undefined) await noteDropped(database, from, clock.now());
  }
  return true;
}
