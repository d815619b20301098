import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeHost } from '../../renderer/app/host.ts';
import { connect } from '#shared/contract/operation.ts';
import { tenant } from '#shared/contract/tenant.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import { emptyHash } from '#shared/model/content.ts';
import { mostMutations, type Mutation } from '#shared/model/drive.ts';
import { openHeadlessSession } from '../../electron/agent/headless-session.ts';
import { nodeHttp, type HttpRequest } from '../../electron/agent/transport/http.ts';
import { demoPassword, startServerProcess, type ServerProcess } from './support/server-process.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { newFolder, personOf, type Person } from './support/person.ts';

const files = 20_000;
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

/** Somebody whose questions to the server are listened to. */
async function person(member: string): Promise<Person & { asked: string[] }> {
  const asked: string[] = [];
  const real = nodeHttp();
  const request = (what: HttpRequest) => {
    asked.push(decodeURIComponent(new URL(what.url).pathname.replace('/api/', '')));
    return real.request(what);
  };
  const agent = await startAgent({ profile: tempFolder(member), keychain: testKeychain(), http: { ...real, request } });
  agents.push(agent);
  return { ...(await personOf(agent, server.url, member)), asked };
}

async function fill(spaceId: string, parentId: string, count: number): Promise<void> {
  const session = await openHeadlessSession({
    ...{ server: server.url, member: 'tanaka', password: demoPassword, kind: 'pc-app', version: '0.1.0' },
    keyFile: `${tempFolder('key')}/keys.json`,
  });
  const content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 1, executable: false };
  for (let from = 0; from < count; from += mostMutations) {
    const mutations = Array.from({ length: Math.min(mostMutations, count - from) }, (_, index): Mutation => {
      const name = `図面 ${String(from + index).padStart(6, '0')}.txt`;
      return { key: randomUUID(), kind: 'create_file', id: randomUUID(), parentId, name, content };
    });
    await connect(tenant, session.transport.call)['drive.mutate']({ spaceId, mutations });
  }
  await session.close();
}

it('lists 20,000 files in pages, shows the first at once, and then learns of a colleague’s change by one small answer', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const { agent, accountId, space } = a;
  const folderId = await newFolder(a, '二万');
  await fill(space.id, folderId, files);
  // The page's side of it, as the renderer makes it.
  const page = makeHost(
    {
      call: async (name, input) => {
        const ask = agent.workspace[name as keyof WorkspaceContract] as (input: unknown) => Promise<unknown>;
        return { ok: true, value: await ask(input) };
      },
      onEvent: () => () => {},
      registerFiles: async () => [],
    },
    'app',
  );
  const read = () => page.workspace['drive.children']({ accountId, folderId });
  const first = await read();
  expect(first.complete).toBe(false);
  expect(first.nodes.length).toBeGreaterThan(0);
  expect(first.nodes.length).toBeLessThan(files);
  const whole = await eventually('everything', async () => {
    const listing = await read();
    return listing.complete && listing;
  });
  expect(new Set(whole.nodes.map(({ id }) => id)).size).toBe(files);

  agent.events.length = 0;
  a.asked.length = 0;
  const [{ id: nodeId } = { id: '' }] = whole.nodes;
  await b.agent.workspace['drive.move']({ accountId: b.accountId, spaceId: space.id, nodeId, parentId: folderId, name: '新しい名前.txt' });
  await eventually('a hint', () => agent.events.some((event) => event.type === 'drive.changed' && event.spaceId === space.id));
  const after = await read();
  expect(after.nodes.find(({ id }) => id === nodeId)?.name).toBe('新しい名前.txt');
  expect(after.nodes.filter((node) => !whole.nodes.includes(node))).toHaveLength(1);
  expect(a.asked.filter((name) => name.startsWith('drive.'))).toEqual(['drive.changes']);
  a.asked.length = 0;
  expect(await read()).toBe(after);
  expect(a.asked).toEqual([]);
});

it('keeps folders true through moves, deletions and restorations by others, without listing them again', async () => {
  const a = await person('sato');
  const b = await person('tanaka');
  const { accountId, space } = a;
  const [from, to] = [await newFolder(a, '元'), await newFolder(a, '先')];
  await fill(space.id, from, 3);
  const namesIn = async (folderId: string) =>
    (await a.agent.workspace['drive.children']({ accountId, folderId })).nodes.map(({ name }) => name).sort();
  expect([await namesIn(from), await namesIn(to)]).toEqual([['図面 000000.txt', '図面 000001.txt', '図面 000002.txt'], []]);
  const { nodes } = await b.agent.workspace['drive.children']({ accountId: b.accountId, folderId: from });
  const [first, second] = nodes.toSorted((one, other) => one.name.localeCompare(other.name));
  const at = { accountId: b.accountId, spaceId: space.id };
  a.asked.length = 0;
  await b.agent.workspace['drive.move']({ ...at, nodeId: first!.id, parentId: to, name: first!.name });
  await b.agent.workspace['drive.delete']({ ...at, nodeIds: [second!.id] });
  await eventually('both are seen', async () => (await namesIn(from)).length === 1 && (await namesIn(to)).length === 1);
  await b.agent.workspace['drive.restore']({ ...at, nodeIds: [second!.id] });
  await eventually('it is back', async () => (await namesIn(from)).length === 2);
  expect(a.asked).not.toContain('drive.children');
});

it('copies into the same folder under the next number, a folder with all that is in it', async () => {
  const a = await person('sato');
  const { agent, accountId, space } = a;
  const folderId = await newFolder(a, '写し');
  const inner = (await agent.workspace['drive.createFolder']({ accountId, spaceId: space.id, parentId: folderId, name: '資料' })).node;
  await fill(space.id, inner.id, 2);
  for (const name of ['資料 (2)', '資料 (3)']) {
    const { nodes } = await agent.workspace['drive.copy']({ accountId, nodeIds: [inner.id], spaceId: space.id, folderId });
    expect(nodes.map((node) => node.name)).toEqual([name]);
    const inside = await agent.workspace['drive.children']({ accountId, folderId: nodes[0]!.id });
    expect(inside.nodes).toHaveLength(2);
  }
});
