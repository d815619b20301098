import { assert, assertNever } from '#shared/base/assert.ts';
import { inLanes } from '#shared/base/lanes.ts';
import type { Content, Mutation } from '#shared/model/drive.ts';
import { singleChunkBytes } from '#shared/sync/chunker.ts';
import type { ThereStep } from '#shared/sync/plan.ts';
import { isRacy } from '../transfer/stamp.ts';
import { narrowPack } from '../transfer/pack-files.ts';
import type { FileContent, ReadOutcome } from '../transfer/read-content.ts';
import { grouped } from '../transfer/grouped.ts';
import { Slots } from '../transfer/slots.ts';
import { missingChunks, packBytes } from '../transfer/upload.ts';
import { batchMutations, sendMutations } from './mutations.ts';
import { seenSequence } from './pull.ts';
import { pathOf, subjectState, tokenOf, type RootContext } from './root-context.ts';
import { sameRow, type LocalRow } from './rows.ts';
import { sendLargeContent } from './send-large.ts';
import type { Turns } from './turns.ts';

type TreeStep = Extract<ThereStep, { kind: 'create_folder' | 'move_there' | 'delete_there' }>;
type ContentStep = Extract<ThereStep, { kind: 'create_file' | 'update' }>;

/** Small files: while one pack is on its way, the next is read and hashed. */
const smallLanes = 3;
/** Large files at once, and packs of theirs on their way at once: together they bound the memory that they take. */
const largeLanes = 2;
const largePacks = 3;
const fleetingMilliseconds = 2_000;

/** Carries out one round's steps on the server. Returns whether anything there was not as planned. Throws when it cannot be reached. */
export async function applyThere(context: RootContext, steps: readonly ThereStep[]): Promise<boolean> {
  const trees: TreeStep[] = [];
  const contents: { step: ContentStep; row: LocalRow }[] = [];
  for (const step of steps) {
    if (step.kind === 'create_file' || step.kind === 'update') {
      const row = context.store.local.get(step.id);
      if (row === undefined) continue;
      if (isFleeting(row, context.clock.now())) fail(context, { step, row }, 'file_changed', true);
      else contents.push({ step, row });
    } else trees.push(step);
  }
  let surprised = false;
  for (const group of grouped(trees, () => 0, 1, batchMutations)) {
    surprised =
      (
        await sendMutations(
          context,
          group.map((step) => treeMutation(context, step)),
        )
      ).surprised || surprised;
  }
  const { turns } = context;
  const isSmall = ({ row }: { row: LocalRow }): boolean => row.sizeBytes <= singleChunkBytes;
  const wanted = turns.ordered(contents, ({ step }) => step.id);
  const small = grouped(wanted.filter(isSmall), ({ row }) => row.sizeBytes, packBytes, batchMutations);
  const large = wanted.filter((content) => !isSmall(content));
  const slots = new Slots(largePacks);
  await Promise.all([
    inLanes(inTurn(turns, small), smallLanes, async (group) => {
      surprised = (await sendSmall(context, group)) || surprised;
    }),
    inLanes(inTurn(turns, large), largeLanes, async (one) => {
      surprised = (await sendLarge(context, one, slots)) || surprised;
    }),
  ]);
  return surprised;
}

/** The rest waits for the next round as soon as a person wants something first (EXP-20). */
export function* inTurn<T>(turns: Turns, things: Iterable<T>): Generator<T> {
  const { asked } = turns;
  for (const thing of things) {
    if (turns.asked !== asked) return;
    yield thing;
  }
}

/** Programs write and remove such files within moments: nobody wants to see them elsewhere. */
const isFleeting = ({ name, modifiedAt }: LocalRow, now: number): boolean =>
  /\.tmp$/i.test(name) && Math.abs(now - modifiedAt) < fleetingMilliseconds;

function treeMutation({ newId, store }: RootContext, step: TreeStep): Mutation {
  const key = newId();
  switch (step.kind) {
    case 'create_folder':
      return { key, kind: 'create_folder', id: step.id, parentId: step.to.parentId!, name: step.to.name };
    case 'move_there':
      return { key, kind: 'move', nodeId: step.id, parentId: step.to.parentId!, name: step.to.name };
    case 'delete_there':
      return { key, kind: 'delete', nodeId: step.id, baseVersion: step.baseVersion, baseSequence: seenSequence(store) };
    default:
      return assertNever(step, 'step');
  }
}

interface ContentJob {
  readonly step: ContentStep;
  readonly row: LocalRow;
}

async function sendSmall(context: RootContext, jobs: readonly ContentJob[]): Promise<boolean> {
  context.signal.throwIfAborted();
  const { store, disk, topId, progress } = context;
  const present = jobs.filter(({ row }) => sameRow(store.local.get(row.id), row));
  for (const { row } of present) progress.begin(row.id, 'up', row.sizeBytes);
  try {
    const files = present.map(({ row }) => ({ path: disk.at(pathOf(store, row.id, topId)), sizeBytes: row.sizeBytes }));
    const { outcomes, pack, frames } = await context.workshop.pack(files);
    const mutations: Mutation[] = [];
    let surprised = present.length < jobs.length;
    present.forEach((job, index) => {
      const mutation = contentMutation(context, job, outcomes[index]!);
      if (mutation === 'surprise') surprised = true;
      else if (mutation !== null) mutations.push(mutation);
    });
    if (mutations.length > 0) {
      const needed = new Set(mutations.flatMap((mutation) => ('content' in mutation ? [mutation.content.contentHash] : [])));
      const hashes = frames.filter(({ hash }) => needed.has(hash)).map(({ hash }) => hash);
      const missing = hashes.length === 0 ? new Set<string>() : await missingChunks(context.transport, hashes);
      const narrow = narrowPack(pack, frames, missing);
      if (narrow !== null) await context.transport.sendPack(narrow, context.signal);
    }
    let arrived = 0;
    for (const mutation of mutations) if ('content' in mutation) arrived += mutation.content.sizeBytes;
    progress.advance(null, 'up', arrived);
    context.report.moved(arrived);
    return (await sendMutations(context, mutations)).surprised || surprised;
  } finally {
    for (const { row } of present) progress.end(row.id);
  }
}

async function sendLarge(context: RootContext, job: ContentJob, slots: Slots): Promise<boolean> {
  context.signal.throwIfAborted();
  if (!sameRow(context.store.local.get(job.row.id), job.row)) return true;
  const outcome = await sendLargeContent(context, job.row, slots);
  if (outcome.kind === 'later') return false;
  const mutation = contentMutation(context, job, outcome);
  if (mutation === 'surprise') return true;
  return mutation === null ? false : (await sendMutations(context, [mutation])).surprised;
}

/** What to ask of the server for a file that was read: null when it holds what was agreed on after all. */
function contentMutation(context: RootContext, job: ContentJob, outcome: ReadOutcome): Mutation | 'surprise' | null {
  const { store, newId } = context;
  const { step, row } = job;
  if (outcome.kind === 'gone') return 'surprise';
  if (outcome.kind === 'changed') return fail(context, job, 'file_changed', true);
  if (outcome.kind === 'unreadable') return fail(context, job, outcome.code === 'EBUSY' ? 'in_use' : 'not_readable', false);
  // The thing may have moved in the books while it was read, but it must be the file that was planned.
  const now = store.local.get(row.id);
  if (now === undefined || outcome.file.stamp.identity !== row.identity) return 'surprise';
  const token = takeContent(context, now, outcome.file);
  const synced = store.synced.get(step.id);
  if (step.kind === 'update' && synced?.content === token) return null;
  const content: Content = { ...outcome.file.content, executable: token.endsWith('+x') };
  if (step.kind === 'update') return { key: newId(), kind: 'update_content', nodeId: step.id, baseVersion: step.baseVersion, content };
  assert(step.to.parentId !== null, 'only the root has no parent');
  return { key: newId(), kind: 'create_file', id: step.id, parentId: step.to.parentId, name: step.to.name, content };
}

/** Writes down what a local file holds; returns its token. */
export function takeContent(context: RootContext, row: LocalRow, file: FileContent): string {
  const { stamp, content } = file;
  const token = tokenOf(context, row.id, content.contentHash, content.executable);
  context.store.local.put({
    ...row,
    content: token,
    sizeBytes: stamp.sizeBytes,
    identity: stamp.identity,
    stamp: stamp.stamp,
    modifiedAt: stamp.modifiedAt,
    executable: stamp.executable,
    racy: isRacy(stamp, context.clock.now()),
  });
  return token;
}

function fail({ store, failures }: RootContext, { step }: ContentJob, reason: string, quiet: boolean): 'surprise' {
  failures.record(step, subjectState(store, step), { reason, quiet });
  return 'surprise';
}
