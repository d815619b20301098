import { useTranslation } from 'react-i18next';
import { FileIcon } from '../ui/file.tsx';
import { NameEditor } from '../app/name-editor.tsx';
import { freeName } from '../app/node-names.ts';

/** The row in which a new folder gets its name. */
export function NewFolderRow({ siblings, onDone }: { siblings: readonly string[]; onDone: (name: string | null) => void }) {
  const { t } = useTranslation('drive');
  return (
    <div role="rowgroup">
      <div role="row" className="grid-row new">
        <div role="gridcell" className="cell cell-name">
          <FileIcon small kind="folder" />
          <NameEditor
            isNew
            label={t('newFolderName')}
            name={freeName(t('newFolder'), siblings)}
            kind="folder"
            siblings={siblings}
            onCommit={onDone}
            onCancel={() => onDone(null)}
          />
        </div>
      </div>
    </div>
  );
}
