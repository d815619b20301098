import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../ui/class-names.ts';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useFormat } from '../ui/use-format.ts';
import { VirtualList } from '../ui/virtual-list.tsx';
import type { PickerRow, Wanted } from './drive-picker-rows.ts';
import { useExplain } from './explain.ts';
import type { PickerPlace } from './use-picker-place.ts';

interface PickerListProps {
  place: PickerPlace;
  wanted: Wanted;
  isChosen: (row: PickerRow) => boolean;
  /** A click or Space: marks a folder as the one that is meant, takes a file or leaves it. */
  onChoose: (row: PickerRow) => void;
}

const keyOf = ({ id }: PickerRow): string => id;
const isDisabled = (row: PickerRow): boolean => (row.kind === 'space' && row.closed) || (row.kind === 'file' && row.refusal !== null);
const heightOf = (row: PickerRow): number => (row.kind === 'heading' ? 28 : isDisabled(row) ? 50 : 34);

/** The drives, or what is in one folder, as a list: Enter and → go in, ← and Backspace go out, letters find names. */
export function PickerList({ place, wanted, isChosen, onChoose }: PickerListProps) {
  const { t } = useTranslation(['drivePicker', 'drive', 'ui']);
  const explain = useExplain();
  const { rows, folderId, way, problem, go } = place;
  const box = useRef<HTMLDivElement>(null);
  // The keyboard comes along into every folder; only where a name is being typed it stays.
  useEffect(() => {
    if (rows !== undefined && document.activeElement?.tagName !== 'INPUT')
      (box.current?.querySelector<HTMLElement>('[role="listbox"]') ?? box.current)?.focus({ preventScroll: true });
    // oxlint-disable-next-line react/exhaustive-deps -- when another folder is there, not when its content changes
  }, [folderId, rows === undefined]);

  const open = (row: PickerRow) => {
    if (row.kind === 'folder' || (row.kind === 'space' && !row.closed)) go(row.id);
    else onChoose(row);
  };
  const onKeyDown = (event: KeyboardEvent, row: PickerRow | undefined) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    const isOut = event.key === 'ArrowLeft' || event.key === 'Backspace';
    if (isOut && folderId !== null) go(way.at(-2)?.id ?? null);
    else if (event.key === 'ArrowRight' && row !== undefined && row.kind !== 'file') open(row);
    else return;
    event.preventDefault();
  };

  if (problem !== null) {
    return (
      <div className="picker-place">
        <ErrorNote title={t('drive:loadFailed')} retry={{ text: t('ui:retry'), onPress: place.retry }}>
          {explain(problem)}
        </ErrorNote>
      </div>
    );
  }
  if (rows === undefined) {
    return (
      <div className="picker-place">
        <Skeleton rows={8} height={34} label={t('ui:loading')} />
      </div>
    );
  }
  if (rows.length === 0) {
    return (
      <div
        className="picker-place"
        ref={box}
        role="group"
        aria-label={way.at(-1)?.name ?? t('allDrives')}
        tabIndex={-1}
        onKeyDown={(event) => onKeyDown(event, undefined)}
      >
        <NothingHere isTop={folderId === null} wanted={wanted} />
      </div>
    );
  }
  return (
    <div className="picker-place" ref={box}>
      <VirtualList
        key={folderId}
        label={way.at(-1)?.name ?? t('allDrives')}
        items={rows}
        keyOf={keyOf}
        heightOf={heightOf}
        isHeading={({ kind }) => kind === 'heading'}
        isDisabled={isDisabled}
        textsOf={(row) => ('name' in row ? [row.name] : [])}
        isSelected={isChosen}
        multiple={wanted === 'files'}
        onChoose={onChoose}
        onOpen={open}
        onKeyDown={onKeyDown}
        render={(row) => <Row row={row} chosen={isChosen(row)} onOpen={() => open(row)} />}
      />
    </div>
  );
}

function NothingHere({ isTop, wanted }: { isTop: boolean; wanted: Wanted }) {
  const { t } = useTranslation(['drivePicker', 'drive']);
  if (isTop) {
    return (
      <Empty icon="folder" title={t('drive:noSpaces')}>
        {t('drive:noSpacesMore')}
      </Empty>
    );
  }
  return <Empty icon="folder" title={t(wanted === 'files' ? 'emptyFolder' : 'noFolders')} />;
}

function Row({ row, chosen, onOpen }: { row: PickerRow; chosen: boolean; onOpen: () => void }) {
  const { t } = useTranslation(['drivePicker', 'drive']);
  const format = useFormat();
  const short = useShortReason();
  if (row.kind === 'heading') {
    const names = {
      shared: t('drive:sharedSpaces'),
      my: t('drive:mySpaces'),
      folder: t('drive:sharedFolders'),
      room: t('drive:roomSpaces'),
    };
    return <div className="picker-heading">{names[row.space]}</div>;
  }
  const closed = isDisabled(row);
  const why = row.kind === 'space' ? t('viewOnlyDrive') : row.kind === 'file' && row.refusal !== null ? short(row.refusal) : '';
  return (
    <div className={classNames('picker-row', closed && 'closed')}>
      {row.kind === 'file' ? (
        <span aria-hidden className={classNames('picker-tick', chosen && 'on')}>
          {closed ? <Icon name="lock" size={14} /> : chosen && <Icon name="check" size={14} />}
        </span>
      ) : null}
      <FileIcon small kind={row.kind === 'file' ? fileKind(row.name) : 'folder'} />
      <span className="col grow">
        {row.kind === 'file' ? (
          <FileName name={row.name} />
        ) : (
          <span className="cut" title={row.name}>
            {row.name}
          </span>
        )}
        {closed && <span className="xs t2">{why}</span>}
      </span>
      {row.kind === 'file' && <span className="xs t3 num nowrap">{format.size(row.node.content?.sizeBytes ?? 0)}</span>}
      {row.kind === 'space' && closed && <Icon name="lock" size={14} className="t3" />}
      {row.kind !== 'file' && !closed && (
        <span
          aria-hidden
          className="picker-in"
          title={t('drive:open')}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          <Icon name="forward" size={14} />
        </span>
      )}
    </div>
  );
}

/** A refusal on one line; the sentence with whom to ask stands under the list when the file is chosen. */
function useShortReason() {
  const { t } = useTranslation('drivePicker');
  const format = useFormat();
  return ({ reason, subject }: { reason: string; subject: string | null }): string => {
    if (reason === 'extension_blocked') return t('whyExtension', { extension: subject ?? '' });
    if (reason === 'file_too_large') return t('whySize', { limit: format.size(Number(subject)) });
    return t('whyRule');
  };
}
