import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SyncIssue, SyncRoot, SyncState } from '#shared/contract/sync.ts';
import { isGuard } from './guarding.ts';
import { quietReasons } from './round.ts';
import { remainingSeconds, waitingOf } from './queue.ts';
import { countOnlineOnly } from './node-states.ts';
import type { RootEngine } from './root-engine.ts';
import { pathOfAny } from './root-path.ts';

/** What is listed but does not keep a root from being in step: seen, not synced by design. */
const notes: ReadonlySet<string> = new Set(['not_a_file', 'name_mapped']);

/** Everything that was not synced or needs a person, each thing once, the most serious reason first. */
export function issuesOf(engine: RootEngine, now: number): SyncIssue[] {
  const { rootId, folder } = engine.record;
  const issues = new Map<string, SyncIssue>();
  const add = (key: string, issue: Omit<SyncIssue, 'rootId' | 'at'> & { at?: number }): void => {
    if (!issues.has(key)) issues.set(key, { ...issue, rootId, at: issue.at ?? now });
  };
  if (engine.record.ended !== undefined)
    add('guard', { path: '', kind: 'guard', reason: engine.record.ended, subject: null, otherPath: null });
  else if (engine.halted !== null) {
    const { files, side } = engine.asked;
    const isDeletion = engine.halted === 'mass_delete';
    const reason = isDeletion && side !== null ? `mass_delete_${side}` : engine.halted;
    add('guard', { path: '', kind: 'guard', reason, subject: isGuard(engine.halted) ? String(files) : null, otherPath: null });
  }
  const missing = engine.held?.watching.state.missing ?? null;
  if (missing !== null) add('watch', { path: '', kind: 'guard', reason: 'watch_limit', subject: missing, otherPath: null });
  for (const { path, otherPath, at } of engine.report.conflicts()) {
    if (!existsSync(join(folder, otherPath))) continue;
    add(`conflict ${otherPath}`, { path, kind: 'conflict', reason: 'both_changed', subject: null, otherPath, at });
  }
  for (const { id, reason, subject, quiet } of engine.failures?.all ?? []) {
    if (!quiet) add(id, { path: pathOfAny(engine, id), kind: 'failed', reason, subject, otherPath: null });
  }
  for (const { id, reason } of engine.plan?.skipped ?? []) {
    if (quietReasons.has(reason) || isGuard(reason)) continue;
    const path = pathOfAny(engine, id);
    add(id, { path, kind: 'skipped', reason, subject: extensionOf(path), otherPath: null });
  }
  for (const path of engine.report.foreign)
    add(`foreign ${path}`, { path, kind: 'skipped', reason: 'not_a_file', subject: null, otherPath: null });
  for (const {
    rows: { local: row },
  } of engine.store.nodes.mapped()) {
    if (row === undefined) continue;
    const otherPath = pathOfAny(engine, row.id);
    const path = otherPath.slice(0, otherPath.length - row.diskName.length) + row.name;
    add(row.id, { path, kind: 'skipped', reason: 'name_mapped', subject: null, otherPath });
  }
  return [...issues.values()];
}

const extensionOf = (path: string): string | null => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? null;

/** EXP-09, true to the facts: `idle` only when everything is in step and nothing is listed that somebody may be waiting for. */
export function stateOf(engine: RootEngine, issues: readonly SyncIssue[]): SyncState {
  if (engine.connection === 'logged_out') return 'logged_out';
  if (engine.record.ended !== undefined) return 'attention';
  if (engine.paused) return 'paused';
  if (engine.halted !== null) return 'attention';
  if (engine.connection === 'offline') return 'unstable';
  if (engine.working && !engine.isCalm) return 'syncing';
  if (issues.some(({ reason }) => !notes.has(reason))) return 'attention';
  if (engine.justDone) return 'done';
  return engine.isCalm ? 'idle' : 'syncing';
}

/** Of which folder of the space it is, where it is not all of it: under its path of now. */
function folderThere({ record: { topId, drivePath }, store }: RootEngine): Pick<SyncRoot, 'driveFolderId' | 'drivePath'> {
  if (drivePath === undefined) return {};
  const names: string[] = [];
  for (let at = store.remote.get(topId); at !== undefined && at.parentId !== null; at = store.remote.get(at.parentId))
    names.unshift(at.name);
  return { driveFolderId: topId, drivePath: names.length === 0 ? drivePath : names.join('/') };
}

/** Files that are on the server alone: by choice, or because nobody has opened them yet. */
function onlineOnlyFiles(engine: RootEngine): number {
  const { plan, isCalm, record, keeping } = engine;
  const mayBe = record.keep === 'online_only' || [...keeping.rows.values()].some(({ keep }) => keep === 'online_only');
  if (!mayBe || plan === null) return 0;
  const known = counted.get(plan);
  if (known !== undefined || !isCalm) return known ?? 0;
  const count = countOnlineOnly(engine);
  counted.set(plan, count);
  return count;
}
/** By the plan that was made of the trees as they were counted. */
const counted = new WeakMap<object, number>();

/** A root as the person sees it. */
export function rootView(engine: RootEngine, accountId: string, issues: readonly SyncIssue[]): SyncRoot {
  const { rootId, spaceId, spaceName, spaceKind, folder } = engine.record;
  const { syncedFiles: files, syncedBytes: sizeBytes } = engine.store.counts();
  const waiting = engine.isCalm ? [] : waitingOf(engine);
  const oldest = engine.isCalm ? undefined : engine.unsynced.oldestAt;
  const perSecond = { up: engine.progress.speed('up'), down: engine.progress.speed('down') };
  return {
    rootId,
    accountId,
    spaceId,
    spaceName,
    ...(spaceKind === undefined ? {} : { spaceKind }),
    folder,
    keep: engine.record.keep ?? 'always',
    whole: engine.record.whole ?? false,
    onlineOnlyFiles: onlineOnlyFiles(engine),
    ...folderThere(engine),
    state: stateOf(engine, issues),
    files,
    sizeBytes,
    pendingFiles: waiting.length,
    pendingBytes: waiting.reduce((sum, { sizeBytes: whole, doneBytes }) => sum + whole - doneBytes, 0),
    doneFiles: engine.report.doneFiles,
    doneBytes: engine.report.doneBytes,
    bytesPerSecondUp: perSecond.up,
    bytesPerSecondDown: perSecond.down,
    remainingSeconds: remainingSeconds(waiting, perSecond),
    pausedUntil: engine.pausedUntil,
    ...(oldest === undefined ? {} : { oldestUnsyncedAt: oldest }),
    issues: issues.filter(({ reason }) => !notes.has(reason)).length,
    lastAnswerAt: engine.lastAnswerAt,
    halted: engine.record.ended ?? engine.halted,
    ...(engine.waits === null ? {} : { waits: engine.waits }),
  };
}
