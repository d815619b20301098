import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccount } from '../app/host-context.tsx';
import { otherMember, roomName, useMembers } from '../app/people.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty } from '../ui/note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import { NewRoom } from './new-room.tsx';
import type { RoomFilter, RoomLine } from './room-order.ts';
import { RoomRow } from './room-row.tsx';

interface RoomListProps {
  /** Null until the rooms are known. */
  lines: readonly RoomLine[] | null;
  openId: string | null;
  filter: RoomFilter;
  compact: boolean;
  onFilter: (filter: RoomFilter) => void;
  onOpen: (roomId: string) => void;
}

/** The left column of Talk: every room, by section, with what is unread. */
export function RoomList({ lines, openId, filter, compact, onFilter, onOpen }: RoomListProps) {
  const { t } = useTranslation(['talk', 'ui']);
  const { member: own } = useAccount();
  const members = useMembers();
  const [making, setMaking] = useState(false);
  const heights = compact ? { heading: 28, room: 36 } : { heading: 32, room: 52 };
  return (
    <>
      <div className="head">
        <h1 className="grow">{t('title')}</h1>
        <IconButton icon="new-room" label={t('newRoom')} onClick={() => setMaking(true)} />
      </div>
      <div className="room-filter">
        <Segmented
          label={t('show')}
          value={filter}
          options={[
            { value: 'all', text: t('all') },
            { value: 'unread', text: t('unread') },
            { value: 'toMe', text: t('toMe') },
          ]}
          onChange={onFilter}
        />
      </div>
      {lines === null && <Skeleton label={t('ui:loading')} />}
      {lines !== null && lines.length === 0 && (
        <Empty
          icon="talk"
          title={t(filter === 'all' ? 'noRooms' : filter === 'unread' ? 'noneUnread' : 'noneMentions')}
          {...(filter === 'all'
            ? {
                action: (
                  <Button icon="plus" onClick={() => setMaking(true)}>
                    {t('newRoom')}
                  </Button>
                ),
              }
            : {})}
        >
          {filter === 'all' ? t('noRoomsMore') : undefined}
        </Empty>
      )}
      {lines !== null && lines.length > 0 && (
        <VirtualList
          label={t('rooms')}
          items={lines}
          keyOf={(line) => (line.kind === 'room' ? line.room.id : line.section)}
          heightOf={(line) => heights[line.kind]}
          isHeading={(line) => line.kind === 'heading'}
          isSelected={(line) => line.kind === 'room' && line.room.id === openId}
          onChoose={(line) => line.kind === 'room' && onOpen(line.room.id)}
          textsOf={(line) => {
            if (line.kind === 'heading') return [];
            const other = otherMember(line.room, own.id, members);
            return [
              roomName(line.room, own.id, members, { self: t('self'), service: t('noticeRoom'), unknownMember: '' }),
              other?.reading ?? '',
            ];
          }}
          render={(line) =>
            line.kind === 'heading' ? <Heading section={line.section} /> : <RoomRow room={line.room} open={line.room.id === openId} />
          }
        />
      )}
      <NewRoom open={making} onClose={() => setMaking(false)} onMade={onOpen} />
    </>
  );
}

function Heading({ section }: { section: 'pinned' | 'groups' | 'people' }) {
  const { t } = useTranslation('talk');
  return (
    <div className="room-heading">
      {section === 'pinned' && <Icon name="pin" size={12} />}
      {t(section)}
    </div>
  );
}
