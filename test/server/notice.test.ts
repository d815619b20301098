import { afterAll, beforeAll, expect, test } from 'vitest';
import { noticeText, noticeTexts } from '#shared/model/notice-texts.ts';
import type { Message, Room } from '#shared/model/talk.ts';
import { uuidv7 } from '#shared/base/uuid.ts';
import { listenAs, ofType } from '../support/event-listener.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let running: TestServer;
beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

const outcome = ({ status, body }: RawReply): [number, unknown] => [status, body.ok || body.error?.details?.reason];
async function loggedIn(member: string, client = new RawClient(running.url), kind = 'pc-app'): Promise<RawClient> {
  expect(outcome(await client.login(member, { kind }))).toEqual([200, true]);
  return client;
}
const changes = async (client: RawClient, cursor: number | null = null) =>
  (await client.call('talk.changes', { cursor })).body.value as { rooms: Room[]; messages: Message[]; cursor: number };
const serviceRoom = async (client: RawClient): Promise<Room | undefined> =>
  (await changes(client)).rooms.find(({ kind }) => kind === 'service');
const notices = async (client: RawClient): Promise<Message[]> => {
  const room = await serviceRoom(client);
  if (room === undefined) return [];
  return ((await client.call('message.list', { roomId: room.id })).body.value as { messages: Message[] }).messages;
};
const rule = async (newDevice: boolean): Promise<void> => {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('policy.set', { patch: { notices: { newDevice } } }))).toEqual([200, true]);
};
const ask = async (...members: string[]): Promise<void> => {
  const admin = await loggedIn('admin');
  expect(outcome(await admin.call('member.requestPasswordChange', { members }))).toEqual([200, true]);
  await running.services.database.updateTable('members').set({ password_due: null }).where('member_id', 'in', members).execute();
};

test('the first notice makes a room of one’s own, which pushes, counts as unread, and is read like any other (TLK-01)', async () => {
  const client = await loggedIn('tanaka');
  expect(await serviceRoom(client)).toBeUndefined();
  const { cursor } = await changes(client);
  const listener = await listenAs(client);
  await ask('tanaka');
  await listener.until((event) => ofType('talk.changed')(event) && (event as { cursor: number }).cursor > cursor);
  const page = await changes(client, cursor);
  expect(page.messages).toHaveLength(1);
  const [message] = page.messages;
  expect(message).toMatchObject({
    senderId: 'service',
    notice: { kind: 'password_change_requested', facts: {} },
    text: noticeTexts.ja.notice_password_change_requested,
  });
  const room = page.rooms.find(({ id }) => id === message!.roomId)!;
  expect(room).toMatchObject({
    kind: 'service',
    name: 'サービス通知',
    memberIds: ['member-tanaka'],
    memberCount: 1,
    lastSequence: 1,
    me: { lastReadSequence: 0 },
  });
  await client.call('room.read', { roomId: room.id, sequence: 1 });
  expect(await serviceRoom(client)).toMatchObject({ me: { lastReadSequence: 1 } });
  await ask('tanaka');
  expect((await notices(client)).map(({ roomId }) => roomId)).toEqual([room.id, room.id]);
});

test('a notice is written in the language of the member’s profile', async () => {
  await running.services.database.updateTable('members').set({ profile: '{"language":"en"}' }).where('member_id', '=', 'tanaka').execute();
  const client = await loggedIn('tanaka');
  await ask('tanaka');
  expect((await notices(client)).at(-1)!.text).toBe(noticeTexts.en.notice_password_change_requested);
});

test('nobody writes in the room of notices, invites into it, leaves it, or makes one', async () => {
  const [owner, other] = [await loggedIn('tanaka'), await loggedIn('sato')];
  const { id: roomId } = (await serviceRoom(owner))!;
  const message = (own: string) => ({ id: own, roomId, text: 'こんにちは', files: [], mentions: [] });
  const id = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  expect(outcome(await owner.call('message.send', message(id())))).toEqual([403, 'room_service']);
  expect((await other.call('message.send', message(id()))).status).toBe(404);
  expect((await other.call('message.list', { roomId })).status).toBe(404);
  expect(outcome(await owner.call('room.invite', { roomId, memberIds: ['member-sato'] }))).toEqual([403, 'permission_missing']);
  expect(outcome(await owner.call('room.leave', { roomId }))).toEqual([403, 'permission_missing']);
  const own = { id: id(), kind: 'service', name: null, memberIds: [] };
  expect(outcome(await owner.call('room.create', own))).toEqual([403, 'permission_missing']);
  expect((await notices(owner)).every(({ senderId }) => senderId === 'service')).toBe(true);
});

test('the first login from another device is told with device, place and time; the account’s first device raises no alarm (ACC-27)', async () => {
  await running.services.database.deleteFrom('devices').where('member_id', '=', 'member-sato').execute();
  const first = await loggedIn('sato');
  expect(await notices(first)).toEqual([]);
  const before = Date.now();
  const second = await loggedIn('sato');
  const told = await notices(first);
  expect(told).toHaveLength(1);
  const { notice, text } = told[0]!;
  expect(notice).toMatchObject({
    kind: 'new_device',
    facts: { deviceName: 'PC-01', platform: 'test', client: 'pc-app', address: '127.0.0.1', country: null },
  });
  expect(notice!.facts['at']).toBeGreaterThanOrEqual(before);
  expect(text).toContain('PC-01');
  expect(text).toContain('PCアプリ');
  expect(text).toContain('国は不明');
  // The same device again, with another version, name and system: it is the key that counts.
  for (const device of [
    { name: 'PC-01', platform: 'test', appVersion: '9.9.9' },
    { name: 'PC-01 (new monitor)', platform: 'test 12', appVersion: '0.1.0' },
  ]) {
    const reply = await second.call('session.login', { member: 'sato', password: testPassword, kind: 'pc-app', device }, {}, null);
    expect(reply.status).toBe(200);
  }
  expect(await notices(first)).toHaveLength(1);
});

test('the sync agent and a browser are devices too; a browser that comes back is known by its cookie', async () => {
  const client = await loggedIn('sato');
  const count = async () => (await notices(client)).length;
  const start = await count();
  await loggedIn('sato', new RawClient(running.url), 'drive-explorer');
  expect(await count()).toBe(start + 1);
  expect((await notices(client)).at(-1)).toMatchObject({ notice: { facts: { client: 'drive-explorer' } } });

  const device = { name: 'Chromium', platform: 'Linux', appVersion: '0.1.0' };
  const browse = async (cookies: string) => {
    const response = await fetch(`${running.url}/api/session.login`, {
      method: 'POST',
      headers: {
        'x-hikyaku': '1',
        'content-type': 'application/json',
        origin: running.url,
        'sec-fetch-site': 'same-origin',
        cookie: cookies,
      },
      body: JSON.stringify({ member: 'sato', password: testPassword, kind: 'browser', device }),
    });
    expect(response.status).toBe(200);
    return response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]!);
  };
  const cookies = await browse('');
  expect(await count()).toBe(start + 2);
  expect((await notices(client)).at(-1)).toMatchObject({ notice: { facts: { client: 'browser', deviceName: 'Chromium' } } });
  await browse(cookies.join('; '));
  expect(await count()).toBe(start + 2);
  await browse('');
  expect(await count()).toBe(start + 3);
});

test('where the rule is off, no new device is told', async () => {
  await rule(false);
  const client = await loggedIn('sato');
  const before = (await notices(client)).length;
  await loggedIn('sato');
  expect(await notices(client)).toHaveLength(before);
  await rule(true);
});

test('every kind of notice has its text, and one of a newer server a general one', () => {
  expect(noticeText({ kind: 'of_tomorrow', facts: { a: 1 } }, 'ja')).toBe('お知らせがあります。');
  expect(noticeText({ kind: '__proto__', facts: {} }, 'en')).toBe('There is a notice for you.');
  const facts = { deviceName: 'PC', platform: 'Windows 11', client: 'browser', address: '203.0.113.9', country: 'FR', at: 0 };
  expect(noticeText({ kind: 'new_device', facts }, 'ja')).toContain('フランス');
  expect(noticeText({ kind: 'new_device', facts }, 'en')).toContain('browser, address: 203.0.113.9 (France)');
  expect(noticeText({ kind: 'locked_out', facts: {} }, 'en')).toBe(
    'The account of – (–) was suspended after – failed logins in a row. Only an administrator can lift this.',
  );
});
