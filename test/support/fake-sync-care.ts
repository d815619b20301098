import { AppError } from '#shared/base/errors.ts';
import type { syncCare, SyncRecovered, SyncTransfer } from '#shared/contract/sync-care.ts';
import type { syncKeeping, SyncKeep, SyncNodeState } from '#shared/contract/sync-keeping.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { FakeCare } from './fake-care.ts';
import type { FakeDrive } from './fake-drive.ts';

/** Queue, conflicts and recovery area of a PC whose folders a fake Drive holds. */
export function fakeSyncCare(drive: FakeDrive): Handlers<typeof syncCare, undefined> {
  const of = (rootId: string): FakeCare => {
    let care = drive.care.get(rootId);
    if (care === undefined) drive.care.set(rootId, (care = { queue: [], conflicts: [], recovered: [] }));
    return care;
  };
  const changed = () => {
    drive.syncChanged();
    return {};
  };
  const take = (rootId: string, itemIds: readonly string[]): SyncRecovered[] => {
    const care = of(rootId);
    const taken = care.recovered.filter(({ itemId }) => itemIds.includes(itemId));
    if (taken.length < itemIds.length) throw new AppError('not_found', 'Not in the recovery area');
    care.recovered = care.recovered.filter(({ itemId }) => !itemIds.includes(itemId));
    return taken;
  };
  return {
    'sync.queue': async ({ rootId }) => ({ total: of(rootId).queue.length, items: of(rootId).queue.slice(0, 500) }),
    'sync.first': async ({ rootId, itemId }) => {
      const care = of(rootId);
      const isFirst = (item: SyncTransfer) => item.itemId === itemId;
      const first = care.queue.filter(isFirst).map((item) => ({ ...item, first: true }));
      const running = care.queue.filter((item) => item.state === 'running' && !isFirst(item));
      care.queue = [...running, ...first, ...care.queue.filter((item) => item.state !== 'running' && !isFirst(item))];
      return changed();
    },
    'sync.conflicts': async ({ rootId }) => ({ conflicts: of(rootId).conflicts }),
    'sync.resolve': async ({ rootId, conflictId }) => {
      drive.fail();
      const care = of(rootId);
      const { path } = care.conflicts.find((conflict) => conflict.conflictId === conflictId)!.theirs;
      care.conflicts = care.conflicts.filter((conflict) => conflict.conflictId !== conflictId);
      drive.issues = drive.issues.filter((issue) => issue.kind !== 'conflict' || issue.path !== path);
      return changed();
    },
    'sync.recovered': async ({ rootId }) => {
      const items = of(rootId).recovered;
      return { items, totalBytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },
    'sync.restore': async ({ rootId, itemIds }) => {
      const paths = take(rootId, itemIds).map(({ path }) => path);
      changed();
      return { paths };
    },
    'sync.discard': async ({ rootId, itemIds }) => {
      take(rootId, itemIds);
      return changed();
    },
    'sync.diagnostics': async () => ({ name: 'hikyaku-sync.json', text: '{}' }),
  };
}

/** What is on that PC and what only on the server. */
export function fakeSyncKeeping(drive: FakeDrive): Handlers<typeof syncKeeping, undefined> {
  const nearest = (nodeId: string): SyncKeep | undefined => {
    for (let at: string | null = nodeId; at !== null; at = drive.nodes.get(at)?.parentId ?? null) {
      const keep = drive.keeps.get(at);
      if (keep !== undefined) return keep;
    }
    return undefined;
  };
  const rootOf = (spaceId: string) => drive.roots.find((root) => root.spaceId === spaceId);
  const stateOf = (nodeId: string, spaceId: string): SyncNodeState => nearest(nodeId) ?? rootOf(spaceId)!.keep;
  const changed = () => {
    drive.syncChanged();
    return {};
  };
  return {
    'sync.nodeStates': async ({ spaceId, parentId }) => {
      if (rootOf(spaceId) === undefined) return { covered: false, states: [] };
      const children = [...drive.nodes.values()].filter((node) => node.parentId === parentId);
      const states = children.map(({ id: nodeId }) => {
        const special = drive.nodeStates.get(nodeId);
        const keep = drive.keeps.get(nodeId);
        return { nodeId, state: stateOf(nodeId, spaceId), ...special, ...(keep === undefined ? {} : { keep }) };
      });
      return { covered: true, states };
    },
    'sync.keep': async ({ nodeIds, keep }) => {
      drive.fail();
      const busy = nodeIds.filter((nodeId) => keep === 'online_only' && drive.nodeStates.get(nodeId)?.reason === 'in_use');
      for (const nodeId of nodeIds) if (!busy.includes(nodeId)) drive.keeps.set(nodeId, keep);
      changed();
      const kept = busy.map((nodeId) => ({ nodeId, path: drive.nodes.get(nodeId)!.name, reason: 'in_use' }));
      const freed = keep === 'always' ? [] : nodeIds.filter((nodeId) => !busy.includes(nodeId));
      const freedBytes = freed.reduce((sum, nodeId) => sum + (drive.nodes.get(nodeId)?.content?.sizeBytes ?? 0), 0);
      return { freedFiles: freed.length, freedBytes, kept };
    },
    'sync.openNode': async ({ spaceId }) => ({ opened: rootOf(spaceId) !== undefined }),
    'sync.preview': async () => ({
      down: 1_284,
      downBytes: 6_657_199_308,
      up: 12,
      upBytes: 48_213_004,
      equal: 3,
      differing: 1,
      freeBytes: 38_200_000_000,
    }),
    'sync.addAccount': async ({ accountId, keep }) => {
      drive.fail();
      drive.whole.push({ accountId, folder: `C:\\Users\\saeki\\${drive.folder}`, keep });
      return changed();
    },
    'sync.removeAccount': async ({ accountId }) => {
      drive.whole = drive.whole.filter((whole) => whole.accountId !== accountId);
      return changed();
    },
    'sync.pcs': async () => ({ most: 3, pcs: drive.pcs }),
    'sync.withdrawPc': async ({ deviceId }) => {
      drive.pcs = drive.pcs.filter((pc) => pc.deviceId !== deviceId);
      return changed();
    },
    'sync.setRootKeep': async ({ rootId, keep }) => {
      drive.roots = drive.roots.map((root) => (root.rootId === rootId ? { ...root, keep } : root));
      return changed();
    },
  };
}
