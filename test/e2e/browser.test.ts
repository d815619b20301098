import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, openBrowser, openWindow, type BrowserWindow } from '../support/browser.ts';
import { chooseEnter, composer, eventually, goTo, logIn, makeFile, message, openOffice, roomRow, type Office } from '../support/office.ts';

// The browser edition in the system's Chromium, on a real server over plain http on loopback. The steps build on each other.

let office: Office;
let browser: Browser;
let sato: BrowserWindow;
let tanaka: BrowserWindow;
const opened: BrowserWindow[] = [];

const open = async (options: Parameters<typeof openWindow>[1] = {}): Promise<BrowserWindow> => {
  const one = await openWindow(browser, options);
  opened.push(one);
  await one.page.goto(`${office.url}/`);
  return one;
};

beforeAll(async () => {
  office = await openOffice();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const settingsSections = ['全般', 'アカウントと端末', 'ログインとセキュリティ', 'ほかのアプリからのドライブ', '会社の規則', 'バージョン'];
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const inTree = (page: Page, folder: string): Locator => page.getByRole('treeitem', { name: folder, exact: true });
const driveRow = (page: Page, name: string): Locator => page.getByRole('row').filter({ has: page.getByTitle(name, { exact: true }) });
const transfer = (page: Page, name: string): Locator =>
  page
    .getByRole('region', { name: '転送' })
    .getByRole('listitem')
    .filter({ has: page.getByTitle(name, { exact: true }) });

/** Lets files fall on the folder in view, as the browser reports it. */
async function drop(page: Page, files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  const dataTransfer = await page.evaluateHandle((all) => {
    const dragged = new DataTransfer();
    for (const { name, base64 } of all) {
      dragged.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    }
    return dragged;
  }, given);
  for (const step of ['dragenter', 'dragover', 'drop']) await page.getByRole('grid').dispatchEvent(step, { dataTransfer });
}

/** What the browser saved when `start` was done. */
async function saved(page: Page, start: () => Promise<void>): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download'), start()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

describe('logging in', () => {
  it('opens the rooms with cookies for session and browser that neither scripts nor other sites can use', async () => {
    sato = await open();
    tanaka = await open();
    await logIn(sato.page, 'sato');
    await logIn(tanaka.page, 'tanaka');
    await roomRow(sato.page, '田中 健太').waitFor();
    const cookies = (await sato.context.cookies()).toSorted((a, b) => a.name.localeCompare(b.name));
    const closed = { path: '/', httpOnly: true, secure: true, sameSite: 'Strict' };
    expect(cookies).toEqual([
      expect.objectContaining({ ...closed, name: '__Host-hikyaku', expires: -1 }),
      // By it the browser is known again after a logout: it opens nothing (ACC-27).
      expect.objectContaining({ ...closed, name: '__Host-hikyaku-browser' }),
    ]);
    const readable = await sato.page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
    for (const { value } of cookies) expect(readable).not.toContain(value);
    expect(await sato.page.evaluate(() => document.cookie)).toBe('');
  });

  it('has no sync, and nothing of the desktop in its settings', async () => {
    const rail = sato.page.getByRole('navigation', { name: 'メインメニュー' });
    expect(await rail.getByRole('button').allInnerTexts()).not.toContainEqual(expect.stringContaining('同期'));
    for (const name of ['トーク', 'ドライブ', '設定']) expect(await rail.getByRole('button', { name }).count()).toBe(1);
    await goTo(sato.page, '設定');
    const sections = sato.page.getByRole('navigation', { name: '設定の分類' }).getByRole('button');
    expect(await sections.allInnerTexts()).toEqual(settingsSections);
    await goTo(sato.page, 'トーク');
  });

  it('outlives a reload', async () => {
    await sato.page.reload();
    await roomRow(sato.page, '田中 健太').waitFor();
    expect(await sato.page.getByLabel('パスワード', { exact: true }).count()).toBe(0);
  });
});

describe('a message', () => {
  it('arrives in the other window with an unread badge, and the sender sees that it was read', async () => {
    const text = 'ブラウザーから送りました';
    await roomRow(sato.page, '田中 健太').click();
    await composer(sato.page, '田中 健太').fill(text);
    await sato.page.keyboard.press('Enter');
    await chooseEnter(sato.page);
    await message(sato.page, text).waitFor();
    await roomRow(tanaka.page, '佐藤 美咲').getByText('未読 1').waitFor({ state: 'attached' });
    expect(await message(sato.page, text).getByText('既読').count()).toBe(0);
    await roomRow(tanaka.page, '佐藤 美咲').click();
    await message(tanaka.page, text).waitFor();
    await message(sato.page, text).getByText('既読 1').waitFor();
    await eventually(() => roomRow(tanaka.page, '佐藤 美咲').getByText('未読 1').count(), 0);
  });

  it('brings its file over byte for byte', async () => {
    const bytes = randomBytes(70_000);
    const file = makeFile(office.folder, '議事録 10月.bin', bytes);
    await sato.page.getByRole('button', { name: 'ファイルを添付' }).click();
    const [chooser] = await Promise.all([
      sato.page.waitForEvent('filechooser'),
      sato.page.getByRole('menuitem', { name: 'このPCから…' }).click(),
    ]);
    await chooser.setFiles(file);
    await composer(sato.page, '田中 健太').fill('議事録です');
    await sato.page.keyboard.press('Enter');
    const save = message(tanaka.page, '議事録です').getByRole('button', { name: '議事録 10月.binを保存' });
    const got = await saved(tanaka.page, () => save.click());
    expect(got.name).toBe('議事録 10月.bin');
    expect(sha256(got.bytes)).toBe(sha256(bytes));
  });
});

describe('Drive', () => {
  // Larger than a chunk, so that it is cut and put together again.
  const large = { name: '図面一式.zip', bytes: randomBytes(9 * 1024 * 1024) };
  const small = { name: '見積メモ.txt', bytes: Buffer.from('見積は来週出します。\n') };

  it('shows the tree of drives and opens their folders', async () => {
    for (const { page } of [sato, tanaka]) {
      await goTo(page, 'ドライブ');
      await inTree(page, '営業').click();
      await page.getByRole('grid', { name: '営業の内容' }).waitFor();
    }
    await inTree(sato.page, '営業').press('ArrowRight');
    expect(await sato.page.getByRole('treeitem', { expanded: true }).count()).toBeGreaterThan(0);
    expect(await sato.page.locator('[role=treeitem][aria-level="2"]').count()).toBeGreaterThan(0);
  });

  it('takes a chosen and a dropped file, which another person sees without a refresh and saves byte for byte', async () => {
    await sato.page.getByRole('button', { name: '追加' }).click();
    const [chooser] = await Promise.all([
      sato.page.waitForEvent('filechooser'),
      sato.page.getByRole('menuitem', { name: /ファイルを加える/u }).click(),
    ]);
    await chooser.setFiles(makeFile(office.folder, large.name, large.bytes));
    await drop(sato.page, [small]);
    for (const { name, bytes } of [large, small]) {
      await driveRow(tanaka.page, name).waitFor();
      await driveRow(tanaka.page, name).click();
      const got = await saved(tanaka.page, () => tanaka.page.getByRole('toolbar').getByRole('button', { name: '保存' }).click());
      expect(got.name).toBe(name);
      expect(sha256(got.bytes)).toBe(sha256(bytes));
    }
    await transfer(sato.page, large.name).getByText('加えました').waitFor();
  });

  it('refuses what a rule blocks, with the reason, a second after the administrator saved it', async () => {
    const patch = {
      blockedExtensions: { talk: ['exe'], drive: ['exe'] },
      contact: { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' },
    };
    expect(await office.call('admin', 'policy.set', { patch })).toMatchObject({ ok: true });
    await sato.page.waitForTimeout(1_000);
    await drop(sato.page, [{ name: '工具.exe', bytes: Buffer.from('MZ') }]);
    const why = '拡張子 exe のファイルは送れません。規則「ファイルの種類」によるものです。';
    await transfer(sato.page, '工具.exe').getByText(why).waitFor();
    expect(await driveRow(sato.page, '工具.exe').count()).toBe(0);
  });
});

describe('a server that goes away', () => {
  it('is told as being offline, and what was written meanwhile is sent once it is back', async () => {
    await goTo(sato.page, 'トーク');
    await goTo(tanaka.page, 'トーク');
    await office.endServer('SIGKILL');
    await sato.page.getByText(/^オフラインです。/u).waitFor();
    const text = 'つながったら届きます';
    await composer(sato.page, '田中 健太').fill(text);
    await sato.page.keyboard.press('Enter');
    await message(sato.page, text).getByText('送信待ち').waitFor();
    await sato.page.getByText('オフラインです。未送信の1件は、つながると送ります。').waitFor();
    await office.startServer();
    await eventually(() => sato.page.getByText(/^オフラインです。/u).count(), 0, 60_000);
    await eventually(() => message(tanaka.page, text).count(), 1, 60_000);
    await eventually(
      () =>
        message(sato.page, text)
          .getByText(/送信待ち|送信中/u)
          .count(),
      0,
    );
    expect(await message(sato.page, text).count()).toBe(1);
  });
});

describe('every screen', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has nothing that axe finds wrong (${theme})`, async () => {
      const someone = await open({ theme });
      const { page } = someone;
      await page.getByLabel('メンバーID').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await logIn(page, 'suzuki');
      await page.getByRole('listbox', { name: 'ルームの一覧' }).getByRole('option').first().click();
      await page.getByRole('article').first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await goTo(page, 'ドライブ');
      await page.getByRole('grid').getByRole('row').nth(1).click();
      await page.getByRole('toolbar').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await goTo(page, '設定');
      for (const section of settingsSections) {
        await page.getByRole('navigation', { name: '設定の分類' }).getByRole('button', { name: section }).click();
        await page.getByRole('heading', { name: section, level: 1 }).waitFor();
        expect(await accessibilityFaults(page)).toEqual([]);
      }
    });
  }
});

describe('logging out', () => {
  it('ends the session here and on the server, and leaves other windows alone', async () => {
    const sessionCookies = async () => (await sato.context.cookies()).filter(({ name }) => name === '__Host-hikyaku');
    const [cookie] = await sessionCookies();
    await sato.page.getByRole('button', { name: '佐藤 美咲のメニュー' }).click();
    await sato.page.getByRole('menuitem', { name: 'ログアウト' }).click();
    await sato.page.getByLabel('パスワード', { exact: true }).waitFor();
    expect(await sessionCookies()).toEqual([]);
    await sato.page.reload();
    await sato.page.getByLabel('パスワード', { exact: true }).waitFor();
    // Somebody who kept the cookie has nothing.
    await sato.context.addCookies([cookie!]);
    await sato.page.reload();
    await sato.page.getByLabel('パスワード', { exact: true }).waitFor();
    expect(await roomRow(tanaka.page, '佐藤 美咲').count()).toBe(1);
  });
});

describe('all the while', () => {
  it('no page broke its content security policy, threw an exception or wrote an error', () => {
    expect(opened.length).toBeGreaterThan(3);
    expect(opened.flatMap(({ complaints }) => complaints())).toEqual([]);
  });
});
