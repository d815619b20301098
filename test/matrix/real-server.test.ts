import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SyncDevice } from '../agent/sync-device.ts';
import { startServerProcess, type ServerProcess } from '../agent/support/server-process.ts';
import { playCells } from './batch.ts';
import { cells, sampleOf } from './cells.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(async () => {
  await server?.close();
});

it('ends as the rules say for a sample of what two people may do at once, on a real disk with a real server', async () => {
  const device = await SyncDevice.open(server.url, { member: 'sato', space: 'my' });
  const sample = sampleOf(cells, 96, fc.sample(fc.nat(), 1)[0]!);
  expect(await playCells(device, sample)).toEqual([]);
  await device.close();
});
