import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAnswer, useHost } from '../app/host-context.tsx';
import { Progress } from '../ui/badge.tsx';
import { Button, IconButton, LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorNote, Note } from '../ui/note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useFormat } from '../ui/use-format.ts';
import { groupIssues } from './issues.ts';
import { RecoveryBin } from './recovery-bin.tsx';
import { rootLine } from './root-line.ts';
import { RootMenu } from './root-menu.tsx';
import { RootOverview } from './root-overview.tsx';
import { TransferQueue } from './transfer-queue.tsx';
import { useAsk } from './use-ask.ts';
import { useRootHeadline } from './use-root-line.ts';

type Part = 'overview' | 'queue' | 'recovery';

/** One synced folder: how it stands, what needs a person, what is on its way, and what was put aside. */
export function RootView({ root, onBack }: { root: SyncRoot; onBack: (() => void) | null }) {
  const { t } = useTranslation(['sync', 'ui']);
  const { sync } = useHost();
  const explain = useExplain();
  const { problem, dismiss, ask } = useAsk();
  const [removing, setRemoving] = useState(false);
  const [part, setPart] = useState<Part>('overview');
  const { rootId } = root;
  const issues = useAnswer('sync.issues', { rootId });
  const conflicts = useAnswer('sync.conflicts', { rootId }).data?.conflicts ?? [];
  const groups = groupIssues(issues.data?.issues ?? [], rootId, root.halted, root.lastAnswerAt ?? 0);
  const show = (path?: string) => ask(sync?.['sync.openFolder']({ rootId, ...(path === undefined ? {} : { path }) }));

  return (
    <main className="main" data-column>
      <div className="head">
        {onBack !== null && <IconButton icon="back" label={t('roots')} onClick={onBack} />}
        <h1 className="cut">{root.spaceName}</h1>
        <span className="t3 sm cut selectable" title={root.folder}>
          {root.folder}
        </span>
        <span className="push" />
        <Button size="small" icon="open" onClick={() => show()}>
          {t('openFolder')}
        </Button>
        <RootMenu root={root} ask={ask} onRemove={() => setRemoving(true)} />
      </div>
      <Headline root={root} needs={groups.guards.length + conflicts.length} onResume={() => ask(sync?.['sync.resume']({ rootId }))} />
      <div className="sync-parts">
        <Segmented
          label={t('parts')}
          value={part}
          options={[
            { value: 'overview', text: t('overview') },
            { value: 'queue', text: root.pendingFiles === 0 ? t('queue') : t('queueCount', { count: root.pendingFiles }) },
            { value: 'recovery', text: t('recovery') },
          ]}
          onChange={setPart}
        />
      </div>
      <div className="sync-body" tabIndex={0} role="region" aria-label={root.spaceName}>
        {problem !== null && (
          <Note tone="danger" icon="error" alert action={<LinkButton onClick={dismiss}>{t('ui:close')}</LinkButton>}>
            {t('actionFailed')}
            {t('space')}
            {problem}
          </Note>
        )}
        {issues.isError && (
          <ErrorNote title={t('loadFailed')} retry={{ text: t('ui:retry'), onPress: () => void issues.refetch() }}>
            {explain(problemOf(issues.error))}
          </ErrorNote>
        )}
        {part === 'overview' && <RootOverview root={root} groups={groups} conflicts={conflicts} ask={ask} onShow={show} />}
        {part === 'queue' && <TransferQueue rootId={rootId} ask={ask} />}
        {part === 'recovery' && <RecoveryBin rootId={rootId} ask={ask} />}
      </div>
      <Dialog
        open={removing}
        onClose={() => setRemoving(false)}
        title={t('removeTitle', { space: root.spaceName })}
        footer={
          <>
            <Button onClick={() => setRemoving(false)}>{t('ui:cancel')}</Button>
            <Button
              look="primary"
              onClick={() => {
                setRemoving(false);
                ask(sync?.['sync.removeRoot']({ rootId }));
              }}
            >
              {t('removeDo')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('removeText', { folder: root.folder })}</p>
      </Dialog>
    </main>
  );
}

/** How it stands, in one sentence and a few figures. */
function Headline({ root, needs, onResume }: { root: SyncRoot; needs: number; onResume: () => void }) {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const headline = useRootHeadline();
  const line = rootLine(root);
  const isSyncing = root.state === 'syncing' && root.doneFiles + root.pendingFiles > 0;
  const facts = [
    t('facts', { files: root.files.toLocaleString('en-US'), size: format.size(root.sizeBytes) }),
    root.onlineOnlyFiles === 0 ? null : t('onlineOnlyFiles', { files: root.onlineOnlyFiles.toLocaleString('en-US') }),
    root.drivePath === undefined ? null : t('onlyFolder', { path: root.drivePath }),
    root.lastAnswerAt === null ? t('noCheck') : t('lastAnswer', { moment: format.exact(root.lastAnswerAt) }),
  ];
  const pace = [
    root.bytesPerSecondUp === 0 ? null : `↑ ${format.rate(root.bytesPerSecondUp)}`,
    root.bytesPerSecondDown === 0 ? null : `↓ ${format.rate(root.bytesPerSecondDown)}`,
    root.remainingSeconds === null ? null : format.timeLeft(root.remainingSeconds),
  ];
  return (
    <div className="sync-headline">
      <span className={`sync-seal ${root.state === 'idle' || root.state === 'done' ? 'good' : line.tone}`}>
        <Icon name={line.icon} size={20} />
      </span>
      <span className="col grow">
        <span className="sync-sentence phrase" role="status">
          {headline(root, needs)}
        </span>
        <span className="sm t2 num">{format.facts(facts)}</span>
        {isSyncing && (
          <span className="row sm t2 num sync-progress">
            <Progress done={root.doneFiles} total={root.doneFiles + root.pendingFiles} label={t('progress')} />
            <span className="nowrap">{format.facts(pace)}</span>
          </span>
        )}
      </span>
      {root.state === 'paused' && (
        <Button look="primary" onClick={onResume}>
          {t('resume')}
        </Button>
      )}
    </div>
  );
}
