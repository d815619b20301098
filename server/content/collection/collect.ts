import type { Database, Services } from '../../context.ts';
import { listBatches } from '../batches.ts';
import { collectHold, dropHold, takeHold } from '../holds.ts';
import { addToScope } from '../reach.ts';
import { chunksOf, sha256 } from '../stored-content.ts';
import { touchedMs } from '../touch-chunks.ts';
import { chunkMark, Marks, scopeMark } from './marks.ts';
import { collectPacks, type PackFigures } from './packs.ts';
import { references, type Reference } from './references.ts';

/** No upload takes longer: what was sent or asked for later than this may still be committed. */
const longestUploadMs = 7 * 86_400_000;
/** How long chunks that nothing refers to stay after they were last sent or asked for. Askers are noted down only now and then. */
export const graceMs = longestUploadMs + touchedMs;
const sliceChunks = 500;

interface CollectionFigures extends PackFigures {
  /** Chunks that nothing referred to any more. */
  chunks: number;
  chunkBytes: number;
  /** Ways to chunks that no file in them led over any more. */
  scopes: number;
}

interface CollectOptions {
  /** Asked now and then: whether to leave the rest for another time. */
  readonly isStopped?: () => boolean;
}

/**
 * Removes what nothing refers to any more (chunks, ways to chunks, packs), slice by slice, while everything else goes on. Null when another
 * collection is under way. Whatever refers to a chunk from now on notes so first (`touchChunks`), and what was noted since the beginning stays.
 */
export async function collect(services: Services, { isStopped = () => false }: CollectOptions = {}): Promise<CollectionFigures | null> {
  const { database, clock } = services;
  if (!(await takeHold(database, collectHold, clock.now(), false))) return null;
  const figures: CollectionFigures = { chunks: 0, chunkBytes: 0, scopes: 0, packs: 0, packBytes: 0, rewritten: 0 };
  const startedAt = clock.now();
  let renewedAt = startedAt;
  const goOn = async (): Promise<boolean> => {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    if (clock.now() - renewedAt > 60_000) {
      renewedAt = clock.now();
      await takeHold(database, collectHold, renewedAt, true);
    }
    return !isStopped();
  };
  try {
    const tenants = await database.selectFrom('tenants').select('id').execute();
    for (const { id } of tenants) {
      const live = await mark(database, id, goOn);
      if (live === null) return figures;
      await sweepChunks(services, id, live, { startedAt, goOn, figures });
    }
    await collectPacks(services, { goOn, figures });
    return figures;
  } finally {
    await dropHold(database, collectHold);
  }
}

interface Live {
  readonly chunks: Marks;
  readonly ways: Marks;
  digestOf(scopeId: string, ending: string): string;
}

/** What is referred to; null when there is no time for it now. */
async function mark(database: Database, tenantId: string, goOn: () => Promise<boolean>): Promise<Live | null> {
  const digests = new Map<string, string>();
  const live: Live = {
    chunks: new Marks(),
    ways: new Marks(),
    digestOf: (scopeId, ending) => {
      const way = `${scopeId} ${ending}`;
      const known = digests.get(way) ?? sha256(Buffer.from(way));
      digests.set(way, known);
      return known;
    },
  };
  for await (const slice of references(database, tenantId)) {
    for (const { content, scopeId, ending } of slice) {
      const digest = live.digestOf(scopeId, ending);
      for (const { hash } of chunksOf(content)) {
        live.chunks.add(chunkMark(hash));
        live.ways.add(scopeMark(hash, digest));
      }
    }
    await addMissingWays(database, tenantId, slice);
    if (!(await goOn())) return null;
  }
  return live;
}

/** Who may see a file may read it: a way that is missing, however that came about, is there again. */
async function addMissingWays(database: Database, tenantId: string, slice: readonly Reference[]): Promise<void> {
  const hashes = slice.flatMap(({ content }) => chunksOf(content).map(({ hash }) => hash));
  const there = new Set((await waysTo(database, tenantId, [...new Set(hashes)])).map((way) => `${way.hash} ${way.scope_id} ${way.ending}`));
  const missing = slice.flatMap(({ content, scopeId, ending }) =>
    chunksOf(content).flatMap(({ hash }) => (there.has(`${hash} ${scopeId} ${ending}`) ? [] : [{ hash, scopeId, ending }])),
  );
  for (const [scopeId, ways] of Map.groupBy(missing, (way) => way.scopeId)) {
    await database.transaction().execute(async (transaction) => {
      const kept = new Set<string>();
      for (const some of listBatches([...new Set(ways.map(({ hash }) => hash))])) {
        const query = transaction.selectFrom('chunks').select('hash').where('tenant_id', '=', tenantId);
        for (const { hash } of await query.where('hash', 'in', some).execute()) kept.add(hash);
      }
      const whole = ways.filter(({ hash }) => kept.has(hash));
      await addToScope(transaction, tenantId, scopeId, whole);
    });
  }
}

interface Sweep {
  readonly startedAt: number;
  readonly goOn: () => Promise<boolean>;
  readonly figures: CollectionFigures;
}

async function sweepChunks({ database }: Services, tenantId: string, live: Live, { startedAt, goOn, figures }: Sweep): Promise<void> {
  for (let after = ''; await goOn();) {
    const rows = await database
      .selectFrom('chunks')
      .select(['hash', 'size_bytes', 'touched_at'])
      .where('tenant_id', '=', tenantId)
      .where('hash', '>', after)
      .orderBy('hash')
      .limit(sliceChunks)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.hash;
    const old = new Map(rows.flatMap((row) => (row.touched_at < startedAt ? [[row.hash, row]] : [])));
    const dead = new Set([...old.values()].flatMap((row) => (isOver(row) && !live.chunks.has(chunkMark(row.hash)) ? [row.hash] : [])));
    const stale = (await waysTo(database, tenantId, [...old.keys()])).filter(({ hash, scope_id: scopeId, ending }) => {
      if (scopeId.startsWith('upload:')) return isOver(old.get(hash)!);
      return !live.ways.has(scopeMark(hash, live.digestOf(scopeId, ending)));
    });
    if (dead.size === 0 && stale.length === 0) continue;
    const gone = await database.transaction().execute((transaction) => remove(transaction, tenantId, startedAt, dead, stale));
    figures.scopes += gone.ways;
    figures.chunks += gone.chunks.length;
    for (const hash of gone.chunks) figures.chunkBytes += old.get(hash)!.size_bytes;
  }

  function isOver({ touched_at: touchedAt }: { touched_at: number }): boolean {
    return touchedAt < startedAt - graceMs;
  }
}

interface Way {
  readonly hash: string;
  readonly scope_id: string;
  readonly ending: string;
}

async function waysTo(database: Database, tenantId: string, hashes: readonly string[]): Promise<Way[]> {
  const ways: Way[] = [];
  for (const some of listBatches(hashes)) {
    const query = database.selectFrom('chunk_scopes').select(['hash', 'scope_id', 'ending']);
    ways.push(...(await query.where('tenant_id', '=', tenantId).where('hash', 'in', some).execute()));
  }
  return ways;
}

async function remove(transaction: Database, tenantId: string, startedAt: number, dead: ReadonlySet<string>, stale: readonly Way[]) {
  // Writing the rows first: whoever wants one of them at this moment has noted so by now, or finds it gone.
  const free = new Set<string>();
  for (const some of listBatches([...new Set([...dead, ...stale.map(({ hash }) => hash)])].toSorted())) {
    const rows = await transaction
      .updateTable('chunks')
      .set((update) => ({ size_bytes: update.ref('size_bytes') }))
      .where('tenant_id', '=', tenantId)
      .where('hash', 'in', some)
      .where('touched_at', '<', startedAt)
      .returning('hash')
      .execute();
    for (const { hash } of rows) free.add(hash);
  }
  let ways = 0;
  const delisted = stale.filter(({ hash }) => free.has(hash));
  for (const some of Map.groupBy(delisted, ({ scope_id: scopeId, ending }) => `${scopeId} ${ending}`).values()) {
    const [{ scope_id: scopeId, ending }] = some as [Way];
    for (const hashes of listBatches(some.map(({ hash }) => hash))) {
      const gone = transaction.deleteFrom('chunk_scopes').where('tenant_id', '=', tenantId).where('hash', 'in', hashes);
      const { numDeletedRows } = await gone.where('scope_id', '=', scopeId).where('ending', '=', ending).executeTakeFirst();
      ways += Number(numDeletedRows);
    }
  }
  const chunks = [...dead].filter((hash) => free.has(hash));
  for (const hashes of listBatches(chunks)) {
    for (const table of ['chunk_scopes', 'chunks'] as const) {
      await transaction.deleteFrom(table).where('tenant_id', '=', tenantId).where('hash', 'in', hashes).execute();
    }
  }
  return { chunks, ways };
}
