import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { openedAccount } from './support/opened-account.ts';

let server: ServerProcess;
const agents: TestAgent[] = [];

beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    expect(agent.bugs).toEqual([]);
  }
});

async function loggedIn(member: string): Promise<{ agent: TestAgent; accountId: string }> {
  const agent = await startAgent({ profile: tempFolder(member), keychain: testKeychain() });
  agents.push(agent);
  const { accountId } = await openedAccount(
    agent.workspace['account.login']({ serverUrl: server.url, member, password: demoPassword, keepLogin: false }),
  );
  await eventually('online', async () => (await agent.account()).connection === 'online');
  await eventually('rooms', async () => (await agent.workspace['room.list']({ accountId })).rooms.length > 0);
  return { agent, accountId };
}

/** The room that only these two are in, made when missing. */
async function directRoom(from: { agent: TestAgent; accountId: string }, memberId: string): Promise<string> {
  const { members } = await eventually('people', async () => {
    const list = await from.agent.workspace['directory.list']({ accountId: from.accountId });
    return list.members.length > 0 && list;
  });
  const other = members.find((member) => member.memberId === memberId)!;
  const made = await from.agent.workspace['room.create']({ accountId: from.accountId, kind: 'direct', name: null, memberIds: [other.id] });
  return made.roomId;
}

const texts = async ({ agent, accountId }: { agent: TestAgent; accountId: string }, roomId: string): Promise<string[]> =>
  (await agent.workspace['message.list']({ accountId, roomId })).messages.map(({ text }) => text);

it('shows a message at once, brings it to the other person with a notification, and counts who has read it', async () => {
  const a = await loggedIn('sato');
  const b = await loggedIn('tanaka');
  const roomId = await directRoom(a, 'tanaka');
  await eventually('the room at B', async () =>
    (await b.agent.workspace['room.list']({ accountId: b.accountId })).rooms.some(({ id }) => id === roomId),
  );
  const before = await b.agent.account();

  const text = '明日の会議の資料です';
  const { id } = await a.agent.workspace['message.send']({ accountId: a.accountId, roomId, text });
  const shown = await a.agent.workspace['message.list']({ accountId: a.accountId, roomId });
  expect([...shown.outgoing.map((row) => row.id), ...shown.messages.map((row) => row.id)]).toContain(id);

  const received = await eventually('B has it', async () =>
    (await b.agent.workspace['message.list']({ accountId: b.accountId, roomId })).messages.find((message) => message.id === id),
  );
  expect(received.text).toBe(text);
  const after = await eventually('unread at B', async () => {
    const account = await b.agent.account();
    return account.unread === before.unread + 1 && account;
  });
  expect(after.lastAnswerAt).not.toBeNull();
  const notified = await eventually('a notification', () => b.agent.notified.find(({ messageId }) => messageId === id));
  expect(notified).toMatchObject({ senderName: (await a.agent.account()).member.name, roomName: null, text });
  expect(a.agent.notified.some(({ messageId }) => messageId === id)).toBe(false);

  const readBy = async () =>
    (await a.agent.workspace['message.list']({ accountId: a.accountId, roomId })).messages.find((row) => row.id === id)?.readBy;
  await eventually('sent', async () => (await readBy()) === 0);
  await b.agent.workspace['room.markRead']({ accountId: b.accountId, roomId, sequence: received.sequence });
  await eventually('既読 1', async () => (await readBy()) === 1);
  expect((await b.agent.account()).unread).toBe(before.unread);
  expect(b.agent.withdrawn).toContain(roomId);
});

it('sends a file with a message and gives the other person the same bytes', async () => {
  const a = await loggedIn('sato');
  const b = await loggedIn('tanaka');
  const roomId = await directRoom(a, 'tanaka');
  const folder = tempFolder('files');
  const bytes = randomBytes(3_500_000);
  writeFileSync(path.join(folder, '資料.bin'), bytes);
  const handles = [a.agent.handle(path.join(folder, '資料.bin'))];
  const { id } = await a.agent.workspace['message.send']({ accountId: a.accountId, roomId, text: '', handles });
  const message = await eventually('B has it', async () =>
    (await b.agent.workspace['message.list']({ accountId: b.accountId, roomId })).messages.find((row) => row.id === id),
  );
  expect(message.files).toMatchObject([{ name: '資料.bin', sizeBytes: bytes.length }]);
  const saved = path.join(folder, 'saved.bin');
  const { transferId } = await b.agent.workspace['message.download']({
    accountId: b.accountId,
    messageId: id,
    fileId: message.files[0]!.id,
    handle: b.agent.handle(saved),
  });
  const done = await eventually('downloaded', async () => {
    const { transfers } = await b.agent.workspace['transfer.list']({ accountId: b.accountId });
    return transfers.find((transfer) => transfer.id === transferId && transfer.state === 'done');
  });
  expect(done).toMatchObject({ doneBytes: bytes.length, revealable: true });
  expect(readFileSync(saved).equals(bytes)).toBe(true);
});

it('keeps ten messages through a power cut of the server and delivers each exactly once, in order', async () => {
  const a = await loggedIn('sato');
  const roomId = await directRoom(a, 'suzuki');
  const wanted: string[] = [];
  for (let count = 1; count <= 10; count += 1) {
    const text = `停電の中の${count}通目`;
    wanted.push(text);
    await a.agent.workspace['message.send']({ accountId: a.accountId, roomId, text });
    if (count === 4) await server.kill();
  }
  await eventually('offline is said', async () => (await a.agent.account()).connection !== 'online');
  const waiting = await a.agent.workspace['message.list']({ accountId: a.accountId, roomId });
  expect([...waiting.messages, ...waiting.outgoing].map(({ text }) => text).slice(-10)).toEqual(wanted);
  expect(waiting.outgoing.every(({ state }) => state !== 'failed')).toBe(true);
  await server.start();
  a.agent.accounts.nudge();
  await eventually(
    'all sent',
    async () => (await a.agent.workspace['message.list']({ accountId: a.accountId, roomId })).outgoing.length === 0,
  );
  expect((await texts(a, roomId)).filter((text) => text.startsWith('停電の中の'))).toEqual(wanted);
  const b = await loggedIn('suzuki');
  expect((await texts(b, roomId)).filter((text) => text.startsWith('停電の中の'))).toEqual(wanted);
});

it('writes, reads and keeps drafts without any network, and sends later', async () => {
  const keychain = testKeychain();
  const profile = tempFolder('offline');
  const first = await startAgent({ profile, keychain });
  const { accountId } = await openedAccount(
    first.workspace['account.login']({
      serverUrl: server.url,
      member: 'sato',
      password: demoPassword,
      keepLogin: true,
    }),
  );
  await eventually('online', async () => (await first.account()).connection === 'online');
  const roomId = await directRoom({ agent: first, accountId }, 'tanaka');
  await first.workspace['message.send']({ accountId, roomId, text: '停電の前' });
  await eventually('sent', async () => (await first.workspace['message.list']({ accountId, roomId })).outgoing.length === 0);
  await first.close();
  await server.kill();

  const second = await startAgent({ profile, keychain });
  const shown = await second.workspace['message.list']({ accountId, roomId });
  expect(shown.messages.at(-1)?.text).toBe('停電の前');
  expect((await second.account()).connection).not.toBe('online');
  await second.workspace['draft.set']({ accountId, roomId, text: '書きかけ' });
  await second.workspace['message.send']({ accountId, roomId: roomId, text: '停電の間' });
  await second.workspace['draft.set']({ accountId, roomId, text: '書きかけ' });
  await second.close();

  await server.start();
  const third = await startAgent({ profile, keychain });
  agents.push(third);
  await eventually('sent later', async () => (await third.workspace['message.list']({ accountId, roomId })).outgoing.length === 0);
  expect((await third.workspace['message.list']({ accountId, roomId })).messages.slice(-2).map(({ text }) => text)).toEqual([
    '停電の前',
    '停電の間',
  ]);
  expect((await third.workspace['draft.get']({ accountId, roomId })).text).toBe('書きかけ');
});
