import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../support/app.ts';
import { accessibilityFaults, openBrowser, openWindow } from '../support/browser.ts';
import { answerDialogs, fileRow, startSync } from '../support/drive-hands.ts';
import { logInToConsole } from '../support/console.ts';
import { closeToasts, rule, turn } from '../support/console-rules.ts';
import {
  chooseEnter,
  composer,
  eventually,
  goTo,
  logIn,
  makeFile,
  message,
  openOffice,
  password,
  roomRow,
  type Office,
} from '../support/office.ts';

// What links Talk and Drive, and the record of downloads, on a real server: Sato sits at the browser edition, Tanaka at the app, the
// administrator at the console. The steps build on each other.

const drawing = '部品図_rev2.dwg';
const bytes = randomBytes(90_000);
let office: Office;
let browser: Browser;
let sato: Page;
let tanaka: LaunchedApp;
let admin: Page;

const openPage = async (address: string): Promise<Page> => {
  const { page } = await openWindow(browser);
  page.setDefaultTimeout(15_000);
  await page.goto(`${office.url}${address}`);
  return page;
};

beforeAll(async () => {
  office = await openOffice();
  browser = await openBrowser();
  sato = await openPage('/');
  await logIn(sato, 'sato');
  tanaka = await office.open('tanaka');
  await logIn(tanaka.page, 'tanaka');
  admin = await openPage('/admin/files');
  await logInToConsole(admin, 'admin', password);
  await rule(admin, 'blockedExtensions.drive').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const picker = (page: Page): Locator => page.getByRole('dialog');
const option = (page: Page, name: string): Locator =>
  picker(page)
    .getByRole('option')
    .filter({ has: page.getByText(name, { exact: true }).or(page.getByTitle(name, { exact: true })) });
const menuOf = (page: Page, text: string, name: string): Promise<void> =>
  message(page, text)
    .getByRole('button', { name: `${name}の操作` })
    .click();
/** Saves the console's rules by the keyboard; the administrator has just logged in, so nothing more is asked. */
async function save(): Promise<void> {
  await admin.keyboard.press('Control+s');
  await admin.locator('.toast').filter({ hasText: '規則を保存しました' }).waitFor();
  await closeToasts(admin);
}
/** What the browser saved when `start` was done. */
async function saved(page: Page, start: () => Promise<void>): Promise<Uint8Array> {
  const [download] = await Promise.all([page.waitForEvent('download'), start()]);
  return readFileSync(await download.path());
}

describe('a file of Talk', () => {
  it('is saved to a folder of Drive without leaving Talk, and is found there', async () => {
    await roomRow(sato, '田中 健太').click();
    await sato.getByRole('button', { name: 'ファイルを添付' }).click();
    const [chooser] = await Promise.all([sato.waitForEvent('filechooser'), sato.getByRole('menuitem', { name: 'このPCから…' }).click()]);
    await chooser.setFiles(makeFile(office.folder, drawing, bytes));
    await composer(sato, '田中 健太').fill('図面の第2版です');
    await sato.keyboard.press('Enter');
    await chooseEnter(sato);

    await roomRow(tanaka.page, '佐藤 美咲').click();
    await message(tanaka.page, '図面の第2版です').waitFor();
    await menuOf(tanaka.page, '図面の第2版です', drawing);
    await tanaka.page.getByRole('menuitem', { name: 'ドライブに保存…' }).click();
    await option(tanaka.page, '営業').dblclick();
    await picker(tanaka.page).getByRole('button', { name: '新しいフォルダー' }).click();
    await picker(tanaka.page).getByRole('textbox', { name: '新しいフォルダーの名前' }).fill('図面');
    await tanaka.page.keyboard.press('Enter');
    await picker(tanaka.page).getByRole('button', { name: '「図面」に保存' }).click();
    await tanaka.page.getByText(`「${drawing}」を「図面」に保存しました`).waitFor();
    await tanaka.page.locator('.toast').getByRole('button', { name: '表示' }).click();
    await tanaka.page.getByRole('grid', { name: '図面の内容' }).waitFor();
    await fileRow(tanaka.page, drawing).waitFor();
    expect(await fileRow(tanaka.page, drawing).count()).toBe(1);
  });
});

describe('a file of Drive', () => {
  it('is attached from there and arrives with equal bytes', async () => {
    await goTo(tanaka.page, 'トーク');
    await tanaka.page.getByRole('button', { name: 'ファイルを添付' }).click();
    await tanaka.page.getByRole('menuitem', { name: 'ドライブから…' }).click();
    // It begins where the last walk ended.
    await option(tanaka.page, drawing).click();
    await picker(tanaka.page).getByRole('button', { name: '添付', exact: true }).click();
    await composer(tanaka.page, '佐藤 美咲').fill('ドライブから返します');
    await tanaka.page.keyboard.press('Enter');
    await chooseEnter(tanaka.page);
    const back = message(sato, 'ドライブから返します').getByRole('button', { name: `${drawing}を保存` });
    expect(Buffer.compare(await saved(sato, () => back.click()), bytes)).toBe(0);
  });
});

describe('the record of downloads', () => {
  it('says while it is off that nothing is recorded, and leads to the rule', async () => {
    await admin.goto(`${office.url}/admin/audit/downloads`);
    await admin.getByText('いまは記録していません').waitFor();
    await admin.getByText('この条件に当てはまるダウンロードの記録はありません。').waitFor();
    expect(await accessibilityFaults(admin)).toEqual([]);
    await admin.getByRole('link', { name: 'ファイルの規則を開く' }).click();
    await turn(admin, 'files.downloadLog');
    await save();
  });

  it('holds what is saved in the browser edition, in the app and by sync, each with its program', async () => {
    await roomRow(sato, '田中 健太').click();
    await saved(sato, () =>
      message(sato, 'ドライブから返します')
        .getByRole('button', { name: `${drawing}を保存` })
        .click(),
    );
    const target = path.join(office.folder, 'saved.dwg');
    await answerDialogs(tanaka, { save: target });
    await goTo(tanaka.page, 'ドライブ');
    await fileRow(tanaka.page, drawing).click();
    await tanaka.page.getByRole('toolbar').getByRole('button', { name: '保存' }).click();
    await eventually(() => (existsSync(target) ? Buffer.compare(readFileSync(target), bytes) : null), 0);
    await goTo(sato, 'ドライブ');
    await sato.getByRole('treeitem', { name: '営業', exact: true }).click();
    await sato.getByRole('button', { name: '追加' }).click();
    const [chooser] = await Promise.all([
      sato.waitForEvent('filechooser'),
      sato.getByRole('menuitem', { name: /ファイルを加える/u }).click(),
    ]);
    await chooser.setFiles(makeFile(office.folder, '部品表.csv', randomBytes(40_000)));
    const folder = path.join(office.folder, 'synced');
    mkdirSync(folder);
    await startSync(tanaka, '営業', folder);
    await eventually(() => existsSync(path.join(folder, '部品表.csv')), true);

    await admin.goto(`${office.url}/admin/audit/downloads`);
    await admin.getByText('ダウンロードと閲覧を記録しています。記録は31日で消えます。').waitFor();
    await admin.getByRole('searchbox', { name: 'ファイル名の文字' }).fill('部品');
    const lines = admin.getByRole('grid', { name: 'ダウンロードの記録' }).getByRole('row').filter({ hasText: '部品' });
    const told = async (): Promise<string[]> => (await lines.allInnerTexts()).map((text) => text.replaceAll(/\s+/gu, ' ')).toReversed();
    await eventually(async () => (await told()).length, 3);
    expect(await told()).toEqual([
      expect.stringMatching(/佐藤 美咲.*部品図_rev2.*トーク ブラウザー 127\.0\.0\.1 88 KB/u),
      expect.stringMatching(/田中 健太.*部品図_rev2.*ドライブ PCアプリ 127/u),
      expect.stringMatching(/田中 健太.*部品表.*ドライブ PCアプリ 127/u),
    ]);
    await admin.getByRole('combobox', { name: 'メンバー', exact: true }).fill('佐藤');
    await admin.getByRole('option', { name: '佐藤 美咲' }).click();
    await eventually(async () => (await told()).length, 1);
    await admin.getByLabel('いつまで').fill('2020-01-01');
    await admin.getByText('この条件に当てはまるダウンロードの記録はありません。').waitFor();
    await admin.getByRole('button', { name: '条件を消す' }).last().click();
    await admin.getByRole('searchbox', { name: 'ファイル名の文字' }).fill('部品');
    await eventually(async () => (await told()).length, 3);
    expect(await accessibilityFaults(admin)).toEqual([]);
  });
});

describe('an extension that is blocked for Drive only', () => {
  it('stays good for Talk, but is neither saved to Drive nor attached from it, and both say why (FIL-03)', async () => {
    await admin.goto(`${office.url}/admin/files`);
    await rule(admin, 'blockedExtensions.drive').getByLabel('ドライブに加える拡張子').fill('dwg');
    await rule(admin, 'blockedExtensions.drive').getByRole('button', { name: '1件を加える' }).click();
    await save();
    await goTo(sato, 'トーク');
    await menuOf(sato, 'ドライブから返します', drawing);
    const line = sato.getByRole('menuitem', { name: 'ドライブに保存…' });
    await line.getByText('拡張子 dwg のファイルは送れません。規則「ファイルの種類」によるものです。').waitFor();
    await sato.keyboard.press('Escape');
    await sato.getByRole('button', { name: 'ファイルを添付' }).click();
    await sato.getByRole('menuitem', { name: 'ドライブから…' }).click();
    await option(sato, '営業').dblclick();
    await option(sato, '図面').dblclick();
    await option(sato, drawing).getByText('送れません（規則「ファイルの種類」、拡張子 dwg）').waitFor();
    await sato.keyboard.press('Escape');
    // Talk itself takes it as before.
    await sato.getByRole('button', { name: 'ファイルを添付' }).click();
    const [chooser] = await Promise.all([sato.waitForEvent('filechooser'), sato.getByRole('menuitem', { name: 'このPCから…' }).click()]);
    await chooser.setFiles(makeFile(office.folder, '別の図.dwg', bytes));
    await composer(sato, '田中 健太').fill('トークには送れます');
    await sato.keyboard.press('Enter');
    await goTo(tanaka.page, 'トーク');
    const arrived = message(tanaka.page, 'トークには送れます').getByRole('button', { name: '別の図.dwgを保存' });
    await arrived.waitFor();
    expect(await line.count()).toBe(0);
  });
});

describe('rules on synced folders', () => {
  it('limit how many a PC syncs; the one who adds another is told why, and what syncs already goes on', async () => {
    await admin.goto(`${office.url}/admin/sync`);
    await rule(admin, 'sync.mostPairs').getByRole('textbox').fill('1');
    await rule(admin, 'sync.refusedFolders').getByRole('checkbox', { name: 'デスクトップ' }).check();
    expect(await accessibilityFaults(admin)).toEqual([]);
    await save();
    const another = path.join(office.folder, 'another');
    mkdirSync(another);
    await answerDialogs(tanaka, { open: another });
    await goTo(tanaka.page, '同期');
    await tanaka.page.getByRole('button', { name: '同期するフォルダーを加える' }).click();
    const dialog = tanaka.page.getByRole('dialog');
    await dialog.getByRole('button', { name: '選ぶ…', exact: true }).click();
    await dialog.getByRole('alert').getByText('これ以上は増やせません').waitFor();
    await dialog.getByRole('button', { name: 'やめる' }).click();
    await tanaka.page.getByRole('option').filter({ hasText: '営業' }).getByText('同期済み').waitFor();
  });
});

describe('the links of the company', () => {
  it('are all in the console, and end there for everybody', async () => {
    const listed = await office.call('sato', 'drive.spaces', {});
    const mine = (listed.value as { spaces: { id: string; kind: string; rootId: string }[] }).spaces.find(({ kind }) => kind === 'my')!;
    const mutation = { kind: 'create_folder', key: randomUUID(), id: randomUUID(), parentId: mine.rootId, name: '取引先へ' };
    await office.call('sato', 'drive.mutate', { spaceId: mine.id, mutations: [mutation] });
    const made = await office.call('sato', 'link.create', { nodeId: mutation.id, scope: 'company' });
    const { link } = made.value as { link: { url: string } };
    await admin.goto(`${office.url}/admin/links`);
    await admin.getByRole('searchbox', { name: 'ファイル名、ドライブ、作った人で探す' }).fill('取引先');
    const row = admin.getByRole('grid', { name: 'リンク' }).getByRole('row').filter({ hasText: '取引先へ' });
    await row.getByText('佐藤 美咲').waitFor();
    expect(await accessibilityFaults(admin)).toEqual([]);
    await row.getByRole('checkbox').check();
    await admin.getByRole('button', { name: '使えなくする…' }).click();
    await admin.getByRole('dialog', { name: '1件のリンクを使えなくしますか' }).getByRole('button', { name: '使えなくする' }).click();
    await admin.getByText('当てはまるリンクはありません').waitFor();
    const { page } = await openWindow(browser);
    await page.goto(link.url);
    await page.getByRole('heading', { name: 'リンクは削除されました' }).waitFor();
    await page.context().close();
  });
});
