import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { Button, IconButton } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { CommandName } from './folder-commands.ts';
import { useNodeMenu } from './node-menu.ts';
import type { Command, Commands } from './use-node-commands.ts';

function BarButton({ command, icon, text }: { command: Command | undefined; icon: IconName; text: string }) {
  if (command === undefined || command.why !== null) return null;
  return (
    <Button look="quiet" size="small" icon={icon} onClick={command.run}>
      {text}
    </Button>
  );
}

interface FolderBarProps {
  count: number;
  /** False while more of a large folder is on its way. */
  complete?: boolean;
  commands: Commands;
}

/** What is in the folder, and what can be added. It has the height of the bar for what is chosen, so that nothing moves when something is. */
export function FolderBar({ count, complete = true, commands }: FolderBarProps) {
  const { t } = useTranslation(['drive', 'explorer']);
  return (
    <div className="selection-bar idle" role="toolbar" aria-label={t('folderActions')}>
      <span className="num t2 bar-count" role="status">
        {complete ? t('things', { count }) : t('explorer:moreComing', { count })}
      </span>
      <BarButton command={commands.newFolder} icon="folder" text={t('newFolder')} />
      <BarButton command={commands.addFiles} icon="upload" text={t('addFiles')} />
    </div>
  );
}

const inBar: readonly (readonly [CommandName, IconName, 'download' | 'rename' | 'move' | 'toTrash'])[] = [
  ['download', 'download', 'download'],
  ['rename', 'rename', 'rename'],
  ['moveTo', 'move', 'move'],
  ['remove', 'trash', 'toTrash'],
];

/** What is chosen, and what can be done with it. */
export function SelectionBar({ nodes, commands, onClear }: { nodes: readonly Node[]; commands: Commands; onClear: () => void }) {
  const { t } = useTranslation(['drive', 'explorer']);
  const format = useFormat();
  const menu = useNodeMenu(commands, nodes);
  const files = nodes.filter(({ content }) => content !== null);
  const size = format.size(files.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0));
  const count = nodes.length;
  return (
    <div className="selection-bar" role="toolbar" aria-label={t('selection')}>
      <b className="num" role="status">
        {files.length === 0 ? t('selectedFolders', { count }) : t('selected', { count, size })}
      </b>
      {inBar.map(([name, icon, text]) => (
        <BarButton key={name} command={commands[name]} icon={icon} text={t(text)} />
      ))}
      <span className="push" />
      <Menu entries={menu} align="end">
        <IconButton small icon="more" label={t('explorer:more')} />
      </Menu>
      <IconButton small icon="close" label={t('clearSelection')} keys="Esc" onClick={onClear} />
    </div>
  );
}
