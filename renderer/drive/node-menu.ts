import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import type { IconName } from '../ui/icon.tsx';
import type { MenuEntry } from '../ui/menu.tsx';
import type { CommandName } from './folder-commands.ts';
import { useLockText } from './node-mark.tsx';
import type { Commands } from './use-node-commands.ts';

const looks: Readonly<Record<CommandName, { readonly icon: IconName; readonly keys?: string; readonly danger?: boolean }>> = {
  open: { icon: 'open', keys: 'Enter' },
  preview: { icon: 'show', keys: 'Space' },
  openExternally: { icon: 'program' },
  showInFolder: { icon: 'folder' },
  download: { icon: 'download' },
  keepHere: { icon: 'kept' },
  freeUp: { icon: 'cloud' },
  copy: { icon: 'copy', keys: 'Ctrl C' },
  cut: { icon: 'cut', keys: 'Ctrl X' },
  rename: { icon: 'rename', keys: 'F2' },
  moveTo: { icon: 'move' },
  copyTo: { icon: 'copy' },
  star: { icon: 'star' },
  unstar: { icon: 'starred' },
  pin: { icon: 'pin' },
  unpin: { icon: 'unpin' },
  lock: { icon: 'lock' },
  unlock: { icon: 'unlock' },
  share: { icon: 'share' },
  link: { icon: 'link' },
  versions: { icon: 'history' },
  properties: { icon: 'info', keys: 'Alt Enter' },
  remove: { icon: 'trash', keys: 'Delete', danger: true },
  paste: { icon: 'paste', keys: 'Ctrl V' },
  newFolder: { icon: 'folder', keys: 'Ctrl Shift N' },
  addFiles: { icon: 'upload', keys: 'Ctrl Shift U' },
  addFolder: { icon: 'upload' },
};

const forChosen: readonly (readonly CommandName[])[] = [
  ['open', 'preview', 'openExternally', 'showInFolder', 'download'],
  ['keepHere', 'freeUp'],
  ['share', 'link'],
  ['cut', 'copy', 'rename', 'moveTo', 'copyTo'],
  ['star', 'unstar', 'pin', 'unpin', 'lock', 'unlock'],
  ['versions', 'properties'],
  ['remove'],
];
const forFolder: readonly (readonly CommandName[])[] = [['newFolder', 'addFiles', 'addFolder'], ['paste']];

/** The commands as a menu: those of the chosen things, or, without any, those of the folder; `more` stands below them. */
export function useNodeMenu(commands: Commands, chosen: readonly Node[], more: readonly MenuEntry[] = []): readonly MenuEntry[] {
  const { t } = useTranslation('explorer');
  const lockText = useLockText();
  const entry = (name: CommandName): MenuEntry[] => {
    const command = commands[name];
    if (command === undefined) return [];
    const note = name === 'unlock' ? (lockText(chosen[0]?.lock) ?? undefined) : undefined;
    return [{ text: t(`do_${name}`), ...looks[name], onSelect: command.run, why: command.why ?? undefined, note }];
  };
  const groups: (readonly MenuEntry[])[] = (chosen.length > 0 ? forChosen : forFolder).map((names) => names.flatMap(entry));
  return [...groups, more]
    .filter((group) => group.length > 0)
    .flatMap((group, index): MenuEntry[] => (index === 0 ? [...group] : ['line', ...group]));
}
