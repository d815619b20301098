import type { Clock } from '#shared/base/clock.ts';
import { assert } from '#shared/base/assert.ts';
import type { Transport } from '#shared/client/transport.ts';
import type { Step } from '#shared/sync/plan.ts';
import { contentToken, type Place } from '#shared/sync/tree.ts';
import { diskName } from '#shared/sync/disk-name.ts';
import { isRacy, type FileStamp } from '../transfer/stamp.ts';
import type { Disk, Recovered } from './disk.ts';
import type { FailureBook } from './failures.ts';
import type { KeepList } from './keep-list.ts';
import type { Progress } from './progress.ts';
import type { Volume } from './root-folder.ts';
import type { LocalRow } from './rows.ts';
import type { StateStore } from './state-store.ts';
import type { Turns } from './turns.ts';
import type { Workshop } from './workshop.ts';

/** What was done since the start, as the headless command tells it. */
export interface Counts {
  uploaded: number;
  downloaded: number;
  deleted: number;
  moved: number;
}

export type Action =
  | 'uploaded'
  | 'downloaded'
  | 'deleted_here'
  | 'deleted_there'
  | 'moved_here'
  | 'moved_there'
  | 'conflict'
  | 'freed'
  | 'kept_there';

/** Why bytes lie in the recovery area. */
export type WhyKept = 'deleted' | 'replaced' | 'freed' | 'conflict';

/** What people are told about while a root works. */
export interface Reporter {
  did(action: Action, path: string): void;
  /** Files that went along with a deleted folder. */
  alsoDeleted(files: number): void;
  /** `nodeId` has the name, `copyId` is the new local thing with the other bytes. */
  conflict(path: string, otherPath: string, nodeId: string, copyId: string): void;
  /** Bytes that were put into the recovery area. */
  kept(recovered: readonly Recovered[], why: WhyKept): void;
  /** Bytes that arrived on one side or the other. */
  moved(bytes: number): void;
}

/** What the parts of a root's engine share. */
export interface RootContext {
  /** The id of the space's root folder on the server. */
  readonly topId: string;
  readonly spaceId: string;
  readonly store: StateStore;
  readonly disk: Disk;
  readonly volume: Volume;
  readonly transport: Transport;
  readonly workshop: Workshop;
  readonly clock: Clock;
  readonly failures: FailureBook;
  /** What a person decided to have here. */
  readonly keeping: KeepList;
  readonly report: Reporter;
  /** What is on its way, for people to see. */
  readonly progress: Progress;
  /** Whose turn it is. */
  readonly turns: Turns;
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

/** The path of a local thing, relative to the root; throws when a folder above it is not known. */
export function pathOf(store: StateStore, id: string, topId: string): string {
  const names: string[] = [];
  for (let at = id; at !== topId;) {
    const row = store.local.get(at);
    assert(row !== undefined && row.parentId !== null, 'a local thing lies in known folders');
    names.push(row.diskName);
    at = row.parentId;
  }
  return names.reverse().join('/');
}

export const childPath = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** Where a server's place is on this disk, under a name that it can hold. */
export function diskPath({ store, topId, volume }: RootContext, to: Place): { path: string; name: string; folder: string } {
  assert(to.parentId !== null, 'only the root has no parent');
  const folder = pathOf(store, to.parentId, topId);
  const name = diskName(to.name, volume.rules);
  return { path: childPath(folder, name), name, folder };
}

/** The state of a thing that a failed step was about; when it changes the step is tried at once. */
export function subjectState(store: StateStore, step: Step): string {
  const local = store.local.get(step.id);
  const remote = store.remote.get(step.id);
  return `${step.kind} ${local?.parentId}/${local?.name} ${local?.identity} ${local?.stamp} ${remote?.revision}`;
}

/** The token of what a local file holds; a volume without mode bits echoes what was agreed on. */
export function tokenOf({ store, volume }: RootContext, id: string, contentHash: string, executable: boolean): string {
  const known = store.synced.get(id)?.content ?? store.remote.get(id)?.content ?? null;
  const echoed = volume.executableBit ? executable : known !== null && known.endsWith('+x');
  return contentToken(contentHash, echoed);
}

/** A file's row after its content came from the server. */
export const fileRow = (
  base: Pick<LocalRow, 'id' | 'parentId' | 'name' | 'diskName'>,
  stamp: FileStamp,
  content: string,
  now: number,
): LocalRow => ({
  id: base.id,
  parentId: base.parentId,
  name: base.name,
  diskName: base.diskName,
  kind: 'file',
  content,
  sizeBytes: stamp.sizeBytes,
  identity: stamp.identity,
  stamp: stamp.stamp,
  modifiedAt: stamp.modifiedAt,
  executable: stamp.executable,
  racy: isRacy(stamp, now),
});
