import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHandles } from '../../electron/main/handles.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { openedAccount } from './support/opened-account.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());

/** An agent over the shell's real handles; `paste` gives the place of the copy and its handle. */
async function desk() {
  const folder = path.join(tempFolder('pasted'), 'pasted');
  const handles = openHandles(folder, Date.now);
  const agent = await startAgent({
    profile: tempFolder('pasted-profile'),
    keychain: testKeychain(),
    copies: {
      release: async (place) => handles.releasePasted(place),
      releaseAllBut: async (keep) => handles.clearPasted(keep),
    },
  });
  const login = () => agent.workspace['account.login']({ serverUrl: server.url, member: 'sato', password: demoPassword, keepLogin: false });
  const { accountId } = await openedAccount(login());
  await eventually('online', async () => (await agent.account()).connection === 'online');
  const rooms = async () => (await agent.workspace['room.list']({ accountId })).rooms;
  const roomId = (await eventually('a room', async () => (await rooms())[0])).id;
  const paste = (name: string) => {
    const place = handles.pathOf(handles.registerBytes(name, new TextEncoder().encode(name)).handle)!;
    return { place, handle: agent.handle(place) };
  };
  return { agent, accountId, roomId, paste, folder };
}
const unsent = async (agent: TestAgent) => (await agent.account()).unsent;

it('a pasted file is gone once it was sent, taken back or taken out of the draft; the person’s own files stay', async () => {
  const { agent, accountId, roomId, paste, folder } = await desk();
  const [sent, out, back] = [paste('sent.txt'), paste('out.txt'), paste('back.txt')];
  const own = path.join(tempFolder('own'), 'own.txt');
  writeFileSync(own, 'mine');
  await agent.workspace['message.send']({ accountId, roomId, text: '貼り付け', handles: [sent.handle, agent.handle(own)] });
  await eventually('sent', async () => (await unsent(agent)) === 0);
  await eventually('the copy is gone', () => !existsSync(sent.place));
  expect([existsSync(own), existsSync(out.place)]).toEqual([true, true]);

  await agent.workspace['draft.discardFile']({ accountId, handle: out.handle });
  await eventually('the copy is gone', () => !existsSync(out.place));
  await agent.workspace['draft.discardFile']({ accountId, handle: agent.handle(own) });

  await server.kill();
  await eventually('offline', async () => (await agent.account()).connection !== 'online');
  const { id } = await agent.workspace['message.send']({ accountId, roomId, text: 'やめる', handles: [back.handle] });
  await agent.workspace['draft.discardFile']({ accountId, handle: back.handle });
  expect(existsSync(back.place)).toBe(true);
  await agent.workspace['message.takeBack']({ accountId, id });
  await eventually('the copy is gone', () => !existsSync(back.place));
  expect([existsSync(own), readdirSync(folder)]).toEqual([true, []]);
  await server.start();
  expect(agent.bugs).toEqual([]);
  await agent.close();
});

it('logging out clears drafts away, but not what an unsent message still needs', async () => {
  const { agent, accountId, roomId, paste } = await desk();
  const [waiting, draft] = [paste('waiting.txt'), paste('draft.txt')];
  await server.kill();
  await eventually('offline', async () => (await agent.account()).connection !== 'online');
  await agent.workspace['message.send']({ accountId, roomId, text: 'あとで', handles: [waiting.handle] });
  await agent.workspace['account.logout']({ accountId });
  expect([existsSync(waiting.place), existsSync(draft.place)]).toEqual([true, false]);
  await server.start();
  await agent.close();
});

it('a pasted file in Drive goes once it is uploaded', async () => {
  const { agent, accountId, paste } = await desk();
  const { place, handle } = paste('写真.txt');
  const spaces = async () => (await agent.workspace['drive.spaces']({ accountId })).spaces;
  const space = await eventually('a space', async () => (await spaces()).find(({ kind }) => kind === 'my'));
  await agent.workspace['drive.upload']({ accountId, spaceId: space.id, folderId: space.rootId, handles: [handle] });
  await eventually('the copy is gone', () => !existsSync(place));
  const { transfers } = await agent.workspace['transfer.list']({ accountId });
  expect(transfers.map(({ state }) => state)).toEqual(['done']);
  await agent.close();
});
