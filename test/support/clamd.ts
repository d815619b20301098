import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** The industry's harmless test file, in two parts so that no scanner stumbles over this source. */
export const testVirus = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''), 'latin1');

export interface RunningScanner {
  readonly port: number;
  stop(): Promise<void>;
}

/** A real clamd on a free loopback port, with one signature of our own: the test file. */
export async function startClamd(): Promise<RunningScanner> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-clamd-'));
  const port = await freePort();
  await writeFile(path.join(folder, 'test.ndb'), `Hikyaku.Test:0:*:${testVirus.toString('hex')}\n`);
  const settings = [
    'Foreground yes',
    `DatabaseDirectory ${folder}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'StreamMaxLength 4M',
    `LogFile ${path.join(folder, 'log')}`,
    `PidFile ${path.join(folder, 'pid')}`,
    `TemporaryDirectory ${folder}`,
  ];
  await writeFile(path.join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  const child = spawn('/usr/sbin/clamd', ['-c', path.join(folder, 'clamd.conf')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; !(await connects(port)); tries += 1) {
    if (tries === 600 || child.exitCode !== null) throw new Error('clamd did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
