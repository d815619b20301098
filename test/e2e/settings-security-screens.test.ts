import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// The settings of one's own security, in a real window over a fake host.

let desktop: Desktop;
let renderer: RendererPage;
beforeAll(async () => {
  desktop = await openDesktop();
  renderer = await openRenderer(desktop);
});
afterAll(async () => {
  await renderer?.close();
  await desktop?.close();
});

const contact = { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' };
async function openSecurity(options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> {
  const page = await renderer.open({ route: '/settings/security', ...options });
  await page.locator('.settings-form h2').nth(3).waitFor();
  return page;
}
const row = (page: Page, name: string) => page.locator('.setting-row').filter({ hasText: name });

describe('the password', () => {
  it('is changed by whoever knows the present one, and the answer says where else that ended the login', async () => {
    const page = await openSecurity();
    await page.getByRole('button', { name: 'パスワード 変更' }).click();
    await page.keyboard.type('not this one');
    await page.getByLabel('新しいパスワード', { exact: true }).fill('shirahama77');
    await page.getByLabel('新しいパスワード（もう一度）').fill('shirahama77');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('現在のパスワードが違います。').waitFor();
    await page.getByLabel('現在のパスワード').fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByText('ほかの2か所からログアウトしました。').waitFor();
    await page.getByRole('button', { name: '閉じる' }).click();
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('shirahama77');
  });
});

describe('two-step verification', () => {
  it('asks again who one is, sets up an authenticator and shows the recovery codes once', async () => {
    const page = await openSecurity({ asksAgain: true });
    await row(page, '認証アプリ').getByRole('switch').click();
    await page.getByRole('heading', { name: '本人確認' }).waitFor();
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('現在のパスワードが違います。').waitFor();
    await page.keyboard.type('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '認証アプリの設定' }).waitFor();
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'リカバリーコード' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByText('k4tu-9xwm').count()).toBe(1);
    await page.getByLabel('安全な場所に保管しました').check();
    await page.getByRole('button', { name: '続ける' }).click();
    await page.getByText('残り8個。').waitFor();
    expect(await row(page, '認証アプリ').getByRole('switch').isChecked()).toBe(true);
  });

  it('gives up where the person does not prove who they are', async () => {
    const page = await openSecurity({ asksAgain: true });
    await row(page, 'メールのコード').getByRole('switch').click();
    await page.getByRole('heading', { name: '本人確認' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await row(page, 'メールのコード').getByRole('switch').isChecked()).toBe(false);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('shows what the administrator does not allow, and keeps the last method where one is required', async () => {
    const page = await openSecurity({ policy: { twoStep: { required: true, methods: ['totp'] } } });
    const email = row(page, 'メールのコード');
    expect(await email.getByRole('switch').isDisabled()).toBe(true);
    await email.getByText('管理者がこの方法を許可していません（2段階認証の規則）。').waitFor();
    const passkey = row(page, 'セキュリティキー').last();
    await passkey.getByText('会社の規則で2段階認証が必要なため、最後の方法は外せません。').waitFor();
    expect(await passkey.getByRole('button').isDisabled()).toBe(true);
  });
});

describe('the registered address', () => {
  it('is the new one only after its code came back', async () => {
    const page = await openSecurity();
    await page.getByRole('button', { name: 'misaki.saeki@shiranami.example 変更' }).click();
    await page.keyboard.type('new@shiranami.example');
    await page.keyboard.press('Enter');
    await page.getByText('new@shiranami.exampleに確認コードを送りました。').waitFor();
    await page.keyboard.type('00000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByText('misaki.saeki@shiranami.example').count()).toBeGreaterThan(0);
    await page.keyboard.type('65432109');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'new@shiranami.example 変更' }).waitFor();
  });
});

describe('logins elsewhere', () => {
  it('can be kept to one for each kind of program', async () => {
    const page = await openSecurity();
    const only = row(page, '1か所だけにログインする').getByRole('switch');
    expect(await only.isChecked()).toBe(false);
    await only.click();
    await expect.poll(() => only.isChecked()).toBe(true);
  });

  it('end one by one, or all but this one', async () => {
    const page = await openSecurity();
    await page.getByRole('button', { name: 'ブラウザー ログアウト' }).click();
    await page.getByRole('button', { name: 'ブラウザー ログアウト' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'ほかのすべての場所からログアウト' }).click();
    await page.getByText('ドライブの同期・KOUJO-PC').waitFor({ state: 'detached' });
    await row(page, 'PCアプリ・SAEKI-NOTE').getByText('この画面').waitFor();
    expect(await page.getByRole('button', { name: /ログアウト$/u }).count()).toBe(0);
  });
});

describe('what the administrator decides', () => {
  it('stands at the switches, with the rule and whom to ask', async () => {
    const page = await renderer.open({ route: '/settings/account', policy: { keepLogin: { pcApp: true, driveExplorer: false }, contact } });
    const explorer = row(page, 'ドライブの同期をログインしたままにする');
    await explorer.getByText('管理者が許可していません（アカウントの規則）。相談先：情報システム部（内線4410）').waitFor();
    expect(await explorer.getByRole('switch').isDisabled()).toBe(true);
    await row(page, '終了するとログアウトし').getByRole('switch').click();
    const set = () =>
      page.evaluate(() => window.fake.calls.filter(({ name }) => name === 'account.setKeepLogin').map(({ input }) => input));
    await expect.poll(set).toEqual([{ accountId: 'account-1', keepLogin: false, program: 'pc-app' }]);
  });

  it('is said in plain words', async () => {
    const page = await renderer.open({
      route: '/settings/general',
      policy: {
        contact,
        network: { mode: 'designated' },
        idleLogout: { pcAppMinutes: 30 },
        blockedExtensions: { talk: ['exe', 'bat'], drive: [] },
        offlineLeaseHours: 72,
      },
    });
    await page.getByRole('button', { name: 'すべて見る' }).click();
    const text = async (name: string) => (await row(page, name).innerText()).replace(/\s+/gu, ' ');
    await page.getByText('会社が許可した場所からのみ使えます').waitFor();
    expect(await text('操作がないときのログアウト（PCアプリ）')).toContain('30分後');
    expect(await text('トークで送れない拡張子')).toContain('exe、bat');
    expect(await text('オフラインで開ける期間')).toContain('3日');
    await page.getByText('管理者が決めています。相談先：情報システム部（内線4410）').waitFor();
  });
});

describe('every page and dialog', () => {
  const looks = (['ja', 'en'] as const).flatMap((language) => (['light', 'dark'] as const).map((theme) => ({ language, theme })));
  it.each(looks)('is clean for axe and the page’s policy: $language, $theme', async ({ language, theme }) => {
    const page = await openSecurity({ language, settings: { theme }, policy: { keepLogin: { pcApp: false }, contact } });
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('switch').first().click();
    await page.getByRole('dialog').waitFor();
    await page.waitForTimeout(300);
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: language === 'ja' ? '会社の規則' : 'Company rules' }).click();
    await page.getByText(language === 'ja' ? 'どこからでも使えます' : 'From anywhere').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(renderer.problems()).toEqual([]);
  });
});
