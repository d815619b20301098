import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preview } from '#shared/model/preview.ts';
import { IconButton } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';

interface PictureViewProps {
  name: string;
  preview: Extract<Preview, { kind: 'image' }>;
  /** The address of a page in a width, in pixels. */
  picture: (page: number, width: number) => string;
}

const steps = [1, 1.5, 2, 3, 4] as const;

/** A picture, fitted into the window; it can be made larger and moved by scrolling. */
export function PictureView({ name, preview, picture }: PictureViewProps) {
  const { t } = useTranslation('viewer');
  const [step, setStep] = useState(0);
  const [failed, setFailed] = useState(false);
  const zoom = steps[step] ?? 1;
  const largest = steps.length - 1;
  return (
    <div className="picture-view">
      <div
        className="picture-scroll"
        tabIndex={0}
        role="group"
        aria-label={t('picture', { name })}
        onKeyDown={(event) => {
          if (event.key === '+' || event.key === ';') setStep((now) => Math.min(largest, now + 1));
          else if (event.key === '-') setStep((now) => Math.max(0, now - 1));
          else if (event.key === '0') setStep(0);
        }}
        onDoubleClick={() => setStep((now) => (now === 0 ? 2 : 0))}
      >
        {failed ? (
          <Note icon="error" tone="danger">
            {t('pictureFailed')}
          </Note>
        ) : (
          <img
            src={picture(1, 1_920)}
            alt={t('picture', { name })}
            className="picture"
            width={preview.widthPixels}
            height={preview.heightPixels}
            style={zoom === 1 ? {} : { maxWidth: `${zoom * 100}%`, maxHeight: 'none', width: `${zoom * 100}%`, height: 'auto' }}
            draggable={false}
            onError={() => setFailed(true)}
          />
        )}
      </div>
      <div className="viewer-tools" role="toolbar" aria-label={t('zoomFit')}>
        <IconButton small icon="minimise" label={t('zoomOut')} keys="-" disabled={step === 0} onClick={() => setStep(step - 1)} />
        <button type="button" className="button quiet small num" title={t('zoomFit')} onClick={() => setStep(0)}>
          {t('zoom', { percent: Math.round(zoom * 100) })}
        </button>
        <IconButton small icon="plus" label={t('zoomIn')} keys="+" disabled={step === largest} onClick={() => setStep(step + 1)} />
      </div>
    </div>
  );
}
