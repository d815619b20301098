import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserWindow } from '../support/browser.ts';
import { closeToasts, saveRules, turn } from '../support/console-rules.ts';
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { goTo } from '../support/office.ts';
import { freePort } from '../support/proxy-office.ts';
import { inside, logOut, openRulesOffice, typeLogin, type RulesOffice } from '../support/rules-office.ts';

// Logins without a password: permitted in the console, used in the browser edition and in the app. Passkeys need a name for a server, so that it is
// reached as `localhost`. The steps build on each other.

let office: RulesOffice;
let admin: Page;
let person: BrowserWindow;
let provider: TestIdentityProvider;

beforeAll(async () => {
  const port = await freePort();
  office = await openRulesOffice('/logins', ['--port', String(port), '--public-url', `http://localhost:${port}`]);
  ({ admin } = office);
  provider = await startIdentityProvider([`${office.url}/sign-in/oidc`]);
  person = await office.open(null);
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await person.page.goto(`${office.url}/`);
});
afterAll(async () => {
  await office?.close();
  await provider?.close();
});

const byPasskey = (page: Page) => page.getByRole('button', { name: 'パスキーでログイン' });

describe('a passkey', () => {
  it('is offered only while the rule permits it', async () => {
    const { page } = person;
    await byPasskey(page).waitFor();
    await turn(admin, 'loginMethods.passkey');
    await saveRules(admin);
    await page.reload();
    await page.getByLabel('メンバーID').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await byPasskey(page).count()).toBe(0);
    await closeToasts(admin);
    await turn(admin, 'loginMethods.passkey');
    await saveRules(admin);
    await page.reload();
    await byPasskey(page).waitFor();
  });

  it('is registered in the settings of the browser edition, and opens it without a password', async () => {
    const { page } = person;
    await typeLogin(page, 'sato');
    await inside(page);
    await goTo(page, '設定');
    await page.getByRole('button', { name: 'ログインとセキュリティ' }).click();
    await page.getByRole('button', { name: /^パスキー .*追加$/u }).click();
    const dialog = page.getByRole('dialog', { name: 'パスキーの追加' });
    await dialog.getByRole('textbox').fill('試験の鍵');
    await dialog.getByRole('button', { name: '続ける' }).click();
    await page.getByRole('list', { name: 'リカバリーコード' }).waitFor();
    await page.getByLabel('安全な場所に保管しました').check();
    await page.getByRole('dialog').getByRole('button').last().click();
    await page.getByText('試験の鍵').waitFor();
    await logOut(page);
    await byPasskey(page).click();
    await inside(page);
    expect(await page.getByRole('button', { name: '佐藤 美咲のメニュー' }).count()).toBe(1);
  });

  it('opens the app by way of the system’s browser', async () => {
    const { app, page } = await office.app('sato');
    // What would open the person's browser says what it would open.
    await app.evaluate(({ shell }) => {
      shell.openExternal = (url) => {
        Object.assign(globalThis, { openedByTest: url });
        return Promise.resolve();
      };
    });
    await byPasskey(page).click();
    const opened = () => app.evaluate(() => (globalThis as unknown as { openedByTest?: string }).openedByTest ?? '');
    await expect.poll(opened).toContain(`${office.url}/sign-in/#`);
    await person.page.goto(await opened());
    await person.page.getByRole('button', { name: 'パスキーを使う' }).click();
    await inside(page);
    await page.getByRole('button', { name: '佐藤 美咲のメニュー' }).waitFor();
    // The page of the browser is told to go back to the app.
    await person.page.getByText(/アプリに戻って/u).waitFor();
  });
});

describe('single sign-on', () => {
  it('is set up in the console’s form, found to work, and opens the browser edition', async () => {
    provider.account = { sub: 'person-9', preferred_username: 'tanaka' };
    await admin.getByRole('button', { name: '認証を加える' }).click();
    const dialog = admin.getByRole('dialog', { name: '認証を加える' });
    await dialog.getByLabel('名前').fill('社内ID');
    await dialog.getByLabel('発行者のURL').fill(provider.issuer);
    await dialog.getByLabel('クライアントID').fill(provider.clientId);
    await dialog.getByLabel('クライアントシークレット').fill(provider.clientSecret);
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.waitFor({ state: 'detached' });
    await admin.getByRole('button', { name: '接続を確かめる' }).click();
    await admin.getByText(/^応答しました/u).waitFor();

    const someone = await office.open(null);
    await someone.page.goto(`${office.url}/`);
    await someone.page.getByRole('button', { name: '社内IDでログイン' }).click();
    await inside(someone.page);
    await someone.page.getByRole('button', { name: '田中 健太のメニュー' }).waitFor();
    expect(new URL(someone.page.url()).search).toBe('');
    expect(someone.complaints()).toEqual([]);
    await someone.context.close();
  });

  it('says why the provider’s person is not let in', async () => {
    provider.account = { sub: 'person-10', preferred_username: 'nobody' };
    const someone = await office.open(null);
    await someone.page.goto(`${office.url}/`);
    await someone.page.getByRole('button', { name: '社内IDでログイン' }).click();
    await someone.page.getByText('会社のIDでは確認できましたが、ここに登録されたメンバーと一致しません。').waitFor();
    expect(await someone.page.getByRole('navigation', { name: 'メインメニュー' }).count()).toBe(0);
    await someone.context.close();
  });
});
