import { expect, it } from 'vitest';
import { Talk } from '#shared/client/talk.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { TenantContract } from '#shared/contract/tenant.ts';
import { eventually } from './support/agent.ts';
import { fakeAccount, me, message, room } from './support/fake-account.ts';

type Page = OutputOf<TenantContract, 'talk.changes'>;
const page = (cursor: number, more: Partial<Page> = {}): Page => ({
  rooms: [],
  messages: [],
  memberships: [],
  cursor,
  complete: true,
  ...more,
});

/** Pages by the cursor that asks for them; `null` is the snapshot. */
function world(pages: Map<number | null, Page>) {
  const reads: { roomId: string; sequence: number }[] = [];
  const fake = fakeAccount({
    'talk.changes': async ({ cursor }) => pages.get(cursor) ?? page(cursor ?? 0),
    'room.read': async (input) => {
      reads.push(input);
      return {};
    },
  });
  return { ...fake, reads, talk: new Talk(fake.account, () => {}) };
}

it('takes a snapshot first, then goes on page by page from its cursor', async () => {
  const pages = new Map([
    [null, page(10, { rooms: [room('a', 5)], complete: false })],
    [10, page(11, { rooms: [room('b', 1)], complete: false })],
    [11, page(12, { messages: [message('a', 6)] })],
  ]);
  const { talk, notified } = world(pages);
  talk.changes.hint(12, true);
  await talk.changes.settled();
  expect(talk.changes.cursor).toBe(12);
  expect(talk.rooms().map(({ id, lastSequence }) => [id, lastSequence])).toEqual([
    ['a', 6],
    ['b', 1],
  ]);
  expect(notified.map(({ text }) => text)).toEqual(['6通目']);
});

it('tells of the newest message of each room only, and never of own or read ones', async () => {
  const start = page(1, { rooms: [room('a', 0), room('b', 0), room('c', 3)] });
  const news = [message('a', 1), message('a', 2, { mentions: [me] }), message('b', 1, { senderId: me }), message('c', 3)];
  const { talk, notified, account } = world(
    new Map([
      [null, start],
      [1, page(2, { messages: news })],
    ]),
  );
  account.store.members.put('other', {
    id: 'other',
    memberId: 'tanaka',
    name: '田中',
    reading: 'たなか',
    organisation: null,
    title: null,
    state: 'active',
  });
  await talk.changes.pull();
  talk.changes.hint(2, false);
  await talk.changes.settled();
  expect(notified).toMatchObject([{ roomId: 'a', text: '2通目', senderName: '田中', roomName: '営業部', mentioned: true }]);
  expect(talk.totals()).toEqual({ unread: 2, mentions: 0 });
});

it('keeps what was read offline read when the server does not know it yet, and tells it once', async () => {
  const pages = new Map([[null as number | null, page(1, { rooms: [room('a', 5, 2)] })]]);
  const { talk, state, reads } = world(pages);
  await talk.changes.pull();
  state.online = false;
  talk.markRead('a', 5);
  expect(talk.totals().unread).toBe(0);
  state.online = true;
  pages.set(1, page(2, { rooms: [room('a', 5, 2, { change: 6 })] }));
  await talk.changes.pull();
  expect(talk.totals().unread).toBe(0);
  talk.tellReads();
  await eventually('told', () => reads.length === 1);
  expect(reads).toEqual([{ roomId: 'a', sequence: 5 }]);
  talk.tellReads();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reads).toHaveLength(1);
});

it('takes a message back out of the outbox when it turns up although the answer was lost', async () => {
  const sent = message('a', 1, { senderId: me });
  const pages = new Map([
    [null as number | null, page(1, { rooms: [room('a', 0)] })],
    [1, page(2, { messages: [sent] })],
  ]);
  const { talk, account } = world(pages);
  await talk.changes.pull();
  const row = {
    id: sent.id,
    roomId: 'a',
    text: sent.text,
    mentions: [],
    files: [],
    createdAt: 1,
    state: 'waiting',
    code: null,
    reason: null,
    subject: null,
  } as const;
  account.store.outgoing.put(sent.id, { ...row, mentions: [], files: [] });
  talk.changes.hint(2, false);
  await talk.changes.settled();
  expect(talk.outbox.ofRoom('a')).toEqual([]);
  expect(talk.rooms()[0]?.me.lastReadSequence).toBe(1);
});

it('drops a room that the member left, with its messages', async () => {
  const left = room('a', 1);
  const pages = new Map([
    [null as number | null, page(1, { rooms: [room('a', 1)], messages: [message('a', 1)] })],
    [1, page(2, { rooms: [{ ...left, me: { ...left.me, left: true } }] })],
  ]);
  const { talk, account } = world(pages);
  await talk.changes.pull();
  talk.changes.hint(2, false);
  await talk.changes.settled();
  expect(talk.rooms()).toEqual([]);
  expect(account.store.messages.before('a', null, 10)).toEqual([]);
});

it('takes a fresh snapshot from a server that was restored, and keeps drafts and unsent messages', async () => {
  const pages = new Map([[null as number | null, page(50, { rooms: [room('a', 9)], messages: [message('a', 9)] })]]);
  const { talk, account } = world(pages);
  await talk.changes.pull();
  talk.setDraft('a', '書きかけ');
  pages.set(null, page(20, { rooms: [room('a', 4)] }));
  talk.changes.hint(20, true);
  await talk.changes.settled();
  expect(talk.changes.cursor).toBe(20);
  expect(talk.rooms()).toMatchObject([{ lastSequence: 4, draft: '書きかけ' }]);
  expect(account.store.messages.before('a', null, 10)).toEqual([]);
});
