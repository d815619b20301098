import Database from 'better-sqlite3';
import { Secret, TOTP } from 'otpauth';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyringEntries } from '../support/keyring.ts';
import type { LaunchedApp } from '../support/app.ts';
import { choose, closeToasts, rule, saveRules, turn } from '../support/console-rules.ts';
import { consolePassword, goToSection } from '../support/console.ts';
import { goTo } from '../support/office.ts';
import { RawClient } from '../support/raw-client.ts';
import { inside, logOut, openRulesOffice, typeLogin, type RulesOffice } from '../support/rules-office.ts';

// Rules on logins: set in the console, met in the app, on a real server. The steps build on each other.

let office: RulesOffice;
let admin: Page;
let tanaka: LaunchedApp;
const wanted = 'Shirahama-77';

beforeAll(async () => {
  office = await openRulesOffice('/account');
  ({ admin } = office);
});
afterAll(() => office?.close());

const alert = (page: Page, text: string | RegExp) => page.getByRole('alert').getByText(text).waitFor();
async function chooseNew(page: Page, password: string): Promise<void> {
  await page.getByLabel('新しいパスワード', { exact: true }).fill(password);
  await page.getByLabel('新しいパスワード（もう一度）').fill(password);
  await page.keyboard.press('Enter');
}
/** Whether a program elsewhere is let in with nothing but that password. */
async function opens(password: string): Promise<boolean> {
  const { body } = await new RawClient(office.url).login('tanaka', { password });
  return body.ok && (body.value as { kind: string }).kind === 'open';
}
/** A member's page in the console, found by name. */
async function openMember(name: string): Promise<void> {
  await goToSection(admin, 'メンバー');
  await admin.getByRole('searchbox', { name: /^名前・よみがな/u }).fill(name);
  await admin.getByRole('grid', { name: 'メンバーの一覧' }).getByRole('row').filter({ hasText: name }).getByRole('link').click();
  await admin.getByRole('region', { name: `${name}のページ` }).waitFor();
}

it('a format, a length and a ban on used passwords bind the password that the administrator asks for', async () => {
  await choose(admin, 'password.format', '英字と数字と記号');
  await rule(admin, 'password.minimumLength').getByRole('slider').fill('12');
  await choose(admin, 'password.reuseBan', '直近3個');
  await saveRules(admin);
  await openMember('田中 健太');
  await admin.locator('.member-head').getByRole('button', { name: 'ほかの操作' }).click();
  await admin.getByRole('menuitem', { name: 'パスワードの変更を要請' }).click();
  await admin.locator('.toast').filter({ hasText: '1人にパスワードの変更を要請しました。' }).waitFor();

  tanaka = await office.app('tanaka');
  const { page } = tanaka;
  await page.getByLabel('メンバーID').waitFor();
  await typeLogin(page, 'tanaka');
  await page.getByText('管理者からパスワードの変更を求められています。').waitFor();
  await chooseNew(page, 'short-1');
  await alert(page, 'パスワードは12文字以上にします。');
  await chooseNew(page, 'Shirahama7777');
  await alert(page, 'パスワードには英字・数字のほかに、記号が要ります。');
  await chooseNew(page, consolePassword);
  await alert(page, /^最近使ったパスワード/u);
  await chooseNew(page, wanted);
  await inside(page);
  expect(await opens(consolePassword)).toBe(false);
});

it('a password that is older than the rule allows must be changed at the next login', async () => {
  await goToSection(admin, 'アカウント');
  await choose(admin, 'password.expiryDays', '90日');
  await closeToasts(admin);
  await saveRules(admin);
  // What ninety-one days do.
  const database = new Database(path.join(office.server().dataDir, 'hikyaku.sqlite'));
  database.prepare('UPDATE members SET password_set_at = ? WHERE member_id = ?').run(Date.now() - 91 * 86_400_000, 'tanaka');
  database.close();
  const { page } = tanaka;
  await logOut(page);
  await typeLogin(page, 'tanaka', wanted);
  await page
    .getByText(/有効期限/u)
    .first()
    .waitFor();
  await chooseNew(page, wanted);
  await alert(page, /^最近使ったパスワード/u);
  await chooseNew(page, `${wanted}-x`);
  await inside(page);
  expect(await opens(wanted)).toBe(false);
});

it('too many failures suspend the account, and only the administrator lets it in again', async () => {
  await choose(admin, 'password.lockoutFailures', '3回');
  await closeToasts(admin);
  await saveRules(admin);
  const { page } = tanaka;
  await logOut(page);
  for (let failures = 0; failures < 3; failures += 1) {
    await typeLogin(page, 'tanaka', `wrong-${failures}`);
    // The form is emptied with each answer.
    await expect.poll(() => page.getByLabel('パスワード', { exact: true }).inputValue()).toBe('');
    await alert(page, 'メンバーIDかパスワードが違います。');
  }
  await typeLogin(page, 'tanaka', `${wanted}-x`);
  await page.getByText('ログインの失敗が続いたため、アカウントは停止中です。解除できるのは管理者だけです。').waitFor();
  await openMember('田中 健太');
  await admin.getByText('停止（ログインの失敗による）').first().waitFor();
  await admin.getByRole('button', { name: '停止を解除' }).click();
  await admin.getByText('利用中', { exact: true }).first().waitFor();
  await typeLogin(page, 'tanaka', `${wanted}-x`);
  await inside(page);
});

it('a required second step is set up at the next login, and asked again except on a trusted device', async () => {
  await goToSection(admin, 'アカウント');
  await choose(admin, 'twoStep.required', '全員に必須');
  await closeToasts(admin);
  await saveRules(admin);
  const { page } = tanaka;
  await logOut(page);
  await typeLogin(page, 'tanaka', `${wanted}-x`);
  await page.getByRole('img', { name: '認証アプリで読み取るQRコード' }).waitFor();
  const secret = Secret.fromBase32((await page.locator('.totp-secret .secret').innerText()).replaceAll(' ', ''));
  await page.getByLabel('認証アプリに表示された6桁のコード').fill(TOTP.generate({ secret }));
  await page.keyboard.press('Enter');
  await page.getByLabel('安全な場所に保管しました').check();
  await page.getByRole('button', { name: '続ける' }).click();
  await inside(page);

  await logOut(page);
  await typeLogin(page, 'tanaka', `${wanted}-x`);
  // A code counts once: the next one is taken already.
  await page.getByLabel('確認コード', { exact: true }).fill(TOTP.generate({ secret, timestamp: Date.now() + 30_000 }));
  await page.getByLabel(/^この端末を信頼する/u).check();
  await page.keyboard.press('Enter');
  await inside(page);
  await logOut(page);
  await typeLogin(page, 'tanaka', `${wanted}-x`);
  await inside(page);
  // Another device is not trusted.
  expect(await opens(`${wanted}-x`)).toBe(false);
});

it('a login that may no longer be kept is gone from the keyring at once, and its switch says who forbids it', async () => {
  const kept = async (): Promise<number> =>
    (await keyringEntries(office.desktop)).filter(({ account }) => account.endsWith('/session')).length;
  await expect.poll(kept, { timeout: 10_000 }).toBe(1);
  await closeToasts(admin);
  await turn(admin, 'keepLogin.pcApp');
  await saveRules(admin);
  await expect.poll(kept, { timeout: 5_000, interval: 200 }).toBe(0);
  const { page } = tanaka;
  await goTo(page, '設定');
  await page.getByRole('button', { name: 'アカウントと端末' }).click();
  const row = page.locator('.setting-row').filter({ has: page.getByText('ログインしたままにする', { exact: true }) });
  await row.getByText('管理者が許可していません（アカウントの規則）。').waitFor();
  expect(await row.getByRole('switch').isDisabled()).toBe(true);
});
