import { useDeferredValue, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar, TileAvatar } from '../ui/avatar.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { searchKey } from '../ui/type-ahead.ts';
import { useAccount, useAnswer, useHost } from './host-context.tsx';
import { roomName, useMembers } from './people.tsx';
import { pathOf, useRouter } from './router.ts';
import { roomIcon } from './room-icon.ts';

interface Target {
  readonly key: string;
  readonly name: string;
  readonly more: string;
  readonly texts: readonly string[];
  readonly picture: { readonly personId: string } | { readonly icon: ReturnType<typeof roomIcon> };
  readonly roomId: string | null;
  readonly personId: string | null;
}
const most = 30;

/** Ctrl K: type a name, a reading or a room's name, press Enter, be there. */
export function QuickSwitcher({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('frame');
  return (
    <Dialog open={open} onClose={onClose} title={t('search')} className="switcher">
      <Search onDone={onClose} />
    </Dialog>
  );
}

function Search({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('frame');
  const id = useId();
  const host = useHost();
  const router = useRouter();
  const { accountId } = useAccount();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const targets = useTargets();
  const wanted = useDeferredValue(searchKey(query));
  const found = useMemo(() => rank(targets, wanted), [targets, wanted]);
  const active = found[Math.min(at, found.length - 1)];

  const go = async (target: Target) => {
    onDone();
    if (target.roomId !== null) return router.go(pathOf('talk', target.roomId));
    const { roomId } = await host.workspace['room.create']({ accountId, kind: 'direct', name: null, memberIds: [target.personId!] });
    router.go(pathOf('talk', roomId));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && active !== undefined) void go(active);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <label className="field">
        <Icon name="search" size={16} className="t3" />
        <input
          role="combobox"
          aria-label={t('search')}
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.key}`}
          autoFocus
          spellCheck={false}
          value={query}
          placeholder={t('searchHint')}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
      </label>
      {found.length === 0 && query !== '' ? (
        <p className="hint sm t2 prose" role="status">
          {t('searchEmpty', { query })}
        </p>
      ) : (
        <div role="listbox" id={`${id}-list`} aria-label={t('search')}>
          {found.map((target) => (
            <div
              key={target.key}
              id={`${id}-${target.key}`}
              role="option"
              aria-selected={target === active}
              ref={(element) => {
                if (target === active) element?.scrollIntoView({ block: 'nearest' });
              }}
              onPointerMove={() => setAt(found.indexOf(target))}
              onClick={() => void go(target)}
            >
              {'personId' in target.picture ? (
                <Avatar id={target.picture.personId} name={target.name} size="medium" />
              ) : (
                <TileAvatar icon={target.picture.icon} size="medium" />
              )}
              <span className="grow cut">{target.name}</span>
              <span className="xs t3 cut">{target.more}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** Rooms first by their latest message, then people one has no room with yet. */
function useTargets(): readonly Target[] {
  const { t } = useTranslation(['talk', 'frame']);
  const { accountId, member: own } = useAccount();
  const rooms = useAnswer('room.list', { accountId }).data?.rooms;
  const members = useMembers();
  return useMemo(() => {
    const names = { self: t('talk:self'), service: t('talk:noticeRoom'), unknownMember: t('talk:unknownMember') };
    const known = new Set<string>();
    const ofRooms = (rooms ?? [])
      .filter(({ me }) => !me.left)
      .toSorted((a, b) => (b.lastMessage?.sentAt ?? 0) - (a.lastMessage?.sentAt ?? 0))
      .map((room): Target => {
        const other = room.kind === 'direct' ? members.get(room.memberIds.find((memberId) => memberId !== own.id) ?? '') : undefined;
        if (other !== undefined) known.add(other.id);
        const name = roomName(room, own.id, members, names);
        return {
          key: `room-${room.id}`,
          name,
          more:
            other?.organisation ?? (room.kind === 'self' || room.kind === 'service' ? '' : t('talk:members', { count: room.memberCount })),
          texts: other === undefined ? [name] : [other.name, other.reading, other.memberId],
          picture: other === undefined ? { icon: roomIcon(room.kind) } : { personId: other.id },
          roomId: room.id,
          personId: null,
        };
      });
    const people = [...members.values()]
      .filter(({ id, state }) => id !== own.id && !known.has(id) && state !== 'deleted')
      .toSorted((a, b) => a.reading.localeCompare(b.reading, 'ja'))
      .map((member): Target => ({
        key: `person-${member.id}`,
        name: member.name,
        more: member.organisation ?? '',
        texts: [member.name, member.reading, member.memberId],
        picture: { personId: member.id },
        roomId: null,
        personId: member.id,
      }));
    return [...ofRooms, ...people];
  }, [rooms, members, own.id, t]);
}

/** What starts with the query before what only holds it. */
function rank(targets: readonly Target[], wanted: string): readonly Target[] {
  if (wanted === '') return targets.slice(0, 12);
  const starts: Target[] = [];
  const holds: Target[] = [];
  for (const target of targets) {
    const keys = target.texts.map(searchKey);
    if (keys.some((key) => key.startsWith(wanted))) starts.push(target);
    else if (keys.some((key) => key.includes(wanted))) holds.push(target);
  }
  return [...starts, ...holds].slice(0, most);
}
