import { z } from 'zod';
import { AccountId, Id } from '#shared/model/ids.ts';
import { FileHandle } from './workspace.ts';
import { op } from './operation.ts';
import { SettingKeySchema, settingSources } from '#shared/model/settings.ts';

/** What only Electron's main process can do for the renderer. Absent in a browser. */
export const shell = {
  'shell.info': op(
    {},
    { platform: z.string(), version: z.string(), runtime: z.string(), frame: z.enum(['custom', 'native']), systemLanguage: z.string() },
  ),
  'shell.settings': op(
    { accountId: AccountId.nullable() },
    { settings: z.record(SettingKeySchema, z.object({ value: z.unknown(), source: z.enum(settingSources), locked: z.boolean() })) },
  ),
  'shell.setSetting': op({ accountId: AccountId.nullable(), key: SettingKeySchema, value: z.unknown() }, {}),
  'shell.chooseFolder': op({}, { folder: FileHandle.nullable() }),
  'shell.chooseFiles': op({ folders: z.boolean() }, { files: z.array(FileHandle) }),
  'shell.chooseSavePlace': op({ name: z.string().max(400) }, { handle: Id.nullable() }),
  /** Shows a finished download in the file manager. */
  'shell.reveal': op({ transferId: Id }, {}),
  'shell.openExternal': op({ url: z.string().max(2_000) }, {}),
  'shell.window': op({ action: z.enum(['minimize', 'maximize', 'close', 'quit']) }, {}),
  'shell.windowState': op({}, { maximized: z.boolean(), focused: z.boolean() }),
  /** Which room is on screen, so that no notification is shown for it while the window has focus. */
  'shell.viewing': op({ accountId: AccountId.nullable(), roomId: Id.nullable() }, {}),
  'shell.testNotification': op({}, { supported: z.boolean() }),
} as const;
export type ShellContract = typeof shell;
