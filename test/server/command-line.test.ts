import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { eventProtocol } from '#shared/contract/events.ts';
import { inRoot } from '../../build/paths.ts';
import { testCertificate, testCertificateKey } from '../agent/support/test-certificate.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-command-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const data = (): string => path.join(folder, 'data');
const command = (...args: string[]) =>
  spawnSync(process.execPath, [inRoot('server', 'main.ts'), ...args], { encoding: 'utf8', timeout: 30_000 });

test.each([
  ['no data folder', ['--port', '0'], /--data DIR and --port N/],
  ['no port', ['--data', 'x'], /--data DIR and --port N/],
  ['a port that is none', ['--data', 'x', '--port', '70000'], /70000 is no port/],
  ['an unknown option', ['--data', 'x', '--port', '0', '--verbose'], /--verbose/],
  ['half of a certificate', ['--data', 'x', '--port', '0', '--tls-cert', 'c.pem'], /go together/],
  ['plain http for other machines', ['--data', 'x', '--port', '0', '--host', '0.0.0.0'], /in the clear/],
  [
    'a host without an address for clients',
    ['--data', 'x', '--port', '0', '--host', '0.0.0.0', '--trusted-proxy', '10.0.0.0/8'],
    /--public-url/,
  ],
  ['a plain public address', ['--data', 'x', '--port', '0', '--public-url', 'http://chat.example.com'], /must start with https/],
  ['an address that is none', ['--data', 'x', '--port', '0', '--public-url', 'chat'], /is not an address/],
  ['another database', ['--data', 'x', '--port', '0', '--database', 'mysql://x'], /postgres:\/\//],
  [
    'a certificate that is not there',
    ['--data', 'x', '--port', '0', '--tls-cert', '/nowhere.pem', '--tls-key', '/nowhere.pem'],
    /nowhere\.pem cannot be read/,
  ],
  ['an office program that is not there', ['--data', 'x', '--port', '0', '--office', '/nowhere/soffice'], /there is no \/nowhere/],
  ['room for no pictures', ['--data', 'x', '--port', '0', '--preview-cache', '0'], /--preview-cache takes/],
  ['a tenant without a name', ['init', '--data', 'x'], /--tenant NAME/],
])('%s ends with what to do about it, before anything is written', (_what, args, message) => {
  const { status, stderr, stdout } = command(...args.map((argument) => (argument === 'x' ? data() : argument)));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('Hikyaku tenant server');
  expect(stderr).not.toContain('    at ');
  return expect(stat(data())).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a server that nobody can log in to says how to make a tenant, one that cannot start says why', async () => {
  const server = await startServer({ dataDir: data() });
  await expect.poll(server.log).toContain('npm run server -- init');
  await server.stop();
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  const failed = command('--data', file, '--port', '0');
  expect([failed.status, failed.stdout]).toEqual([1, '']);
  expect(failed.stderr).toMatch(/^The server could not start: EEXIST/m);
});

test.runIf(process.platform === 'linux').each([
  ['a server', ['--port', '0']],
  ['a new tenant', ['--tenant', 'acme']],
])('%s whose data folder cannot be made says so instead of waiting for ever', (_what, args) => {
  const first = args[0] === '--tenant' ? ['init'] : [];
  const { status, stdout, stderr } = command(...first, '--data', '/proc/nope/deeper', ...args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe('The folder /proc/nope cannot be made: choose another place\n');
});

test('a new tenant has a supreme administrator, whose made password is shown once and works', async () => {
  const made = command('init', '--data', data(), '--tenant', 'acme', '--display-name', '瀬音精機');
  expect([made.status, made.stdout.split('\n').length]).toEqual([0, 2]);
  const { tenant, member, password } = JSON.parse(made.stdout) as { tenant: string; member: string; password: string };
  expect([tenant, member]).toEqual(['acme', 'admin@acme']);
  expect(password).toMatch(/^[a-z2-9]{6}(-[a-z2-9]{6}){2}$/);
  expect(made.stderr).not.toContain(password);
  const again = command('init', '--data', data(), '--tenant', 'acme');
  expect([again.status, again.stdout]).toEqual([1, '']);
  expect(again.stderr).toContain('There is a tenant acme already');

  const server = await startServer({ dataDir: data() });
  const client = new RawClient(server.url);
  expect((await client.login('admin', { password })).status).toBe(200);
  expect(client.identity).toMatchObject({ tenant: 'acme', tenantName: '瀬音精機', role: 'supreme' });
  expect(await server.stop()).toBe(0);
  expect(server.log()).not.toContain(password);
  expect((await stat(data())).mode & 0o077).toBe(0);
});

test('a password from a file is taken and never shown; a second tenant asks for member@tenant', async () => {
  const file = path.join(folder, 'password');
  await writeFile(file, 'いろはにほへと-123\r\nanother line\n');
  for (const tenant of ['acme', 'globex']) {
    const { status, stdout } = command('init', '--data', data(), '--tenant', tenant, '--admin', 'kuro', '--password-file', file);
    expect([status, JSON.parse(stdout)]).toEqual([0, { tenant, member: `kuro@${tenant}` }]);
  }
  const server = await startServer({ dataDir: data() });
  const client = new RawClient(server.url);
  expect((await client.call('server.info')).body).toMatchObject({ value: { tenant: null, demoAccounts: [] } });
  const password = 'いろはにほへと-123';
  expect((await client.login('kuro', { password })).status).toBe(401);
  expect((await client.login('kuro@globex', { password })).status).toBe(200);
  expect(client.identity?.tenant).toBe('globex');
  await server.stop();
});

test('the first line says where it answers, and an asked-for end is clean: sockets are told, running work is done', async () => {
  const server = await startServer({ dataDir: data(), args: ['--demo'] });
  expect(
    server
      .log()
      .split('\n')
      .find((line) => line.startsWith('{"url"')),
  ).toBe(`{"url":"${server.url}"}`);
  const client = new RawClient(server.url);
  expect((await client.login('sato', { password: 'hikyaku-demo' })).status).toBe(200);
  const { ticket } = (await client.call('session.ticket')).body.value as { ticket: string };
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/events`, [eventProtocol, `ticket.${ticket}`]);
  await once(socket, 'message');
  const closed = once(socket, 'close') as Promise<[number]>;
  const startedAt = performance.now();
  expect(await server.stop('SIGTERM')).toBe(0);
  expect((await closed)[0]).toBe(1_001);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(server.log()).not.toContain(client.grant!.accessToken);
  expect(server.log()).not.toContain(ticket);

  const again = await startServer({ dataDir: data(), port: server.port, args: ['--demo'] });
  expect((await client.call('session.current')).status).toBe(200);
  const taken = command('--data', path.join(folder, 'other'), '--port', String(again.port));
  expect([taken.status, taken.stdout]).toEqual([1, '']);
  expect(taken.stderr).toContain('Cannot listen');
  await again.stop();
});

test('a crash loses nothing that was answered: session and rules are there after the restart', async () => {
  command('init', '--data', data(), '--tenant', 'acme', '--password-file', await passwordFile());
  const first = await startServer({ dataDir: data() });
  const client = new RawClient(first.url);
  await client.login('admin', { password: 'correct horse battery' });
  await client.call('policy.set', { patch: { blockedExtensions: { drive: ['exe'] } } });
  await first.stop('SIGKILL');
  const second = await startServer({ dataDir: data(), port: first.port });
  expect((await client.call('policy.get')).body).toMatchObject({
    value: { revision: 1, policy: { blockedExtensions: { drive: ['exe'] } } },
  });
  expect((await client.refresh()).status).toBe(200);
  await second.stop();
});

async function passwordFile(): Promise<string> {
  const file = path.join(folder, 'password');
  await writeFile(file, 'correct horse battery\n');
  return file;
}

test('with a certificate it answers https, tells browsers to stay there, and speaks no plain http', async () => {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  await writeFile(cert, testCertificate);
  await writeFile(key, testCertificateKey);
  const child = spawn(
    process.execPath,
    [inRoot('server', 'main.ts'), '--data', data(), '--port', '0', '--tls-cert', cert, '--tls-key', key],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      const request = https.request(`${url}/api/server.info`, { method: 'POST', rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.headers);
      });
      request.on('error', reject);
      request.end();
    });
    expect(headers['strict-transport-security']).toContain('max-age=');
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow('fetch failed');
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  expect((await readdir(data())).toSorted()).toContain('hikyaku.sqlite');
});
