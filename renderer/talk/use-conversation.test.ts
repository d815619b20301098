import { expect, test } from 'vitest';
import type { ShownMessage } from '#shared/contract/workspace.ts';
import { joined, type Conversation } from './use-conversation.ts';

const shown = (sequence: number, readBy = 0): ShownMessage => ({
  id: `018f0000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  roomId: 'r',
  sequence,
  senderId: 'm',
  text: `${sequence}`,
  files: [],
  mentions: [],
  sentAt: sequence,
  change: sequence,
  readBy,
});
const part = (from: number, to: number, reachedStart = false, readBy = 0): Conversation => ({
  messages: Array.from({ length: to - from + 1 }, (_, index) => shown(from + index, readBy)),
  outgoing: [],
  reachedStart,
});
const sequences = (conversation: Conversation | null) => conversation?.messages.map(({ sequence }) => sequence);

test('the newest page takes the place of what is newest, and what was scrolled to stays', () => {
  const joint = joined(part(8, 12, false, 3), part(4, 10, true));
  expect(sequences(joint)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(joint?.messages.map(({ readBy }) => readBy)).toEqual([0, 0, 0, 0, 3, 3, 3, 3, 3]);
  expect(joint?.reachedStart).toBe(true);
});

test('a page that just follows leaves no gap; one further on does, and then everything is asked for', () => {
  expect(sequences(joined(part(11, 12), part(4, 10)))).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(joined(part(12, 14), part(4, 10))).toBeNull();
});

test('a page that reaches the start is everything', () => {
  expect(joined(part(1, 5, true), part(1, 4, true))).toBeNull();
  expect(joined(part(1, 5), undefined)).toBeNull();
});
