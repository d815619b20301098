import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/note.tsx';
import type { Command } from './use-node-commands.ts';

/** A folder without anything in it: what can be done about that, or why nothing can. */
export function EmptyFolder({ add }: { add: Command | undefined }) {
  const { t } = useTranslation('drive');
  if (add === undefined || add.why !== null) {
    return (
      <Empty icon="folder" title={t('emptyViewOnly')}>
        {t('emptyViewOnlyMore')}
      </Empty>
    );
  }
  return (
    <Empty
      icon="folder"
      title={t('empty')}
      action={
        <Button size="small" icon="plus" onClick={add.run}>
          {t('addFiles')}
        </Button>
      }
    >
      {t('emptyMore')}
    </Empty>
  );
}
