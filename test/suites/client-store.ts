import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ClientStore } from '#shared/client/client-store.ts';
import type { Node } from '#shared/model/drive.ts';
import type { StoredOutgoing } from '#shared/client/stored.ts';
import type { Message } from '#shared/model/talk.ts';

const message = (sequence: number, roomId = 'room'): Message => ({
  id: `00000000-0000-7000-8000-${roomId === 'room' ? '0' : '1'}${String(sequence).padStart(11, '0')}`,
  roomId,
  sequence,
  senderId: 'sato',
  text: `明日の会議 ${sequence}`,
  files: [],
  mentions: [],
  sentAt: 1_000 + sequence,
  change: sequence,
});

const outgoing = (id: string): StoredOutgoing => ({
  id,
  roomId: 'room',
  text: 'まだ届いていません',
  files: [],
  mentions: [],
  createdAt: 1,
  state: 'waiting',
  code: null,
  reason: null,
  subject: null,
});

const node = (id: string, parentId: string, sequence = 1): Node => ({
  ...{ id, parentId, sequence, spaceId: 'space', name: id, kind: 'folder', revision: 1, version: 0, content: null },
  ...{ updatedAt: 1, updatedBy: 'sato', trashed: false },
});

/** What every implementation of the client's store does. */
export function clientStoreSuite(make: () => ClientStore): void {
  let store: ClientStore;
  beforeEach(() => {
    store = make();
  });
  afterEach(() => store.close());

  it('gives back what was put, and nothing for what was not', () => {
    store.values.put('cursor', 42);
    store.drafts.put('room', '下書き');
    expect(store.values.get('cursor')).toBe(42);
    expect(store.drafts.get('room')).toBe('下書き');
    expect(store.drafts.get('other')).toBeUndefined();
    store.drafts.remove('room');
    expect(store.drafts.get('room')).toBeUndefined();
  });

  it('keeps the outbox in the order in which messages were written, also after one of them changes', () => {
    for (const id of ['c', 'a', 'b']) store.outgoing.put(id, outgoing(id));
    store.outgoing.put('a', { ...outgoing('a'), state: 'sending' });
    expect(store.outgoing.all().map(({ id, state }) => `${id} ${state}`)).toEqual(['c waiting', 'a sending', 'b waiting']);
    store.outgoing.remove('c');
    store.outgoing.put('c', outgoing('c'));
    expect(store.outgoing.all().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('lists messages before a place, newest first, one room at a time', () => {
    for (const sequence of [3, 1, 5, 4]) store.messages.put(message(sequence));
    store.messages.put(message(9, 'elsewhere'));
    const sequences = (before: number | null, limit: number) =>
      store.messages.before('room', before, limit).map(({ sequence }) => sequence);
    expect(sequences(null, 2)).toEqual([5, 4]);
    expect(sequences(4, 10)).toEqual([3, 1]);
    expect(store.messages.get(message(3).id)).toEqual(message(3));
    store.messages.put({ ...message(3), text: '直しました' });
    expect(store.messages.before('room', 4, 1)[0]?.text).toBe('直しました');
    expect(store.messages.get(message(3).id)?.text).toBe('直しました');
  });

  it('forgets a room with its messages and members and leaves the others alone', () => {
    store.messages.put(message(1));
    store.messages.put(message(1, 'elsewhere'));
    for (const roomId of ['room', 'elsewhere']) {
      store.memberships.put({ roomId, memberId: 'sato', lastReadSequence: 1, left: false, change: 1 });
    }
    store.messages.removeRoom('room');
    store.memberships.removeRoom('room');
    expect(store.messages.before('room', null, 10)).toEqual([]);
    expect(store.messages.get(message(1).id)).toBeUndefined();
    expect(store.memberships.ofRoom('room')).toEqual([]);
    expect(store.messages.before('elsewhere', null, 10)).toHaveLength(1);
    expect(store.memberships.ofRoom('elsewhere')).toHaveLength(1);
  });

  it('replaces a member of a room instead of listing them twice', () => {
    store.memberships.put({ roomId: 'room', memberId: 'sato', lastReadSequence: 1, left: false, change: 1 });
    store.memberships.put({ roomId: 'room', memberId: 'sato', lastReadSequence: 7, left: false, change: 2 });
    expect(store.memberships.ofRoom('room').map(({ lastReadSequence }) => lastReadSequence)).toEqual([7]);
    expect(store.memberships.get('room', 'sato')?.lastReadSequence).toBe(7);
    expect(store.memberships.get('room', 'tanaka')).toBeUndefined();
  });

  it('pages through what lies in a folder in the order of arrival, also what moved there, and undoes a change of it', () => {
    for (const id of ['c', 'a', 'b', 'd']) store.nodes.put(node(id, 'folder'));
    store.nodes.put(node('x', 'elsewhere'));
    const idsFrom = (after: number, limit: number) => {
      const page = store.nodes.page('folder', after, limit);
      return { ids: page.nodes.map(({ id }) => id), after: page.after };
    };
    const first = idsFrom(0, 2);
    expect(first.ids).toEqual(['c', 'a']);
    store.nodes.put(node('c', 'folder', 2));
    store.nodes.put(node('b', 'elsewhere'));
    store.nodes.put(node('x', 'folder'));
    store.nodes.remove('d');
    expect(idsFrom(first.after!, 9)).toEqual({ ids: ['x'], after: null });
    expect(store.nodes.get('c')).toMatchObject({ sequence: 2 });
    const undone = () =>
      store.transaction(() => {
        store.nodes.put(node('c', 'elsewhere', 3));
        store.nodes.removeFolder('folder');
        throw new Error('no');
      });
    expect(undone).toThrow('no');
    expect(idsFrom(0, 9).ids).toEqual(['c', 'a', 'x']);
    store.nodes.removeFolder('folder');
    expect(idsFrom(0, 9).ids).toEqual([]);
    expect(store.nodes.get('b')).toMatchObject({ parentId: 'elsewhere' });
  });

  it('undoes a whole transaction when its work throws', () => {
    store.values.put('cursor', 1);
    store.messages.put(message(1));
    const work = () =>
      store.transaction(() => {
        store.values.put('cursor', 2);
        store.values.remove('missing');
        store.messages.put(message(2));
        store.transaction(() => store.messages.removeRoom('room'));
        store.drafts.put('room', '消えるはず');
        throw new Error('no');
      });
    expect(work).toThrow('no');
    expect(store.values.get('cursor')).toBe(1);
    expect(store.messages.before('room', null, 10).map(({ sequence }) => sequence)).toEqual([1]);
    expect(store.drafts.get('room')).toBeUndefined();
  });

  it('undoes what was refreshed, too, when its work throws, and joins a transaction around it', () => {
    const work = () =>
      store.refresh(() => {
        store.values.put('cursor', 2);
        throw new Error('no');
      });
    expect(work).toThrow('no');
    expect(store.values.get('cursor')).toBeUndefined();
    const around = () =>
      store.transaction(() => {
        store.refresh(() => store.values.put('cursor', 3));
        throw new Error('outer');
      });
    expect(around).toThrow('outer');
    expect(store.values.get('cursor')).toBeUndefined();
    expect(store.refresh(() => 'done')).toBe('done');
  });

  it('keeps what a transaction wrote and gives its result', () => {
    const result = store.transaction(() => {
      store.values.put('cursor', 3);
      return 'done';
    });
    expect(result).toBe('done');
    expect(store.values.get('cursor')).toBe(3);
  });

  it('does not change when somebody changes a row they put in or took out', () => {
    const row = { nested: { count: 1 } };
    store.values.put('row', row);
    row.nested.count = 2;
    (store.values.get('row') as typeof row).nested.count = 3;
    expect(store.values.get('row')).toEqual({ nested: { count: 1 } });
  });
}
