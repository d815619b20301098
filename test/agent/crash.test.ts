import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileSecrets } from '../../electron/agent/host/file-secrets.ts';
import { eventually, startAgent, tempFolder } from './support/agent.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.close());

const child = path.join(import.meta.dirname, 'support', 'agent-child.ts');

it('loses nothing that it answered for when the agent is killed, and sends nothing twice', async () => {
  const profile = tempFolder('crash');
  const keyFile = path.join(profile, 'keys.json');
  const running = spawn(process.execPath, [child, profile, keyFile, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => void running.once('exit', resolve));
  const lines: { accountId?: string; roomId?: string; draftRoomId?: string; id?: string; count?: number }[] = [];
  createInterface({ input: running.stdout }).on('line', (line) => lines.push(JSON.parse(line) as (typeof lines)[number]));
  await eventually('thirty answers', () => lines.length > 30);
  running.kill('SIGKILL');
  await ended;
  const { accountId, roomId, draftRoomId } = lines[0] as { accountId: string; roomId: string; draftRoomId: string };
  const answered = lines.slice(1).map(({ id }) => id!);

  const agent = await startAgent({ profile, keychain: fileSecrets(keyFile) });
  const page = () => agent.workspace['message.list']({ accountId, roomId, limit: 200 });
  await eventually('all sent', async () => (await page()).outgoing.length === 0 && (await agent.account()).connection === 'online');
  const ids = (await page()).messages.filter(({ text }) => text.startsWith('消えない')).map(({ id }) => id);
  expect(ids.slice(0, answered.length)).toEqual(answered);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length - answered.length).toBeLessThanOrEqual(1);
  const draft = Number(/\d+/.exec((await agent.workspace['draft.get']({ accountId, roomId: draftRoomId })).text)?.[0]);
  expect(draft).toBeGreaterThanOrEqual(answered.length);
  expect((await agent.account()).notices).toEqual([]);
  await agent.close();
  expect(agent.bugs).toEqual([]);
});
