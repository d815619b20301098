import { useEffect, useMemo, useRef, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../app/appearance.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { otherMember, roomName, useMembers } from '../app/people.tsx';
import { roomIcon } from '../app/room-icon.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorNote } from '../ui/note.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useToast } from '../ui/toast.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { ConversationView, type ConversationHandle } from './conversation-view.tsx';
import { DropZone } from './drop-zone.tsx';
import type { ListedRoom } from './room-order.ts';
import { RoomDetails } from './room-details.tsx';
import { useConversation } from './use-conversation.ts';
import { useViewing } from './use-reading.ts';

/** One room: its head, its messages, the composer, and at the side what is to be known about it. */
export function RoomView({ room, onBack }: { room: ListedRoom; onBack?: () => void }) {
  const { t } = useTranslation(['talk', 'ui']);
  const host = useHost();
  const explain = useExplain();
  const toast = useToast();
  const { accountId, member: own } = useAccount();
  const members = useMembers();
  const name = roomName(room, own.id, members, { self: t('self'), service: t('noticeRoom'), unknownMember: t('unknownMember') });
  const other = otherMember(room, own.id, members);
  const { answer, conversation, loadOlder } = useConversation(room.id);
  const memberships = useAnswer('room.members', { accountId, roomId: room.id }).data?.memberships;
  const memberIds = useMemo(
    () => memberships?.flatMap(({ memberId, left }) => (left ? [] : [memberId])) ?? room.memberIds,
    [memberships, room.memberIds],
  );
  const wide = useMedia('(min-width: 1120px)');
  const [details, setDetails] = useState<boolean | null>(null);
  const showDetails = details ?? wide;
  const composer = useRef<ComposerHandle>(null);
  const messages = useRef<ConversationHandle>(null);
  useViewing(room.id);

  useEffect(() => {
    // Under 1120 px the details close by themselves; opening them there lasts until the width changes.
    setDetails(null);
  }, [wide]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.code === 'KeyI') setDetails((now) => !(now ?? wide));
      else if (event.key === 'Escape' && document.querySelector('[role="dialog"], [role="menu"]') === null) {
        messages.current?.toNewest();
        composer.current?.focus();
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [wide]);

  const takeBack = (id: string) => {
    host.workspace['message.takeBack']({ accountId, id }).then(
      ({ text }) => composer.current?.put(text),
      (error: unknown) => toast({ text: explain(problemOf(error)), icon: 'error' }),
    );
  };
  const pin = () => void host.workspace['room.pin']({ accountId, roomId: room.id, pinned: !room.me.pinned }).catch(() => undefined);

  return (
    <div className="room-columns" style={{ gridTemplateColumns: showDetails ? 'minmax(0, 1fr) var(--size-details)' : 'minmax(0, 1fr)' }}>
      <main className="main" data-column>
        <div className="head">
          {onBack !== undefined && <IconButton icon="back" label={t('rooms')} onClick={onBack} />}
          <Icon name={roomIcon(room.kind)} className="t2" />
          <h1 className="cut">{name}</h1>
          {other === undefined ? (
            room.kind !== 'self' &&
            room.kind !== 'service' && <span className="t3 sm num">{t('members', { count: room.memberCount })}</span>
          ) : (
            <span className="t3 sm cut">{other.organisation}</span>
          )}
          <span className="push row" style={{ gap: 2 }}>
            <IconButton icon="pin" label={t(room.me.pinned ? 'unpin' : 'pin')} pressed={room.me.pinned} onClick={pin} />
            <IconButton
              icon="details"
              label={t('details')}
              keys="Ctrl Shift I"
              pressed={showDetails}
              onClick={() => setDetails(!showDetails)}
            />
          </span>
        </div>
        <Conversing only={room.kind === 'service'} roomName={name} onFiles={(files) => composer.current?.attach(files)}>
          {conversation === undefined && answer.isError && (
            <div className="grow" style={{ padding: 16 }}>
              <ErrorNote title={t('notLoaded')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
                {explain(problemOf(answer.error))}
              </ErrorNote>
            </div>
          )}
          {conversation === undefined && !answer.isError && <Skeleton label={t('ui:loading')} height={64} />}
          {conversation !== undefined && (
            <ConversationView
              ref={messages}
              room={room}
              roomName={name}
              conversation={conversation}
              loadOlder={loadOlder}
              onTakeBack={takeBack}
            />
          )}
          {room.kind === 'service' ? (
            <p className="notice-room xs t3">{t('noticeRoomMore')}</p>
          ) : (
            <Composer ref={composer} roomId={room.id} roomName={name} memberIds={memberIds} onSent={() => messages.current?.toNewest()} />
          )}
        </Conversing>
      </main>
      {showDetails && (
        <RoomDetails room={room} memberIds={memberIds} messages={conversation?.messages ?? []} onClose={() => setDetails(false)} />
      )}
    </div>
  );
}

/** Where something can be said, files can be dropped too; in the room of notices (`only` to be read) nothing can. */
function Conversing({ only, ...rest }: ComponentProps<typeof DropZone> & { only: boolean }) {
  return only ? <div className="drop-zone">{rest.children}</div> : <DropZone {...rest} />;
}
