import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SyncDevice } from '../agent/sync-device.ts';
import { playCells } from './batch.ts';
import { cells, sampleOf } from './cells.ts';
import type { VolumeTraits } from './trees.ts';
import { Volume, volumeKinds } from './volume.ts';

/** What the process that mounts a volume is told, as its only argument. */
const Orders = z.object({
  kind: z.enum(volumeKinds),
  url: z.string(),
  member: z.string(),
  state: z.string(),
  /** How many cells, of which seed; absent: all. */
  sample: z.object({ count: z.number(), seed: z.number() }).optional(),
});
export type Orders = z.infer<typeof Orders>;

/** Plays cells on a volume of its own, mounts the volume anew, and looks whether anything is then asked of the server. Prints problems as JSON. */
const orders = Orders.parse(JSON.parse(process.argv[2] ?? ''));
const volume = new Volume(orders.kind);
const problems: string[] = [];
try {
  volume.mount();
  const root = path.join(volume.at, 'root');
  mkdirSync(root);
  const open = (): Promise<SyncDevice> =>
    SyncDevice.open(orders.url, { member: orders.member, space: 'my', folder: root, state: orders.state });
  let device = await open();
  const chosen = orders.sample === undefined ? cells : sampleOf(cells, orders.sample.count, orders.sample.seed);
  problems.push(...(await playCells(device, chosen, traitsOf(volume.at))));
  const before = device.tree();
  await device.end();
  // A tmpfs mounted anew is another volume.
  if (orders.kind !== 'tmpfs') {
    volume.unmount();
    volume.mount();
  }
  device = await open();
  await device.settle();
  const { mutations, reads } = device.asked;
  if (mutations.length > 0) problems.push(`After mounting anew the server was asked for ${JSON.stringify(mutations.slice(0, 5))}`);
  if (reads.length > 0) problems.push(`After mounting anew ${reads.length} contents were fetched`);
  if (JSON.stringify(device.tree()) !== JSON.stringify(before)) problems.push('After mounting anew the tree is another one');
  await device.end();
} finally {
  volume.remove();
}
console.log(JSON.stringify(problems));

function traitsOf(folder: string): VolumeTraits {
  const probe = path.join(folder, 'CASE');
  mkdirSync(probe);
  return { lower: readdirSync(folder).includes('case'), births: statSync(probe, { bigint: true }).birthtimeNs > 0n };
}
