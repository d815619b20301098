import type { Database, Services } from '../context.ts';
import { listBatches, rowBatches } from './batches.ts';
import { backupHold, isHeld } from './holds.ts';

/**
 * Takes scopes away, and with them the chunks that are reached through no other. Returns the packs of which nothing is left, whose bytes are
 * to be removed by `removePacks` after the commit. Within a transaction of the caller's.
 */
export async function dropScopes(transaction: Database, tenantId: string, scopes: readonly string[]): Promise<string[]> {
  const reached = await transaction
    .deleteFrom('chunk_scopes')
    .where('tenant_id', '=', tenantId)
    .where('scope_id', 'in', scopes)
    .returning('hash')
    .execute();
  const packs = new Set<string>();
  for (const some of listBatches([...new Set(reached.map(({ hash }) => hash))].toSorted())) {
    // Writing the rows first: whoever sends the same bytes at this moment has added their scope by now, or finds the chunk gone.
    await transaction
      .updateTable('chunks')
      .set((update) => ({ size_bytes: update.ref('size_bytes') }))
      .where('tenant_id', '=', tenantId)
      .where('hash', 'in', some)
      .execute();
    const gone = await transaction
      .deleteFrom('chunks')
      .where('tenant_id', '=', tenantId)
      .where('hash', 'in', some)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('chunk_scopes')
              .select('chunk_scopes.hash')
              .whereRef('chunk_scopes.tenant_id', '=', 'chunks.tenant_id')
              .whereRef('chunk_scopes.hash', '=', 'chunks.hash'),
          ),
        ),
      )
      .returning('pack_id')
      .execute();
    for (const { pack_id: packId } of gone) packs.add(packId);
  }
  const empty: string[] = [];
  for (const packId of packs) {
    const left = await transaction
      .selectFrom('chunks')
      .select('hash')
      .where('tenant_id', '=', tenantId)
      .where('pack_id', '=', packId)
      .limit(1)
      .executeTakeFirst();
    if (left === undefined) empty.push(packId);
  }
  return empty;
}

/**
 * Removes the bytes of packs that nothing refers to any more; while a backup runs they wait for the next collection. One that cannot be removed is
 * logged: it is space, not content that is reached.
 */
export async function removePacks(
  { blobs, log, database, clock }: Pick<Services, 'blobs' | 'log' | 'database' | 'clock'>,
  packs: readonly string[],
): Promise<void> {
  if (packs.length > 0 && (await isHeld(database, backupHold, clock.now()))) {
    const rows = packs.map((packId) => ({ pack_id: packId, at: 0 }));
    for (const some of rowBatches(rows)) {
      await database
        .insertInto('dropped_packs')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    return;
  }
  for (const packId of packs) {
    await blobs.remove(packId).catch((error: unknown) => log.warn({ error, packId }, 'A pack could not be removed'));
  }
}
