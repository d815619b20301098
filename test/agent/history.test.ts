import { expect, it } from 'vitest';
import { History } from '#shared/client/history.ts';
import { fakeAccount, me, message, room } from './support/fake-account.ts';

/** A room of 120 messages, of which this member sees those from `first` on. */
function world(first = 1) {
  const all = Array.from({ length: 120 }, (_, index) => message('room', index + 1));
  const fake = fakeAccount({
    'message.list': async ({ beforeSequence, limit }) => {
      const visible = all.filter(({ sequence }) => sequence >= first && sequence < (beforeSequence ?? Infinity));
      return { messages: visible.slice(-limit), reachedStart: visible.length <= limit };
    },
    'room.members': async () => ({
      memberships: [
        { roomId: 'room', memberId: me, lastReadSequence: 120, left: false, change: 1 },
        { roomId: 'room', memberId: 'other', lastReadSequence: 120, left: false, change: 1 },
        { roomId: 'room', memberId: 'third', lastReadSequence: 118, left: false, change: 1 },
        { roomId: 'room', memberId: 'gone', lastReadSequence: 120, left: true, change: 1 },
      ],
    }),
  });
  fake.account.store.rooms.put('room', room('room', 120));
  return { ...fake, all, history: new History(fake.account) };
}

const sequences = (page: { messages: { sequence: number }[] }) => page.messages.map(({ sequence }) => sequence);
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const listings = (calls: string[]) => calls.filter((name) => name === 'message.list').length;

it('pages back to the start, and asks the server for each page only once', async () => {
  const { history, state } = world();
  expect(sequences(await history.page('room', undefined, 50))).toEqual(run(71, 120));
  expect(sequences(await history.page('room', 71, 50))).toEqual(run(21, 70));
  const last = await history.page('room', 21, 50);
  expect(sequences(last)).toEqual(run(1, 20));
  expect(last.reachedStart).toBe(true);
  const asked = listings(state.calls);
  for (const before of [undefined, 71, 21]) await history.page('room', before, 50);
  expect(listings(state.calls)).toBe(asked);
});

it('knows where the visible part of a room begins for somebody who joined late', async () => {
  const { history, state } = world(111);
  const page = await history.page('room', undefined, 50);
  expect(sequences(page)).toEqual(run(111, 120));
  expect(page.reachedStart).toBe(true);
  await history.page('room', undefined, 50);
  expect(listings(state.calls)).toBe(1);
});

it('shows nothing across a gap while offline, and does not claim the start', async () => {
  const { history, state, account } = world();
  await history.page('room', 11, 50);
  await history.page('room', undefined, 20);
  state.online = false;
  const page = await history.page('room', undefined, 50);
  expect(sequences(page)).toEqual(run(101, 120));
  expect(page.reachedStart).toBe(false);
  account.store.messages.put(message('room', 122));
  account.store.rooms.put('room', room('room', 122));
  expect(sequences(await history.page('room', undefined, 50))).toEqual([122]);
});

it('fetches again when the newest message is not there yet', async () => {
  const { history, all, account } = world();
  await history.page('room', undefined, 50);
  all.push(message('room', 121));
  account.store.rooms.put('room', room('room', 121));
  expect(sequences(await history.page('room', undefined, 50)).at(-1)).toBe(121);
});

it('counts readers without the sender and without those who left', async () => {
  const { history, all } = world();
  all[119] = message('room', 120, { senderId: me });
  await history.members('room');
  const { messages } = await history.page('room', undefined, 5);
  const readBy = Object.fromEntries(messages.map((shown) => [shown.sequence, shown.readBy]));
  expect(readBy).toMatchObject({ 118: 2, 119: 1, 120: 1 });
});
