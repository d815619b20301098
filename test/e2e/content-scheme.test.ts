import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LaunchedApp } from '../support/app.ts';
import { openBrowser, openWindow } from '../support/browser.ts';
import { eventually, logIn, openOffice, type Office } from '../support/office.ts';

/** One pixel. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Silence of so many seconds: 8 kHz, 8 bit, one channel. */
function silence(seconds: number): Buffer {
  const data = Buffer.alloc(8_000 * seconds, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

let office: Office;
let app: LaunchedApp;
let browser: Browser | undefined;
let accountId: string;
let space: Place;
interface Place {
  readonly id: string;
  readonly name: string;
  readonly rootId: string;
}
const ids: Record<string, string> = {};

interface Bridge {
  call(name: string, input: unknown): Promise<{ ok: boolean; value: unknown }>;
  registerFiles(files: File[]): Promise<{ handle: string }[]>;
}
/** Asks the host as the page does. */
const ask = async <T>(name: string, input: unknown): Promise<T> => {
  const reply = await app.page.evaluate(
    ([operation, given]) => (window as unknown as { hikyaku: Bridge }).hikyaku.call(operation as string, given),
    [name, input] as const,
  );
  expect(reply).toMatchObject({ ok: true });
  return reply.value as T;
};

/** Gives the page's host files that were pasted. */
async function upload(name: string, bytes: Buffer): Promise<void> {
  const handles = await app.page.evaluate(
    async ([title, text]) => {
      const file = new File([Uint8Array.from(atob(text!), (letter) => letter.charCodeAt(0))], title!);
      const given = await (window as unknown as { hikyaku: Bridge }).hikyaku.registerFiles([file]);
      return given.map(({ handle }) => handle);
    },
    [name, bytes.toString('base64')],
  );
  await ask('drive.upload', { accountId, spaceId: space.id, folderId: space.rootId, handles });
}

beforeAll(async () => {
  office = await openOffice();
  app = await office.open('sato');
  await logIn(app.page, 'sato');
});
afterAll(async () => {
  await browser?.close();
  await office?.close();
});

/** What a page can show of an address: the picture's width, or how long a sound is after it was asked for its last seconds. */
const pictureWidth = (page: Page, address: string): Promise<number | string> =>
  page.evaluate(
    (src) =>
      new Promise<number | string>((resolve) => {
        const image = new Image();
        image.addEventListener('load', () => resolve(image.naturalWidth));
        image.addEventListener('error', () => resolve('refused'));
        image.src = src;
      }),
    address,
  );
const soundSeconds = (page: Page, address: string): Promise<string> =>
  page.evaluate(
    (src) =>
      new Promise<string>((resolve) => {
        const audio = document.createElement('audio');
        audio.preload = 'auto';
        audio.addEventListener('error', () => resolve(`error ${audio.error?.message ?? ''}`));
        audio.addEventListener('loadedmetadata', () => {
          audio.addEventListener('seeked', () => resolve(`${audio.duration} ${audio.currentTime}`), { once: true });
          audio.currentTime = 55;
        });
        audio.src = src;
      }),
    address,
  );

const base = async (): Promise<string> => (await ask<{ url: string }>('content.base', { accountId })).url;

it('takes files', async () => {
  accountId = (await ask<{ accounts: { accountId: string }[] }>('account.list', {})).accounts[0]!.accountId;
  const spaces = async () => (await ask<{ spaces: Place[] }>('drive.spaces', { accountId })).spaces.find(({ name }) => name === '営業');
  await expect.poll(spaces, { timeout: 30_000 }).toBeDefined();
  space = (await spaces())!;
  await upload('点.png', png);
  await upload('静けさ.wav', silence(60));
  await upload('覚え書き.txt', Buffer.from('一'));
  const names = async () => {
    const { nodes } = await ask<{ nodes: { id: string; name: string }[] }>('drive.children', { accountId, folderId: space.rootId });
    for (const { id, name } of nodes) ids[name] = id;
    return nodes.map(({ name }) => name);
  };
  await expect.poll(names, { timeout: 30_000 }).toEqual(expect.arrayContaining(['点.png', '静けさ.wav', '覚え書き.txt']));
});

it('shows pictures and plays sounds by ranges in the app, and lets the page load nothing else', async () => {
  const at = await base();
  expect(await pictureWidth(app.page, `${at}/files/${ids['点.png']}/content`)).toBe(1);
  expect(await soundSeconds(app.page, `${at}/files/${ids['静けさ.wav']}/content`)).toBe('60 55');
  expect(await pictureWidth(app.page, `${at}/server.info`)).toBe('refused');
  expect(await pictureWidth(app.page, `content://elsewhere/${ids['点.png']}`)).toBe('refused');
  expect(await pictureWidth(app.page, `${office.url}/api/files/${ids['点.png']}/content`)).toBe('refused');
  const fetched = await app.page.evaluate(
    (src) =>
      fetch(src).then(
        () => 'fetched',
        () => 'refused',
      ),
    `${at}/files/${ids['覚え書き.txt']}/content`,
  );
  expect(fetched).toBe('refused');
});

it('opens a file in the system’s program, and sends what is saved there', async () => {
  const opened = path.join(office.folder, 'opened');
  await app.app.evaluate(({ shell }, file) => {
    (shell as { openPath: unknown }).openPath = async (place: string) => {
      process.getBuiltinModule('node:fs').writeFileSync(file, place);
      return '';
    };
  }, opened);
  await ask('drive.openExternally', { accountId, nodeId: ids['覚え書き.txt'] });
  await eventually(() => existsSync(opened), true);
  const place = readFileSync(opened, 'utf8');
  expect(readdirSync(path.dirname(place))).toEqual(['覚え書き.txt']);
  writeFileSync(place, '二');
  const version = async () =>
    ((await office.call('sato', 'drive.versions', { nodeId: ids['覚え書き.txt'] })).value as { versions: unknown[] }).versions.length;
  await eventually(version, 2);
});

it('plays them in a browser from the server itself, though they are offered for saving only', async () => {
  browser = await openBrowser();
  const { page } = await openWindow(browser);
  await page.goto(office.url);
  await logIn(page, 'sato');
  expect(await pictureWidth(page, `/api/files/${ids['点.png']}/content`)).toBe(1);
  expect(await soundSeconds(page, `/api/files/${ids['静けさ.wav']}/content`)).toBe('60 55');
});
