import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAnswer, useHost, useLiveAccount } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { Button, IconButton, LinkButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { AddRootDialog } from './add-root-dialog.tsx';
import { RootList } from './root-list.tsx';
import { RootView } from './root-view.tsx';
import { SideFoot } from './side-foot.tsx';
import { useAsk } from './use-ask.ts';
import './sync.css';

/** Sync: the folders of this PC that are kept in step, and one of them. Its path is `[ROOT]`. */
export function SyncScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation(['sync', 'ui', 'drive']);
  const { sync } = useHost();
  const router = useRouter();
  const explain = useExplain();
  const { accountId, lastAnswerAt } = useLiveAccount();
  const isNarrow = useMedia('(max-width: 759px)');
  const { problem, ask } = useAsk();
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState(false);
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
  const whole = answer.data.whole.find((one) => one.accountId === accountId);
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
      {whole !== undefined && (
        <div className="sync-whole sm">
          <Icon name="both" size={14} className="t3" />
          <span className="cut grow" title={whole.folder}>
            {t('wholeNow', { folder: whole.folder })}
          </span>
          <LinkButton onClick={() => setEnding(true)}>{t('wholeEnd')}</LinkButton>
        </div>
      )}
      <RootList roots={roots} openId={open?.rootId ?? null} onOpen={(rootId) => router.go(pathOf('sync', rootId))} />
      <SideFoot roots={roots} lastAnswerAt={lastAnswerAt} />
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
          taken={new Set(roots.filter(({ driveFolderId }) => driveFolderId === undefined).map(({ spaceId }) => spaceId))}
          hasWhole={whole !== undefined}
          onClose={() => setAdding(false)}
          onAdded={(rootId) => {
            setAdding(false);
            if (rootId !== null) router.go(pathOf('sync', rootId));
          }}
        />
      )}
      <Dialog
        open={ending}
        onClose={() => setEnding(false)}
        title={t('wholeEndTitle')}
        footer={
          <>
            <Button onClick={() => setEnding(false)}>{t('ui:cancel')}</Button>
            <Button
              look="primary"
              onClick={() => {
                setEnding(false);
                ask(sync?.['sync.removeAccount']({ accountId }));
              }}
            >
              {t('removeDo')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('wholeEndText')}</p>
      </Dialog>
    </div>
  );
}
