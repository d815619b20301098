import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LaunchedApp } from '../support/app.ts';
import { goTo, openOffice, password, type Office } from '../support/office.ts';

// What rules ask at login and show in the settings, in the real app on a real server. The steps build on each other.

let office: Office;
let sato: LaunchedApp;
const newPassword = 'shirahama-77';
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office?.close());

async function typeLogin(page: Page, member: string, secret = password): Promise<void> {
  await page.getByLabel('メンバーID').fill(member);
  await page.getByLabel('パスワード', { exact: true }).fill(secret);
  await page.keyboard.press('Enter');
}
const inside = (page: Page) => page.getByRole('navigation', { name: 'メインメニュー' }).waitFor();
/** As an authenticator shows it; a later one where a code was used already. */
const codeOf = (secret: string, laterMs = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + laterMs });
const logOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /のメニュー$/u }).click();
  await page.getByRole('menuitem', { name: 'ログアウト' }).click();
  await page.getByLabel('メンバーID').waitFor();
};
const openSecurity = async (page: Page): Promise<void> => {
  await goTo(page, '設定');
  await page.getByRole('button', { name: 'ログインとセキュリティ' }).click();
  await page.getByRole('heading', { name: 'ログインしている場所' }).waitFor();
};
let secret = '';

it('a password that the administrator wants changed is changed on the way in', async () => {
  expect(await office.call('admin', 'member.requestPasswordChange', { members: ['tanaka'] })).toMatchObject({ ok: true });
  const { page, close } = await office.open('tanaka');
  await page.getByLabel('メンバーID').waitFor();
  await typeLogin(page, 'tanaka');
  await page.getByText('管理者からパスワードの変更を求められています。').waitFor();
  await page.getByLabel('新しいパスワード', { exact: true }).fill('tanaka');
  await page.getByLabel('新しいパスワード（もう一度）').fill('tanaka');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('パスワードは8文字以上にします。').waitFor();
  await page.getByLabel('新しいパスワード', { exact: true }).fill(newPassword);
  await page.getByLabel('新しいパスワード（もう一度）').fill(newPassword);
  await page.keyboard.press('Enter');
  await inside(page);
  await logOut(page);
  await typeLogin(page, 'tanaka', newPassword);
  await inside(page);
  await close();
});

it('a second step that a rule requires is set up on the way in, with recovery codes', async () => {
  const patch = { twoStep: { required: true }, keepLogin: { pcApp: true, driveExplorer: false } };
  expect(await office.call('admin', 'policy.set', { patch })).toMatchObject({ ok: true });
  sato = await office.open('sato');
  const { page } = sato;
  await page.getByLabel('メンバーID').waitFor();
  await typeLogin(page, 'sato');
  await page.getByRole('heading', { name: '2段階認証の設定' }).waitFor();
  await page.getByRole('img', { name: '認証アプリで読み取るQRコード' }).waitFor();
  secret = (await page.locator('.totp-secret .secret').innerText()).replaceAll(' ', '');
  await page.getByLabel('認証アプリに表示された6桁のコード').fill(codeOf(secret));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'リカバリーコード' }).waitFor();
  expect(await page.getByRole('list', { name: 'リカバリーコード' }).getByRole('listitem').count()).toBeGreaterThanOrEqual(8);
  await page.getByLabel('安全な場所に保管しました').check();
  await page.getByRole('button', { name: '続ける' }).click();
  await inside(page);
});

it('the next login asks for the code, and nothing less than the right one opens', async () => {
  const { page } = sato;
  await logOut(page);
  await typeLogin(page, 'sato');
  await page.getByRole('heading', { name: '確認コードを入力' }).waitFor();
  const right = codeOf(secret, 30_000);
  await page.getByLabel('確認コード', { exact: true }).fill(String((Number(right) + 1) % 1_000_000).padStart(6, '0'));
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('コードが違うか、使える時間が過ぎています。').waitFor();
  expect(await page.getByRole('navigation', { name: 'メインメニュー' }).count()).toBe(0);
  await page.getByLabel('確認コード', { exact: true }).fill(right);
  await page.keyboard.press('Enter');
  await inside(page);
});

it('the last second step cannot be taken away, and a switch that the administrator holds says so', async () => {
  const { page } = sato;
  await openSecurity(page);
  const totp = page.locator('.setting-row').filter({ hasText: '30秒ごとに変わる6桁のコード' });
  expect(await totp.getByRole('switch').isChecked()).toBe(true);
  expect(await totp.getByRole('switch').isDisabled()).toBe(true);
  await totp.getByText('会社の規則で2段階認証が必要なため、最後の方法は外せません。').waitFor();
  await page.getByRole('button', { name: 'アカウントと端末' }).click();
  const explorer = page.locator('.setting-row').filter({ hasText: 'ドライブの同期をログインしたままにする' });
  await explorer.getByText('管理者が許可していません（アカウントの規則）。').waitFor();
  expect(await explorer.getByRole('switch').isDisabled()).toBe(true);
});

it('one’s own password is changed in the settings, and the new one counts from then on', async () => {
  const { page } = sato;
  await openSecurity(page);
  await page.getByRole('button', { name: 'パスワード 変更' }).click();
  await page.getByLabel('現在のパスワード').fill(password);
  await page.getByLabel('新しいパスワード', { exact: true }).fill(newPassword);
  await page.getByLabel('新しいパスワード（もう一度）').fill(newPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'パスワードを変更しました' }).waitFor();
  await page.getByRole('button', { name: '閉じる' }).last().click();
  await logOut(page);
  await typeLogin(page, 'sato');
  await page.getByRole('alert').getByText('メンバーIDかパスワードが違います。').waitFor();
  await typeLogin(page, 'sato', newPassword);
  await page.getByRole('heading', { name: '確認コードを入力' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});
