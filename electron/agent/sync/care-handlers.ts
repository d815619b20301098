import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { syncCare } from '#shared/contract/sync-care.ts';
import { Conflicts } from './conflicts.ts';
import { putFirst, queueOf } from './queue.ts';
import type { RecoveryBin } from './recovery-bin.ts';
import type { RootEngine } from './root-engine.ts';

export interface CareOptions {
  /** The engine of a root. Throws `not_found`. */
  readonly engineOf: (rootId: string) => RootEngine;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The text for whoever is asked for help; with `names` files and folders are called by their names. */
  readonly diagnostics: (names: boolean) => Promise<{ name: string; text: string }>;
}

const mostQueued = 500;
const mostRecovered = 10_000;

/** Serves queue, conflicts, recovery area and diagnostics. */
export function careHandlers({ engineOf, now, diagnostics }: CareOptions): Handlers<typeof syncCare, unknown> {
  const byEngine = new WeakMap<RootEngine, Conflicts>();
  const conflictsOf = (rootId: string): Conflicts => {
    const engine = engineOf(rootId);
    const conflicts = byEngine.get(engine) ?? new Conflicts(engine);
    byEngine.set(engine, conflicts);
    return conflicts;
  };
  return {
    'sync.queue': async ({ rootId }) => Promise.resolve(queueOf(engineOf(rootId), now(), mostQueued)),
    'sync.first': async ({ rootId, itemId }) => {
      putFirst(engineOf(rootId), itemId);
      return Promise.resolve({});
    },
    'sync.conflicts': async ({ rootId }) => ({ conflicts: await conflictsOf(rootId).list() }),
    'sync.resolve': async ({ rootId, conflictId, choice }) => {
      await conflictsOf(rootId).resolve(conflictId, choice);
      return {};
    },
    'sync.recovered': async ({ rootId }) => Promise.resolve(binOf(engineOf(rootId)).list(mostRecovered)),
    'sync.restore': async ({ rootId, itemIds }) => {
      const engine = engineOf(rootId);
      const paths = binOf(engine).restore(itemIds);
      engine.lookAgain();
      return Promise.resolve({ paths });
    },
    'sync.discard': async ({ rootId, itemIds }) => {
      binOf(engineOf(rootId)).discard(itemIds);
      return Promise.resolve({});
    },
    'sync.diagnostics': ({ names = false }) => diagnostics(names),
  };
}

function binOf({ held, halted }: RootEngine): RecoveryBin {
  if (held !== null) return held.bin;
  throw new AppError('unavailable', 'The folder is not at hand', { details: { reason: halted ?? 'not_in_step' } });
}
