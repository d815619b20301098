import { nameProblem } from '#shared/model/node-name.ts';
import type { Policy } from '#shared/model/policy.ts';
import { decideFile } from '#shared/policy/decide-file.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import { isIgnored } from '#shared/sync/ignore.ts';
import type { BookStep, HereStep, Plan, PlanOptions, Step, ThereStep } from '#shared/sync/plan.ts';
import { grouped } from '../transfer/grouped.ts';
import { packBytes } from '../transfer/upload.ts';
import { applyTreeSteps } from './apply-here.ts';
import { applyThere, takeContent } from './apply-there.ts';
import { applyWrites } from './apply-writes.ts';
import { applyBookSteps } from './bookkeeping.ts';
import { pathOf, subjectState, type RootContext } from './root-context.ts';
import { sameRow } from './rows.ts';

/** Things that are skipped without a word: nobody misses them. */
export const quietReasons: ReadonlySet<string> = new Set(['ignored']);

/** Why a thing may not be synced that way under these rules: FIL-01/FIL-04, FIL-12, ignored names. */
export const verdictOf =
  (policy: Policy): PlanOptions['verdict'] =>
  ({ name, kind, sizeBytes }, way) => {
    if (isIgnored(name)) return 'ignored';
    if (way === 'up') {
      const problem = nameProblem(name);
      if (problem !== null) return problem;
    }
    if (kind === 'folder') return null;
    const decision = decideFile({ kind: 'file', direction: way === 'up' ? 'send' : 'receive', service: 'drive', name, sizeBytes }, policy);
    return decision.effect === 'deny' ? decision.reason : null;
  };

const bookKinds: ReadonlySet<string> = new Set(['agree', 'forget', 'adopt', 'renew', 'release']);
const hereKinds: ReadonlySet<string> = new Set(['make_folder', 'move_here', 'delete_here']);
/** Steps that change the server. */
export const thereKinds: ReadonlySet<string> = new Set(['create_folder', 'create_file', 'update', 'move_there', 'delete_there']);

export interface RoundResult {
  /** Steps that were tried; the rest waits after failures. */
  readonly tried: number;
  /** The disk, or the server, was not what was planned for: look again. */
  readonly surprisedHere: boolean;
  readonly surprisedThere: boolean;
}

/** Carries out one plan. Throws when the server cannot be reached; whatever was done until then is written down. */
export async function runRound(context: RootContext, plan: Plan): Promise<RoundResult> {
  const { store, failures } = context;
  const book = plan.steps.filter((step): step is BookStep => bookKinds.has(step.kind));
  if (book.length > 0) {
    // Ids change here: everything else is planned anew with them.
    applyBookSteps(context, book);
    return { tried: book.length, surprisedHere: false, surprisedThere: false };
  }
  const steps = plan.steps.filter((step) => !failures.isParked(step, subjectState(store, step)));
  let surprisedHere = await hashAll(context, steps);
  const trees = steps.filter((step): step is Exclude<HereStep, { kind: 'write' | 'fork' }> => hereKinds.has(step.kind));
  surprisedHere = applyTreeSteps(context, trees) || surprisedHere;
  const writes = steps.filter(
    (step): step is Extract<HereStep, { kind: 'write' | 'fork' }> => step.kind === 'write' || step.kind === 'fork',
  );
  const there = steps.filter((step): step is ThereStep => thereKinds.has(step.kind));
  const outcomes = await Promise.allSettled([applyWrites(context, writes), applyThere(context, there)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  const [written, sent] = outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value);
  return { tried: steps.length, surprisedHere: surprisedHere || written === true, surprisedThere: sent === true };
}

/** Reads files whose content decides what is to be done. */
async function hashAll(context: RootContext, steps: readonly Step[]): Promise<boolean> {
  const { store, disk, topId, workshop, failures } = context;
  const jobs = steps.flatMap((step) => {
    const row = step.kind === 'hash' ? store.local.get(step.id) : undefined;
    return row === undefined ? [] : [{ step, row, path: disk.at(pathOf(store, row.id, topId)) }];
  });
  let surprised = false;
  for (const group of grouped(jobs, ({ row }) => row.sizeBytes, packBytes, 1_000)) {
    const isSmall = group.every(({ row }) => row.sizeBytes <= singleChunkBytes);
    const outcomes = isSmall
      ? (await workshop.pack(group.map(({ path, row }) => ({ path, sizeBytes: row.sizeBytes })))).outcomes
      : await Promise.all(group.map(({ path }) => workshop.read(path)));
    group.forEach(({ step, row }, index) => {
      const outcome = outcomes[index]!;
      const isSame = outcome.kind === 'read' && outcome.file.stamp.identity === row.identity && sameRow(store.local.get(row.id), row);
      if (isSame) takeContent(context, row, outcome.file);
      else if (outcome.kind === 'unreadable') failures.record(step, subjectState(store, step), { reason: 'not_readable', quiet: false });
      else {
        surprised = true;
        failures.record(step, subjectState(store, step), { reason: 'changed_meanwhile', quiet: true });
      }
    });
    store.commit();
  }
  return surprised;
}
