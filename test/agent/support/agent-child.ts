import { fileSecrets } from '../../../electron/agent/host/file-secrets.ts';
import { demoPassword } from './server-process.ts';
import { eventually, startAgent } from './agent.ts';
import { openedAccount } from './opened-account.ts';

/** An agent of its own process that writes messages without end; each line it prints is an answer that somebody relies on. */
const [profile, keyFile, serverUrl] = process.argv.slice(2) as [string, string, string];
const agent = await startAgent({ profile, keychain: fileSecrets(keyFile) });
const { accountId } = await openedAccount(
  agent.workspace['account.login']({ serverUrl, member: 'sato', password: demoPassword, keepLogin: true }),
);
const roomId = await eventually('a room', async () => (await agent.workspace['room.list']({ accountId })).rooms[0]?.id);
const draftRoomId = (await agent.workspace['room.list']({ accountId })).rooms[1]!.id;
process.stdout.write(`${JSON.stringify({ accountId, roomId, draftRoomId })}\n`);
for (let count = 1; ; count += 1) {
  const { id } = await agent.workspace['message.send']({ accountId, roomId, text: `消えない${count}` });
  await agent.workspace['draft.set']({ accountId, roomId: draftRoomId, text: `下書き${count}` });
  process.stdout.write(`${JSON.stringify({ id, count })}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
