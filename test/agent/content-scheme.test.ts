import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve, type Handlers } from '#shared/contract/operation.ts';
import { outside, type OutsideContract } from '#shared/contract/outside.ts';
import { serveContent } from '../../electron/main/content-scheme.ts';
import { eventually, startAgent, tempFolder, testKeychain, type TestAgent } from './support/agent.ts';
import { newFolder, personOf, type Person } from './support/person.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

const bytes = randomBytes(3_000_000);
let server: ServerProcess;
let agent: TestAgent;
let by: Person;
let base: string;
let nodeId: string;
/** The scheme as the shell serves it, over the agent's side of it. */
let ask: (address: string, headers?: Record<string, string>) => Promise<Response>;

beforeAll(async () => {
  server = await startServerProcess();
  agent = await startAgent({ profile: tempFolder('scheme'), keychain: testKeychain() });
  by = await personOf(agent, server.url, 'sato');
  const { accountId, space } = by;
  const folderId = await newFolder(by, '映像');
  const place = path.join(tempFolder('files'), '現場.mp4');
  writeFileSync(place, bytes);
  await agent.workspace['drive.upload']({ accountId, spaceId: space.id, folderId, handles: [agent.handle(place)] });
  nodeId = await eventually('uploaded', async () => (await agent.workspace['drive.children']({ accountId, folderId })).nodes[0]?.id);
  base = (await agent.workspace['content.base']({ accountId })).url;
  const handlers = { ...agent.streams.handlers(), 'drag.places': async () => ({ places: [] }) } as Handlers<OutsideContract, void>;
  const answer = serve(outside, handlers, (bug) => agent.bugs.push(bug));
  const scheme = serveContent((name, input) => answer(name, input, undefined));
  ask = (address, headers = {}) => scheme(new Request(address, { headers }));
});
afterAll(async () => {
  await agent.close();
  await server.close();
});

it('gives a player the file, or the part that it asks for, and keeps no copy', async () => {
  const whole = await ask(`${base}/files/${nodeId}/content`);
  expect([whole.status, whole.headers.get('content-type'), whole.headers.get('cache-control')]).toEqual([200, 'video/mp4', 'no-store']);
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  const part = await ask(`${base}/files/${nodeId}/content`, { range: 'bytes=1000000-1000999' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000000-1000999/3000000']);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1_000_000, 1_001_000))).toBe(true);
  expect(part.headers.get('content-security-policy')).toContain('sandbox');
  const beyond = await ask(`${base}/files/${nodeId}/content`, { range: 'bytes=4000000-' });
  expect(beyond.status).toBe(416);
});

it('leads nowhere but to what pages show', async () => {
  const other = base.replace(/[^/]+$/, 'somebody-else');
  const statuses = await Promise.all(
    [
      `${base}/server.info`,
      `${base}/files/${nodeId}/content/../../../archives?nodes=${nodeId}`,
      `${base}/files/a%2Fb/content?x=1`,
      `${base}/files/${nodeId}/preview/1/x`,
      `content://elsewhere/${by.accountId}/files/${nodeId}/content`,
      `${base}/files/00000000-0000-7000-8000-000000000000/content`,
      `${other}/files/${nodeId}/content`,
    ].map(async (address) => (await ask(address)).status),
  );
  expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 403]);
});

it('shows nothing more once the account is over', async () => {
  const open = await ask(`${base}/files/${nodeId}/content`);
  const reader = open.body!.getReader();
  await reader.read();
  await agent.workspace['account.logout']({ accountId: by.accountId });
  await expect(
    (async () => {
      for (;;) if ((await reader.read()).done) return;
    })(),
  ).rejects.toMatchObject({ code: 'denied' });
  expect((await ask(`${base}/files/${nodeId}/content`)).status).toBe(403);
});
