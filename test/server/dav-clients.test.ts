import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../build/process.ts';
import { davOffice, myDrive, type DavOffice } from '../support/dav-client.ts';

/** Programs of other makers, as Debian has them. */

let office: DavOffice;
let work: string;
beforeAll(async () => {
  office = await davOffice();
  work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-dav-'));
});
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  await office.close();
});

const large = randomBytes(9 * 1024 * 1024 + 12_345);

test('litmus finds nothing to complain about: all of its 104 tests', async () => {
  const { made } = office.sato;
  const { output, code } = await run('litmus', ['-k', `${office.url}${myDrive}/`, made.userName, made.password], { cwd: work });
  const sums = [...output.matchAll(/of (\d+) tests run: (\d+) passed, (\d+) failed/g)].map(([, all, passed, failed]) =>
    [all, passed, failed].map(Number),
  );
  expect({ code, failures: output.split('\n').filter((line) => /FAIL|WARNING/.test(line)), sums }).toMatchObject({ code: 0, failures: [] });
  expect(sums.reduce((total, [, passed = 0]) => total + passed, 0)).toBe(104);
  expect(sums).toHaveLength(5);
});

async function rclone(...args: readonly string[]) {
  const { made } = office.sato;
  const obscured = (await run('rclone', ['obscure', made.password])).output.trim();
  const env = {
    ...process.env,
    RCLONE_CONFIG: path.join(work, 'rclone.conf'),
    RCLONE_CONFIG_DRIVE_TYPE: 'webdav',
    RCLONE_CONFIG_DRIVE_URL: made.url,
    RCLONE_CONFIG_DRIVE_VENDOR: 'owncloud',
    RCLONE_CONFIG_DRIVE_USER: made.userName,
    RCLONE_CONFIG_DRIVE_PASS: obscured,
  };
  writeFileSync(env.RCLONE_CONFIG, '');
  return run('rclone', [...args, '--retries', '1', '--low-level-retries', '1'], { env, timeoutMs: 60_000 });
}

test('rclone uploads, compares, lists, renames, downloads and deletes, with Japanese names and times kept', async () => {
  const folder = path.join(work, 'outgoing');
  mkdirSync(path.join(folder, '下書き'), { recursive: true });
  writeFileSync(path.join(folder, '下書き', '見積（改）.txt'), 'いろは');
  writeFileSync(path.join(folder, 'large.bin'), large);
  const there = 'drive:sales/送る物';
  expect(await rclone('copy', folder, there)).toMatchObject({ code: 0 });
  expect(await rclone('check', folder, there, '--download')).toMatchObject({ code: 0 });
  // Nothing has changed, times included: nothing is sent again.
  const again = await rclone('copy', folder, there, '-v', '--stats-one-line');
  expect(again.output).toContain('There was nothing to transfer');
  const listed = await rclone('lsf', '-R', there);
  expect(listed.output.trim().split('\n').toSorted()).toEqual(['large.bin', '下書き/', '下書き/見積（改）.txt']);
  expect(await rclone('moveto', `${there}/large.bin`, `${there}/下書き/大きい.bin`)).toMatchObject({ code: 0 });
  const back = path.join(work, 'back.bin');
  expect(await rclone('copyto', `${there}/下書き/大きい.bin`, back)).toMatchObject({ code: 0 });
  expect(readFileSync(back).equals(large)).toBe(true);
  expect(await rclone('deletefile', `${there}/下書き/見積（改）.txt`)).toMatchObject({ code: 0 });
  expect(await rclone('purge', there)).toMatchObject({ code: 0 });
  expect((await rclone('lsf', 'drive:sales')).output.trim()).toBe('');
});

test('rclone is told that somebody else holds a file', async () => {
  const { sato, tanaka, shared } = office;
  const file = path.join(work, 'held.txt');
  writeFileSync(file, 'mine');
  expect(await tanaka.dav.status('PUT', `${shared.path}/held.txt`, { body: 'theirs' })).toBe(201);
  const lockinfo = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
  expect(await tanaka.dav.status('LOCK', `${shared.path}/held.txt`, { body: lockinfo })).toBe(200);
  const refused = await rclone('copyto', file, 'drive:sales/held.txt');
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('423');
  expect((await sato.dav.send('GET', `${shared.path}/held.txt`)).text).toBe('theirs');
});

test('cadaver works in a folder: it uploads, lists, copies, locks, keeps properties, downloads and deletes', async () => {
  const { made, dav } = office.tanaka;
  const home = path.join(work, 'home');
  mkdirSync(home, { recursive: true });
  const { hostname } = new URL(office.url);
  writeFileSync(path.join(home, '.netrc'), `machine ${hostname} login ${made.userName} password ${made.password}\n`, { mode: 0o600 });
  writeFileSync(path.join(work, 'cadaver.txt'), 'by cadaver');
  const script = [
    'mkcol box',
    'cd box',
    `put ${path.join(work, 'cadaver.txt')} 報告.txt`,
    'ls',
    'copy 報告.txt copy.txt',
    'lock copy.txt',
    'propset copy.txt colour 藍',
    'unlock copy.txt',
    'move copy.txt moved.txt',
    'propget moved.txt colour',
    `get moved.txt ${path.join(work, 'cadaver-back.txt')}`,
    'delete 報告.txt',
    'quit',
  ];
  const commands = path.join(work, 'cadaver.commands');
  writeFileSync(commands, `${script.join('\n')}\n`);
  const { output } = await run('sh', ['-c', 'exec cadaver "$1" < "$2"', 'sh', `${office.url}${office.shared.path}/`, commands], {
    env: { ...process.env, HOME: home, LANG: 'C.UTF-8', TERM: 'dumb' },
    timeoutMs: 60_000,
  });
  expect(output).not.toMatch(/failed|Could not/i);
  expect(output).toContain('藍');
  expect(readFileSync(path.join(work, 'cadaver-back.txt'), 'utf8')).toBe('by cadaver');
  expect(await dav.status('GET', `${office.shared.path}/box/moved.txt`)).toBe(200);
  expect(await dav.status('GET', `${office.shared.path}/box/${encodeURIComponent('報告.txt')}`)).toBe(404);
});
