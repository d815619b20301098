import type { Handlers } from '#shared/contract/operation.ts';
import type { ShellContract } from '#shared/contract/shell.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';
import { effectiveSettings } from '#shared/model/settings.ts';

export interface FakeShellOptions {
  readonly language?: 'ja' | 'en';
  /** What the person has chosen so far. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings that IT has enforced. */
  readonly enforced?: Readonly<Record<string, unknown>>;
}

/** The shell of a fake host: settings in memory, and a file dialog in which the person always picks the same two files. */
export function fakeShell(
  options: FakeShellOptions,
  handles: Map<string, FileHandle>,
  onSettings: () => void,
): Handlers<ShellContract, undefined> {
  let person: Record<string, unknown> = { language: options.language ?? 'ja', sendKey: 'ctrl_enter', ...options.settings };
  const none = async () => ({});
  return {
    'shell.info': async () => ({
      platform: 'linux',
      version: '0.1.0',
      runtime: 'Electron 45',
      frame: 'custom',
      systemLanguage: options.language ?? 'ja',
    }),
    'shell.settings': async () => ({
      settings: effectiveSettings([
        { source: 'person', strength: 'default', values: person },
        { source: 'machine_policy', strength: 'enforced', values: options.enforced ?? {} },
      ]),
    }),
    'shell.setSetting': async ({ key, value }) => {
      person = { ...person, [key]: value };
      onSettings();
      return {};
    },
    'shell.chooseFolder': async () => ({ folder: null }),
    'shell.chooseFiles': async () => {
      const files = ['床荷重計算書_rev3.pdf', '点検ツール設定.exe'].map((name): FileHandle => ({
        handle: crypto.randomUUID(),
        name,
        sizeBytes: 3_565_158,
        kind: 'file',
      }));
      for (const file of files) handles.set(file.handle, file);
      return { files };
    },
    'shell.chooseSavePlace': async () => ({ handle: crypto.randomUUID() }),
    'shell.reveal': none,
    'shell.openExternal': none,
    'shell.window': none,
    'shell.windowState': async () => ({ maximized: false, focused: true }),
    'shell.viewing': none,
    'shell.testNotification': async () => ({ supported: true }),
  };
}
