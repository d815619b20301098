import { useTranslation } from 'react-i18next';
import { LinkButton } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import type { Clip } from './clip.ts';

interface CutNoteProps {
  clip: Clip;
  folder: string;
  /** It was to be pasted into another drive, where nothing can move (DRV-08). */
  offersCopy: boolean;
  onCopy: () => void;
  onClear: () => void;
}

/** What was cut and where it can go; in another drive, that it can be copied there instead. */
export function CutNote({ clip, folder, offersCopy, onCopy, onClear }: CutNoteProps) {
  const { t } = useTranslation(['drive', 'explorer']);
  const dismiss = <LinkButton onClick={onClear}>{t('dismiss')}</LinkButton>;
  if (!offersCopy) {
    return (
      <div className="drive-notice">
        <Note icon="cut" action={dismiss}>
          {t('cutHint', { count: clip.nodes.length })}
        </Note>
      </div>
    );
  }
  return (
    <div className="drive-notice">
      <Note
        icon="move"
        tone="caution"
        alert
        action={
          <>
            <LinkButton onClick={onCopy}>{t('explorer:copyInstead', { folder })}</LinkButton>
            {dismiss}
          </>
        }
      >
        {t('explorer:notAcross')}
      </Note>
    </div>
  );
}
