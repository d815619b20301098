import { execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { inRoot } from '../../build/paths.ts';
import type { LaunchedApp } from '../support/app.ts';
import { goTo, makeFile, password, type Office } from '../support/office.ts';
import { call } from '../support/shell-app.ts';

/** What a person does in the OS's dialog for files and folders. */
const choose = ({ app }: LaunchedApp, filePaths: readonly string[]): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...chosen] });
  }, filePaths);

/** Lets sato add two files to a folder of 営業, one of which a rule holds back. */
export async function prepareDrive(office: Office, sato: LaunchedApp): Promise<void> {
  const { page } = sato;
  await choose(sato, [
    makeFile(office.folder, '見積条件_東雲_第3版.txt', '納期：12月18日\n'),
    makeFile(office.folder, '点検ツール設定.exe', 'MZ'),
  ]);
  await goTo(page, 'ドライブ');
  await page.getByRole('treeitem', { name: '営業', exact: true }).press('ArrowRight');
  await page.getByRole('treeitem', { name: '見積', exact: true }).click();
  await page.getByRole('grid', { name: '見積の内容' }).waitFor();
  await page.keyboard.press('Control+Shift+u');
  await page.getByText(/^拡張子 exe のファイルは送れません/u).waitFor();
  await page.getByRole('row').getByTitle('見積条件_東雲_第3版.txt').waitFor();
}

/** Lets sato fill a folder of 品質保証 with files of many kinds. */
export async function prepareFiles(office: Office, sato: LaunchedApp): Promise<void> {
  const { page } = sato;
  const given = path.join(office.folder, '監査の資料');
  mkdirSync(given);
  const fixture = (name: string, as: string) => copyFileSync(inRoot(`test/fixtures/previews/${name}`), path.join(given, as));
  fixture('slides.pptx', '01_監査の説明.pptx');
  fixture('document.pdf', '02_見積書.pdf');
  fixture('sheets.xlsx', '03_部品の一覧.xlsx');
  const icon = { r: 46, g: 92, b: 148 } as const;
  const picture = sharp({ create: { width: 1_280, height: 960, channels: 3, background: icon } });
  await picture.jpeg().toFile(path.join(given, '04_組立ラインの写真.jpg'));
  makeFile(
    given,
    '05_立会いの議事録.md',
    '# 立会い検査\n\n- 日時：11月20日\n- **搬入は25日**に決まりました\n\n| 項目 | 結果 |\n|---|---|\n| 外観 | 良 |\n',
  );
  makeFile(given, '06_測定値.csv', '品番,寸法,判定\nA-104,12.003,良\nA-105,11.998,良\nB-220,8.412,再測定\n');
  await choose(sato, [given]);
  await goTo(page, 'ドライブ');
  await page.getByRole('treeitem', { name: '品質保証', exact: true }).click();
  await page.getByRole('grid', { name: '品質保証の内容' }).waitFor();
  await page.getByRole('button', { name: '追加', exact: true }).click();
  await page.getByRole('menuitem', { name: 'フォルダーを加える' }).click();
  await page.getByRole('row').getByTitle('監査の資料').waitFor({ timeout: 60_000 });
}

/** Lets sato's PC keep 営業 in step, with one file that two people changed and one that a rule holds back. */
export async function prepareSync(office: Office, sato: LaunchedApp, home: string): Promise<void> {
  const folder = path.join(home, '営業');
  mkdirSync(folder);
  await choose(sato, [folder]);
  const { page } = sato;
  await goTo(page, '同期');
  await page.getByRole('main').getByRole('button', { name: '同期するフォルダーを加える' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'ドライブ', exact: true }).selectOption({ label: '営業' });
  await dialog.getByRole('button', { name: '選ぶ…', exact: true }).click();
  await dialog.getByRole('button', { name: '同期を始める' }).click();
  await page.getByText(/^すべて同期済みです/u).waitFor({ timeout: 60_000 });

  const file = filesBelow(folder).find((name) => /\.(csv|txt|md)$/u.test(name));
  if (file === undefined) throw new Error('The demo drive has no text file.');
  const other = path.join(office.folder, 'other');
  mkdirSync(other);
  await syncOnce(office, 'tanaka', other);
  await call(page, 'sync.pause', { rootId: null });
  await page.getByText(/^一時停止しています/u).waitFor();
  appendFileSync(path.join(other, file), '田中：搬入は25日に変わりました\n');
  await syncOnce(office, 'tanaka', other);
  appendFileSync(path.join(folder, file), '佐藤：見積は15日までに出します\n');
  writeFileSync(path.join(folder, '点検ツール設定.exe'), 'MZ');
  await call(page, 'sync.resume', { rootId: null });
  await page.getByText(/件の確認が必要です/u).waitFor({ timeout: 60_000 });
  await page.getByText('点検ツール設定.exe').waitFor();
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();

async function syncOnce(office: Office, member: string, folder: string): Promise<void> {
  const passwordFile = makeFile(office.folder, 'password', password);
  const state = ['--state', path.join(office.folder, `agent-${member}`), '--key-file', path.join(office.folder, `agent-${member}.key`)];
  const who = ['--server', office.url, '--member', member, '--password-file', passwordFile, '--space', '営業', '--dir', folder];
  await promisify(execFile)(process.execPath, [inRoot('electron/agent/headless.ts'), 'sync', ...who, ...state, '--once', '--json']);
}

/** Says how the app looks, as the settings do. */
export async function dress(page: Page, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(settings)) {
    const reply = await call(page, 'shell.setSetting', { accountId: null, key, value });
    if (!reply.ok) throw new Error(`${key} could not be set: ${reply.error?.message}`);
  }
}
