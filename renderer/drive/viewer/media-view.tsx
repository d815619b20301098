import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Note } from '../../ui/note.tsx';

/** A film or a recording, played from the file itself. */
export function MediaView({ name, of, address }: { name: string; of: 'video' | 'audio'; address: string }) {
  const { t } = useTranslation('viewer');
  const [failed, setFailed] = useState(false);
  const shared = { src: address, controls: true, preload: 'metadata', onError: () => setFailed(true) } as const;
  return (
    <div className="media-view">
      {failed && (
        <Note icon="info" tone="caution" alert>
          {t('mediaFailed')}
        </Note>
      )}
      {!failed &&
        (of === 'video' ? (
          <video {...shared} aria-label={t('video', { name })} disablePictureInPicture />
        ) : (
          <audio {...shared} aria-label={t('audio', { name })} />
        ))}
    </div>
  );
}
