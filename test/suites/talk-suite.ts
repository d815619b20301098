import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noInspection } from '../../server/content/inspection/inspector.ts';
import type { Hint } from '../../server/context.ts';
import { talkHandlers } from '../../server/talk/handlers.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

/** What Talk promises on every database. */
export function talkSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`Talk on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let talk: ReturnType<typeof talkHandlers>;
    const hints: Hint[] = [];
    beforeAll(async () => {
      made = await open();
      made.services.bus.subscribe((hint) => void hints.push(hint));
      tenant = await makeTenant(made.services, ['sato', 'tanaka', 'suzuki', 'gone']);
      const gone = made.services.database.updateTable('members').set({ state: 'deleted' });
      await gone.where('tenant_id', '=', tenant.tenantId).where('id', '=', 'gone').execute();
      talk = talkHandlers({ ...made.services, inspector: noInspection });
    });
    afterAll(() => made.close());

    const as = (who: string) => tenant.context(who);
    const group = async (...others: string[]) =>
      (await talk['room.create']({ id: randomUUID(), kind: 'group', name: '新製品', memberIds: others }, as('sato'))).room;
    const say = async (who: string, roomId: string, text = '資料です', mentions: string[] = []) =>
      (await talk['message.send']({ id: randomUUID(), roomId, text, files: [], mentions }, as(who))).message;
    const roomOf = async (who: string, roomId: string) => {
      const { rooms } = await talk['talk.changes']({ cursor: null, limit: 500 }, as(who));
      return rooms.find(({ id }) => id === roomId);
    };

    it('keeps one room between two people and one for notes, whoever opens it first', async () => {
      const direct = (who: string, other: string) =>
        talk['room.create']({ id: randomUUID(), kind: 'direct', name: null, memberIds: [other] }, as(who));
      const answers = await Promise.all([direct('sato', 'tanaka'), direct('tanaka', 'sato'), direct('sato', 'tanaka')]);
      expect(new Set(answers.map(({ room }) => room.id)).size).toBe(1);
      expect(answers[0].room).toMatchObject({ name: null, memberCount: 2, memberIds: ['sato', 'tanaka'] });
      const notes = () => talk['room.create']({ id: randomUUID(), kind: 'self', name: null, memberIds: [] }, as('sato'));
      expect((await notes()).room.id).toBe((await notes()).room.id);
    });

    it('makes a group once for its id, only of members that exist, and no rooms that are not for people to make', async () => {
      const id = randomUUID();
      const create = (who: string, memberIds: string[]) => talk['room.create']({ id, kind: 'group', name: ' 新製品 ', memberIds }, as(who));
      const { room } = await create('sato', ['tanaka']);
      expect(room).toMatchObject({ name: '新製品', memberCount: 2 });
      expect((await create('sato', ['tanaka'])).room).toEqual(room);
      await expect(create('suzuki', [])).rejects.toMatchObject({ code: 'conflict' });
      for (const unknown of ['gone', 'nobody'])
        await expect(group('tanaka', unknown)).rejects.toMatchObject({ code: 'invalid', details: { subject: unknown } });
      const organisation = talk['room.create']({ id: randomUUID(), kind: 'organisation', name: '営業部', memberIds: [] }, as('sato'));
      await expect(organisation).rejects.toMatchObject({ code: 'denied' });
      const nameless = talk['room.create']({ id: randomUUID(), kind: 'group', name: '  ', memberIds: [] }, as('sato'));
      await expect(nameless).rejects.toMatchObject({ code: 'invalid' });
    });

    it('gives the message that is there when the same id is sent again, and nobody else may use it', async () => {
      const { id: roomId } = await group('tanaka');
      const draft = { id: randomUUID(), roomId, text: '明日の会議の資料です', files: [], mentions: [] };
      const answers = await Promise.all([1, 2, 3].map(() => talk['message.send'](draft, as('sato'))));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect((await talk['message.send']({ ...draft, text: '別の文' }, as('sato'))).message.text).toBe('明日の会議の資料です');
      await expect(talk['message.send'](draft, as('tanaka'))).rejects.toMatchObject({ code: 'conflict', details: { reason: 'id_taken' } });
      const { messages } = await talk['message.list']({ roomId, limit: 50 }, as('tanaka'));
      expect(messages).toHaveLength(1);
    });

    it('numbers messages without gaps however many people write at once', async () => {
      const { id: roomId } = await group('tanaka', 'suzuki');
      await Promise.all(Array.from({ length: 12 }, (_, index) => say(['sato', 'tanaka', 'suzuki'][index % 3]!, roomId)));
      const { messages, reachedStart } = await talk['message.list']({ roomId, limit: 50 }, as('sato'));
      expect(messages.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      expect(messages.map(({ change }) => change)).toEqual(messages.map(({ change }) => change).toSorted((a, b) => a - b));
      expect(reachedStart).toBe(true);
    });

    it('never lets a reader pass what others are still committing', async () => {
      const { id: roomId } = await group('tanaka', 'suzuki');
      let { cursor } = await talk['talk.changes']({ cursor: null, limit: 10 }, as('suzuki'));
      const seen: number[] = [];
      let writing = true;
      const read = async () => {
        for (let done = false; !done;) {
          const over = !writing;
          const page = await talk['talk.changes']({ cursor, limit: 3 }, as('suzuki'));
          for (const message of page.messages) seen.push(message.sequence);
          ({ cursor } = page);
          done = over && page.complete;
        }
      };
      const reader = read();
      await Promise.all(
        ['sato', 'tanaka', 'sato', 'tanaka'].map(async (who) => {
          for (let count = 0; count < 10; count += 1) await say(who, roomId);
        }),
      );
      writing = false;
      await reader;
      expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    });

    it('counts unread from pointers that only go forward, and one has read what stands before an own message', async () => {
      const { id: roomId } = await group('tanaka');
      for (const text of ['一', '二', '三']) await say('sato', roomId, text);
      const mine = async () => (await roomOf('tanaka', roomId))!;
      expect(await mine()).toMatchObject({ lastSequence: 3, me: { lastReadSequence: 0 }, lastMessage: { text: '三' } });
      await talk['room.read']({ roomId, sequence: 2 }, as('tanaka'));
      await talk['room.read']({ roomId, sequence: 1 }, as('tanaka'));
      expect((await mine()).me.lastReadSequence).toBe(2);
      await talk['room.read']({ roomId, sequence: 99 }, as('tanaka'));
      expect((await mine()).me.lastReadSequence).toBe(3);
      await say('tanaka', roomId, '四');
      expect((await mine()).me.lastReadSequence).toBe(4);
      const { memberships } = await talk['room.members']({ roomId }, as('sato'));
      expect(memberships.map(({ memberId, lastReadSequence }) => [memberId, lastReadSequence])).toEqual([
        ['sato', 3],
        ['tanaka', 4],
      ]);
    });

    it('counts a mention until it is read, and only of people in the room', async () => {
      const { id: roomId } = await group('tanaka');
      const message = await say('sato', roomId, '@田中 @鈴木 確認をお願いします', ['tanaka', 'suzuki', 'tanaka']);
      expect(message.mentions).toEqual(['tanaka']);
      await say('sato', roomId, '@田中', ['tanaka']);
      expect((await roomOf('tanaka', roomId))!.me.mentions).toBe(2);
      await talk['room.read']({ roomId, sequence: 1 }, as('tanaka'));
      expect((await roomOf('tanaka', roomId))!.me.mentions).toBe(1);
      await talk['room.read']({ roomId, sequence: 2 }, as('tanaka'));
      expect((await roomOf('tanaka', roomId))!.me.mentions).toBe(0);
    });

    it('shows nothing of a room to those outside it', async () => {
      const { id: roomId } = await group('tanaka');
      await say('sato', roomId);
      const outside = as('suzuki');
      const attempts = [
        () => talk['message.list']({ roomId, limit: 10 }, outside),
        () => talk['message.send']({ id: randomUUID(), roomId, text: 'x', files: [], mentions: [] }, outside),
        () => talk['room.members']({ roomId }, outside),
        () => talk['room.read']({ roomId, sequence: 1 }, outside),
        () => talk['room.pin']({ roomId, pinned: true }, outside),
        () => talk['room.invite']({ roomId, memberIds: ['suzuki'] }, outside),
        () => talk['room.leave']({ roomId }, outside),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
      const { rooms, messages } = await talk['talk.changes']({ cursor: 0, limit: 1_000 }, outside);
      expect([rooms.some(({ id }) => id === roomId), messages.some((message) => message.roomId === roomId)]).toEqual([false, false]);
    });

    it('shows a newcomer what is said from then on, and takes the room away from whoever leaves', async () => {
      const { id: roomId } = await group('tanaka');
      await say('sato', roomId, '以前の話');
      const { cursor } = await talk['talk.changes']({ cursor: null, limit: 10 }, as('suzuki'));
      const { room } = await talk['room.invite']({ roomId, memberIds: ['suzuki', 'tanaka'] }, as('tanaka'));
      expect(room.memberCount).toBe(3);
      await say('sato', roomId, 'ようこそ');
      const news = await talk['talk.changes']({ cursor, limit: 100 }, as('suzuki'));
      expect(news.messages.map(({ text }) => text)).toEqual(['ようこそ']);
      expect(news.rooms).toMatchObject([{ id: roomId, me: { lastReadSequence: 1, joinedSequence: 1, left: false } }]);
      const history = await talk['message.list']({ roomId, limit: 10 }, as('suzuki'));
      expect([history.messages.map(({ text }) => text), history.reachedStart]).toEqual([['ようこそ'], true]);

      await talk['room.leave']({ roomId }, as('suzuki'));
      await say('sato', roomId, '秘密の話');
      const last = await talk['talk.changes']({ cursor: news.cursor, limit: 100 }, as('suzuki'));
      expect(last).toMatchObject({
        rooms: [{ id: roomId, lastMessage: null, memberIds: [], me: { left: true } }],
        messages: [],
        complete: true,
      });
      const others = await talk['talk.changes']({ cursor: news.cursor, limit: 100 }, as('tanaka'));
      expect(others.memberships.filter(({ left }) => left)).toMatchObject([{ memberId: 'suzuki', roomId }]);
      expect(others.rooms).toMatchObject([{ memberCount: 2, memberIds: ['sato', 'tanaka'] }]);
    });

    it('lets nobody leave or bring people into a room between two', async () => {
      const { room } = await talk['room.create']({ id: randomUUID(), kind: 'direct', name: null, memberIds: ['suzuki'] }, as('sato'));
      await expect(talk['room.leave']({ roomId: room.id }, as('sato'))).rejects.toMatchObject({ code: 'denied' });
      await expect(talk['room.invite']({ roomId: room.id, memberIds: ['tanaka'] }, as('sato'))).rejects.toMatchObject({ code: 'denied' });
    });

    it('lists history from both sides of a place', async () => {
      const { id: roomId } = await group();
      for (let number = 1; number <= 7; number += 1) await say('sato', roomId, String(number));
      const list = async (place: { beforeSequence?: number; afterSequence?: number }) => {
        const { messages, reachedStart } = await talk['message.list']({ roomId, limit: 3, ...place }, as('sato'));
        return [messages.map(({ text }) => text).join(''), reachedStart];
      };
      expect(await list({})).toEqual(['567', false]);
      expect(await list({ beforeSequence: 5 })).toEqual(['234', false]);
      expect(await list({ beforeSequence: 4 })).toEqual(['123', true]);
      expect(await list({ beforeSequence: 1 })).toEqual(['', true]);
      expect(await list({ afterSequence: 2 })).toEqual(['345', false]);
      expect(await list({ afterSequence: 7 })).toEqual(['', false]);
      expect(await list({ afterSequence: 2, beforeSequence: 4 })).toEqual(['3', false]);
    });

    it('sends a message only with a text or files, and without what no database can hold', async () => {
      const { id: roomId } = await group();
      await expect(say('sato', roomId, ' \n ')).rejects.toMatchObject({ code: 'invalid' });
      expect((await say('sato', roomId, 'a\u0000b\uD800')).text).toBe('ab\uFFFD');
    });

    it('tells the people of the room, and only them, after the message can be read', async () => {
      const { id: roomId } = await group('tanaka');
      await Promise.resolve();
      hints.length = 0;
      const { change } = await say('sato', roomId);
      await Promise.resolve();
      expect(hints).toEqual([{ tenantId: tenant.tenantId, audience: ['sato', 'tanaka'], event: { type: 'talk.changed', cursor: change } }]);
      hints.length = 0;
      await talk['room.pin']({ roomId, pinned: true }, as('tanaka'));
      await talk['room.pin']({ roomId, pinned: true }, as('tanaka'));
      await Promise.resolve();
      expect(hints).toMatchObject([{ audience: ['tanaka'] }]);
      expect((await roomOf('tanaka', roomId))!.me.pinned).toBe(true);
      expect((await roomOf('sato', roomId))!.me.pinned).toBe(false);
    });

    it('gives a snapshot to a cursor from a future that never was', async () => {
      const snapshot = await talk['talk.changes']({ cursor: null, limit: 500 }, as('sato'));
      expect(await talk['talk.changes']({ cursor: snapshot.cursor + 1_000, limit: 500 }, as('sato'))).toEqual(snapshot);
    });
  });
}
