import { AppError } from '#shared/base/errors.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { WorkspaceDriveContract } from '#shared/contract/workspace-drive.ts';
import type { AccountCore } from './account.ts';
import type { DesktopFiles } from './desktop-files.ts';
import { servedDriveHandlers } from './drive-served.ts';

export interface DriveHandlersOptions {
  find(accountId: string): AccountCore;
  /** The place that a handle stands for. Throws `not_found`. */
  placeOf(handle: string): Promise<string>;
  /** Missing where there is no desktop: a browser. */
  readonly desktop?: DesktopFiles | undefined;
  /** Where this host has the pictures of previews, without a trailing slash. */
  contentBase(accountId: string): string;
}

/** Serves Drive beyond the tree itself (`workspaceDrive`). */
export function driveHandlers(options: DriveHandlersOptions): Pick<Handlers<WorkspaceContract, unknown>, keyof WorkspaceDriveContract> {
  const { find, placeOf } = options;
  const desktop = (): DesktopFiles => {
    if (options.desktop === undefined) throw new AppError('invalid', 'Only the app can do this', { details: { reason: 'app_only' } });
    return options.desktop;
  };
  return {
    ...servedDriveHandlers(find),
    'drive.lock': async ({ accountId, spaceId, nodeId }) => ({ node: await find(accountId).drive.lock(spaceId, nodeId) }),
    'drive.unlock': async ({ accountId, spaceId, nodeId }) => ({ node: await find(accountId).drive.unlock(spaceId, nodeId) }),
    'drive.copy': async ({ accountId, nodeIds, spaceId, folderId }) => ({
      nodes: await find(accountId).drive.copy(nodeIds, spaceId, folderId),
    }),
    'drive.downloadZip': async ({ accountId, nodeIds, handle }) => {
      const account = find(accountId);
      if (handle === null) return { transferId: null };
      const place = await placeOf(handle);
      return { transferId: account.transfers.downloadZip(nodeIds, place) };
    },
    'drive.openExternally': async ({ accountId, nodeId, lock }) => ({ editId: await desktop().open(find(accountId), nodeId, lock) }),
    'drive.edits': async ({ accountId }) => ({ edits: options.desktop?.edits(find(accountId).accountId) ?? [] }),
    'drive.closeEdit': async ({ accountId, id, discard }) => {
      await desktop().close(find(accountId).accountId, id, discard);
      return {};
    },
    'drive.prepareDrag': ({ accountId, nodeIds }) => desktop().prepareDrag(find(accountId), nodeIds),
    'content.base': async ({ accountId }) => ({ url: options.contentBase(find(accountId).accountId) }),
    'transfer.pause': async ({ accountId, id }) => {
      find(accountId).transfers.pause(id);
      return {};
    },
    'transfer.resume': async ({ accountId, id }) => {
      find(accountId).transfers.resume(id);
      return {};
    },
    'transfer.pauseAll': async ({ accountId, paused }) => {
      find(accountId).transfers.pauseAll(paused);
      return {};
    },
  };
}
