import type { Transport } from '#shared/client/transport.ts';
import type { SyncAccount, SyncHost } from './account.ts';
import { Disk } from './disk.ts';
import { FailureBook } from './failures.ts';
import { idMaker } from './id-maker.ts';
import { topRow } from './observing.ts';
import { finishForks, sweepRecovery } from './recover.ts';
import type { Progress } from './progress.ts';
import type { RootContext } from './root-context.ts';
import { folderIdentity, nodeDisk, openRoot, rootTrouble, type RootTrouble } from './root-folder.ts';
import type { RootRecord } from './root-record.ts';
import type { RootReport } from './root-report.ts';
import type { StateStore } from './state-store.ts';
import type { Turns } from './turns.ts';
import type { Debounce, StartWatching, Watcher } from './watch.ts';
import type { Workshop } from './workshop.ts';

/** What working on a root needs. */
export interface HoldOptions {
  readonly account: SyncAccount;
  readonly host: SyncHost;
  readonly workshop: Workshop;
  readonly watch: StartWatching;
  readonly store: StateStore;
  readonly report: RootReport;
  readonly progress: Progress;
  readonly turns: Turns;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly debounce: Debounce;
}

/** A root that this process has to itself, and that is watched. */
export interface HeldRoot {
  readonly context: RootContext;
  close(): Promise<void>;
}

/** What is wrong with a folder that was synced before, or null. */
export function knownTrouble({ folder, rootId }: RootRecord, store: StateStore, { disk }: Pick<SyncHost, 'disk'>): RootTrouble | null {
  const { files } = disk ?? nodeDisk;
  if (folderIdentity(folder, files) === null) return 'root_missing';
  const known = store.meta('rootIdentity');
  return known === null ? null : rootTrouble(folder, rootId, known, files);
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
    report,
    progress: options.progress,
    turns: options.turns,
    newId: idMaker(host),
    signal: options.signal,
  };
  finishForks(context);
  sweepRecovery(folder, report.recovered(), host.clock.now(), own.files);
  store.commit();
  const watcher = await startWatching(folder, options);
  return {
    context,
    close: async () => {
      await watcher?.close().catch(host.report);
      opened.unlock();
    },
  };
}

async function startWatching(folder: string, { watch, debounce, report, host }: HoldOptions): Promise<Watcher | null> {
  try {
    return await watch(folder, {
      hint: (folders) => debounce.add(folders),
      doubt: (why) => {
        if (why === 'limit') report.watching = false;
        debounce.add(null);
      },
    });
  } catch (error) {
    report.watching = false;
    host.report(error);
    return null;
  }
}
