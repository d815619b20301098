import { describe, expect, test } from 'vitest';
import type { Outgoing, ShownMessage } from '#shared/contract/workspace.ts';
import { conversationItems } from './conversation-items.ts';
import { mentionQuery, textParts } from './message-text.ts';
import { neighbourRoom, roomLines, type ListedRoom } from './room-order.ts';

const minute = 60_000;
const message = (sequence: number, senderId: string, sentAt: number): ShownMessage => ({
  id: `m-${sequence}`,
  roomId: 'r',
  sequence,
  senderId,
  text: `text ${sequence}`,
  files: [],
  mentions: [],
  sentAt,
  change: sequence,
  readBy: 0,
});
const room = (id: string, more: Partial<ListedRoom> = {}, me: Partial<ListedRoom['me']> = {}): ListedRoom => ({
  id,
  kind: 'group',
  name: id,
  memberCount: 3,
  memberIds: ['me', 'a'],
  lastSequence: 5,
  lastMessage: null,
  draft: null,
  change: 1,
  ...more,
  me: { lastReadSequence: 5, mentions: 0, pinned: false, left: false, ...me },
});
const dayOf = (at: number) => String(Math.floor(at / 86_400_000));
const shape = { outgoing: [], reachedStart: false, ownId: 'me', unreadAfter: null, dayOf };

describe('a conversation', () => {
  test('draws the day once, and names a person again after five minutes or somebody else', () => {
    const messages = [
      message(1, 'a', 0),
      message(2, 'a', minute),
      message(3, 'b', 2 * minute),
      message(4, 'a', 3 * minute),
      message(5, 'a', 9 * minute),
    ];
    const items = conversationItems({ ...shape, messages });
    expect(items.map((item) => (item.kind === 'message' ? item.continued : item.kind))).toEqual(['day', false, true, false, false, false]);
  });

  test('draws the unread line before the first message of others that was not read, and only once', () => {
    const messages = [message(1, 'a', 0), message(2, 'me', minute), message(3, 'a', 2 * minute), message(4, 'a', 3 * minute)];
    const kinds = (unreadAfter: number | null) => conversationItems({ ...shape, messages, unreadAfter }).map(({ key }) => key);
    expect(kinds(1)).toEqual(['day-0', 'm-1', 'm-2', 'unread', 'm-3', 'm-4']);
    expect(kinds(4)).not.toContain('unread');
    expect(kinds(null)).not.toContain('unread');
  });

  test('shows a message once when its waiting copy is still listed', () => {
    const waiting: Outgoing = {
      id: 'm-2',
      roomId: 'r',
      text: 'x',
      files: [],
      createdAt: minute,
      state: 'sending',
      code: null,
      reason: null,
      subject: null,
    };
    const items = conversationItems({ ...shape, messages: [message(1, 'a', 0), message(2, 'me', minute)], outgoing: [waiting] });
    expect(items.filter(({ key }) => key === 'm-2')).toHaveLength(1);
    expect(conversationItems({ ...shape, messages: [], outgoing: [waiting] }).map(({ kind }) => kind)).toEqual(['day', 'outgoing']);
  });
});

describe('the list of rooms', () => {
  const at = (sentAt: number) => ({ lastMessage: { ...message(5, 'a', sentAt) } });
  const rooms = [
    room('old', at(1)),
    room('new', at(9), { lastReadSequence: 3 }),
    room('pin', at(5), { pinned: true }),
    room('one', { kind: 'direct', ...at(7) }, { lastReadSequence: 4, mentions: 1 }),
    room('gone', at(10), { left: true }),
  ];
  const ids = (lines: ReturnType<typeof roomLines>) => lines.map((line) => (line.kind === 'room' ? line.room.id : `# ${line.section}`));

  test('has pinned rooms, groups and people, the latest first, without rooms one has left', () => {
    expect(ids(roomLines(rooms, 'all', null))).toEqual(['# pinned', 'pin', '# groups', 'new', 'old', '# people', 'one']);
  });

  test('filters by unread and by mentions, and keeps the open room', () => {
    expect(ids(roomLines(rooms, 'unread', null))).toEqual(['# groups', 'new', '# people', 'one']);
    expect(ids(roomLines(rooms, 'toMe', 'old'))).toEqual(['# groups', 'old', '# people', 'one']);
  });

  test('is walked by keys, with a stop at its ends, and around it to what is unread', () => {
    const lines = roomLines(rooms, 'all', null);
    expect(neighbourRoom(lines, 'pin', 1, false)).toBe('new');
    expect(neighbourRoom(lines, 'pin', -1, false)).toBeNull();
    expect(neighbourRoom(lines, 'one', 1, true)).toBe('new');
    expect(neighbourRoom(lines, null, 1, false)).toBe('pin');
    expect(neighbourRoom([], null, 1, true)).toBeNull();
  });
});

describe('the text of a message', () => {
  const people = [
    { id: 's', name: '佐伯' },
    { id: 'sm', name: '佐伯 美咲' },
  ];
  test('marks mentions by the longest name, and leaves others alone', () => {
    expect(textParts('@佐伯 美咲 と@佐伯 、@誰か', people)).toEqual([
      { kind: 'mention', text: '@佐伯 美咲', memberId: 'sm' },
      { kind: 'words', text: ' と' },
      { kind: 'mention', text: '@佐伯', memberId: 's' },
      { kind: 'words', text: ' 、@誰か' },
    ]);
  });

  test('ends addresses before Japanese and sentence punctuation', () => {
    expect(textParts('資料はhttps://example.jp/a?b=1。見てください https://x.jp/.', []).filter(({ kind }) => kind === 'link')).toEqual([
      { kind: 'link', text: 'https://example.jp/a?b=1', url: 'https://example.jp/a?b=1' },
      { kind: 'link', text: 'https://x.jp/', url: 'https://x.jp/' },
    ]);
  });

  test('asks for a name after @, not inside an e-mail address', () => {
    expect(mentionQuery('こんにちは@さえ', 8)).toEqual({ start: 5, query: 'さえ' });
    expect(mentionQuery('mail@example', 12)).toBeNull();
    expect(mentionQuery('@佐伯 と', 5)).toBeNull();
  });
});
