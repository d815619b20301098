import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { SyncContract } from '#shared/contract/sync.ts';
import { careHandlers } from './care-handlers.ts';
import { keepingHandlers } from './keeping-handlers.ts';
import type { SyncService } from './service.ts';

export interface SyncHandlersOptions {
  readonly service: SyncService;
  readonly deviceName: string;
  /** The folder that a person chose, by the shell's handle; null when it was never given out. */
  pathOf(handle: string): Promise<string | null>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The text for whoever is asked for help. */
  readonly diagnostics: (names: boolean) => Promise<{ name: string; text: string }>;
  /** Shows a place in the file manager. */
  openPlace(path: string): Promise<void>;
  /** Opens a file in the system's program; the same where it is missing. */
  readonly openFile?: (path: string) => Promise<void>;
  /** What the whole-account mode calls folders that have no name of their own, in the person's language. */
  readonly names?: () => Promise<{ readonly rooms: string; readonly my: string }>;
}

/** Serves the `sync` contract. */
export const syncHandlers = ({
  service,
  deviceName,
  pathOf,
  now,
  diagnostics,
  openPlace,
  openFile = openPlace,
  names = () => Promise.resolve({ rooms: 'Room folders', my: 'My Drive' }),
}: SyncHandlersOptions): Handlers<SyncContract, unknown> => {
  const folderOf = async (handle: string): Promise<string> => {
    const folder = await pathOf(handle);
    if (folder === null) throw new AppError('not_found', 'No folder was chosen');
    return folder;
  };
  return {
    'sync.roots': () => Promise.resolve({ roots: service.roots(), deviceName, whole: service.wholes() }),
    'sync.addRoot': async ({ accountId, spaceId, driveFolderId, handle, keep }) => ({
      rootId: await service.addRoot(accountId, { spaceId, driveFolderId, folder: await folderOf(handle), keep }),
    }),
    'sync.removeRoot': async ({ rootId }) => {
      await service.removeRoot(rootId);
      return {};
    },
    'sync.pause': async ({ rootId, minutes }) => {
      service.setPaused(rootId, true, minutes);
      return Promise.resolve({});
    },
    'sync.resume': async ({ rootId }) => {
      service.setPaused(rootId, false);
      return Promise.resolve({});
    },
    'sync.issues': async ({ rootId }) => Promise.resolve({ issues: service.issues(rootId) }),
    'sync.activity': async ({ rootId }) => Promise.resolve({ activity: service.activity(rootId) }),
    'sync.retry': async ({ rootId }) => {
      service.engine(rootId).nudge();
      return Promise.resolve({});
    },
    'sync.answerGuard': async ({ rootId, answer }) => {
      service.engine(rootId).answerGuard(answer);
      return Promise.resolve({});
    },
    'sync.openFolder': async ({ rootId, path }) => {
      await openPlace(service.placeOf(rootId, path));
      return {};
    },
    ...keepingHandlers({ service, folderOf, openFile, names }),
    ...careHandlers({ engineOf: (rootId) => service.engine(rootId), now, diagnostics }),
  };
};
