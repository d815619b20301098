import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { FolderCommands } from './folder-commands.ts';

/** What is in the folder, and what can be added. It has the height of the bar for what is chosen, so that nothing moves when something is. */
export function FolderBar({ count, commands }: { count: number; commands: Pick<FolderCommands, 'newFolder' | 'addFiles'> }) {
  const { t } = useTranslation('drive');
  return (
    <div className="selection-bar idle" role="toolbar" aria-label={t('folderActions')}>
      <span className="num t2 bar-count">{t('things', { count })}</span>
      {commands.newFolder !== null && (
        <Button look="quiet" size="small" icon="folder" onClick={commands.newFolder}>
          {t('newFolder')}
        </Button>
      )}
      {commands.addFiles !== null && (
        <Button look="quiet" size="small" icon="upload" onClick={commands.addFiles}>
          {t('addFiles')}
        </Button>
      )}
    </div>
  );
}

/** What is chosen, and what can be done with it. */
export function SelectionBar({ nodes, commands, onClear }: { nodes: readonly Node[]; commands: FolderCommands; onClear: () => void }) {
  const { t } = useTranslation('drive');
  const format = useFormat();
  const files = nodes.filter(({ content }) => content !== null);
  const size = format.size(files.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0));
  const count = nodes.length;
  return (
    <div className="selection-bar" role="toolbar" aria-label={t('selection')}>
      <b className="num" role="status">
        {files.length === 0 ? t('selectedFolders', { count }) : t('selected', { count, size })}
      </b>
      {commands.download !== null && (
        <Button look="quiet" size="small" icon="download" onClick={commands.download}>
          {t('download')}
        </Button>
      )}
      {commands.rename !== null && (
        <Button look="quiet" size="small" icon="rename" onClick={commands.rename}>
          {t('rename')}
        </Button>
      )}
      {commands.move !== null && (
        <Button look="quiet" size="small" icon="move" onClick={commands.move}>
          {t('move')}
        </Button>
      )}
      {commands.remove !== null && (
        <Button look="quiet" size="small" icon="trash" onClick={commands.remove}>
          {t('toTrash')}
        </Button>
      )}
      <span className="push" />
      <IconButton small icon="close" label={t('clearSelection')} keys="Esc" onClick={onClear} />
    </div>
  );
}
