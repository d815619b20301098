import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { mostMessageFiles } from '#shared/model/talk.ts';
import { DriveFilesPicker } from '../app/drive-picker.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';

interface AttachMenuProps {
  /** How many files there are already. */
  attached: number;
  onPick: () => void;
  onDrive: (files: readonly Node[]) => void;
}

/** Where what is attached comes from: this PC, or Drive, from where not a byte is sent. */
export function AttachMenu({ attached, onPick, onDrive }: AttachMenuProps) {
  const { t } = useTranslation('talk');
  const [choosing, setChoosing] = useState(false);
  const tooMany = t('tooManyFiles', { count: mostMessageFiles });
  const full = attached >= mostMessageFiles ? tooMany : undefined;
  return (
    <>
      <Menu
        side="top"
        entries={[
          { text: t('attachFromPc'), icon: 'device', why: full, onSelect: onPick },
          { text: t('attachFromDrive'), icon: 'folder', why: full, onSelect: () => setChoosing(true) },
        ]}
      >
        <IconButton icon="attach" label={t('attach')} />
      </Menu>
      {choosing && (
        <DriveFilesPicker
          title={t('attachTitle')}
          actionText={t('attachAction')}
          most={mostMessageFiles - attached}
          tooMany={tooMany}
          onClose={() => setChoosing(false)}
          onPick={(files) => {
            setChoosing(false);
            onDrive(files);
          }}
        />
      )}
    </>
  );
}
