import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startServer } from '../../support/server.ts';
import { cpuSeconds, processTree, pssMiB } from '../start/processes.ts';
import { benchPassword, runOnce, startResident, type ResidentAgent } from './agent.ts';
import { startDelayProxy } from './delay-proxy.ts';
import { freePort, pause, type Amount, type Contestant, type Pair } from './pair.ts';

const noFlush = '/usr/lib/x86_64-linux-gnu/libeatmydata.so';

/** Our agent beside our server, each a process of its own. */
export const ownAgent: Contestant = {
  name: 'Hikyaku agent, resident',
  role: 'own',
  overSocket: true,
  isThere: () => true,
  open: (work, roundTripMs) => openOwn(work, roundTripMs, {}),
};

/** The same where the system takes flushing to disk for done: what safety costs. */
export const ownWithoutFlush: Contestant = {
  name: 'Hikyaku agent, resident, without fsync',
  role: 'own without fsync',
  overSocket: true,
  isThere: () => existsSync(noFlush),
  open: (work, roundTripMs) => openOwn(work, roundTripMs, { LD_PRELOAD: noFlush }),
};

async function openOwn(work: string, roundTripMs: number, env: Readonly<Record<string, string>>): Promise<Pair> {
  const port = await freePort();
  const proxy = roundTripMs === 0 ? null : await startDelayProxy(() => port, roundTripMs);
  const publicUrl = proxy === null ? [] : ['--public-url', `http://127.0.0.1:${proxy.port}`];
  const server = await startServer({ port, args: ['--demo', '--demo-password', benchPassword, ...publicUrl], env });
  const url = proxy === null ? server.url : `http://127.0.0.1:${proxy.port}`;
  const place = { url, work, member: 'sato', space: '営業', env };
  const near = await startResident({ ...place, name: 'near' });
  let other: ResidentAgent | null = null;
  let copies = 0;

  const settled = async (agent: ResidentAgent, holds: (done: Amount) => boolean): Promise<void> => {
    while (!holds({ files: agent.last.uploaded, moves: agent.last.moved })) await agent.next();
  };
  return {
    near: near.folder,
    up: async (change, amount) => {
      const { uploaded, moved } = near.last;
      const began = performance.now();
      change();
      await settled(near, ({ files, moves }) => files >= uploaded + amount.files && moves >= moved + amount.moves);
      return performance.now() - began;
    },
    down: async (files) => {
      copies += 1;
      const report = await runOnce({ ...place, name: `copy-${copies}` });
      if (report.downloaded < files) throw new Error(`Only ${report.downloaded} of ${files} files came`);
      rmSync(path.join(work, `copy-${copies}`), { recursive: true });
      return report.seconds * 1000;
    },
    noop: async () => {
      const began = performance.now();
      near.look();
      await near.next();
      return performance.now() - began;
    },
    saves: async (count) => {
      other ??= await startResident({ ...place, name: 'other' });
      return saveTimes(near.folder, other.folder, count);
    },
    idle: async (seconds) => idleOf([near.process], seconds),
    memoryMiB: () => near.last.maxRssMiB,
    sentMiB: () => near.last.bytesUp / (1024 * 1024),
    close: async () => {
      await near.close();
      await other?.close();
      await server.stop('SIGTERM');
      await proxy?.close();
      rmSync(server.dataDir, { recursive: true, force: true });
    },
  };
}

/** Each file is saved when the one before has arrived, and a moment of rest after it. */
export async function saveTimes(from: string, to: string, count: number): Promise<number[]> {
  const times: number[] = [];
  mkdirSync(path.join(from, 'saved'), { recursive: true });
  await arrives(path.join(to, 'saved'));
  for (let index = 0; index < count; index += 1) {
    await pause(300);
    const began = performance.now();
    writeFileSync(path.join(from, 'saved', `note-${index}.txt`), `${index} ${Math.random()}\n`);
    await arrives(path.join(to, 'saved', `note-${index}.txt`));
    times.push(performance.now() - began);
  }
  return times;
}

const saveMs = 120_000;
async function arrives(place: string): Promise<void> {
  for (const end = performance.now() + saveMs; !existsSync(place);) {
    if (performance.now() > end) throw new Error(`${place} did not arrive`);
    await pause(2);
  }
}

export async function idleOf(processes: readonly ChildProcess[], seconds: number): Promise<{ cpuPercent: number; memoryMiB: number }> {
  const pids = processes.flatMap(({ pid }) => (pid === undefined ? [] : processTree(pid)));
  const before = cpuSeconds(pids);
  await pause(seconds * 1000);
  return { cpuPercent: ((cpuSeconds(pids) - before) / seconds) * 100, memoryMiB: pssMiB(pids) };
}

/** What a command that does nothing takes: the start-up that is taken off. */
export async function startUp(command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    const child = spawn(command, args, { stdio: 'ignore' });
    await new Promise((resolve) => void child.once('exit', resolve));
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}
