import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FileIcon } from '../ui/file.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { PickerCrumbs } from './drive-picker-crumbs.tsx';
import { PickerList } from './drive-picker-list.tsx';
import type { PickerRow } from './drive-picker-rows.ts';
import { problemOf, useExplain } from './explain.ts';
import { useAccount, useHost } from './host-context.tsx';
import { NameEditor } from './name-editor.tsx';
import { freeName } from './node-names.ts';
import { usePickerPlace } from './use-picker-place.ts';
import './drive-picker.css';

/** A folder of Drive that something goes to. */
export interface PickedFolder {
  readonly spaceId: string;
  readonly folderId: string;
  readonly name: string;
}

interface FolderPickerProps {
  title: string;
  /** What the button says, with the folder's name in it. */
  actionText: (folder: string) => string;
  onClose: () => void;
  /** Puts it there. What it throws is said in the dialog, which stays open for another place. */
  onPick: (to: PickedFolder) => Promise<void>;
}

/** Chooses a folder of any drive that may be written to; a new one can be made on the way. */
export function DriveFolderPicker({ title, actionText, onClose, onPick }: FolderPickerProps) {
  const { t } = useTranslation(['drivePicker', 'drive', 'ui']);
  const explain = useExplain();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const place = usePickerPlace('folder');
  const [marked, setMarked] = useState<(PickedFolder & { within: string | null }) | null>(null);
  const [naming, setNaming] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = place.way.at(-1);
  const isWritable = place.space?.permission === 'edit' && here !== undefined;
  const current = isWritable ? { spaceId: place.space!.id, folderId: here.id, name: here.name } : null;
  const to = marked?.within === place.folderId ? marked : current;
  const viewOnly = place.space !== undefined && place.space.permission !== 'edit';

  const choose = (row: PickerRow) => {
    setProblem(null);
    if (row.kind === 'space' && !row.closed) setMarked({ spaceId: row.space.id, folderId: row.id, name: row.name, within: place.folderId });
    if (row.kind === 'folder' && isWritable)
      setMarked({ spaceId: place.space!.id, folderId: row.id, name: row.name, within: place.folderId });
  };
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    await act().catch((error: unknown) => setProblem(explain({ ...problemOf(error), service: 'drive' })));
    setBusy(false);
  };
  const create = (name: string) =>
    attempt(async () => {
      setNaming(false);
      const { node } = await workspace['drive.createFolder']({ accountId, spaceId: current!.spaceId, parentId: current!.folderId, name });
      place.go(node.id);
    });
  const siblings = (place.rows ?? []).flatMap((row) => ('name' in row ? [row.name] : []));
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      className="drive-picker"
      holdsEscape={naming}
      footer={
        <>
          {isWritable && (
            <Button look="quiet" icon="plus" className="picker-new" disabled={naming || busy} onClick={() => setNaming(true)}>
              {t('drive:newFolder')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button
            look="primary"
            className="picker-act"
            disabled={to === null || busy}
            title={to === null ? t('chooseFolder') : undefined}
            onClick={() => to !== null && void attempt(() => onPick({ spaceId: to.spaceId, folderId: to.folderId, name: to.name }))}
          >
            <span className="cut">{actionText(to?.name ?? '')}</span>
          </Button>
        </>
      }
    >
      <PickerCrumbs place={place} />
      {naming && current !== null && (
        <div className="picker-row picker-naming">
          <FileIcon small kind="folder" />
          <NameEditor
            isNew
            label={t('drive:newFolderName')}
            name={freeName(t('drive:newFolder'), siblings)}
            kind="folder"
            siblings={siblings}
            onCommit={(name) => void create(name)}
            onCancel={() => setNaming(false)}
          />
        </div>
      )}
      <PickerList
        place={place}
        wanted="folder"
        isChosen={({ id }) => marked?.within === place.folderId && marked.folderId === id}
        onChoose={choose}
      />
      {problem !== null && (
        <Note icon="forbidden" tone="danger" alert>
          {problem}
        </Note>
      )}
      {problem === null && viewOnly && (
        <Note icon="lock" tone="caution">
          {explain({ code: 'denied', reason: 'permission_missing' })}
        </Note>
      )}
    </Dialog>
  );
}

interface FilesPickerProps {
  title: string;
  actionText: string;
  /** How many may be taken. */
  most: number;
  /** Said when there are more than may be taken. */
  tooMany: string;
  onClose: () => void;
  onPick: (files: readonly Node[]) => void;
}

/** Chooses files of any drive, from several folders if need be; what the rules keep from Talk says so and cannot be taken. */
export function DriveFilesPicker({ title, actionText, most, tooMany, onClose, onPick }: FilesPickerProps) {
  const { t } = useTranslation(['drivePicker', 'ui']);
  const format = useFormat();
  const explain = useExplain();
  const place = usePickerPlace('files');
  const [taken, setTaken] = useState<readonly Node[]>([]);
  const [why, setWhy] = useState<string | null>(null);
  const choose = (row: PickerRow) => {
    if (row.kind !== 'file') return;
    const isTaken = taken.some(({ id }) => id === row.id);
    if (row.refusal !== null) return setWhy(explain({ code: 'denied', ...row.refusal }));
    if (!isTaken && taken.length >= most) return setWhy(tooMany);
    setWhy(null);
    setTaken(isTaken ? taken.filter(({ id }) => id !== row.id) : [...taken, row.node]);
  };
  const bytes = taken.reduce((sum, { content }) => sum + (content?.sizeBytes ?? 0), 0);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      className="drive-picker"
      footer={
        <>
          <span className="picker-sum sm t2 num" role="status">
            {taken.length > 0 && t('taken', { count: taken.length, size: format.size(bytes) })}
          </span>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button
            look="primary"
            disabled={taken.length === 0}
            title={taken.length === 0 ? t('chooseFiles') : undefined}
            onClick={() => onPick(taken)}
          >
            {actionText}
          </Button>
        </>
      }
    >
      <PickerCrumbs place={place} />
      <PickerList place={place} wanted="files" isChosen={({ id }) => taken.some((node) => node.id === id)} onChoose={choose} />
      {why !== null && (
        <Note icon="forbidden" tone="danger" alert>
          {why}
        </Note>
      )}
    </Dialog>
  );
}
