import type { Handlers } from '#shared/contract/operation.ts';
import type { SyncContract, SyncRoot } from '#shared/contract/sync.ts';
import type { FakeDrive } from './fake-drive.ts';
import { fakeSyncCare, fakeSyncKeeping } from './fake-sync-care.ts';

/** The sync of a PC whose folders a fake Drive holds. */
export function fakeSync(drive: FakeDrive): Handlers<SyncContract, undefined> {
  const change = (rootId: string | null, to: Partial<SyncRoot>) => {
    drive.roots = drive.roots.map((root) => (rootId === null || root.rootId === rootId ? { ...root, ...to } : root));
    drive.syncChanged();
    return {};
  };
  return {
    'sync.roots': async () => ({ roots: drive.roots, deviceName: 'SAEKI-NOTE', whole: drive.whole }),
    'sync.addRoot': async ({ accountId, spaceId, driveFolderId, keep = 'always' }) => {
      drive.fail();
      const rootId = crypto.randomUUID();
      const space = drive.spaces.find(({ id }) => id === spaceId)!;
      drive.roots.push(
        fakeRoot({
          rootId,
          accountId,
          spaceId,
          spaceName: space.name,
          state: 'syncing',
          keep,
          ...(driveFolderId === undefined ? {} : { driveFolderId, drivePath: drive.get(driveFolderId).name }),
        }),
      );
      drive.syncChanged();
      return { rootId };
    },
    'sync.removeRoot': async ({ rootId }) => {
      drive.roots = drive.roots.filter((root) => root.rootId !== rootId);
      drive.syncChanged();
      return {};
    },
    'sync.pause': async ({ rootId, minutes }) =>
      change(rootId, { state: 'paused', pausedUntil: minutes === undefined ? null : Date.now() + minutes * 60_000 }),
    'sync.resume': async ({ rootId }) => change(rootId, { state: 'idle', pausedUntil: null }),
    'sync.issues': async ({ rootId }) => ({ issues: drive.issues.filter((issue) => issue.rootId === rootId) }),
    'sync.activity': async ({ rootId }) => ({ activity: drive.activity.filter((entry) => entry.rootId === rootId) }),
    'sync.retry': async ({ rootId }) => change(rootId, {}),
    'sync.answerGuard': async ({ rootId }) => {
      drive.issues = drive.issues.filter(({ kind }) => kind !== 'guard');
      return change(rootId, { state: 'idle', halted: null });
    },
    'sync.openFolder': async () => ({}),
    ...fakeSyncKeeping(drive),
    ...fakeSyncCare(drive),
  };
}

/** A synced folder at rest, but for what is said otherwise. */
export const fakeRoot = (more: Partial<SyncRoot> & Pick<SyncRoot, 'rootId' | 'accountId' | 'spaceId' | 'spaceName'>): SyncRoot => ({
  folder: `C:\\Users\\saeki\\Hikyaku\\${more.spaceName}`,
  keep: 'always',
  whole: false,
  onlineOnlyFiles: 0,
  bytesPerSecondUp: 0,
  bytesPerSecondDown: 0,
  remainingSeconds: null,
  pausedUntil: null,
  state: 'idle',
  files: 1_284,
  sizeBytes: 6_657_199_308,
  pendingFiles: 0,
  pendingBytes: 0,
  doneFiles: 0,
  doneBytes: 0,
  issues: 0,
  lastAnswerAt: Date.now(),
  halted: null,
  ...more,
});
