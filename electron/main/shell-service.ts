import { app, dialog, shell as desktop, type BrowserWindow } from 'electron';
import path from 'node:path';
import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import { serve, type Reply } from '#shared/contract/operation.ts';
import { shell } from '#shared/contract/shell.ts';
import { runtimeName, tryNotification } from './adapter.ts';
import type { Downloads } from './downloads.ts';
import type { Handles } from './handles.ts';
import { openExternal } from './open-external.ts';
import type { Viewing } from './notifier.ts';
import type { SettingsStore } from './settings-store.ts';
import type { Texts } from './texts.ts';

export interface ShellParts {
  readonly window: () => BrowserWindow;
  readonly handles: Handles;
  readonly downloads: Downloads;
  readonly settings: SettingsStore;
  readonly texts: () => Texts;
  readonly setViewing: (viewing: Viewing) => void;
  readonly report: (error: unknown, name: string) => void;
}

/** The operations that the main process itself answers for the page. */
export function serveShell(parts: ShellParts): (name: string, input: unknown) => Promise<Reply> {
  const { window, handles, downloads, settings } = parts;
  const answer = serve(
    shell,
    {
      'shell.info': async () => ({
        platform: process.platform,
        version: app.getVersion(),
        runtime: runtimeName(),
        frame: 'custom' as const,
        systemLanguage: systemLanguage(),
      }),
      'shell.settings': async ({ accountId }) => ({ settings: settings.effective(accountId) }),
      'shell.setSetting': async ({ accountId, key, value }) => {
        settings.set(accountId, key, value);
        return {};
      },
      'shell.chooseFolder': async () => {
        const { filePaths } = await dialog.showOpenDialog(window(), { properties: ['openDirectory', 'createDirectory'] });
        return { folder: handles.register(filePaths.slice(0, 1))[0] ?? null };
      },
      'shell.chooseFiles': async ({ folders }) => {
        const { filePaths } = await dialog.showOpenDialog(window(), {
          properties: [folders ? 'openDirectory' : 'openFile', 'multiSelections'],
        });
        return { files: handles.register(filePaths) };
      },
      'shell.chooseSavePlace': async ({ name }) => {
        const { canceled, filePath } = await dialog.showSaveDialog(window(), {
          defaultPath: path.join(app.getPath('downloads'), path.basename(name)),
        });
        return { handle: canceled || filePath === '' ? null : handles.registerPlace(filePath) };
      },
      'shell.reveal': async ({ transferId }) => {
        const place = downloads.placeOf(transferId);
        if (place === null) throw new AppError('not_found', 'No finished download of this run');
        desktop.showItemInFolder(place);
        return {};
      },
      'shell.openExternal': async ({ url }) => {
        await openExternal(url);
        return {};
      },
      'shell.window': async ({ action }) => {
        act(window(), action);
        return {};
      },
      'shell.windowState': async () => ({ maximized: window().isMaximized(), focused: window().isFocused() }),
      'shell.viewing': async (viewing) => {
        parts.setViewing(viewing);
        return {};
      },
      'shell.testNotification': async () => ({
        supported: await tryNotification({ title: 'Hikyaku', body: parts.texts().testNotification, group: 'test' }),
      }),
    },
    parts.report,
  );
  return (name, input) => answer(name, input, undefined);
}

/** The language that the OS prefers, as a tag such as `ja-JP`. */
export const systemLanguage = (): string => app.getPreferredSystemLanguages()[0] ?? app.getLocale();

function act(window: BrowserWindow, action: 'minimize' | 'maximize' | 'close' | 'quit'): void {
  switch (action) {
    case 'minimize':
      return window.minimize();
    case 'maximize':
      return window.isMaximized() ? window.unmaximize() : window.maximize();
    case 'close':
      return window.close();
    case 'quit':
      return app.quit();
    default:
      assertNever(action, 'window action');
  }
}
