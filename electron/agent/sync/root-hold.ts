import { dirname } from 'node:path';
import type { Transport } from '#shared/client/transport.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import { Disk } from './disk.ts';
import { FailureBook } from './failures.ts';
import { finishFreeing } from './free-files.ts';
import { idMaker } from './id-maker.ts';
import type { KeepList } from './keep-list.ts';
import { topRow } from './observing.ts';
import { finishForks } from './recover.ts';
import { RecoveryBin } from './recovery-bin.ts';
import type { Progress } from './progress.ts';
import type { RootContext } from './root-context.ts';
import { folderIdentity, nodeDisk, openRoot, rootTrouble, type RootTrouble } from './root-folder.ts';
import type { RootRecord } from './root-record.ts';
import type { RootReport } from './root-report.ts';
import type { StateStore } from './state-store.ts';
import type { Turns } from './turns.ts';
import type { Debounce } from './debounce.ts';
import type { StartWatching } from './watch.ts';
import { Watching } from './watching.ts';
import type { Workshop } from './workshop.ts';

/** What working on a root needs. */
export interface HoldOptions {
  readonly account: SyncAccount;
  readonly host: SyncHost;
  readonly workshop: Workshop;
  readonly watch: StartWatching;
  readonly store: StateStore;
  readonly keeping: KeepList;
  readonly report: RootReport;
  readonly progress: Progress;
  readonly turns: Turns;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly debounce: Debounce;
  readonly onChange: () => void;
}

/** A root that this process has to itself, and that is watched. */
export interface HeldRoot {
  readonly context: RootContext;
  /** The folder itself, with its device: another one may be mounted over it. */
  readonly identity: string;
  readonly bin: RecoveryBin;
  readonly watching: Watching;
  close(): Promise<void>;
}

/** What is wrong with a folder that was synced before, or null. */
export function knownTrouble({ folder, rootId }: RootRecord, store: StateStore, { disk }: Pick<SyncHost, 'disk'>): RootTrouble | null {
  const { files } = disk ?? nodeDisk;
  if (folderIdentity(folder, files) === null) return 'root_missing';
  const known = store.meta('rootIdentity');
  return known === null ? null : rootTrouble(folder, rootId, known, files);
}

/** What is wrong with a folder that this process has, or null. */
export function heldTrouble(
  record: RootRecord,
  store: StateStore,
  host: Pick<SyncHost, 'disk'>,
  { identity, context }: HeldRoot,
): RootTrouble | null {
  const trouble = knownTrouble(record, store, host);
  return trouble ?? (context.disk.identity() === identity ? null : 'root_replaced');
}

/** Takes a folder: marks and locks it, cleans up after a crash, and begins to watch it before it is looked at for the first time. */
export async function holdRoot(record: RootRecord, options: HoldOptions): Promise<HeldRoot | RootTrouble> {
  const { folder, rootId, spaceId, topId } = record;
  const { account, host, store, report } = options;
  const own = host.disk ?? nodeDisk;
  const opened = openRoot(folder, { rootId, accountId: account.accountId, spaceId }, own);
  if (typeof opened === 'string') return opened;
  const disk = new Disk(folder, opened.volume, () => host.clock.now(), own.files);
  store.setMeta('rootIdentity', folderIdentity(folder, own.files)!);
  store.setMeta('parentIdentity', folderIdentity(dirname(folder), own.files) ?? '');
  store.local.put(topRow(topId, disk.identity()));
  const context: RootContext = {
    topId,
    spaceId,
    store,
    disk,
    volume: opened.volume,
    transport: options.transport,
    workshop: options.workshop,
    clock: host.clock,
    failures: new FailureBook(host.clock),
    keeping: options.keeping,
    report,
    progress: options.progress,
    turns: options.turns,
    newId: idMaker(host),
    signal: options.signal,
  };
  const bin = new RecoveryBin(disk, report);
  finishForks(context);
  finishFreeing(context);
  bin.sweep(host.clock.now());
  store.commit();
  const watching = new Watching({
    folder,
    start: options.watch,
    host,
    onHint: (folders, gone) => options.debounce.add(folders, gone),
    onState: options.onChange,
  });
  await watching.open();
  return {
    context,
    identity: disk.identity(),
    bin,
    watching,
    close: async () => {
      await watching.close();
      opened.unlock();
    },
  };
}
