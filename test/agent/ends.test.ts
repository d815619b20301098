import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { asAdministrator, setRules } from './support/administrator.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { bytesOf, countedPacks } from './support/counted-packs.ts';
import { minute, movedClock } from './support/moved-clock.ts';
import { openedAccount } from './support/opened-account.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';

// How sessions end, and what is left of them on this machine.

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
  await setRules(server.url, { network: { mode: 'all', ranges: [], exceptions: [] }, idleLogout: { pcAppMinutes: null } });
});

const started = async (options: Omit<Parameters<typeof startAgent>[0], 'keychain'>): Promise<TestAgent> => {
  const agent = await startAgent({ keychain: testKeychain(), ...options });
  agents.push(agent);
  return agent;
};

async function login(agent: TestAgent): Promise<{ accountId: string; roomId: string }> {
  const input = { serverUrl: server.url, member: 'sato', password: demoPassword, keepLogin: true };
  const { accountId } = await openedAccount(agent.workspace['account.login'](input));
  await eventually('online', async () => (await agent.account()).connection === 'online');
  const rooms = async () => (await agent.workspace['room.list']({ accountId })).rooms;
  const [room] = await eventually('rooms', async () => (await rooms()).length > 0 && (await rooms()));
  return { accountId, roomId: room!.id };
}

const myDrive = (agent: TestAgent, accountId: string) =>
  eventually('my drive', async () => (await agent.workspace['drive.spaces']({ accountId })).spaces.find(({ kind }) => kind === 'my'));

it('an address that the rules refuse locks at once, and back at the office upload and draft go on, nothing sent twice (NET-11)', async () => {
  await setRules(server.url, { network: { mode: 'designated', ranges: ['127.0.0.1/32'] } });
  const packs = countedPacks(2);
  const agent = await started({ profile: tempFolder('moves'), http: packs.http });
  const { accountId, roomId } = await login(agent);
  const { id: spaceId, rootId: folderId } = await myDrive(agent, accountId);
  const file = path.join(tempFolder('upload'), '持ち歩く資料.bin');
  const bytes = randomBytes(48 * 1024 * 1024);
  writeFileSync(file, bytes);
  await agent.workspace['drive.upload']({ accountId, spaceId, folderId, handles: [agent.handle(file)] });
  await agent.workspace['draft.set']({ accountId, roomId, text: '外で見られてはいけないもの' });
  await eventually('under way', () => packs.taken.length >= 2);

  packs.most = Infinity;
  packs.moveTo('127.0.0.2');
  await eventually('locked', async () => (await agent.account()).connection === 'locked');
  expect((await agent.account()).reason).toBe('network_denied');
  for (const call of [
    () => agent.workspace['draft.get']({ accountId, roomId }),
    () => agent.workspace['transfer.list']({ accountId }),
    () => agent.workspace['message.list']({ accountId, roomId }),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'denied', details: { reason: 'network_denied' } });
  }
  const before = packs.taken.length;
  packs.moveTo('127.0.0.1');
  agent.accounts.nudge();
  await eventually('online', async () => (await agent.account()).connection === 'online');
  expect(await agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: '外で見られてはいけないもの' });
  await eventually('uploaded', async () => {
    const { transfers } = await agent.workspace['transfer.list']({ accountId });
    return transfers.length === 1 && transfers[0]!.state === 'done';
  });
  expect(packs.taken.length).toBeGreaterThan(before);
  expect(new Set(packs.taken).size).toBe(packs.taken.length);
  expect(bytesOf(packs.taken)).toBeLessThan(bytes.length * 1.001);
}, 120_000);

/** Whatever lies in a folder, and in what folders and files are called. */
function readable(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = Buffer.from(entries.map(({ name }) => name).join('\n'));
  return Buffer.concat([
    names,
    ...entries.filter((entry) => entry.isFile()).map((entry) => readFileSync(path.join(entry.parentPath, entry.name))),
  ]);
}

const suspend = (state: 'suspended' | 'active') =>
  asAdministrator(server.url, (calls) => calls['member.setState']({ member: 'sato', state }));
const block = (blocked: boolean) => asAdministrator(server.url, (calls) => calls['member.setAppBlock']({ member: 'sato', blocked }));

it.each(['logout', 'idle logout', 'forced logout', 'suspension', 'app block'] as const)(
  'after a %s nothing of messages, drafts, files or rooms can be read on the disk, and all of it is there afterwards',
  async (end) => {
    const token = `見積${randomBytes(6).toString('hex')}`;
    const profile = tempFolder('planted');
    const clock = movedClock();
    const agent = await started({ profile, clock });
    await setRules(server.url, { idleLogout: { pcAppMinutes: 30 } });
    const { accountId, roomId } = await login(agent);
    const sessionId = agent.accounts.list()[0]!.identity.sessionId;
    const { id: spaceId, rootId: folderId } = await myDrive(agent, accountId);
    const file = path.join(tempFolder('source'), `${token}-file.txt`);
    writeFileSync(file, `${token} content`);
    await agent.workspace['drive.upload']({ accountId, spaceId, folderId, handles: [agent.handle(file)] });
    await agent.workspace['message.send']({ accountId, roomId, text: `${token} message`, mentions: [], handles: [agent.handle(file)] });
    await eventually('sent', async () => (await agent.account()).unsent === 0);
    await eventually('listed', async () => {
      const { nodes } = await agent.workspace['drive.children']({ accountId, folderId });
      return nodes.some(({ name }) => name.includes(token));
    });
    await agent.workspace['draft.set']({ accountId, roomId, text: `${token} draft` });
    const shown = async () => {
      const { messages } = await agent.workspace['message.list']({ accountId, roomId });
      return messages.some(({ text }) => text === `${token} message`);
    };
    await eventually('there', shown);
    const isOver = async () => {
      const [account] = (await agent.workspace['account.list']({})).accounts;
      return account === undefined || account.connection === 'locked';
    };
    if (end === 'logout') await agent.workspace['account.logout']({ accountId });
    if (end === 'idle logout') clock.pass(31 * minute);
    if (end === 'forced logout') await asAdministrator(server.url, (calls) => calls['session.end']({ sessionId }));
    if (end === 'suspension') await suspend('suspended');
    if (end === 'app block') await block(true);
    await eventually('over', isOver, 3_000);
    await expect(agent.workspace['draft.get']({ accountId, roomId })).rejects.toHaveProperty(
      'code',
      expect.stringMatching(/^(unauthenticated|denied)$/),
    );
    const left = readable(profile);
    expect(left.length).toBeGreaterThan(10_000);
    for (const secret of [token, demoPassword, 'SQLite format 3']) expect(left.includes(Buffer.from(secret))).toBe(false);

    if (end === 'suspension') await suspend('active');
    if (end === 'app block') {
      await block(false);
      agent.accounts.nudge();
      await eventually('open again', async () => (await agent.account()).connection === 'online');
    } else expect((await login(agent)).accountId).toBe(accountId);
    expect(await agent.workspace['draft.get']({ accountId, roomId })).toEqual({ text: `${token} draft` });
    expect(await shown()).toBe(true);
  },
);
