import { sleep } from '#shared/base/clock.ts';
import { AppError } from '#shared/base/errors.ts';
import { keepOf, type Keep } from '#shared/sync/keeping.ts';
import { ancestry } from '#shared/sync/tree.ts';
import { isGuard } from './guarding.ts';
import type { SyncHost } from './account.ts';
import { freeFiles, type Freed } from './free-files.ts';
import type { RootEngine } from './root-engine.ts';
import type { RootContext } from './root-context.ts';
import { parentIn } from './root-path.ts';
import type { LocalRow } from './rows.ts';

const nothingFreed: Freed = { files: 0, bytes: 0, kept: [] };
const lookMilliseconds = 50;

/** What counts for a thing here: the nearest decision. */
export const keepHere = ({ record, store, keeping }: RootEngine): ((id: string) => Keep) =>
  keepOf({
    topId: record.topId,
    rows: keeping.rows,
    keep: record.keep ?? 'always',
    parentOf: parentIn(store),
  });

/**
 * A person decides for files and folders, with all in them. What is to be online-only goes from this disk at once as far as it may; the decision and that are one: where the
 * server cannot be asked whether it has everything, neither happens. Throws `unavailable` then.
 */
export async function decide(engine: RootEngine, ids: readonly string[], keep: Keep): Promise<Freed> {
  if (keep === 'always') {
    write(engine, ids, keep);
    engine.remoteHint();
    return nothingFreed;
  }
  // What was just saved is seen first, so that it is named.
  engine.lookAgain();
  const freed = await engine.order((context) => {
    write(engine, ids, keep);
    const kept = keepHere(engine);
    return freeFiles(context, [...filesBelow(context, ids)], (folderId) => kept(folderId) === 'online_only');
  });
  if (freed.kept.some(({ reason }) => reason === 'changed_meanwhile')) engine.lookAgain();
  return freed;
}

/** What was decided below a folder that is decided on goes with it. */
function write({ keeping, store, record }: RootEngine, ids: readonly string[], keep: Keep): void {
  const decided = new Set(ids);
  const parentOf = parentIn(store);
  const below = [...keeping.rows.values()].filter(({ id }) => {
    for (const at of ancestry(id, parentOf)) if (at !== id && at !== record.topId && decided.has(at)) return true;
    return false;
  });
  const changes = [
    ...below.map(({ id }) => ({ id, keep: null, bring: false })),
    ...ids.map((id) => ({ id, keep, ...(keep === 'online_only' ? { bring: false } : {}) })),
  ];
  keeping.change(changes);
}

/** The files on this disk among things and below them. */
function* filesBelow({ store }: RootContext, ids: Iterable<string>): Generator<LocalRow> {
  const seen = new Set<string>();
  const waiting = [...ids];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const row = store.local.get(id);
    if (row === undefined || seen.has(id)) continue;
    seen.add(id);
    if (row.kind === 'file') yield row;
    else for (const child of store.local.children(id)) waiting.push(child.id);
  }
}

/** Brings a file that is to be opened, before everything else, and waits for it. Throws with the reason where it does not come. */
export async function bring(engine: RootEngine, id: string, { clock }: Pick<SyncHost, 'clock'>): Promise<void> {
  const { store, keeping } = engine;
  const isHere = (): boolean => store.local.has(id) && store.synced.has(id);
  const isTemporary = keepHere(engine)(id) === 'online_only';
  if (isTemporary) keeping.change([{ id, openedAt: clock.now(), ...(isHere() ? {} : { bring: true }) }]);
  if (store.local.has(id)) return;
  engine.turns.first(id);
  engine.remoteHint();
  try {
    while (!isHere()) {
      const trouble = whyNotComing(engine, id);
      if (trouble !== null) throw trouble;
      await sleep(clock, lookMilliseconds);
    }
  } finally {
    if (isTemporary) keeping.change([{ id, bring: false }]);
  }
}

function whyNotComing(engine: RootEngine, id: string): AppError | null {
  const unavailable = (reason: string) => new AppError('unavailable', 'The file cannot be brought now', { details: { reason } });
  if (engine.stopped) return unavailable('stopped');
  if (engine.paused) return unavailable('paused');
  if (engine.halted !== null && !isGuard(engine.halted)) return unavailable(engine.halted);
  if (engine.connection === 'offline' || engine.connection === 'logged_out') return unavailable(engine.connection);
  const skipped = engine.plan?.skipped.find((one) => one.id === id);
  if (skipped !== undefined) return new AppError('denied', 'The file is not synced', { details: { reason: skipped.reason } });
  const failure = engine.failures?.all.find((one) => one.id === id && !one.quiet);
  if (failure !== undefined) return unavailable(failure.reason);
  return engine.store.remote.get(id)?.trashed === false ? null : new AppError('not_found', 'The file is not there any more');
}
