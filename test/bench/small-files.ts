import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { startServer } from '../support/server.ts';
import type { Figure } from './start/run.ts';
import { benchPassword, startResident } from './sync/agent.ts';
import { presentPeers } from './sync/peers.ts';
import { median } from './start/processes.ts';

export const fileCount = 10_000;
const folderCount = 100;
const rounds = 3;

/** Files of 1 to 16 KiB, 80 MiB in all, in 100 folders; new bytes every time, so that nothing is known from before. */
export function makeSmallFiles(folder: string): void {
  let state = 42;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff);
  for (let index = 0; index < fileCount; index += 1) {
    const place = path.join(folder, `folder-${index % folderCount}`);
    if (index < folderCount) mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, `file-${index}.bin`), randomBytes(1_024 + (next() % 14_700)));
  }
}

/** First upload of many small files by the resident agent, from the moment they lie in the folder until it is in step, beside other programs. */
export async function smallFileFigures(): Promise<Figure[]> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bench-'));
  const server = await startServer({ args: ['--demo', '--demo-password', benchPassword] });
  const times = new Map<string, number[]>();
  const note = (name: string, ms: number): void => void times.set(name, [...(times.get(name) ?? []), ms]);
  let memory = 0;
  let requests = 0;
  try {
    const agent = await startResident(server.url, work, 'agent', 'sato', '営業');
    const peers = presentPeers();
    for (let round = 0; round < rounds; round += 1) {
      const prepared = path.join(work, 'prepared');
      makeSmallFiles(prepared);
      const peerWork = path.join(work, 'peers');
      mkdirSync(peerWork, { recursive: true });
      for (const peer of peers) note(peer.name, await peer.run(prepared, peerWork));
      rmSync(peerWork, { recursive: true });
      const began = performance.now();
      renameSync(prepared, path.join(agent.folder, `round-${round}`));
      for (let sent = 0; sent < (round + 1) * fileCount;) {
        const report = await agent.next();
        sent = report.uploaded;
        memory = Math.max(memory, report.maxRssMiB);
        requests = report.requests;
      }
      note(own, performance.now() - began);
    }
    await agent.close();
  } finally {
    await server.stop('SIGTERM');
    rmSync(work, { recursive: true, force: true });
    rmSync(server.dataDir, { recursive: true, force: true });
  }
  const figures = [...times].map(([name, all]): Figure => ({ name: `${prefix}: ${name}`, unit: 'ms', value: median(all), bound: null }));
  const rclone = figures.find(({ name }) => name.includes('rclone'))?.value ?? null;
  return [
    ...figures.map((figure) => (figure.name.endsWith(own) ? { ...figure, bound: rclone } : figure)),
    { name: `${prefix}: largest memory of the agent`, unit: 'MiB', value: memory, bound: null },
    { name: `${prefix}: requests of the agent for one round`, unit: '', value: Math.round(requests / rounds), bound: null },
  ];
}

const own = 'Hikyaku agent, resident';
const prefix = `${fileCount} small files, first upload`;
