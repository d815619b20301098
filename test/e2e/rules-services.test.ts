import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../support/app.ts';
import { closeToasts, rule, saveRules } from '../support/console-rules.ts';
import { goToSection } from '../support/console.ts';
import { answerDialogs, dropFiles, fileRow, holdFiles, openDrive, startSync, transferRow } from '../support/drive-hands.ts';
import { composer, eventually, goTo, makeFile, message, roomRow } from '../support/office.ts';
import { inside, openRulesOffice, typeLogin, type RulesOffice } from '../support/rules-office.ts';

// Services and files: what the console permits is what the open app and its synced folder do. The steps build on each other.

let office: RulesOffice;
let admin: Page;
let sato: LaunchedApp;
let folder: string;

beforeAll(async () => {
  office = await openRulesOffice('/services');
  ({ admin } = office);
  folder = path.join(office.folder, '営業の控え');
  mkdirSync(folder);
  sato = await office.app('sato');
  await sato.page.getByLabel('メンバーID').waitFor();
  await typeLogin(sato.page, 'sato');
  await inside(sato.page);
  await startSync(sato, '営業', folder);
});
afterAll(() => office?.close());

const heading = (name: string): Locator => sato.page.getByRole('heading', { name });
/** Turns one box of the standard template and saves. */
async function permit(what: string): Promise<void> {
  await closeToasts(admin);
  await admin.getByRole('checkbox', { name: what }).click();
  await saveRules(admin);
}
const onDisk = (name: string): string => path.join(folder, name);
/** Whether the server holds a file of that name; past all programs, which the same rules bind. */
const arrived = (name: string): boolean => {
  const database = new Database(path.join(office.server().dataDir, 'hikyaku.sqlite'), { readonly: true });
  try {
    return database.prepare('SELECT 1 FROM nodes WHERE name = ?').get(name) !== undefined;
  } finally {
    database.close();
  }
};

describe('a service that the template does not permit', () => {
  it('Talk: its section is locked with the reason, all else goes on, and it is back when it is permitted', async () => {
    await goTo(sato.page, 'トーク');
    await permit('トークをPCアプリで使う');
    await heading('トークは使えません').waitFor();
    await sato.page.getByText('このサービスの利用権限がありません。').waitFor();
    await openDrive(sato.page, '営業');
    await goTo(sato.page, 'トーク');
    await permit('トークをPCアプリで使う');
    await roomRow(sato.page, '田中 健太').click();
    expect(await composer(sato.page, '田中 健太').count()).toBe(1);
  });

  it('Drive: its section and sync stand still, nothing here is touched, and both go on when it is permitted', async () => {
    await permit('ドライブをPCアプリで使う');
    await goTo(sato.page, 'ドライブ');
    await heading('ドライブは使えません').waitFor();
    writeFileSync(onDisk('権限のない間.txt'), 'まだ送らない');
    await goTo(sato.page, '同期');
    await sato.page.getByText('ドライブの同期を使えません').waitFor();
    expect(existsSync(onDisk('権限のない間.txt'))).toBe(true);
    expect(arrived('権限のない間.txt')).toBe(false);
    await permit('ドライブをPCアプリで使う');
    await eventually(() => arrived('権限のない間.txt'), true);
  });

  it('the Drive explorer alone: sync stands still with the reason, the Drive screen works', async () => {
    await permit('ドライブをドライブエクスプローラーで使う');
    await goTo(sato.page, '同期');
    await heading('同期は使えません').waitFor();
    writeFileSync(onDisk('同期だけ止まる.txt'), 'まだ送らない');
    await openDrive(sato.page, '営業');
    await dropFiles(sato.page, sato.page.locator('.folder-area'), [makeFile(office.folder, '手で加える.txt', '画面から')]);
    await fileRow(sato.page, '手で加える.txt').waitFor();
    expect(existsSync(onDisk('手で加える.txt'))).toBe(false);
    expect(arrived('同期だけ止まる.txt')).toBe(false);
    await permit('ドライブをドライブエクスプローラーで使う');
    await eventually(() => arrived('同期だけ止まる.txt'), true);
    await eventually(() => existsSync(onDisk('手で加える.txt')), true);
    expect(readFileSync(onDisk('手で加える.txt'), 'utf8')).toBe('画面から');
  });
});

it('a template that is given to one person is in force in their app at once, and taken back likewise', async () => {
  await closeToasts(admin);
  await admin.getByRole('button', { name: 'テンプレートを加える' }).click();
  const added = admin.getByRole('region', { name: '新しいテンプレート' });
  await added.getByRole('checkbox', { name: 'トークをPCアプリで使う' }).click();
  await saveRules(admin);
  await goTo(sato.page, 'トーク');
  expect(await heading('トークは使えません').count()).toBe(0);
  expect((await office.administer('member.update', { member: 'sato', templateId: 'template-1' })).body.error ?? null).toBeNull();
  await heading('トークは使えません').waitFor();
  expect((await office.administer('member.update', { member: 'sato', templateId: null })).body.error ?? null).toBeNull();
  await roomRow(sato.page, '田中 健太').waitFor();
});

describe('a file that the rules keep out', () => {
  const add = (file: string): Promise<void> => dropFiles(sato.page, sato.page.locator('.folder-area'), [file]);

  it('is refused by its name before its first byte, and sync lists it', async () => {
    await goToSection(admin, 'ファイル');
    await closeToasts(admin);
    await rule(admin, 'blockedExtensions.drive').getByLabel('ドライブに加える拡張子').fill('exe');
    await rule(admin, 'blockedExtensions.drive').getByRole('button', { name: '1件を加える' }).click();
    await rule(admin, 'files.driveLimitBytes').getByRole('textbox').fill('1');
    await saveRules(admin);
    await openDrive(sato.page, '営業');
    const program = makeFile(office.folder, '工具.exe', 'MZ');
    const why = '拡張子 exe のファイルは送れません。規則「ファイルの種類」によるものです。';
    const leave = await holdFiles(sato.page, sato.page.locator('.folder-area'), [program]);
    await sato.page.getByText(why).first().waitFor();
    await leave();
    await answerDialogs(sato, { open: program });
    await sato.page.getByRole('button', { name: 'ファイルを加える' }).click();
    await transferRow(sato.page, '工具.exe').getByText(why).waitFor();
    writeFileSync(onDisk('置いた工具.exe'), 'MZ');
    await goTo(sato.page, '同期');
    const skipped = sato.page.getByRole('table', { name: '同期しなかったもの' }).getByRole('row').filter({ hasText: '置いた工具.exe' });
    await skipped.getByText('管理者の規則（拡張子exe）').waitFor();
    for (const name of ['工具.exe', '置いた工具.exe']) expect(arrived(name)).toBe(false);
  });

  it('is known by its content where its name says something else', async () => {
    await openDrive(sato.page, '営業');
    // The head of a Windows program, under the name of a text.
    const program = Buffer.concat([
      Buffer.from('MZ'),
      Buffer.alloc(58),
      Buffer.from([64, 0, 0, 0]),
      Buffer.from('PE\0\0'),
      Buffer.alloc(400),
    ]);
    await add(makeFile(office.folder, '見積書.txt', program));
    await transferRow(sato.page, '見積書.txt')
      .getByText(/ファイルの中身が、禁止されている種類（exe）です/u)
      .waitFor();
    expect(arrived('見積書.txt')).toBe(false);
  });

  it('in Talk is refused before it is sent', async () => {
    await closeToasts(admin);
    await rule(admin, 'blockedExtensions.talk').getByLabel('トークに加える拡張子').fill('exe');
    await rule(admin, 'blockedExtensions.talk').getByRole('button', { name: '1件を加える' }).click();
    await saveRules(admin);
    await goTo(sato.page, 'トーク');
    await roomRow(sato.page, '田中 健太').click();
    const field = composer(sato.page, '田中 健太');
    await dropFiles(sato.page, field, [makeFile(office.folder, '部品.exe', 'MZ')]);
    await sato.page
      .getByText(/拡張子 exe のファイルは送れません/u)
      .first()
      .waitFor();
    expect(await message(sato.page, '部品.exe').count()).toBe(0);
  });

  it('is too large for Drive in Drive’s own words', async () => {
    // The smallest limit that the console takes is a gigabyte: a file with a hole in it takes no room on the disk.
    const large = path.join(office.folder, '巨大.bin');
    writeFileSync(large, '');
    truncateSync(large, 1_073_741_825);
    await openDrive(sato.page, '営業');
    await add(large);
    await transferRow(sato.page, '巨大.bin')
      .getByText(/ドライブに置けません（規則「ドライブのファイルの上限」）/u)
      .waitFor();
    expect(arrived('巨大.bin')).toBe(false);
  });
});
