import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type Ref, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { serviceSenderId } from '#shared/model/notice.ts';
import { useAccount } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { localDay } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { conversationItems, type ConversationItem } from './conversation-items.ts';
import { MessageRow, OutgoingRow } from './message-row.tsx';
import { useSaid } from './notice-body.tsx';
import type { ListedRoom } from './room-order.ts';
import type { Conversation } from './use-conversation.ts';
import { useMarkRead, useUnreadLine } from './use-reading.ts';

/** What the room does with its conversation from outside. */
export interface ConversationHandle {
  toNewest(): void;
}

interface ConversationViewProps {
  room: ListedRoom;
  roomName: string;
  conversation: Conversation;
  loadOlder: () => Promise<void>;
  onTakeBack: (id: string) => void;
  ref: Ref<ConversationHandle>;
}

/** How near to the end counts as at the end, and how near to the start asks for older messages, in pixels. */
const nearEnd = 32;
const nearStart = 600;

const estimate = (item: ConversationItem): number => {
  switch (item.kind) {
    case 'day':
    case 'start':
      return 42;
    case 'unread':
      return 34;
    case 'message':
      return (item.continued ? 36 : item.own ? 44 : 64) + Math.floor(item.message.text.length / 34) * 22 + item.message.files.length * 52;
    case 'outgoing':
      return 44 + item.outgoing.files.length * 52;
  }
};

/** The messages of a room, from the bottom up. Only those in view exist; what is being read never moves. */
export function ConversationView({ room, roomName, conversation, loadOlder, onTakeBack, ref }: ConversationViewProps) {
  const { t } = useTranslation('talk');
  const { member: own } = useAccount();
  const scroller = useRef<HTMLDivElement>(null);
  const unreadAfter = useUnreadLine(room);
  const { messages, outgoing, reachedStart } = conversation;
  const items = useMemo(
    () => conversationItems({ messages, outgoing, reachedStart, ownId: own.id, unreadAfter, dayOf: localDay }),
    [messages, outgoing, reachedStart, own.id, unreadAfter],
  );
  /** Null until it was looked at: nothing counts as seen before. */
  const [atEnd, setAtEnd] = useState<boolean | null>(null);
  const [seen, setSeen] = useState(0);
  const newest = messages.at(-1)?.sequence ?? 0;

  // oxlint-disable-next-line react/incompatible-library -- the virtualizer must not be memoized, and is not
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(items[index]!),
    getItemKey: useCallback((index: number) => items[index]!.key, [items]),
    overscan: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: nearEnd,
    paddingEnd: 8,
  });

  // Opened at the unread line where there is one out of sight, else at the newest message.
  const opened = useRef(false);
  useLayoutEffect(
    () => () => {
      opened.current = false;
    },
    [],
  );
  useLayoutEffect(() => {
    if (opened.current || items.length === 0) return;
    opened.current = true;
    const line = items.findIndex(({ kind }) => kind === 'unread');
    if (line >= 0) virtual.scrollToIndex(Math.max(0, line - 1), { align: 'start' });
    else virtual.scrollToEnd();
  }, [items, virtual]);

  const toNewest = useCallback(() => virtual.scrollToEnd(), [virtual]);
  useImperativeHandle(ref, () => ({ toNewest }), [toNewest]);
  // One's own message is always followed, also from far above.
  const lastOutgoing = outgoing.at(-1)?.id ?? null;
  const firstOutgoing = useRef(lastOutgoing);
  useLayoutEffect(() => {
    if (lastOutgoing !== null && lastOutgoing !== firstOutgoing.current) toNewest();
    firstOutgoing.current = lastOutgoing;
  }, [lastOutgoing, toNewest]);

  const settled = useSettled(scroller);
  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null || !settled) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight <= nearEnd;
    setAtEnd(end);
    if (end) setSeen(newest);
    if (element.scrollTop < nearStart) void loadOlder();
  }, [settled, newest, loadOlder]);
  const total = virtual.getTotalSize();
  useEffect(look, [look, total]);
  // A growing composer or a closing column takes room away: who was at the end stays there.
  useEffect(() => {
    const element = scroller.current;
    if (element === null || atEnd !== true) return undefined;
    const observer = new ResizeObserver(() => virtual.scrollToEnd());
    observer.observe(element);
    return () => observer.disconnect();
  }, [atEnd, virtual]);
  useMarkRead(room, newest, atEnd === true);

  const below = atEnd !== false ? 0 : messages.filter(({ sequence, senderId }) => sequence > seen && senderId !== own.id).length;
  return (
    <div className="conversation">
      <div
        ref={scroller}
        className="scroller"
        onScroll={look}
        role="log"
        aria-live="off"
        aria-label={t('conversation', { room: roomName })}
        tabIndex={0}
        data-start
      >
        <div className="sizer" style={{ height: total }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="place"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Item item={items[index]!} onTakeBack={onTakeBack} />
            </div>
          ))}
        </div>
      </div>
      {atEnd === false && (
        <button type="button" className="to-newest" onClick={toNewest}>
          <Icon name="down" size={14} />
          {below > 0 ? t('newBelow', { count: below }) : t('toNewest')}
        </button>
      )}
      <Announcer messages={messages} ownId={own.id} />
    </div>
  );
}

/** True once the place where the room opens has been reached: what is passed on the way there was neither seen nor asked for. */
function useSettled(scroller: RefObject<HTMLDivElement | null>): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    let last = -1;
    let still = 0;
    const wait = () => {
      const at = scroller.current?.scrollTop ?? 0;
      still = at === last ? still + 1 : 0;
      last = at;
      if (still >= 3) setSettled(true);
      else frame = requestAnimationFrame(wait);
    };
    let frame = requestAnimationFrame(wait);
    return () => cancelAnimationFrame(frame);
  }, [scroller]);
  return settled;
}

function Item({ item, onTakeBack }: { item: ConversationItem; onTakeBack: (id: string) => void }) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  switch (item.kind) {
    case 'start':
      return <p className="conversation-start xs t3">{t('start')}</p>;
    case 'day':
      return (
        <div className="rule" role="separator">
          <span>{format.day(item.at)}</span>
        </div>
      );
    case 'unread':
      return (
        <div className="rule unread" role="separator">
          <span>{t('unreadLine')}</span>
        </div>
      );
    case 'message':
      return <MessageRow message={item.message} own={item.own} continued={item.continued} />;
    case 'outgoing':
      return <OutgoingRow outgoing={item.outgoing} continued={item.continued} onTakeBack={onTakeBack} />;
  }
}

/** Says each new message of others once to those who hear the screen: sender, then text. */
function Announcer({ messages, ownId }: { messages: Conversation['messages']; ownId: string }) {
  const { t } = useTranslation('talk');
  const members = useMembers();
  const words = useSaid();
  const last = messages.at(-1);
  const [said, setSaid] = useState(last?.sequence ?? 0);
  const [text, setText] = useState('');
  if (last !== undefined && last.sequence > said) {
    setSaid(last.sequence);
    if (last.senderId !== ownId) {
      const content = last.text === '' ? t('sentFiles', { count: last.files.length }) : words(last);
      const other = last.senderId === serviceSenderId ? t('noticeRoom') : t('unknownMember');
      setText(t('announce', { name: members.get(last.senderId)?.name ?? other, text: content }));
    }
  }
  return (
    <div className="unseen" aria-live="polite">
      {text}
    </div>
  );
}
