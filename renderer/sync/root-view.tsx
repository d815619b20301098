import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncRoot } from '#shared/contract/sync.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAnswer, useHost } from '../app/host-context.tsx';
import { Progress } from '../ui/badge.tsx';
import { Button, IconButton, LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { ErrorNote, Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { ActivityList } from './activity-list.tsx';
import { ConflictCard, GuardCard } from './attention-card.tsx';
import { groupIssues } from './issues.ts';
import { rootLine } from './root-line.ts';
import { SkippedTable } from './skipped-table.tsx';
import { useAsk } from './use-ask.ts';
import { useRootHeadline } from './use-root-line.ts';

/** One synced folder: how it stands, what needs a person, what was left out, and what was done. */
export function RootView({ root, onBack }: { root: SyncRoot; onBack: (() => void) | null }) {
  const { t } = useTranslation(['sync', 'ui']);
  const { sync } = useHost();
  const explain = useExplain();
  const format = useFormat();
  const headline = useRootHeadline();
  const { problem, dismiss, ask } = useAsk();
  const [removing, setRemoving] = useState(false);
  const { rootId } = root;
  const issues = useAnswer('sync.issues', { rootId });
  const activity = useAnswer('sync.activity', { rootId });
  const { attention, skipped } = groupIssues(issues.data?.issues ?? [], rootId, root.halted, root.lastAnswerAt ?? 0);
  const line = rootLine(root);
  const show = (path?: string) => ask(sync?.['sync.openFolder']({ rootId, ...(path === undefined ? {} : { path }) }));
  const retry = () => ask(sync?.['sync.retry']({ rootId }));
  const isPaused = root.state === 'paused';
  const entries: readonly MenuEntry[] = [
    isPaused
      ? { text: t('resume'), icon: 'sync', onSelect: () => ask(sync?.['sync.resume']({ rootId })) }
      : { text: t('pause'), icon: 'pause', onSelect: () => ask(sync?.['sync.pause']({ rootId })) },
    { text: t('retry'), icon: 'sync', onSelect: retry },
    'line',
    { text: t('remove'), icon: 'close', onSelect: () => setRemoving(true) },
  ];
  const facts = [t('facts', { files: root.files.toLocaleString('en-US'), size: format.size(root.sizeBytes) })];
  facts.push(root.lastAnswerAt === null ? t('noCheck') : t('lastAnswer', { moment: format.exact(root.lastAnswerAt) }));

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
        <Menu entries={entries} align="end">
          <IconButton icon="more" label={t('more')} />
        </Menu>
      </div>
      <div className="sync-headline">
        <span className={`sync-seal ${root.state === 'idle' || root.state === 'done' ? 'good' : line.tone}`}>
          <Icon name={line.icon} size={20} />
        </span>
        <span className="col grow" role="status">
          <span className="sync-sentence phrase">{headline(root, attention.length)}</span>
          <span className="sm t2 num">{facts.join(t('dot'))}</span>
          {root.state === 'syncing' && root.doneFiles + root.pendingFiles > 0 && (
            <span className="row sync-progress">
              <Progress done={root.doneFiles} total={root.doneFiles + root.pendingFiles} label={t('progress')} />
            </span>
          )}
        </span>
        {isPaused && (
          <Button look="primary" onClick={() => ask(sync?.['sync.resume']({ rootId }))}>
            {t('resume')}
          </Button>
        )}
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
        {attention.length > 0 && (
          <section aria-label={t('attentionTitle')}>
            <h2>
              {t('attentionTitle')} <span className="t3 num">{attention.length}</span>
            </h2>
            {attention.map((issue) =>
              issue.kind === 'conflict' ? (
                <ConflictCard key={`${issue.path} ${issue.otherPath}`} issue={issue} onShow={show} />
              ) : (
                <GuardCard key={issue.reason} issue={issue} onAnswer={(answer) => ask(sync?.['sync.answerGuard']({ rootId, answer }))} />
              ),
            )}
          </section>
        )}
        {skipped.length > 0 && (
          <section aria-label={t('skippedTitle')}>
            <h2>
              {t('skippedTitle')} <span className="t3 num">{skipped.length}</span>
            </h2>
            <SkippedTable issues={skipped} onRetry={retry} />
          </section>
        )}
        <section aria-label={t('activityTitle')}>
          <h2>{t('activityTitle')}</h2>
          {activity.data !== undefined && <ActivityList activity={activity.data.activity} />}
        </section>
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
