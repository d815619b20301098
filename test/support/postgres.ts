import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { DatabasePlace } from '../../server/store/place.ts';

/** Where Debian puts each version's programs. */
const installed = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; then it runs as `nobody`. */
const nobody = 65_534;

export interface TestPostgres {
  /** A new, empty database. */
  place(): Promise<DatabasePlace>;
  close(): Promise<void>;
}

/** A PostgreSQL of one's own in a temporary folder, reached by a socket in it and by no network. It ends with this process, however that ends. */
export async function startPostgres(): Promise<TestPostgres> {
  const versions = (await readdir(installed)).toSorted((a, b) => Number(a) - Number(b));
  const programs = path.join(installed, versions.at(-1)!, 'bin');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-postgres-'));
  const asRoot = process.getuid?.() === 0;
  const identity = asRoot ? { uid: nobody, gid: nobody } : {};
  if (asRoot) await chown(folder, nobody, nobody);
  const data = path.join(folder, 'data');
  const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, ...identity };
  const made = spawnSync(
    path.join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  // The shell waits for its input to end, which it does when this process is gone, and then stops the server.
  const script = '"$0" "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server';
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'listen_addresses=',
    `unix_socket_directories=${folder}`,
  ];
  const server = spawn(
    '/bin/sh',
    ['-c', script, path.join(programs, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...options,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ host: folder, user: 'postgres', database: 'postgres' });
    await client.connect();
    return client;
  };
  let admin: pg.Client | undefined;
  for (let attempt = 0; admin === undefined; attempt += 1) {
    admin = await connect().catch(async (error: unknown) => {
      if (attempt >= 200) throw error;
      await wait(50);
      return undefined;
    });
  }
  let count = 0;
  return {
    place: async () => {
      count += 1;
      await admin.query(`CREATE DATABASE suite_${count}`);
      return { kind: 'postgres', url: `postgres://postgres@/suite_${count}?host=${encodeURIComponent(folder)}` };
    },
    close: async () => {
      await admin.end();
      const ended = once(server, 'exit');
      server.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
