import { AppError } from '#shared/base/errors.ts';
import type { SyncTransfer } from '#shared/contract/sync-care.ts';
import type { Step } from '#shared/sync/plan.ts';
import type { Way } from './progress.ts';
import type { RootEngine } from './root-engine.ts';
import { pathOfAny } from './root-path.ts';

/** Content that is on its way or waits for its turn. */
export interface Waiting {
  readonly id: string;
  readonly way: Way;
  readonly sizeBytes: number;
  readonly doneBytes: number;
}

const ways: Readonly<Partial<Record<Step['kind'], Way>>> = { write: 'down', fork: 'down', create_file: 'up', update: 'up' };

/** What of the last plan is still to be moved, in the plan's order: what a round has done meanwhile is left out. */
export function waitingOf({ plan, store, progress }: RootEngine): Waiting[] {
  const waiting: Waiting[] = [];
  for (const { kind, id } of plan?.steps ?? []) {
    const way = ways[kind];
    if (way === undefined) continue;
    const [local, remote, synced] = [store.local.get(id), store.remote.get(id), store.synced.get(id)];
    const goal = way === 'down' ? remote?.content : local?.content;
    const isDone = synced !== undefined && goal !== null && goal === synced.content && (way === 'up' || local?.content === goal);
    if (isDone || (way === 'up' ? local : remote) === undefined) continue;
    const sizeBytes = (way === 'down' ? remote?.sizeBytes : local?.sizeBytes) ?? 0;
    waiting.push({ id, way, sizeBytes, doneBytes: Math.min(sizeBytes, progress.of(id)?.doneBytes ?? 0) });
  }
  return waiting;
}

/**
 * The queue as people see it: what runs, then what waits in the order of its turns, then what is tried again later.
 * @param now epoch milliseconds
 */
export function queueOf(engine: RootEngine, now: number, most: number): { total: number; items: SyncTransfer[] } {
  const failures = new Map((engine.failures?.all ?? []).map((failure) => [failure.id, failure]));
  const waiting = engine.turns.ordered(waitingOf(engine), ({ id }) => id);
  const stateOf = ({ id }: Waiting): SyncTransfer['state'] =>
    engine.progress.of(id) !== undefined ? 'running' : failures.has(id) ? 'retrying' : 'waiting';
  const states: readonly SyncTransfer['state'][] = ['running', 'waiting', 'retrying'];
  const shown = states.flatMap((state) => waiting.filter((one) => stateOf(one) === state)).slice(0, most);
  const items = shown.map((one): SyncTransfer => {
    const failure = failures.get(one.id);
    const state = stateOf(one);
    return {
      itemId: one.id,
      path: pathOfAny(engine, one.id),
      way: one.way,
      state,
      doneBytes: one.doneBytes,
      sizeBytes: one.sizeBytes,
      first: engine.turns.isFirst(one.id),
      reason: state === 'retrying' ? failure!.reason : null,
      nextTryAt: state === 'retrying' ? Math.max(0, Math.round(now + failure!.until - engine.monotonic())) : null,
    };
  });
  return { total: waiting.length, items };
}

/** EXP-20: this one goes before everything else; what waits after a failure is tried at once. Throws `not_found` when it does not wait. */
export function putFirst(engine: RootEngine, id: string): void {
  if (!waitingOf(engine).some((one) => one.id === id)) throw new AppError('not_found', 'Nothing of that waits');
  engine.failures?.clear(id);
  engine.turns.first(id);
  engine.wake();
}

/** Seconds until all is done at the present pace; null while nothing moves. */
export function remainingSeconds(waiting: readonly Waiting[], perSecond: Readonly<Record<Way, number>>): number | null {
  const left = (way: Way) => waiting.reduce((sum, one) => (one.way === way ? sum + one.sizeBytes - one.doneBytes : sum), 0);
  const seconds = (['up', 'down'] as const).map((way) => {
    const bytes = left(way);
    return bytes === 0 ? 0 : perSecond[way] === 0 ? null : Math.ceil(bytes / perSecond[way]);
  });
  if (waiting.length === 0 || seconds.every((one) => one === null || one === 0)) return null;
  // Both ways go on at the same time: the longer one counts, as far as it can be told.
  return seconds.includes(null) ? null : Math.max(...seconds.map((one) => one ?? 0));
}
