import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessibilityFaults, openBrowser, openWindow, type BrowserWindow } from '../support/browser.ts';
import { startMailSink, type MailSink } from '../support/mail-sink.ts';
import { composer, conversation, eventually, roomRow } from '../support/office.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer, type ServerProcess } from '../support/server.ts';

// What the service tells people, in Talk and by mail: a real server with a real mail server, seen in the system's Chromium.

const password = 'Hikyaku-Pr00f-7f3a';
let folder: string;
let sink: MailSink;
let server: ServerProcess;
let browser: Browser;
let admin: RawClient;
let sato: BrowserWindow;

const open = async (language: 'ja' | 'en' = 'ja'): Promise<BrowserWindow> => {
  const window = await openWindow(browser, { language });
  window.page.setDefaultTimeout(20_000);
  await window.page.goto(`${server.url}/`);
  return window;
};
async function logIn(page: Page, member: string, given = password): Promise<void> {
  await page.getByLabel('メンバーID').fill(member);
  await page.getByLabel('パスワード', { exact: true }).fill(given);
  await page.keyboard.press('Enter');
}
const administer = async (operation: string, input: object): Promise<void> => {
  const { body } = await admin.call(operation, input);
  expect(body).toMatchObject({ ok: true });
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-notices-'));
  sink = await startMailSink();
  const mail = ['--mail-server', `smtp://127.0.0.1:${sink.server.port}`, '--mail-from', 'Hikyaku <no-reply@demo.example>'];
  server = await startServer({ dataDir: path.join(folder, 'data'), args: ['--demo', '--demo-password', password, ...mail] });
  browser = await openBrowser();
  admin = new RawClient(server.url);
  await admin.login('admin', { password });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop('SIGKILL');
  await sink?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a request to change the password arrives as a notice with the way to the settings, where nobody can write (ACC-09)', async () => {
  sato = await open();
  const { page } = sato;
  await logIn(page, 'sato');
  await page.getByRole('navigation', { name: 'メインメニュー' }).waitFor();
  expect(await roomRow(page, 'サービス通知').count()).toBe(0);
  await administer('member.requestPasswordChange', { members: ['sato'] });
  await roomRow(page, 'サービス通知').getByText('管理者がパスワードの変更を要請しています').waitFor();
  await roomRow(page, 'サービス通知').getByText('未読 1').waitFor({ state: 'attached' });
  await roomRow(page, 'サービス通知').click();
  const said = conversation(page, 'サービス通知').getByRole('article', { name: 'サービス通知' });
  await said.getByText('管理者がパスワードの変更を要請しています').waitFor();
  await page.getByText('書き込みはできません').waitFor();
  expect(await composer(page, 'サービス通知').count()).toBe(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await said.getByRole('button', { name: 'ログインとセキュリティの設定を開く' }).click();
  await page.getByRole('heading', { name: 'ログインとセキュリティ', level: 1 }).waitFor();
  expect(sato.complaints()).toEqual([]);
});

it('a login from a new device is told with the device and its address, in the language of the screen (ACC-27)', async () => {
  const device = { name: '営業部の古いPC', platform: 'Windows 11', appVersion: '0.1.0' };
  // The login wants a new password first, as was asked for.
  const other = new RawClient(server.url);
  const begun = await other.call('session.login', { member: 'sato', password, kind: 'drive-explorer', device }, {}, null);
  const { ticket } = begun.body.value as { ticket: string };
  const answer = { type: 'new_password', password: 'as requested 1' };
  expect((await other.call('session.continue', { ticket, answer }, {}, null)).body).toMatchObject({ value: { kind: 'open' } });
  const { page } = sato;
  // ACC-09: after the change every other session ends.
  await page.getByLabel('パスワード', { exact: true }).waitFor();

  const english = await open('en');
  await english.page.getByLabel('Member ID').fill('sato');
  await english.page.getByLabel('Password', { exact: true }).fill('as requested 1');
  await english.page.keyboard.press('Enter');
  await english.page.getByRole('option').filter({ hasText: 'Service notices' }).click();
  const told = english.page.getByRole('article', { name: 'Service notices' }).filter({ hasText: '営業部の古いPC' });
  await told.getByText('Device: 営業部の古いPC (Windows 11), used through: Drive sync, address: 127.0.0.1 (country unknown)').waitFor();
  expect(english.complaints()).toEqual([]);
});

it('a forgotten password is renewed from the login form with the code that arrives by mail (ACC-11)', async () => {
  await administer('member.update', { member: 'sato', email: 'sato@demo.example' });
  const { page } = await open();
  await page.getByLabel('メンバーID').fill('sato');
  await page.getByRole('button', { name: 'パスワードを忘れた' }).click();
  await page.getByRole('button', { name: 'コードを送る' }).click();
  const letter = await sink.to('sato@demo.example');
  expect(letter.subject).toBe('パスワード再設定の確認コード');
  const code = /確認コード：(\d{8})/u.exec(letter.text)![1]!;
  const choose = async (chosen: string): Promise<void> => {
    await page.getByLabel('新しいパスワード', { exact: true }).fill(chosen);
    await page.getByLabel('新しいパスワード（もう一度）').fill(chosen);
    await page.getByRole('button', { name: 'パスワードを保存' }).click();
  };
  await page.getByLabel('確認コード').fill(code);
  await choose('short');
  await page.getByText('パスワードは8文字以上にします。').waitFor();
  await choose('renewed by mail 1');
  await page.getByText('パスワードを変更しました').waitFor();
  await logIn(page, 'sato', 'renewed by mail 1');
  await roomRow(page, 'サービス通知').waitFor();
});

it('too many failures suspend the account; the login form says so to who knows the password, and administrators have a notice (ACC-05)', async () => {
  await administer('policy.set', { patch: { password: { lockoutFailures: 3 } } });
  const { page } = await open();
  for (let tries = 0; tries < 3; tries += 1) {
    await logIn(page, 'tanaka', `a guess ${tries}`);
    await page.getByText('メンバーIDかパスワードが違います。').waitFor();
  }
  await logIn(page, 'tanaka');
  await page.getByText('ログインの失敗が続いたため、アカウントは停止中です。').waitFor();
  const rooms = (await admin.call('talk.changes', { cursor: null })).body.value as {
    rooms: { kind: string; lastMessage: { text: string } | null }[];
  };
  const service = rooms.rooms.find(({ kind }) => kind === 'service');
  expect(service?.lastMessage?.text).toContain('（tanaka）のアカウントを停止しました');
  await administer('member.setState', { member: 'tanaka', state: 'active' });
  await logIn(page, 'tanaka');
  await eventually(() => page.getByRole('navigation', { name: 'メインメニュー' }).count(), 1);
});
