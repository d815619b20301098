import type { Space } from '#shared/model/drive.ts';
import { demoPassword } from './server-process.ts';
import { eventually, type TestAgent } from './agent.ts';
import { openedAccount } from './opened-account.ts';

/** Somebody of the demo company at their PC, online, with the shared drive that all have. */
export interface Person {
  readonly agent: TestAgent;
  readonly accountId: string;
  readonly space: Space;
}

/** Logs in at an agent where nobody is logged in yet; keeps the login. */
export async function personOf(agent: TestAgent, serverUrl: string, member: string): Promise<Person> {
  const [account] = (await agent.workspace['account.list']({})).accounts;
  const input = { serverUrl, member, password: demoPassword, keepLogin: true };
  const accountId = account?.accountId ?? (await openedAccount(agent.workspace['account.login'](input))).accountId;
  await eventually('online', async () => (await agent.account()).connection === 'online');
  const space = await eventually('the shared drive', async () =>
    (await agent.workspace['drive.spaces']({ accountId })).spaces.find(({ name }) => name === '営業'),
  );
  return { agent, accountId, space };
}

/** A folder in the shared drive. */
export async function newFolder({ agent, accountId, space }: Person, name: string): Promise<string> {
  return (await agent.workspace['drive.createFolder']({ accountId, spaceId: space.id, parentId: space.rootId, name })).node.id;
}
