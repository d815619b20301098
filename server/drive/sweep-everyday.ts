import { destroyedMarks } from '../content/destroyed.ts';
import type { Services } from '../context.ts';
import { sweepActivities } from './activity-list.ts';

/** How often what leads nowhere is looked for, in milliseconds: it is shown to nobody meanwhile. */
const everyMs = 3_600_000;

/** Forgets old activities, and stars, pins, recent files and activities of what was destroyed. To be called now and then. */
export function everydaySweep({ database, clock }: Pick<Services, 'database' | 'clock'>): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    if (clock.monotonic() < nextAt) return;
    nextAt = clock.monotonic() + everyMs;
    await sweepActivities({ database, clock });
    for (const table of ['starred_nodes', 'pinned_folders', 'recent_files'] as const) {
      await database
        .deleteFrom(table)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('nodes')
                .select('nodes.id')
                .whereRef('nodes.tenant_id', '=', `${table}.tenant_id`)
                .whereRef('nodes.id', '=', `${table}.node_id`)
                .where((where) =>
                  where.or([where('nodes.trash_root_id', 'is', null), where('nodes.trash_root_id', 'not in', destroyedMarks)]),
                ),
            ),
          ),
        )
        .execute();
    }
    // Of a drive that was destroyed not even the names of its files stay (ACC-50).
    await database
      .deleteFrom('activities')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('spaces')
              .select('spaces.id')
              .whereRef('spaces.tenant_id', '=', 'activities.tenant_id')
              .whereRef('spaces.id', '=', 'activities.space_id'),
          ),
        ),
      )
      .execute();
  };
}
