import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import path from 'node:path';

/** A program beside us: copies `from` to a new place below `work`; resolves with milliseconds. */
export interface Peer {
  readonly name: string;
  run(from: string, work: string): Promise<number>;
}

const isThere = (command: string, argument: string): boolean => spawnSync(command, [argument], { stdio: 'ignore' }).error === undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => void socket.destroy(resolve(true) as never)).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error('The peer does not listen');
}

const timed = (command: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve(performance.now() - began) : reject(new Error(`${command} ended with ${code}`))));
  });

const rclone: Peer = {
  name: 'rclone sync to rclone serve sftp, 16 transfers',
  run: async (from, work) => {
    const to = path.join(work, 'served');
    mkdirSync(to, { recursive: true });
    const port = await freePort();
    const serve = spawn('rclone', ['serve', 'sftp', to, '--addr', `127.0.0.1:${port}`, '--user', 'peer', '--pass', 'peer'], {
      stdio: 'ignore',
    });
    try {
      await answers(port, serve);
      const password = execFileSync('rclone', ['obscure', 'peer'], { encoding: 'utf8' }).trim();
      const remote = `:sftp,host=127.0.0.1,port=${port},user=peer,pass=${password}:files`;
      return await timed('rclone', ['sync', from, remote, '--transfers', '16', '--checkers', '16', '--config', '/dev/null']);
    } finally {
      serve.kill();
    }
  },
};

const unison: Peer = {
  name: 'unison, local',
  run: (from, work) => {
    const [to, home] = [path.join(work, 'unison'), path.join(work, 'unison-home')];
    mkdirSync(to, { recursive: true });
    mkdirSync(home, { recursive: true });
    process.env['UNISON'] = home;
    return timed('unison', [from, to, '-batch', '-auto', '-silent', '-ui', 'text']);
  },
};

const simple = (name: string, command: string, args: (from: string, to: string) => string[]): Peer => ({
  name,
  run: (from, work) => timed(command, args(from, path.join(work, command))),
});

/** Those of the peers that this machine has. */
export function presentPeers(): Peer[] {
  const all: [Peer, string, string][] = [
    [rclone, 'rclone', 'version'],
    [unison, 'unison', '-version'],
    [simple('rsync -a, local (a limit)', 'rsync', (from, to) => ['-a', `${from}/`, to]), 'rsync', '--version'],
    [simple('cp -r (a limit)', 'cp', (from, to) => ['-r', from, to]), 'cp', '--version'],
  ];
  return all.filter(([, command, argument]) => isThere(command, argument)).map(([peer]) => peer);
}
