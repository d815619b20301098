import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonOf } from '#shared/base/errors.ts';
import type { FileHandle } from '#shared/contract/workspace.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Select } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { useIssueTexts } from './reason-text.ts';

interface AddRootDialogProps {
  /** Spaces that are synced on this PC already. */
  taken: ReadonlySet<string>;
  onClose: () => void;
  onAdded: (rootId: string) => void;
}

/** Pairs a drive with a folder of this PC. A folder that cannot be used is refused with its reason, and another can be chosen. */
export function AddRootDialog({ taken, onClose, onAdded }: AddRootDialogProps) {
  const { t } = useTranslation(['sync', 'drive', 'ui']);
  const { shell, sync } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const { place } = useIssueTexts();
  const spaces = (useAnswer('drive.spaces', { accountId }).data?.spaces ?? []).filter(({ id }) => !taken.has(id));
  const [spaceId, setSpaceId] = useState<string | null>(null);
  const [folder, setFolder] = useState<FileHandle | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const wanted = spaceId ?? spaces[0]?.id ?? null;

  const failed = (error: unknown) => setProblem(place(reasonOf(error) ?? '') ?? explain(problemOf(error)));
  const choose = async () => {
    setProblem(null);
    try {
      const chosen = await shell?.['shell.chooseFolder']({});
      if (chosen?.folder != null) setFolder(chosen.folder);
    } catch (error) {
      failed(error);
    }
  };
  const add = async () => {
    if (wanted === null || folder === null || sync === null) return;
    setProblem(null);
    setBusy(true);
    try {
      onAdded((await sync['sync.addRoot']({ accountId, spaceId: wanted, handle: folder.handle })).rootId);
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
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
            disabled={wanted === null || folder === null || isBusy}
            title={folder === null ? t('addNeeds') : undefined}
            onClick={() => void add()}
          >
            {t('addDo')}
          </Button>
        </>
      }
    >
      <div className="col add-root">
        <span>
          <span className="label">{t('addSpace')}</span>
          {wanted === null ? (
            <span className="t2">{t('addSpaceNone')}</span>
          ) : (
            <Select
              label={t('addSpace')}
              value={wanted}
              options={spaces.map(({ id, kind, name }) => ({ value: id, text: kind === 'my' ? t('drive:mySpaces') : name }))}
              onChange={setSpaceId}
            />
          )}
        </span>
        <span>
          <span className="label">{t('addFolder')}</span>
          <span className="row">
            <span className={`grow cut ${folder === null ? 't3' : ''}`}>{folder?.name ?? t('addFolderNone')}</span>
            <Button size="small" onClick={() => void choose()}>
              {t('choose')}
            </Button>
          </span>
        </span>
        {problem === null ? (
          <span className="sm t2 prose">{t('addHint')}</span>
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
