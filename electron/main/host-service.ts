import { session, shell as desktop } from 'electron';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#shared/base/errors.ts';
import { host } from '#shared/contract/host.ts';
import { serve, type Reply } from '#shared/contract/operation.ts';
import type { Handles } from './handles.ts';
import type { Keychain } from './keychain.ts';
import type { Notifier } from './notifier.ts';
import { isInside, isOpenedCopy, isProgram } from './open-path.ts';
import { openSignIn } from './open-external.ts';
import type { SettingsStore } from './settings-store.ts';
import type { Status } from './tray-text.ts';

export interface HostParts {
  readonly keychain: Keychain;
  readonly handles: Handles;
  readonly notifier: Notifier;
  readonly settings: SettingsStore;
  readonly showStatus: (status: Status) => void;
  /** The folders that are kept in step, as the agent says. */
  readonly syncFolders: () => Promise<readonly string[]>;
  readonly isDownload: (place: string) => boolean;
  /** Where the agent keeps what belongs to accounts. */
  readonly accountsFolder: string;
  readonly report: (error: unknown, name: string) => void;
}

/** What the agent may ask of the shell. */
export function serveHost(parts: HostParts): (name: string, input: unknown) => Promise<Reply> {
  const { keychain, handles, notifier, settings } = parts;
  const answer = serve(
    host,
    {
      'keychain.available': async () => ({ available: await keychain.available() }),
      'keychain.get': async ({ accountId, entry }) => ({ secret: await keychain.get(accountId, entry) }),
      'keychain.set': async ({ accountId, entry, secret }) => {
        await keychain.set(accountId, entry, secret);
        return {};
      },
      'keychain.delete': async ({ accountId, entry }) => {
        await keychain.delete(accountId, entry);
        return {};
      },
      'handle.path': async ({ handle }) => ({ path: handles.pathOf(handle) }),
      'pasted.release': async ({ path: place }) => {
        handles.releasePasted(place);
        return {};
      },
      'pasted.clear': async ({ keep }) => {
        handles.clearPasted(keep);
        return {};
      },
      'notification.show': async (message) => {
        notifier.show(message);
        return {};
      },
      'notification.withdraw': async ({ accountId, roomId }) => {
        notifier.withdraw(accountId, roomId);
        return {};
      },
      'status.set': async (status) => {
        parts.showStatus(status);
        return {};
      },
      'url.open': async ({ url }) => {
        await openSignIn(url);
        return {};
      },
      'path.open': async ({ path: place, reveal }) => {
        await openPlace(parts, place, reveal);
        return {};
      },
      'settings.decided': async () => ({ settings: settings.effective(null) }),
      'proxy.resolve': async ({ url }) => ({ answer: await session.defaultSession.resolveProxy(url) }),
      'settings.get': async ({ accountId }) => ({
        settings: Object.fromEntries(Object.entries(settings.effective(accountId)).map(([key, { value }]) => [key, value])),
      }),
    },
    parts.report,
  );
  return (name, input) => answer(name, input, undefined);
}

/** Opens a synced or downloaded place; a program is shown in its folder instead of being started. */
async function openPlace({ syncFolders, isDownload, accountsFolder }: HostParts, place: string, reveal: boolean): Promise<void> {
  const real = realOf(place);
  if (real === null) throw new AppError('not_found', 'The place is not there');
  // A root that is missing (an unplugged disk) must not keep the others from opening.
  const folders = (await syncFolders()).map(realOf);
  if (
    !isDownload(place) &&
    !isOpenedCopy(realOf(accountsFolder), real) &&
    !folders.some((folder) => folder !== null && isInside(folder, real))
  ) {
    throw new AppError('denied', 'Only synced folders, finished downloads and copies made for that are opened');
  }
  if (reveal || isProgram(real, process.platform)) return desktop.showItemInFolder(real);
  const problem = await desktop.openPath(real);
  if (problem !== '') throw new AppError('unavailable', `Nothing opened ${path.extname(real)}`);
}

function realOf(place: string): string | null {
  try {
    return realpathSync(place);
  } catch {
    return null;
  }
}
