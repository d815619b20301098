import { z } from 'zod';
import type { ContentFacts } from '#shared/policy/decide-content.ts';
import type { Services } from '../../context.ts';
import { listBatches, rowBatches } from '../batches.ts';

const Endings = z.array(z.string());

/** What was found in contents before, kept per tenant. */
export interface Findings {
  read(tenantId: string, hashes: readonly string[]): Promise<Map<string, ContentFacts>>;
  keep(tenantId: string, found: ReadonlyMap<string, ContentFacts>): Promise<void>;
}

export const findings = ({ database }: Pick<Services, 'database'>): Findings => ({
  read: async (tenantId, hashes) => {
    const found = new Map<string, ContentFacts>();
    for (const some of listBatches([...hashes])) {
      const rows = await database
        .selectFrom('content_facts')
        .select(['content_hash', 'type', 'endings', 'unreadable'])
        .where('tenant_id', '=', tenantId)
        .where('content_hash', 'in', some)
        .execute();
      for (const row of rows) {
        const endings = Endings.parse(JSON.parse(row.endings));
        found.set(row.content_hash, { type: row.type, endings, unreadable: row.unreadable !== 0 });
      }
    }
    return found;
  },
  keep: async (tenantId, found) => {
    const rows = [...found].map(([hash, { type, endings, unreadable }]) => ({
      tenant_id: tenantId,
      content_hash: hash,
      type,
      endings: JSON.stringify(endings),
      unreadable: unreadable ? 1 : 0,
    }));
    for (const some of rowBatches(rows.toSorted((a, b) => (a.content_hash < b.content_hash ? -1 : 1)))) {
      await database
        .insertInto('content_facts')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  },
});
