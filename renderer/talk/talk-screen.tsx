import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { useSettings } from '../app/settings-source.ts';
import { Empty, ErrorNote } from '../ui/note.tsx';
import { Splitter, useColumnWidth } from '../ui/splitter.tsx';
import { DraftsProvider, makeDrafts } from './drafts.ts';
import { RoomList } from './room-list.tsx';
import { neighbourRoom, roomLines, type RoomFilter } from './room-order.ts';
import { RoomView } from './room-view.tsx';
import './talk.css';

/** Talk: the rooms, the conversation of one, and what is to be known about it. */
export function TalkScreen({ path }: { path: readonly string[] }) {
  const { t } = useTranslation(['talk', 'ui']);
  const router = useRouter();
  const explain = useExplain();
  const host = useHost();
  const { accountId } = useAccount();
  const answer = useAnswer('room.list', { accountId });
  const compact = useSettings(accountId).get('density') === 'compact';
  const [filter, setFilter] = useState<RoomFilter>('all');
  const [drafts] = useState(() => makeDrafts(host, accountId));
  const column = useColumnWidth('hikyaku.talk.list', { standard: 272, least: 220, most: 400 });
  const narrow = useMedia('(max-width: 759px)');
  const openId = path[0] ?? null;
  const rooms = answer.data?.rooms;
  const lines = useMemo(() => (rooms === undefined ? null : roomLines(rooms, filter, openId)), [rooms, filter, openId]);
  const room = rooms?.find(({ id }) => id === openId) ?? null;
  const open = (roomId: string) => router.go(pathOf('talk', roomId));

  const latest = useRef({ lines, openId });
  useEffect(() => {
    latest.current = { lines, openId };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
      const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (by === 0 || latest.current.lines === null) return;
      event.preventDefault();
      const next = neighbourRoom(latest.current.lines, latest.current.openId, by, event.shiftKey);
      if (next !== null) router.go(pathOf('talk', next));
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [router]);

  if (answer.isError && rooms === undefined) {
    return (
      <div className="main grow" style={{ padding: 24 }}>
        <ErrorNote title={t('notLoaded')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      </div>
    );
  }
  const list = (
    <section className="side" data-column aria-label={t('rooms')}>
      <RoomList lines={lines} openId={openId} filter={filter} compact={compact} onFilter={setFilter} onOpen={open} />
      {!narrow && <Splitter label={t('rooms')} {...column} />}
    </section>
  );
  if (narrow && openId === null) {
    return (
      <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {list}
      </div>
    );
  }
  return (
    <DraftsProvider value={drafts}>
      <div className="columns talk-columns" style={{ gridTemplateColumns: narrow ? 'minmax(0, 1fr)' : `${column.width}px minmax(0, 1fr)` }}>
        {!narrow && list}
        {room !== null && <RoomView key={room.id} room={room} {...(narrow ? { onBack: () => router.go('/talk') } : {})} />}
        {room === null && (
          <main className="main" data-column>
            {openId === null || rooms === undefined ? (
              rooms !== undefined && (
                <Empty icon="talk" title={t('pick')}>
                  {t('pickMore')}
                </Empty>
              )
            ) : (
              <Empty icon="talk" title={t('gone')}>
                {t('goneMore')}
              </Empty>
            )}
          </main>
        )}
      </div>
    </DraftsProvider>
  );
}
