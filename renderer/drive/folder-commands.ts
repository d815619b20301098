import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import type { MenuEntry } from '../ui/menu.tsx';

/** What can be done with what is chosen; null where it cannot. */
export interface FolderCommands {
  readonly open: (() => void) | null;
  readonly download: (() => void) | null;
  readonly rename: (() => void) | null;
  readonly move: (() => void) | null;
  readonly cut: (() => void) | null;
  readonly remove: (() => void) | null;
  readonly versions: (() => void) | null;
  /** For the folder itself. */
  readonly paste: (() => void) | null;
  readonly newFolder: (() => void) | null;
  readonly addFiles: (() => void) | null;
  readonly addFolder: (() => void) | null;
}

interface Handlers {
  open: (node: Node) => void;
  download: (nodes: readonly Node[]) => void;
  rename: (node: Node) => void;
  move: (nodes: readonly Node[]) => void;
  cut: (nodes: readonly Node[]) => void;
  remove: (nodes: readonly Node[]) => void;
  versions: () => void;
  paste: (() => void) | null;
  newFolder: () => void;
  addFiles: () => void;
  addFolder: (() => void) | null;
}

/** Which of the commands make sense for `nodes` in a folder that may be changed or not. */
export function folderCommands(nodes: readonly Node[], mayEdit: boolean, run: Handlers): FolderCommands {
  const [first] = nodes;
  const one = nodes.length === 1 ? first : undefined;
  const changes = mayEdit && first !== undefined;
  const onlyFiles = first !== undefined && nodes.every(({ kind }) => kind === 'file');
  return {
    open: one?.kind === 'folder' ? () => run.open(one) : null,
    download: onlyFiles ? () => run.download(nodes) : null,
    rename: mayEdit && one !== undefined ? () => run.rename(one) : null,
    move: changes ? () => run.move(nodes) : null,
    cut: changes ? () => run.cut(nodes) : null,
    remove: changes ? () => run.remove(nodes) : null,
    versions: one?.kind === 'file' ? run.versions : null,
    paste: mayEdit ? run.paste : null,
    newFolder: mayEdit ? run.newFolder : null,
    addFiles: mayEdit ? run.addFiles : null,
    addFolder: mayEdit ? run.addFolder : null,
  };
}

/** The commands as a menu: those of the chosen things, or, without any, those of the folder. */
export function useFolderMenu(commands: FolderCommands, hasChosen: boolean): readonly MenuEntry[] {
  const { t } = useTranslation('drive');
  const entry = (run: (() => void) | null, more: Omit<Extract<MenuEntry, object>, 'onSelect'>): MenuEntry[] =>
    run === null ? [] : [{ ...more, onSelect: run }];
  const groups = hasChosen
    ? [
        [
          ...entry(commands.open, { text: t('open'), icon: 'open', keys: 'Enter' }),
          ...entry(commands.download, { text: t('download'), icon: 'download' }),
          ...entry(commands.versions, { text: t('versions'), icon: 'history' }),
        ],
        [
          ...entry(commands.rename, { text: t('rename'), icon: 'rename', keys: 'F2' }),
          ...entry(commands.cut, { text: t('cut'), icon: 'cut', keys: 'Ctrl X' }),
          ...entry(commands.move, { text: t('moveMore'), icon: 'move' }),
        ],
        entry(commands.remove, { text: t('toTrash'), icon: 'trash', keys: 'Delete', danger: true }),
      ]
    : [
        [
          ...entry(commands.newFolder, { text: t('newFolder'), icon: 'folder' }),
          ...entry(commands.addFiles, { text: t('addFiles'), icon: 'upload', keys: 'Ctrl Shift U' }),
          ...entry(commands.addFolder, { text: t('addFolder'), icon: 'upload' }),
        ],
        entry(commands.paste, { text: t('paste'), icon: 'move', keys: 'Ctrl V' }),
      ];
  return groups.filter((group) => group.length > 0).flatMap((group, index): MenuEntry[] => (index === 0 ? group : ['line', ...group]));
}
