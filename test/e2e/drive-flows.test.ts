import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { inRoot } from '../../build/paths.ts';
import type { LaunchedApp } from '../support/app.ts';
import { openBrowser, openWindow, type BrowserWindow } from '../support/browser.ts';
import { dropFiles, fileRow, openDrive } from '../support/drive-hands.ts';
import { eventually, goTo, logIn, makeFile, openOffice, roomRow, type Office } from '../support/office.ts';

// Two people on a real server, one with the app and one with a browser: shown, shared, held, found, copied and taken along. The steps build on each other.

let office: Office;
let browser: Browser;
let sato: LaunchedApp;
let tanaka: BrowserWindow;
let files: string;
/** Set, it keeps a picture of every screen that is looked at. */
const pictures = process.env['DRIVE_PICTURES'];

beforeAll(async () => {
  office = await openOffice();
  files = path.join(office.folder, 'files');
  mkdirSync(files);
  const patch = { links: { sharedScopes: ['company', 'anyone'], myScopes: ['company', 'anyone'] } };
  expect(await office.call('admin', 'policy.set', { patch })).toMatchObject({ ok: true });
  browser = await openBrowser();
  sato = await office.open('sato');
  await logIn(sato.page, 'sato');
  tanaka = await openWindow(browser);
  await tanaka.page.goto(`${office.url}/`);
  await logIn(tanaka.page, 'tanaka');
});
afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
};
const menuItem = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: true });
const fromMenu = async (page: Page, file: string, command: string): Promise<void> => {
  await fileRow(page, file).click({ button: 'right' });
  await menuItem(page, command).click();
};
const viewer = (page: Page) => page.getByRole('dialog');
const drawn = (page: Page) => viewer(page).locator('img').first();
const isDrawn = (page: Page) => drawn(page).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
const put = async (names: readonly string[], drive: string): Promise<void> => {
  await openDrive(sato.page, drive);
  const place = sato.page.getByRole('grid', { name: `${drive}の内容` }).getByRole('columnheader', { name: '更新した人' });
  await dropFiles(
    sato.page,
    place,
    names.map((name) => path.join(files, name)),
  );
  for (const name of names) await fileRow(sato.page, name).waitFor({ timeout: 60_000 });
};

describe('the viewer', () => {
  it('shows pictures, pages, text and tables of files, and goes from one to the next', async () => {
    const red = { create: { width: 640, height: 480, channels: 3, background: '#c33' } } as const;
    makeFile(files, '01_現場.png', await sharp(red).png().toBuffer());
    copyFileSync(inRoot('test/fixtures/previews/document.pdf'), path.join(files, '02_報告.pdf'));
    copyFileSync(inRoot('test/fixtures/previews/slides.pptx'), path.join(files, '03_説明会.pptx'));
    makeFile(files, '04_議事録.md', '# 定例会\n\n- 決定：**搬入は25日**\n\n<script>alert(1)</script>\n');
    makeFile(files, '05_部品.csv', '品番,数量\nA-1,12\nB-2,340\n');
    makeFile(files, '06_設定.ts', 'export const answer: number = 42; // 答え\n');
    makeFile(files, '07_素材.xyz', 'binary\u0000data');
    const names = ['01_現場.png', '02_報告.pdf', '03_説明会.pptx', '04_議事録.md', '05_部品.csv', '06_設定.ts', '07_素材.xyz'];
    await put(names, '営業');
    const { page } = sato;
    await fileRow(page, '01_現場.png').click();
    await page.keyboard.press('Space');
    await eventually(() => isDrawn(page), true);
    await picture(page, 'viewer-image');
    await page.keyboard.press('ArrowRight');
    await viewer(page)
      .getByRole('heading', { name: /02_報告/ })
      .waitFor();
    await eventually(() => isDrawn(page), true, 60_000);
    await picture(page, 'viewer-pdf');
    await page.keyboard.press('ArrowRight');
    await viewer(page)
      .getByRole('heading', { name: /03_説明会/ })
      .waitFor();
    await viewer(page)
      .getByText(/^スライド 1 \/ \d+$/u)
      .waitFor({ timeout: 90_000 });
    await eventually(() => isDrawn(page), true, 60_000);
    await picture(page, 'viewer-slides');
    await page.keyboard.press('ArrowRight');
    await viewer(page).getByRole('heading', { name: '定例会' }).waitFor();
    expect(await viewer(page).locator('script').count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await viewer(page).getByRole('cell', { name: '340' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await viewer(page).locator('.hljs-keyword').first().waitFor();
    await page.keyboard.press('ArrowRight');
    await viewer(page).getByText('プレビューはありません').waitFor();
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'detached' });
  });

  it('shows the same in a browser, under the page’s own policy', async () => {
    const { page } = tanaka;
    await openDrive(page, '営業');
    await fileRow(page, '03_説明会.pptx').click();
    await page.keyboard.press('Space');
    await eventually(() => isDrawn(page), true, 60_000);
    await page.keyboard.press('Escape');
    expect(tanaka.complaints()).toEqual([]);
  });
});

describe('search', () => {
  it('finds a word within a document, and says where it lies', async () => {
    const { page } = tanaka;
    await page.keyboard.press('Control+f');
    await page.keyboard.type('搬入は25日');
    const results = page.getByRole('grid', { name: '検索結果' });
    await results.getByRole('row').filter({ hasText: '04_議事録.md' }).waitFor({ timeout: 60_000 });
    await expect.poll(() => results.locator('mark').allInnerTexts()).toContain('搬入は25日');
    await picture(page, 'search');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });
});

describe('a folder of one’s own', () => {
  it('is shared with a colleague who finds it at once, first to edit, then to read, then not at all', async () => {
    await goTo(sato.page, 'ドライブ');
    await sato.page.getByRole('treeitem', { name: 'マイドライブ', exact: true }).first().click();
    await sato.page.getByRole('grid', { name: 'マイドライブの内容' }).or(sato.page.locator('.empty-folder')).first().waitFor();
    await sato.page.keyboard.press('Control+Shift+n');
    await sato.page.keyboard.type('企画の下書き');
    await sato.page.keyboard.press('Enter');
    await fileRow(sato.page, '企画の下書き').waitFor();
    await share('編集');
    const inTree = tanaka.page.getByRole('treeitem', { name: '企画の下書き', exact: true });
    await inTree.waitFor({ timeout: 10_000 });
    await inTree.click();
    await tanaka.page.getByRole('heading', { level: 1, name: '企画の下書き' }).waitFor();
    await tanaka.page.locator('.empty-folder').waitFor();
    await tanaka.page.keyboard.press('Control+Shift+n');
    await tanaka.page.keyboard.type('田中から');
    await tanaka.page.keyboard.press('Enter');
    await fileRow(sato.page, '企画の下書き').dblclick();
    await fileRow(sato.page, '田中から').waitFor();
    await picture(tanaka.page, 'shared-folder');

    await sato.page.keyboard.press('Alt+ArrowUp');
    await fileRow(sato.page, '企画の下書き').waitFor();
    await openShare();
    await sato.page
      .getByRole('dialog')
      .getByRole('combobox', { name: /田中.*ができること/u })
      .selectOption({ label: '閲覧のみ' });
    await saveShare();
    await tanaka.page.getByText('閲覧のみ').first().waitFor();

    await openShare();
    await sato.page
      .getByRole('dialog')
      .getByRole('button', { name: /田中.*を外す/u })
      .click();
    await saveShare();
    await inTree.waitFor({ state: 'detached', timeout: 10_000 });
    expect(await fileRow(sato.page, '田中から').or(fileRow(sato.page, '企画の下書き')).count()).toBe(1);
  });

  const openShare = async (): Promise<void> => {
    await fromMenu(sato.page, '企画の下書き', '共有…');
    await sato.page.getByRole('dialog', { name: '「企画の下書き」の共有' }).waitFor();
  };
  const saveShare = async (): Promise<void> => {
    await sato.page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click();
    await sato.page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const share = async (right: string): Promise<void> => {
    await openShare();
    const dialog = sato.page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: '名前・よみがな・IDで探して加える' }).fill('tanaka');
    await dialog.getByRole('option', { name: /田中/u }).click();
    await dialog.getByRole('combobox', { name: /田中.*ができること/u }).selectOption({ label: right });
    await picture(sato.page, 'share-dialog');
    await saveShare();
  };
});

describe('a lock', () => {
  it('keeps others from writing, says who holds the file, and ends by whoever may edit, which the holder is told', async () => {
    await openDrive(sato.page, '営業');
    await fromMenu(sato.page, '04_議事録.md', 'ロックする');
    await openDrive(tanaka.page, '営業');
    await fileRow(tanaka.page, '04_議事録.md').click();
    await tanaka.page
      .getByText(/佐藤.*がロック中/u)
      .first()
      .waitFor();
    await tanaka.page.keyboard.press('Delete');
    await tanaka.page
      .getByText(/佐藤.*が編集中です/u)
      .first()
      .waitFor();
    expect(await fileRow(tanaka.page, '04_議事録.md').count()).toBe(1);
    await picture(tanaka.page, 'locked');
    await tanaka.page.getByRole('complementary', { name: '詳細' }).getByRole('button', { name: 'ロックを外す' }).click();
    await goTo(sato.page, 'トーク');
    await roomRow(sato.page, 'サービス通知').click();
    await sato.page.getByRole('article').filter({ hasText: '04_議事録.md' }).last().waitFor();
  });
});

describe('a link', () => {
  it('is made with a password, opens for who knows it, and is dead the moment that it is deleted', async () => {
    const { page } = sato;
    await openDrive(page, '営業');
    await fromMenu(page, '02_報告.pdf', 'リンク…');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'リンクを作る' }).click();
    await dialog.getByRole('combobox', { name: '開ける人' }).selectOption({ label: 'リンクを知っている人' });
    await dialog.getByLabel('パスワード（4文字以上）').fill('合言葉1234');
    await picture(page, 'link-form');
    await dialog.getByRole('button', { name: '作る', exact: true }).click();
    await dialog.getByRole('button', { name: 'リンクをコピー' }).waitFor();
    await picture(page, 'link-list');
    const { links } = (await office.call('sato', 'link.mine', {})).value as { links: { url: string; id: string }[] };
    const visitor = await openWindow(browser);
    await visitor.page.goto(links[0]!.url);
    await visitor.page.getByLabel(/パスワード/u).fill('合言葉1234');
    await visitor.page.keyboard.press('Enter');
    await visitor.page.getByText('02_報告.pdf').first().waitFor();
    await picture(visitor.page, 'link-page');
    await dialog.getByRole('button', { name: 'リンクの操作' }).click();
    await menuItem(page, 'リンクを消す').click();
    await dialog.getByText('まだリンクはありません。').waitFor();
    await visitor.page.reload();
    await expect.poll(() => visitor.page.getByText('02_報告.pdf').count()).toBe(0);
    await page.keyboard.press('Escape');
  });
});

describe('taking along', () => {
  it('copies between drives without a byte sent, and a browser saves several things as one zip', async () => {
    const { page } = tanaka;
    await openDrive(page, '営業');
    await fileRow(page, '05_部品.csv').click();
    await page.keyboard.press('Control+c');
    await page.getByRole('treeitem', { name: 'マイドライブ', exact: true }).first().click();
    await page.getByRole('grid', { name: 'マイドライブの内容' }).or(page.locator('.empty-folder')).first().waitFor();
    await page.keyboard.press('Control+v');
    await fileRow(page, '05_部品.csv').waitFor();
    await openDrive(page, '営業');
    await fileRow(page, '05_部品.csv').click();
    await fileRow(page, '06_設定.ts').click({ modifiers: ['Control'] });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('toolbar').getByRole('button', { name: '保存' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.zip$/u);
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  it('shows a colleague’s change within a second, and what was chosen stays chosen', async () => {
    await openDrive(sato.page, '営業');
    await fileRow(sato.page, '06_設定.ts').click();
    const { page } = tanaka;
    await fileRow(page, '05_部品.csv').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('05_部品表');
    const from = Date.now();
    await page.keyboard.press('Enter');
    await fileRow(sato.page, '05_部品表.csv').waitFor();
    console.log(`A colleague’s new name was seen after ${Date.now() - from} ms`);
    expect(await sato.page.getByRole('row', { selected: true }).count()).toBe(1);
    expect(tanaka.complaints()).toEqual([]);
  });
});

describe('programs of others', () => {
  it('reach Drive with an app password made in the settings', async () => {
    const { page } = tanaka;
    await goTo(page, '設定');
    await page.getByRole('button', { name: 'ほかのアプリからのドライブ' }).click();
    await page.getByLabel('使うソフトウェアの名前').fill('試験');
    await page.getByRole('button', { name: 'アプリパスワードを作る' }).click();
    await page.locator('.made-password').waitFor();
    const [userName, secret] = await page.locator('.made-password code').allInnerTexts();
    await picture(page, 'app-password');
    const authorization = `Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`;
    const listed = await fetch(`${office.url}/dav/`, { method: 'PROPFIND', headers: { authorization, depth: '1' } });
    expect([listed.status, await listed.text()]).toEqual([207, expect.stringContaining(encodeURIComponent('営業'))]);
    await page.getByRole('main').getByText('閉じる', { exact: true }).click();
    await page
      .getByRole('button', { name: /試験.*削除|削除/u })
      .first()
      .click();
    await expect.poll(async () => (await fetch(`${office.url}/dav/`, { method: 'PROPFIND', headers: { authorization } })).status).toBe(401);
  });
});
