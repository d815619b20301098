import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAnswer, useHost, useLiveAccount } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useFormat } from '../ui/use-format.ts';
import { AddRootDialog } from './add-root-dialog.tsx';
import { RootList } from './root-list.tsx';
import { RootView } from './root-view.tsx';
import { useAsk } from './use-ask.ts';
import './sync.css';

/** Sync: the folders of this PC that are kept in step, and one of them. Its path is `[ROOT]`. */
export function SyncScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation(['sync', 'ui', 'drive']);
  const { sync } = useHost();
  const router = useRouter();
  const explain = useExplain();
  const format = useFormat();
  const { accountId, lastAnswerAt } = useLiveAccount();
  const isNarrow = useMedia('(max-width: 759px)');
  const { problem, ask } = useAsk();
  const [isAdding, setAdding] = useState(false);
  const answer = useAnswer('sync.roots', {});
  if (answer.data === undefined) {
    if (!answer.isError) return <Skeleton rows={6} height={54} label={t('ui:loading')} />;
    return (
      <div className="sync-notice">
        <ErrorNote title={t('loadFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  // One's own drive has its name from the server, in one language; here it is called as it is in Drive.
  const roots = answer.data.roots
    .filter((root) => root.accountId === accountId)
    .map((root) => (root.spaceKind === 'my' ? { ...root, spaceName: t('drive:mySpaces') } : root));
  const open = roots.find(({ rootId }) => rootId === path[0]) ?? (isNarrow && path.length === 0 ? undefined : roots[0]);
  const allPaused = roots.length > 0 && roots.every(({ state }) => state === 'paused');
  const toggleAll = () => ask(allPaused ? sync?.['sync.resume']({ rootId: null }) : sync?.['sync.pause']({ rootId: null }));

  const side = (
    <section className="side" aria-label={t('roots')} data-column>
      <div className="head">
        <h2 className="grow">{t('title')}</h2>
        {roots.length > 0 && (
          <IconButton icon={allPaused ? 'sync' : 'pause'} label={t(allPaused ? 'resumeAll' : 'pauseAll')} onClick={toggleAll} />
        )}
        <IconButton icon="plus" label={t('add')} onClick={() => setAdding(true)} />
      </div>
      <div className="sync-device">{t('thisPc', { name: answer.data.deviceName })}</div>
      {problem !== null && <p className="sync-notice sm danger">{problem}</p>}
      <RootList roots={roots} openId={open?.rootId ?? null} onOpen={(rootId) => router.go(pathOf('sync', rootId))} />
      <div className="sync-foot xs t3 num">
        {lastAnswerAt === null ? t('noCheck') : t('lastCheck', { moment: format.exact(lastAnswerAt) })}
      </div>
    </section>
  );
  const work =
    open === undefined ? (
      <main className="main" data-column>
        <Empty
          icon="sync"
          title={t('none')}
          action={
            <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          }
        >
          {t('noneMore')}
        </Empty>
      </main>
    ) : (
      <RootView key={open.rootId} root={open} onBack={isNarrow ? () => router.go('/sync') : null} />
    );
  const showsSide = !isNarrow || (open === undefined && roots.length > 0);
  const showsWork = !isNarrow || open !== undefined || roots.length === 0;
  return (
    <div className={`columns sync-columns ${isNarrow ? 'one' : ''}`}>
      {showsSide && side}
      {showsWork && work}
      {isAdding && (
        <AddRootDialog
          taken={new Set(roots.map(({ spaceId }) => spaceId))}
          onClose={() => setAdding(false)}
          onAdded={(rootId) => {
            setAdding(false);
            router.go(pathOf('sync', rootId));
          }}
        />
      )}
    </div>
  );
}
