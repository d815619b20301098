import type { Policy } from '#shared/model/policy.ts';
import { foldedExtension, matchedExtension } from '#shared/policy/extension.ts';
import type { Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { readContent } from './nodes.ts';
import { lowerUsed, pause } from './purge-trash.ts';

/** Every earlier version stays at least as long, whatever the rule says: also the one that lost a conflict. */
const leastMs = 86_400_000;
const sliceVersions = 200;

/** Is the file one of which earlier versions are kept for longer (DRV-10)? */
const isKept = (name: string, { versionsOf, versionExtensions }: Policy['drive']): boolean =>
  versionsOf === 'all' || matchedExtension(name, versionExtensions.map(foldedExtension)) !== null;

/** The same day so many months ago, or the last of that month (UTC). */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  date.setUTCDate(Math.min(day, new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()));
  return date.getTime();
}

/**
 * DRV-10: removes earlier versions that the rule keeps no longer, counted from when they were replaced. What was looked at once under a rule is
 * not looked at again until its months are over, so the returned sweep is to be called again and again.
 */
export function makeVersionSweep(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  policies: Pick<PolicyReader, 'current'>,
): () => Promise<void> {
  /** By tenant: up to which replacement all versions of unlisted files are gone, and under which rules. */
  const looked = new Map<string, { readonly revision: number; readonly until: number }>();

  const remove = async (tenantId: string, rows: readonly { node_id: string; version: number; space_id: string }[]): Promise<void> => {
    for (const [spaceId, some] of Map.groupBy(rows, (row) => row.space_id)) {
      await database.transaction().execute(async (transaction) => {
        await lowerUsed(transaction, tenantId, spaceId, 0);
        let freed = 0;
        for (const { node_id: nodeId, version } of some) {
          const gone = await transaction
            .deleteFrom('versions')
            .where('tenant_id', '=', tenantId)
            .where('node_id', '=', nodeId)
            .where('version', '=', version)
            .returning('content')
            .executeTakeFirst();
          if (gone !== undefined) freed += readContent(gone.content).sizeBytes;
        }
        await lowerUsed(transaction, tenantId, spaceId, freed);
      });
    }
  };

  const sweepTenant = async (tenantId: string): Promise<void> => {
    const { policy, revision } = await policies.current(tenantId);
    const now = clock.now();
    const over = policy.drive.versionMonths === 0 ? 0 : Math.min(monthsBefore(now, policy.drive.versionMonths), now - leastMs);
    const before = looked.get(tenantId);
    const unlistedFrom = before?.revision === revision ? before.until : 0;
    const until = policy.drive.versionsOf === 'all' ? over : now - leastMs;
    let [at, node, number] = [0, '', 0];
    for (;;) {
      const rows = await database
        .selectFrom('versions')
        .innerJoin('nodes', (join) => join.onRef('nodes.tenant_id', '=', 'versions.tenant_id').onRef('nodes.id', '=', 'versions.node_id'))
        .select(['versions.node_id', 'versions.version', 'versions.replaced_at', 'nodes.name', 'nodes.space_id'])
        .where('versions.tenant_id', '=', tenantId)
        .where('versions.replaced_at', '<=', until)
        .where((where) => where.or([where('versions.replaced_at', '<=', over), where('versions.replaced_at', '>', unlistedFrom)]))
        .where('versions.replaced_at', '>=', at)
        .where((where) =>
          where.or([
            where('versions.replaced_at', '>', at),
            where('versions.node_id', '>', node),
            where.and([where('versions.node_id', '=', node), where('versions.version', '>', number)]),
          ]),
        )
        .orderBy('versions.replaced_at')
        .orderBy('versions.node_id')
        .orderBy('versions.version')
        .limit(sliceVersions)
        .execute();
      await remove(
        tenantId,
        rows.filter((row) => row.replaced_at <= over || !isKept(row.name, policy.drive)),
      );
      const last = rows.at(-1);
      if (last === undefined || rows.length < sliceVersions) break;
      [at, node, number] = [last.replaced_at, last.node_id, last.version];
      await pause();
    }
    looked.set(tenantId, { revision, until });
  };

  return async () => {
    const tenants = await database.selectFrom('tenants').select('id').execute();
    for (const { id } of tenants) await sweepTenant(id);
  };
}
