import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginNeed } from '#shared/contract/login.ts';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// What a login may still ask after the password, in a real window over a fake host.

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

const code: LoginNeed = {
  type: 'code',
  why: 'two_step',
  methods: ['totp', 'email', 'recovery'],
  email: 'm•••@shiranami.example',
  trustDays: 30,
};
const enrol: LoginNeed = {
  type: 'enrol_totp',
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Hikyaku:saeki?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
};
const codes: LoginNeed = { type: 'recovery_codes', codes: ['k4tu-9xwm', 'p7ra-2hcd'] };
const newPassword: LoginNeed = {
  type: 'new_password',
  why: 'expired',
  rules: { format: 'letters_digits_special', minimumLength: 10, maximumLength: 20, reuseBan: 3 },
};

const window = { loggedIn: false, width: 480, height: 760 } as const;
async function afterPassword(needs: readonly LoginNeed[], options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> {
  const page = await renderer.open({ ...window, ...options, needs });
  await page.locator('input[autocomplete=username]').fill('saeki');
  await page.locator('input[type=password]').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.locator('.login-panel').waitFor();
  return page;
}
const inside = (page: Page) => page.getByRole('navigation', { name: 'メインメニュー' }).waitFor();
const answers = (page: Page) =>
  page.evaluate(() =>
    globalThis.window.fake.calls
      .filter(({ name }) => name === 'account.continueLogin')
      .map(({ input }) => (input as { answer: Record<string, unknown> }).answer),
  );

describe('a code', () => {
  it('is typed with full-width digits too, and a wrong one leaves the person where they are', async () => {
    const page = await afterPassword([code]);
    await page.keyboard.insertText('００００００');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('コードが違うか、使える時間が過ぎています。').waitFor();
    expect(await page.getByLabel('確認コード', { exact: true }).inputValue()).toBe('');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('autocomplete'))).toBe('one-time-code');
    await page.getByText('この端末を信頼する（30日間').click();
    await page.getByLabel('確認コード', { exact: true }).fill('123456');
    await page.keyboard.press('Enter');
    await inside(page);
    expect(await answers(page)).toEqual([
      { type: 'code', method: 'totp', code: '000000', trustDevice: false },
      { type: 'code', method: 'totp', code: '123456', trustDevice: true },
    ]);
  });

  it('comes by e-mail once for each time that it is asked for', async () => {
    const page = await afterPassword([code]);
    await page.getByRole('button', { name: 'メールでコードを受け取る' }).click();
    await page.getByText('m•••@shiranami.exampleに8桁のコードを送りました。').waitFor();
    await page.getByText(/再送できるまで 0:5\d/u).waitFor();
    await page.keyboard.type('65432109');
    await page.keyboard.press('Enter');
    await inside(page);
    expect(await answers(page)).toEqual([{ type: 'send_code' }, { type: 'code', method: 'email', code: '65432109', trustDevice: false }]);
  });

  it('can be one of the recovery codes', async () => {
    const page = await afterPassword([code]);
    await page.getByRole('button', { name: 'リカバリーコードを使う' }).click();
    await page.keyboard.type('k4tu-9xwm');
    await page.keyboard.press('Enter');
    await inside(page);
    expect(await answers(page)).toEqual([{ type: 'code', method: 'recovery', code: 'k4tu-9xwm', trustDevice: false }]);
  });

  it('is not waited for by whoever goes back: the id is still there, the password is not', async () => {
    const page = await afterPassword([code]);
    await page.getByRole('button', { name: '戻る' }).click();
    expect(await page.locator('input[autocomplete=username]').inputValue()).toBe('saeki');
    expect(await page.locator('input[type=password]').inputValue()).toBe('');
    const given = await page.evaluate(() => globalThis.window.fake.calls.filter(({ name }) => name === 'account.cancelLogin').length);
    expect(given).toBe(1);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('correct horse');
  });
});

describe('what the rules require', () => {
  it('is set up on the way in: an authenticator, its recovery codes, a new password', async () => {
    const page = await afterPassword([enrol, codes, newPassword]);
    await page.getByRole('img', { name: '認証アプリで読み取るQRコード' }).waitFor();
    await page.getByText('JBSW Y3DP EHPK 3PXP').waitFor();
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    const on = page.getByRole('button', { name: '続ける' });
    await on.waitFor();
    expect(await on.isDisabled()).toBe(true);
    expect(await page.getByRole('list', { name: 'リカバリーコード' }).innerText()).toContain('k4tu-9xwm');
    await page.getByLabel('安全な場所に保管しました').check();
    await on.click();
    await page.getByText('パスワードの有効期限が切れました。').waitFor();
    await page.keyboard.type('shirahama-77');
    expect(await page.locator('.password-rules li.positive').count()).toBe(3);
    await page.getByLabel('新しいパスワード（もう一度）').fill('shirahama-78');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('2つの入力が違います。').waitFor();
    expect(await page.getByLabel('新しいパスワード', { exact: true }).inputValue()).toBe('shirahama-77');
    await page.getByLabel('新しいパスワード（もう一度）').fill('shirahama-77');
    await page.keyboard.press('Enter');
    await inside(page);
  });

  it('says what the server refuses, without taking away what was typed', async () => {
    const page = await afterPassword([newPassword]);
    await page.keyboard.type('short');
    await page.getByLabel('新しいパスワード（もう一度）').fill('short');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('パスワードは10文字以上にします。').waitFor();
    expect(await page.getByLabel('新しいパスワード', { exact: true }).inputValue()).toBe('short');
  });
});

describe('whoever forgot', () => {
  it('gets a code and a new password, and comes back to the form with their id', async () => {
    const page = await renderer.open(window);
    await page.locator('input[autocomplete=username]').fill('saeki');
    await page.getByRole('button', { name: 'パスワードを忘れた' }).click();
    expect(await page.getByLabel('メンバーID').inputValue()).toBe('saeki');
    await page.keyboard.press('Enter');
    await page.getByLabel('確認コード', { exact: true }).fill('65432109');
    await page.getByLabel('新しいパスワード', { exact: true }).fill('shirahama-77');
    await page.getByLabel('新しいパスワード（もう一度）').fill('shirahama-77');
    await page.keyboard.press('Enter');
    await page.getByText('パスワードを変更しました。新しいパスワードでログインしてください。').waitFor();
    expect(await page.locator('input[autocomplete=username]').inputValue()).toBe('saeki');
  });

  it('has their id mailed, and is never told whether it is registered', async () => {
    const page = await renderer.open(window);
    await page.getByRole('button', { name: 'パスワードを忘れた' }).click();
    await page.getByRole('button', { name: 'メンバーIDを忘れた' }).click();
    await page.getByLabel('メールアドレス').fill('saeki@shiranami.example');
    await page.keyboard.press('Enter');
    await page.getByText('このアドレスが登録されていれば、メールでお知らせします。').waitFor();
    expect(await page.getByLabel('メールアドレス').isDisabled()).toBe(true);
  });
});

describe('other ways to log in', () => {
  it('are offered where the server has them, and a refusal is said there', async () => {
    const page = await renderer.open({ ...window, methods: [{ id: 'sso', kind: 'oidc', name: '白浪のアカウント' }] });
    await page.getByRole('button', { name: '白浪のアカウントでログイン' }).click();
    await page.getByRole('heading', { name: 'ブラウザーで続けてください' }).waitFor();
    await page.getByRole('alert').getByText('このログイン方法は、会社の規則で使えません。').waitFor();
    await page.getByRole('button', { name: '戻る' }).click();
    await page.locator('input[type=password]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('every step', () => {
  const steps = [
    ['code', [code]],
    ['authenticator', [enrol]],
    ['recovery codes', [codes]],
    ['new password', [newPassword]],
  ] as const;
  const looks = (['ja', 'en'] as const).flatMap((language) => (['light', 'dark'] as const).map((theme) => ({ language, theme })));
  it.each(steps.flatMap(([name, needs]) => looks.map((look) => ({ name, needs, ...look }))))(
    'is clean for axe and the page’s policy: $name, $language, $theme',
    async ({ needs, language, theme }) => {
      const page = await afterPassword(needs, { language, settings: { theme } });
      await page.waitForTimeout(200);
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
      expect(await violationsOf(page)).toEqual([]);
      expect(renderer.problems()).toEqual([]);
    },
  );
});
