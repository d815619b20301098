import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonOf } from '#shared/base/errors.ts';
import type { SyncKeep } from '#shared/contract/sync-keeping.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';
import { DriveFolderPicker, type PickedFolder } from '../app/drive-picker.tsx';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Select } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { PairPreview } from './pair-preview.tsx';
import { useIssueTexts } from './reason-text.ts';

interface AddRootDialogProps {
  /** Spaces of which all is synced on this PC already. */
  taken: ReadonlySet<string>;
  /** Whether every drive of the account already has a folder here. */
  hasWhole: boolean;
  onClose: () => void;
  /** With the pair that was made; null where all drives were added. */
  onAdded: (rootId: string | null) => void;
}

/** Pairs a drive, a folder of it, or all drives with a folder of this PC. A folder that cannot be used is refused with its reason. */
export function AddRootDialog({ taken, hasWhole, onClose, onAdded }: AddRootDialogProps) {
  const { t } = useTranslation(['sync', 'drive', 'ui']);
  const { shell, sync } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const { place } = useIssueTexts();
  const spaces = (useAnswer('drive.spaces', { accountId }).data?.spaces ?? []).filter(({ id }) => !taken.has(id));
  const [what, setWhat] = useState<'one' | 'all'>('one');
  const [spaceId, setSpaceId] = useState<string | null>(null);
  const [part, setPart] = useState<PickedFolder | null>(null);
  const [isPicking, setPicking] = useState(false);
  const [rooms, setRooms] = useState(false);
  const [keep, setKeep] = useState<SyncKeep>('always');
  const [folder, setFolder] = useState<FileHandle | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const wanted = part?.spaceId ?? spaceId ?? spaces[0]?.id ?? null;
  const pair = { spaceId: wanted ?? '', ...(part === null ? {} : { driveFolderId: part.folderId }) };

  const failed = (error: unknown) => setProblem(place(reasonOf(error) ?? '') ?? explain(problemOf(error)));
  const attempt = async (act: () => Promise<void>) => {
    setProblem(null);
    setBusy(true);
    try {
      await act();
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  };
  const choose = () =>
    attempt(async () => {
      const chosen = await shell?.['shell.chooseFolder']({});
      if (chosen?.folder != null) setFolder(chosen.folder);
    });
  const add = (to: FileHandle) =>
    attempt(async () => {
      if (sync === null) return;
      if (what === 'all') {
        await sync['sync.addAccount']({ accountId, handle: to.handle, keep, rooms });
        onAdded(null);
      } else onAdded((await sync['sync.addRoot']({ accountId, ...pair, handle: to.handle, keep })).rootId);
    });
  const choices = part === null ? spaces : spaces.filter(({ id }) => id === part.spaceId);
  if (isPicking)
    return (
      <DriveFolderPicker
        title={t('addPart')}
        actionText={(name) => t('addPartDo', { name })}
        onClose={() => setPicking(false)}
        onPick={async (to) => {
          setPart(to);
          setPicking(false);
          return Promise.resolve();
        }}
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('addTitle')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button
            look="primary"
            disabled={(what === 'one' && wanted === null) || folder === null || isBusy}
            title={folder === null ? t('addNeeds') : undefined}
            onClick={() => folder !== null && void add(folder)}
          >
            {t('addDo')}
          </Button>
        </>
      }
    >
      <div className="col add-root">
        {!hasWhole && (
          <Segmented
            label={t('addWhat')}
            value={what}
            options={[
              { value: 'one', text: t('addOne') },
              { value: 'all', text: t('addAll') },
            ]}
            onChange={(next) => {
              setWhat(next);
              setKeep(next === 'all' ? 'online_only' : 'always');
            }}
          />
        )}
        {what === 'all' ? (
          <>
            <span className="sm t2 prose">{t('addAllText')}</span>
            <Checkbox checked={rooms} onChange={setRooms}>
              {t('addRooms')}
            </Checkbox>
          </>
        ) : (
          <span>
            <span className="label">{t('addSpace')}</span>
            {wanted === null ? (
              <span className="t2">{t('addSpaceNone')}</span>
            ) : (
              <Select
                label={t('addSpace')}
                value={wanted}
                options={choices.map(({ id, kind, name }) => ({ value: id, text: kind === 'my' ? t('drive:mySpaces') : name }))}
                onChange={setSpaceId}
              />
            )}
            <span className="row sm add-part">
              <span className="grow cut t2">{part === null ? t('addWholeDrive') : t('addOnly', { name: part.name })}</span>
              <LinkButton onClick={() => (part === null ? setPicking(true) : setPart(null))}>
                {t(part === null ? 'addPart' : 'addWholeAgain')}
              </LinkButton>
            </span>
          </span>
        )}
        <span>
          <span className="label">{t('addFolder')}</span>
          <span className="row">
            <span className={`grow cut ${folder === null ? 't3' : ''}`}>{folder?.name ?? t('addFolderNone')}</span>
            <Button size="small" onClick={() => void choose()}>
              {t('choose')}
            </Button>
          </span>
        </span>
        <span>
          <span className="label">{t('newFiles')}</span>
          <Select
            label={t('newFiles')}
            value={keep}
            options={(['always', 'online_only'] as const).map((value) => ({ value, text: t(`newFiles_${value}`) }))}
            onChange={setKeep}
          />
        </span>
        {problem === null ? (
          <>
            <span className="sm t2 prose">{t(keep === 'always' ? 'addHint' : 'addHintOnline')}</span>
            {what === 'one' && wanted !== null && folder !== null && (
              <PairPreview input={{ accountId, ...pair, handle: folder.handle, keep }} onRefused={failed} />
            )}
          </>
        ) : (
          <Note tone="danger" icon="error" alert>
            <b>{t('addFailed')}</b>
            {t('space')}
            {problem}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
