import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RawClient } from '../../support/raw-client.ts';
import { startServer, type ServerProcess } from '../../support/server.ts';
import type { Figure } from '../start/run.ts';
import { median } from '../start/processes.ts';
import { benchPassword } from '../sync/agent.ts';
import { drive, type Step } from './driver.ts';
import { startPeers } from './peers.ts';

/** The full sizes; smaller ones for a short run. */
const files = Number(process.env.HIKYAKU_BENCH_FILES ?? 2_000);
const rounds = Number(process.env.HIKYAKU_BENCH_ROUNDS ?? 3);
const connections = 16;
const own = 'Hikyaku (fsync)';
/** The same where waiting for the disk costs nothing: what the peers, who never wait, are to be held against beside it. */
const ownInMemory = 'Hikyaku (data in memory)';
const memory = '/dev/shm';

/** Our WebDAV beside other servers', in one run: files of 4 KiB, one after the other, three rounds each, the median counts. */
export async function davFigures(): Promise<Figure[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bench-'));
  const servers = [{ name: own, server: await startServer({ args: ['--demo', '--demo-password', benchPassword] }) }];
  if (existsSync(memory)) {
    const dataDir = mkdtempSync(path.join(memory, 'hikyaku-bench-'));
    servers.push({ name: ownInMemory, server: await startServer({ dataDir, args: ['--demo', '--demo-password', benchPassword] }) });
  }
  const peers = await startPeers(work);
  const all = new Map<string, Step[][]>();
  try {
    const targets: { name: string; url: string; authorization: string | null }[] = [];
    for (const { name, server } of servers) targets.push({ name, ...(await myDriveAt(server)) });
    for (const peer of peers) targets.push({ name: peer.name, url: peer.url, authorization: null });
    for (const target of targets) {
      // Once to warm up.
      await drive(target.url, { files: 200, connections, authorization: target.authorization });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const target of targets) {
        const steps = await drive(target.url, { files, connections, authorization: target.authorization });
        all.set(target.name, [...(all.get(target.name) ?? []), steps]);
      }
    }
  } finally {
    for (const peer of peers) await peer.stop();
    for (const { server } of servers) await server.stop('SIGTERM');
    for (const folder of [work, ...servers.map(({ server }) => server.dataDir)]) rmSync(folder, { recursive: true, force: true });
  }
  const figures = [...all].flatMap(([name, runs]) =>
    runs[0]!.map(({ step }, index): Figure & { readonly server: string; readonly step: Step['step'] } => {
      const rate = median(runs.map((steps) => steps[index]!.perSecond));
      // 16 at once: what one request takes of the server, not how long its sender waits.
      return {
        name: `${step} 4 KiB, ${connections} connections: ${name}`,
        server: name,
        step,
        unit: 'µs a request',
        value: 1_000_000 / rate,
        bound: null,
      };
    }),
  );
  show(all);
  const of = (server: string, step: Step['step']): number | null =>
    figures.find((figure) => figure.server.startsWith(server) && figure.step === step)?.value ?? null;
  const apache = of('Apache', 'PROPFIND 1');
  const bounds: Partial<Record<Step['step'], number | null>> = {
    PUT: of('rclone', 'PUT'),
    GET: of('rclone', 'GET'),
    'PROPFIND 1': apache === null ? null : apache * 2,
  };
  return figures.map(({ server: name, step, ...figure }) => (name === own ? { ...figure, bound: bounds[step] ?? null } : figure));
}

/** A member's own drive over WebDAV. */
async function myDriveAt({ url }: ServerProcess): Promise<{ url: string; authorization: string }> {
  const client = new RawClient(url);
  await client.login('sato', { password: benchPassword });
  const made = (await client.call('appPassword.create', { label: 'bench' })).body.value as Record<'userName' | 'password' | 'url', string>;
  const { spaces } = (await client.call('drive.spaces')).body.value as { spaces: { kind: string; name: string }[] };
  const name = spaces.find(({ kind }) => kind === 'my')!.name;
  return {
    url: `${made.url}${encodeURIComponent(name)}/`,
    authorization: `Basic ${Buffer.from(`${made.userName}:${made.password}`).toString('base64')}`,
  };
}

/** Requests a second, and in brackets the middle and the slowest hundredth in milliseconds. */
function show(all: ReadonlyMap<string, readonly (readonly Step[])[]>): void {
  const cell = (runs: readonly (readonly Step[])[], index: number): string => {
    const of = (value: (step: Step) => number): number => median(runs.map((steps) => value(steps[index]!)));
    return `${Math.round(of((step) => step.perSecond))}/s (${of((step) => step.p50Ms).toFixed(1)}, ${of((step) => step.p99Ms).toFixed(1)} ms)`;
  };
  const [first] = all.values();
  const rows = [
    ['', ...first![0]!.map(({ step }) => (step === 'PROPFIND 1' ? `PROPFIND 1 of ${files}` : step))],
    ...[...all].map(([name, runs]) => [name, ...runs[0]!.map((_, index) => cell(runs, index))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  console.log();
}
