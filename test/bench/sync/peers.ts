import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startDelayProxy, type DelayProxy } from './delay-proxy.ts';
import { ownAgent, ownWithoutFlush, startUp } from './own.ts';
import { end, freePort, isInstalled, listens, timed, type Contestant, type Pair } from './pair.ts';
import { syncthing } from './syncthing.ts';

/** A program that is called each time: what it is called with, in either direction. */
interface Command {
  readonly command: string;
  readonly idleArguments: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `first`: the pair is new. `renamed`: a folder was renamed. */
  up(near: string, occasion: 'first' | 'again' | 'renamed'): readonly string[];
  down(copy: string): readonly string[];
  close(): Promise<void>;
}

async function commandPair(work: string, program: Command): Promise<Pair> {
  const near = path.join(work, 'near');
  mkdirSync(near, { recursive: true });
  const start = await startUp(program.command, program.idleArguments);
  let isNew = true;
  let copies = 0;
  const run = async (args: readonly string[]): Promise<number> => {
    const took = await timed(program.command, args, program.env);
    return Math.max(0, took - start);
  };
  const send = async (occasion: 'again' | 'renamed'): Promise<number> => {
    const args = program.up(near, isNew ? 'first' : occasion);
    isNew = false;
    return run(args);
  };
  return {
    near,
    up: async (change, { moves }) => {
      change();
      return send(moves > 0 ? 'renamed' : 'again');
    },
    down: async () => {
      copies += 1;
      const copy = path.join(work, `copy-${copies}`);
      mkdirSync(copy, { recursive: true });
      return run(program.down(copy));
    },
    noop: () => send('again'),
    saves: () => Promise.resolve(null),
    idle: () => Promise.resolve(null),
    memoryMiB: () => null,
    sentMiB: () => null,
    close: () => program.close(),
  };
}

/** A folder served over SFTP by rclone itself, at the other end of a longer way where one is wanted. */
async function sftp(work: string, roundTripMs: number): Promise<{ remote: string; close(): Promise<void> }> {
  const served = path.join(work, 'served');
  mkdirSync(path.join(served, 'files'), { recursive: true });
  const port = await freePort();
  const args = ['serve', 'sftp', served, '--addr', `127.0.0.1:${port}`, '--user', 'peer', '--pass', 'peer', '--config', '/dev/null'];
  const child = spawn('rclone', args, { stdio: 'ignore' });
  await listens(port, child);
  const proxy = roundTripMs === 0 ? null : await startDelayProxy(() => port, roundTripMs);
  const password = execFileSync('rclone', ['obscure', 'peer'], { encoding: 'utf8' }).trim();
  return {
    remote: `:sftp,host=127.0.0.1,port=${proxy?.port ?? port},user=peer,pass=${password}:files`,
    close: async () => {
      await proxy?.close();
      await end(child);
    },
  };
}

/** Its own best: more at once than by default, renames tracked where there are some. */
const lanes = ['--transfers', '16', '--checkers', '16', '--config', '/dev/null'];

const rclone: Contestant = {
  name: 'rclone sync over SFTP, 16 transfers',
  role: 'peer',
  overSocket: true,
  isThere: () => isInstalled('rclone', 'version'),
  open: async (work, roundTripMs) => {
    const { remote, close } = await sftp(work, roundTripMs);
    const tracked = ['--track-renames', '--track-renames-strategy', 'modtime,leaf'];
    return commandPair(work, {
      command: 'rclone',
      idleArguments: ['version'],
      up: (near, occasion) => ['sync', near, remote, ...lanes, ...(occasion === 'renamed' ? tracked : [])],
      down: (copy) => ['sync', remote, copy, ...lanes],
      close,
    });
  },
};

const bisync: Contestant = {
  name: 'rclone bisync over SFTP, 16 transfers',
  role: 'peer',
  overSocket: true,
  isThere: () => isInstalled('rclone', 'version'),
  open: async (work, roundTripMs) => {
    const { remote, close } = await sftp(work, roundTripMs);
    const state = path.join(work, 'bisync');
    const call = (folder: string, name: string) => ['bisync', folder, remote, '--workdir', path.join(state, name), '--force', ...lanes];
    return commandPair(work, {
      command: 'rclone',
      idleArguments: ['version'],
      up: (near, occasion) => [...call(near, 'near'), ...(occasion === 'first' ? ['--resync'] : [])],
      down: (copy) => [...call(copy, path.basename(copy)), '--resync'],
      close,
    });
  },
};

const unison: Contestant = {
  name: 'unison over a socket',
  role: 'peer',
  overSocket: true,
  isThere: () => isInstalled('unison', '-version'),
  open: async (work, roundTripMs) => {
    const served = path.join(work, 'served');
    const [home, farHome] = [path.join(work, 'unison'), path.join(work, 'unison-far')];
    for (const folder of [served, home, farHome]) mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const args = ['-socket', String(port), '-listen', '127.0.0.1'];
    const child = spawn('unison', args, { stdio: 'ignore', env: { ...process.env, UNISON: farHome } });
    await listens(port, child);
    let proxy: DelayProxy | null = null;
    if (roundTripMs > 0) proxy = await startDelayProxy(() => port, roundTripMs);
    const there = `socket://127.0.0.1:${proxy?.port ?? port}/${served}`;
    const call = (folder: string) => [folder, there, '-batch', '-auto', '-silent', '-ui', 'text', '-confirmbigdel=false', '-times'];
    return commandPair(work, {
      command: 'unison',
      idleArguments: ['-version'],
      env: { UNISON: home },
      up: call,
      down: call,
      close: async () => {
        await proxy?.close();
        await end(child);
      },
    });
  },
};

/** A bound that no sync has to beat: it copies on this disk, without a server, and keeps nothing in mind. */
const limit = (name: string, command: string, call: (from: string, to: string) => string[]): Contestant => ({
  name,
  role: 'limit',
  overSocket: false,
  isThere: () => isInstalled(command, '--version'),
  open: (work) => {
    const served = path.join(work, 'served');
    mkdirSync(served, { recursive: true });
    return commandPair(work, {
      command,
      idleArguments: ['--version'],
      up: (near) => call(near, served),
      down: (copy) => call(served, copy),
      close: () => Promise.resolve(),
    });
  },
});

/** Everybody, ourselves first. */
export const contestants: readonly Contestant[] = [
  ownAgent,
  ownWithoutFlush,
  rclone,
  bisync,
  unison,
  syncthing,
  limit('rsync -a, local (a limit)', 'rsync', (from, to) => ['-a', '--delete', `${from}/`, `${to}/`]),
  limit('cp -a, local (a limit)', 'cp', (from, to) => ['-a', `${from}/.`, to]),
];
