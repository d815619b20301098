import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from '../app/host-context.tsx';
import { familyName, otherMember, roomName, useMembers } from '../app/people.tsx';
import { roomIcon } from '../app/room-icon.ts';
import { Avatar, TileAvatar } from '../ui/avatar.tsx';
import { Count } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { useFormat } from '../ui/use-format.ts';
import { useSaid } from './notice-body.tsx';
import { unreadOf, type ListedRoom } from './room-order.ts';

/** A room in the list: who, when, what last, and what is unread. */
export const RoomRow = memo(function RoomRow({ room, open }: { room: ListedRoom; open: boolean }) {
  const { t } = useTranslation('talk');
  const { member: own } = useAccount();
  const members = useMembers();
  const format = useFormat();
  const other = otherMember(room, own.id, members);
  const name = roomName(room, own.id, members, { self: t('self'), service: t('noticeRoom'), unknownMember: t('unknownMember') });
  const unread = unreadOf(room);
  const { lastMessage, draft } = room;
  const drafted = !open && draft !== null && draft !== '';
  return (
    <div className={classNames('room', unread > 0 && 'unread')}>
      {other === undefined ? <TileAvatar icon={roomIcon(room.kind)} /> : <Avatar id={other.id} name={other.name} />}
      <span className="col">
        <span className="top">
          <span className="name cut">{name}</span>
          {lastMessage !== null && <span className="num xs t3">{format.recent(lastMessage.sentAt)}</span>}
        </span>
        <span className="bottom">
          <span className="cut">
            {drafted ? (
              <>
                <span className="accent">{t('draft')}</span>
                {draft}
              </>
            ) : (
              <Preview room={room} />
            )}
          </span>
          {room.me.mentions > 0 && (
            <Count count={room.me.mentions} tone="mention" mark="@" label={t('mentionLabel', { count: room.me.mentions })} />
          )}
          {room.me.mentions === 0 && unread > 0 && <Count count={unread} label={t('unreadLabel', { count: unread })} />}
        </span>
      </span>
    </div>
  );
});

/** The last message in one line; in rooms of more than two with its sender. */
function Preview({ room: { kind, lastMessage } }: { room: ListedRoom }) {
  const { t } = useTranslation('talk');
  const { member: own } = useAccount();
  const members = useMembers();
  const words = useSaid();
  if (lastMessage === null) return t('noMessages');
  const { files, senderId } = lastMessage;
  const text = words(lastMessage);
  const said = text !== '' ? text.replaceAll(/\s+/gu, ' ') : files.length === 1 ? files[0]!.name : t('sentFiles', { count: files.length });
  if (kind === 'self' || kind === 'service') return said;
  if (senderId === own.id) return t('you') + t('colon') + said;
  return kind === 'direct' ? said : familyName(members.get(senderId)?.name ?? t('unknownMember')) + t('colon') + said;
}
