import { join } from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { syncKeeping } from '#shared/contract/sync-keeping.ts';
import { listPcs, withdrawPc } from './enrolment.ts';
import { bring, decide } from './keep-orders.ts';
import { covers, statesIn } from './node-states.ts';
import { previewPair } from './preview.ts';
import { pathOf } from './root-context.ts';
import type { RootEngine } from './root-engine.ts';
import type { SyncService } from './service.ts';

export interface KeepingOptions {
  readonly service: SyncService;
  /** The folder that a person chose; throws where its handle is unknown. */
  folderOf(handle: string): Promise<string>;
  /** Opens a file in the system's program. */
  openFile(path: string): Promise<void>;
  /** What the folders of the whole-account mode are called that have no name of their own. */
  readonly names: () => Promise<{ readonly rooms: string; readonly my: string }>;
}

/** Serves what is kept on this PC and what is not. */
export function keepingHandlers({ service, folderOf, openFile, names }: KeepingOptions): Handlers<typeof syncKeeping, unknown> {
  const engineWith = (accountId: string, spaceId: string, nodeId: string): RootEngine | undefined =>
    service.enginesOf(accountId, spaceId).find((engine) => covers(engine, nodeId));

  return {
    'sync.nodeStates': ({ accountId, spaceId, parentId }) => {
      const engine = engineWith(accountId, spaceId, parentId);
      return Promise.resolve(engine === undefined ? { covered: false, states: [] } : { covered: true, states: statesIn(engine, parentId) });
    },
    'sync.keep': async ({ accountId, spaceId, nodeIds, keep }) => {
      const total = { freedFiles: 0, freedBytes: 0, kept: [] as { nodeId: string; path: string; reason: string }[] };
      const engines = service.enginesOf(accountId, spaceId);
      const byEngine = new Map<RootEngine, string[]>();
      for (const nodeId of nodeIds) {
        const engine = engines.find((one) => covers(one, nodeId));
        if (engine === undefined) throw new AppError('not_found', 'Something of this is in no pair', { details: { reason: 'not_synced' } });
        const ids = byEngine.get(engine);
        if (ids === undefined) byEngine.set(engine, [nodeId]);
        else ids.push(nodeId);
      }
      for (const [engine, ids] of byEngine) {
        const freed = await decide(engine, ids, keep);
        total.freedFiles += freed.files;
        total.freedBytes += freed.bytes;
        total.kept.push(...freed.kept);
      }
      return total;
    },
    'sync.openNode': async ({ accountId, spaceId, nodeId }) => {
      const engine = engineWith(accountId, spaceId, nodeId);
      if (engine?.store.remote.get(nodeId)?.kind !== 'file') return { opened: false };
      await bring(engine, nodeId, service.host);
      await openFile(join(engine.record.folder, pathOf(engine.store, nodeId, engine.record.topId)));
      return { opened: true };
    },
    'sync.preview': async ({ accountId, spaceId, driveFolderId, handle, keep }) => {
      const found = await service.match(accountId, { spaceId, driveFolderId, folder: await folderOf(handle), keep });
      return previewPair(found, service.account(accountId).account.transport, service.workshop);
    },
    'sync.addAccount': async ({ accountId, handle, keep, rooms = false }) => {
      await service.addWhole(accountId, { folder: await folderOf(handle), keep, rooms, names: await names() });
      return {};
    },
    'sync.removeAccount': async ({ accountId }) => {
      await service.removeWhole(accountId);
      return {};
    },
    'sync.setRootKeep': ({ rootId, keep }) => {
      service.setRootKeep(rootId, keep);
      return Promise.resolve({});
    },
    'sync.pcs': ({ accountId }) => listPcs(service.account(accountId).account),
    'sync.withdrawPc': async ({ accountId, deviceId }) => {
      await withdrawPc(service.account(accountId).account, deviceId);
      await service.refresh(accountId);
      return {};
    },
  };
}
