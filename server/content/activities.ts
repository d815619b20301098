import type { Database } from '../context.ts';
import { rowBatches } from './batches.ts';
import { insertRows } from '../store/prepared.ts';

/** One thing that happened to a file or folder (ADM-37). */
export interface NewActivity {
  readonly id: string;
  readonly at: number;
  readonly memberId: string;
  readonly what: string;
  readonly spaceId: string;
  readonly nodeId: string;
  /** Its name then. */
  readonly name: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Writes activities down, within the transaction of what happened. */
export async function insertActivities(transaction: Database, tenantId: string, activities: readonly NewActivity[]): Promise<void> {
  const rows = activities.map(({ id, at, memberId, what, spaceId, nodeId, name, details }) => ({
    tenant_id: tenantId,
    id,
    at,
    member_id: memberId,
    what,
    space_id: spaceId,
    node_id: nodeId,
    name,
    details: JSON.stringify(details),
  }));
  for (const some of rowBatches(rows)) await insertRows(transaction, 'activities', some);
}

/** The same for one. */
export const noteActivity = (transaction: Database, tenantId: string, activity: NewActivity): Promise<void> =>
  insertActivities(transaction, tenantId, [activity]);
