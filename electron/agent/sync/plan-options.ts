import type { PlanOptions } from '#shared/sync/plan.ts';
import { wantedHere } from '#shared/sync/keeping.ts';
import type { SyncAccount } from './account.ts';
import { conflictLabel } from './conflict-label.ts';
import type { KeepList } from './keep-list.ts';
import type { RootRecord } from './root-record.ts';
import { verdictOf } from './round.ts';
import type { StateStore } from './state-store.ts';

/** What planning needs to know of a root. */
interface Planned {
  readonly record: RootRecord;
  readonly keeping: KeepList;
  readonly store: StateStore;
  readonly report: { readonly writable: boolean };
}

/** What planning takes into account besides the trees: rules, rights, what is wanted here, and what could not be looked at. `now`: epoch milliseconds. */
export function planOptions(
  { record, keeping, store, report }: Planned,
  account: SyncAccount,
  frozen: ReadonlyMap<string, string>,
  now: number,
): Omit<PlanOptions, 'hold'> {
  const wanted = wantedHere({
    topId: record.topId,
    rows: keeping.rows,
    keep: record.keep ?? 'always',
    remote: store.remote,
    isGoing: (id) => store.synced.has(id) && !store.local.has(id),
  });
  return {
    ...(wanted === undefined ? {} : { wanted }),
    verdict: verdictOf(account.policy()),
    writable: report.writable,
    frozen: new Set(frozen.keys()),
    conflictLabel: conflictLabel(account.deviceName, now),
  };
}
