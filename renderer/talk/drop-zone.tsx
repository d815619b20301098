import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/icon.tsx';
import { filesOf, type DroppedFile } from './attachments.ts';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

/** The conversation as a target for files: while they hover it says what will happen, and where. */
export function DropZone({
  roomName,
  onFiles,
  children,
}: {
  roomName: string;
  onFiles: (files: readonly DroppedFile[]) => void;
  children: ReactNode;
}) {
  const { t } = useTranslation('talk');
  const depth = useRef(0);
  const [hovering, setHovering] = useState<number | null>(null);
  const leave = () => {
    depth.current = 0;
    setHovering(null);
  };
  return (
    <div
      className="drop-zone"
      onDragEnter={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        depth.current += 1;
        setHovering([...event.dataTransfer.items].filter(({ kind }) => kind === 'file').length);
      }}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) leave();
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        leave();
        onFiles(filesOf(event.dataTransfer, () => t('pastedImage', { time: '' })));
      }}
    >
      {children}
      {hovering !== null && (
        <div className="drop-note" role="status">
          <Icon name="attach" />
          <span className="col">
            <b>{hovering > 0 ? t('dropHere', { count: hovering, room: roomName }) : t('dropSome', { room: roomName })}</b>
            <span className="xs">{t('dropMore')}</span>
          </span>
        </div>
      )}
    </div>
  );
}
