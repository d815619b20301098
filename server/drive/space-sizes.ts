import type { Database } from '../context.ts';
import { versionBytes } from './measure.ts';
import { readContent, type SpaceRow } from './nodes.ts';

const pageSize = 5_000;

/** What a space holds besides what people see in it: its trash, and earlier versions of its files, in bytes. */
export async function heldBesides(
  database: Database,
  { tenant_id: tenantId, id }: Pick<SpaceRow, 'tenant_id' | 'id'>,
): Promise<{ trashBytes: number; versionBytes: number }> {
  const sizes = { trashBytes: 0, versionBytes: 0 };
  for (let after = 0; ;) {
    const rows = await database
      .selectFrom('nodes')
      .select(['id', 'sequence', 'version', 'content', 'trashed_at'])
      .where('tenant_id', '=', tenantId)
      .where('space_id', '=', id)
      .where('sequence', '>', after)
      .where('content', 'is not', null)
      .where((where) => where.or([where('version', '>', 1), where('trashed_at', 'is not', null)]))
      .orderBy('sequence')
      .limit(pageSize)
      .execute();
    for (const row of rows) if (row.trashed_at !== null) sizes.trashBytes += readContent(row.content!).sizeBytes;
    sizes.versionBytes += await versionBytes(
      database,
      tenantId,
      rows.flatMap((row) => (row.version > 1 ? [row.id] : [])),
    );
    if (rows.length < pageSize) return sizes;
    after = rows.at(-1)!.sequence;
  }
}
