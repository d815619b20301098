import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../build/process.ts';
import { davOffice, type DavOffice } from '../support/dav-client.ts';

/**
 * davfs2 makes a folder of the disk out of WebDAV. Only root may mount, so this suite is not run as the ordinary user of the others
 * (build/test/suites.ts). Each mount is in a mount table of its own and ends with its shell.
 */

let office: DavOffice;
let work: string;
beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('Mounting takes root: run `npm test -- mount` as root');
  office = await davOffice();
  work = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-davfs-'));
  chmodSync(work, 0o755);
});
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  await office.close();
});

/** Runs a shell script with sato's drives mounted at `$AT`, and ends the mount with everything written. */
async function mounted(name: string, script: string) {
  const { made } = office.sato;
  const home = path.join(work, name);
  const at = path.join(home, 'at');
  const cache = path.join(home, 'cache');
  for (const folder of [at, cache]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(home, 'secrets'), `${made.url} ${made.userName} ${made.password}\n`, { mode: 0o600 });
  // Kernels from 6.16 on read folders in larger pieces than davfs2's usual buffer; what is closed is sent at once.
  const settings = ['ask_auth 0', `secrets ${home}/secrets`, `cache_dir ${cache}`, 'buf_size 64', 'delay_upload 0', 'use_locks 1'];
  writeFileSync(path.join(home, 'davfs2.conf'), `${settings.join('\n')}\n`);
  // What it fetched it keeps as a user of its own.
  const whole = `set -eu
    chown davfs2:davfs2 "$HOME_OF/cache"
    chmod 777 "$HOME_OF/cache"
    mount.davfs -o "conf=$HOME_OF/davfs2.conf,rw" "$URL" "$AT"
    trap 'umount "$AT"' EXIT
    ${script}`;
  return run('unshare', ['-m', 'sh', '-c', whole], {
    env: {
      ...process.env,
      PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      AT: at,
      URL: made.url,
      HOME_OF: home,
    },
    timeoutMs: 60_000,
  });
}

test('a drive mounted by davfs2 is a folder: files go in, are listed, read, renamed, overwritten and deleted', async () => {
  const { dav } = office.tanaka;
  const { output, code } = await mounted(
    'usual',
    `cd "$AT/sales"
    mkdir 資料
    echo いろは > 資料/見積.txt
    head -c 5000000 /dev/urandom > large.bin
    sha256sum < large.bin
    echo gone > gone.txt
    rm gone.txt
    mv 資料/見積.txt 資料/契約.txt
    echo にほへ >> 資料/契約.txt
    ls 資料
    cat 資料/契約.txt
    cd /`,
  );
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  expect(output).toContain('契約.txt\nいろは\nにほへ\n');
  const sum = /^([0-9a-f]{64}) /m.exec(output)?.[1];
  const { bytes } = await dav.send('GET', '/dav/sales/large.bin');
  expect(bytes.length).toBe(5_000_000);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum);
  const folder = `/dav/sales/${encodeURIComponent('資料')}`;
  expect((await dav.send('GET', `${folder}/${encodeURIComponent('契約.txt')}`)).text).toBe('いろは\nにほへ\n');
  expect(await dav.status('GET', '/dav/sales/gone.txt')).toBe(404);
  expect((await dav.send('PROPFIND', `${folder}/`, { headers: { depth: '1' } })).text).not.toContain('<D:activelock>');
});

test('a file that somebody else holds is not written through a mount', async () => {
  const { dav } = office.tanaka;
  await dav.send('PUT', '/dav/sales/held.txt', { body: 'theirs' });
  const lockinfo = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
  expect(await dav.status('LOCK', '/dav/sales/held.txt', { body: lockinfo })).toBe(200);
  const { output, code } = await mounted(
    'held',
    `cat "$AT/sales/held.txt"; echo
    if (echo mine > "$AT/sales/held.txt") 2>/dev/null; then echo WRITTEN; else echo REFUSED; fi`,
  );
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  expect(output).toContain('theirs\nREFUSED\n');
  expect((await dav.send('GET', '/dav/sales/held.txt')).text).toBe('theirs');
});
