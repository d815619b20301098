import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, type BrowserWindow } from '../support/browser.ts';
import { choose, closeToasts, rule, rulesInForce, saveRules, turn } from '../support/console-rules.ts';
import { goToSection, openConsoleOffice, type ConsoleOffice } from '../support/console.ts';
import { eventually } from '../support/office.ts';

// Each rule set in the console, read back from the server and seen in force. The steps build on each other.

let office: ConsoleOffice;
let admin: BrowserWindow;
let page: Page;

beforeAll(async () => {
  office = await openConsoleOffice();
  admin = await office.open('admin', { at: '/account' });
  ({ page } = admin);
});
afterAll(async () => {
  await office?.close();
});

const policyNow = async () => (await rulesInForce(office)).policy;
const status = (text: string | RegExp) => page.getByRole('status').filter({ hasText: text });

describe('the rules on accounts', () => {
  it('are saved one screen at a time, by the keyboard, and read back from the server', async () => {
    await choose(page, 'password.format', '英字と数字と記号');
    await rule(page, 'password.minimumLength').getByRole('slider').fill('12');
    await turn(page, 'password.longAllowed');
    await choose(page, 'password.expiryDays', '365日');
    await choose(page, 'password.reuseBan', '直近5個');
    await choose(page, 'password.lockoutFailures', '10回');
    await turn(page, 'password.recoveryByEmail');
    await choose(page, 'twoStep.required', '本人が選ぶ');
    await rule(page, 'twoStep.methods').getByRole('checkbox', { name: 'メールのコード' }).click();
    await rule(page, 'twoStep.trustDays').getByRole('textbox').fill('14');
    await turn(page, 'keepLogin.driveExplorer');
    await choose(page, 'idleLogout.browserMinutes', '30日');
    await choose(page, 'idleLogout.pcAppMinutes', '30分');
    await turn(page, 'notices.newDevice');
    await choose(page, 'offlineLeaseHours', '24時間');
    await choose(page, 'syncedFolders.logout', '回収場所へ移す');
    await choose(page, 'syncedFolders.block', '消去する');
    await choose(page, 'syncedFolders.wipe', '残す');
    await choose(page, 'syncedFolders.leave', '回収場所へ移す');
    await status('保存していない変更：18件').waitFor();
    expect((await rulesInForce(office)).revision).toBe(0);
    await saveRules(page);
    expect(await policyNow()).toMatchObject({
      password: {
        format: 'letters_digits_special',
        minimumLength: 12,
        longAllowed: true,
        expiryDays: 365,
        reuseBan: 5,
        lockoutFailures: 10,
        recoveryByEmail: false,
      },
      twoStep: { required: false, methods: ['totp', 'passkey'], trustDevices: true, trustDays: 14 },
      keepLogin: { pcApp: true, driveExplorer: false },
      idleLogout: { browserMinutes: 43_200, pcAppMinutes: 30 },
      notices: { newDevice: false },
      offlineLeaseHours: 24,
      syncedFolders: { logout: 'recovery', block: 'erase', wipe: 'keep', leave: 'recovery' },
    });
  });

  it('go back to the values from before with one press', async () => {
    await page.locator('.toast').getByRole('button', { name: '元に戻す' }).click();
    await page.locator('.toast').filter({ hasText: '元の値に戻しました' }).waitFor();
    expect(await policyNow()).toMatchObject({ password: { minimumLength: 8, expiryDays: null }, offlineLeaseHours: 168 });
    await eventually(() => rule(page, 'password.expiryDays').locator('select').inputValue(), 'null');
    await closeToasts(page);
  });

  it('say in place what cannot be saved, and what is not saved stays over other screens', async () => {
    await rule(page, 'twoStep.trustDays').getByRole('textbox').fill('400');
    await rule(page, 'twoStep.trustDays').getByRole('alert').getByText('1から365まで').waitFor();
    await choose(page, 'password.reuseBan', '直近1個');
    expect(await page.getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
    await rule(page, 'twoStep.trustDays').getByRole('textbox').fill('30');
    await goToSection(page, 'ファイル');
    await goToSection(page, 'アカウント');
    await rule(page, 'password.reuseBan').getByText('変更', { exact: true }).waitFor();
    await page.getByRole('button', { name: '変更を捨てる' }).click();
    await eventually(() => rule(page, 'password.reuseBan').locator('select').inputValue(), '0');
    expect(await page.getByRole('button', { name: '保存', exact: true }).count()).toBe(0);
  });

  it('that somebody else changed meanwhile are shown beside one’s own, and one’s own go on top', async () => {
    await choose(page, 'password.reuseBan', '直近3個');
    await office.administer('policy.set', { patch: { password: { reuseBan: 1, minimumLength: 10 } } });
    const note = page.getByRole('alert').filter({ hasText: 'ほかの管理者が規則を変えました' });
    await note.getByRole('row').filter({ hasText: '再利用の禁止' }).getByText('あなたも変えています').waitFor();
    expect(await note.getByRole('row').filter({ hasText: '最小の長さ' }).innerText()).toContain('10文字');
    await note.getByRole('button', { name: '新しい規則に自分の変更を重ねる' }).click();
    await saveRules(page);
    expect((await policyNow()).password).toMatchObject({ reuseBan: 3, minimumLength: 10 });
    await closeToasts(page);
  });
});

it('a change of somebody else’s that one did not touch is no conflict, and stays', async () => {
  await choose(page, 'password.lockoutFailures', '5回');
  await office.administer('policy.set', { patch: { notices: { newDevice: false } } });
  await eventually(() => rule(page, 'notices.newDevice').getByRole('switch').isChecked(), false);
  await saveRules(page);
  expect(await policyNow()).toMatchObject({ password: { lockoutFailures: 5 }, notices: { newDevice: false } });
  await closeToasts(page);
});

describe('the rules on files', () => {
  it('take pasted lists and ready-made sets, and stop the file at once', async () => {
    const sato = await office.client('sato');
    const judged = async () => {
      const { body } = await sato.call('file.judge', { service: 'talk', name: '見積.EXE', sizeBytes: 1 });
      return (body.value as { allowed: boolean }).allowed;
    };
    expect(await judged()).toBe(true);
    await goToSection(page, 'ファイル');
    await rule(page, 'blockedExtensions.talk').getByLabel('トークに加える拡張子').fill('.EXE　*.scr, exe ..');
    await rule(page, 'blockedExtensions.talk').getByText('「..」は拡張子として使えません。').waitFor();
    await rule(page, 'blockedExtensions.talk').getByRole('button', { name: '2件を加える' }).click();
    await rule(page, 'blockedExtensions.talk').getByText('2/200件').waitFor();
    await rule(page, 'blockedExtensions.drive').getByRole('button', { name: 'ディスクイメージ' }).click();
    await choose(page, 'talkFileLimitBytes', '50 MB');
    await rule(page, 'files.driveLimitBytes').getByRole('textbox').fill('2');
    await turn(page, 'files.inspectContent');
    await choose(page, 'files.unreadableArchives', '禁止する');
    await choose(page, 'files.scannerDown', '許可する');
    await turn(page, 'files.externalRooms');
    await turn(page, 'files.downloadLog');
    await rule(page, 'files.downloadLogDays').getByRole('textbox').fill('90');
    await saveRules(page);
    expect(await policyNow()).toMatchObject({
      blockedExtensions: { talk: ['exe', 'scr'], drive: ['img', 'iso', 'vhd', 'vhdx', 'vmdk'] },
      talkFileLimitBytes: 50 * 1_048_576,
      files: {
        driveLimitBytes: 2 * 1_073_741_824,
        inspectContent: false,
        unreadableArchives: 'block',
        scannerDown: 'allow',
        externalRooms: false,
        downloadLog: true,
        downloadLogDays: 90,
      },
    });
    await eventually(judged, false, 1_000);
    await closeToasts(page);
  });
});

describe('the rules on versions', () => {
  it('deny a range of versions, and programs of that range are told to update', async () => {
    const tanaka = await office.client('tanaka');
    tanaka.version = '0.0.5';
    expect((await tanaka.call('session.current')).status).toBe(200);
    await goToSection(page, 'アプリとバージョン');
    await rule(page, 'versions.published').getByRole('textbox').fill('v0.1.0\n0.0.9\n0.1');
    await rule(page, 'versions.published').getByText('「0.1」はバージョンではありません').waitFor();
    await rule(page, 'versions.published').getByRole('button', { name: '2件を加える' }).click();
    await rule(page, 'versions.denied').getByLabel('から').fill('0.0.9');
    await rule(page, 'versions.denied').getByLabel('まで').fill('0.0.1');
    await rule(page, 'versions.denied').getByText('範囲が逆です').waitFor();
    await rule(page, 'versions.denied').getByLabel('から').fill('0.0.1');
    await rule(page, 'versions.denied').getByLabel('まで').fill('0.0.9');
    await rule(page, 'versions.denied').getByRole('button', { name: '加える' }).click();
    await choose(page, 'versions.supported', '最新から3つのメジャー');
    await rule(page, 'minimumVersion').getByRole('textbox').fill('0.0.1');
    await saveRules(page);
    expect(await policyNow()).toMatchObject({
      minimumVersion: '0.0.1',
      versions: { supported: 'three_majors', published: ['0.1.0', '0.0.9'], denied: [{ from: '0.0.1', to: '0.0.9' }] },
    });
    await eventually(async () => (await tanaka.call('session.current')).status, 426, 1_000);
    tanaka.version = '0.1.0';
    expect((await tanaka.call('session.current')).status).toBe(200);
    await closeToasts(page);
  });
});

describe('the permissions of services', () => {
  it('are a matrix a template, and a new template can be given to somebody', async () => {
    await goToSection(page, 'サービスの権限');
    await page.getByRole('button', { name: 'テンプレートを加える' }).click();
    const added = page.getByRole('region', { name: '新しいテンプレート' });
    await added.getByRole('checkbox', { name: 'ドライブをPCアプリで使う' }).click();
    await added.getByLabel('名前').fill('');
    expect(await page.getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: '名前' }).last().fill('現場');
    await saveRules(page);
    const { templates } = (await policyNow()).permissions;
    expect(templates.map(({ id, name, services }) => [id, name, services.drive])).toEqual([
      ['default', 'Standard', ['browser', 'pc-app', 'drive-explorer', 'mobile']],
      ['template-1', '現場', ['browser', 'drive-explorer', 'mobile']],
    ]);
    const suzuki = await office.client('suzuki');
    const drives = async () => (await suzuki.call('drive.spaces')).body.error?.details?.reason ?? 'allowed';
    expect(await drives()).toBe('allowed');
    const given = await office.administer('member.update', { member: 'suzuki', templateId: 'template-1' });
    expect(given.body.error ?? null).toBeNull();
    await page.getByText('本人に付けたメンバー').waitFor();
    await eventually(drives, 'service_denied', 1_000);
    await office.administer('member.update', { member: 'suzuki', templateId: null });
    await closeToasts(page);
  });
});

describe('single sign-on', () => {
  it('takes a provider with its faults said in the form, and gives the address to register', async () => {
    await goToSection(page, 'ログイン方法');
    await page.getByRole('button', { name: '認証を加える' }).click();
    const dialog = page.getByRole('dialog', { name: '認証を加える' });
    await dialog.getByRole('button', { name: '保存' }).click();
    expect(await dialog.getByRole('alert').allInnerTexts()).toEqual(['入力してください。', '入力してください。', '入力してください。']);
    await dialog.getByLabel('名前').fill('社内ID');
    await dialog.getByLabel('発行者のURL').fill('http://127.0.0.1:9');
    await dialog.getByLabel('クライアントID').fill('hikyaku');
    await dialog.getByLabel('クライアントシークレット').fill('s3cret-of-the-client');
    await dialog.getByRole('button', { name: '保存' }).click();
    await dialog.waitFor({ state: 'detached' });
    const uri = await page.getByLabel('認証基盤に登録するURL').inputValue();
    expect(new URL(uri).origin).toBe(office.url);
    const { body } = await office.administer('identityProvider.list', {});
    expect(body.value).toMatchObject({ providers: [{ kind: 'oidc', name: '社内ID', hasSecret: true, redirectUri: uri }] });
    expect(JSON.stringify(body.value)).not.toContain('s3cret-of-the-client');
    await page.getByRole('button', { name: '接続を確かめる' }).click();
    await page.getByText(/^使えません：/u).waitFor();
    await turn(page, 'loginMethods.oidc');
    await page.getByText('「OpenID Connectでのログイン」がオフのため').waitFor();
    await saveRules(page);
    expect((await policyNow()).loginMethods).toEqual({ passkey: true, oidc: false, saml: true });
    await closeToasts(page);
  });
});

describe('the company', () => {
  it('says whom to ask, and that no mail server is set', async () => {
    await goToSection(page, '会社の情報');
    await rule(page, 'contact.ja').getByRole('textbox').fill('情報システム部（内線4410）');
    await page.getByText('メールサーバーが設定されていません').waitFor();
    await saveRules(page);
    expect((await policyNow()).contact.ja).toBe('情報システム部（内線4410）');
  });
});

it('no screen of rules has faults that keep people out, in either language and theme, and the page keeps its policy', async () => {
  const faults: string[] = [];
  for (const [language, theme] of [
    ['ja', 'light'],
    ['en', 'dark'],
  ] as const) {
    const window = await office.open('admin', { language, theme, at: '/home' });
    for (const section of ['home', 'account', 'logins', 'network', 'files', 'services', 'apps', 'blocked', 'basic']) {
      await window.page.goto(`${office.url}/admin/${section}`);
      await window.page.locator('h1').waitFor();
      await window.page.locator('.rule-row, .box, .empty, .note').first().waitFor();
      faults.push(...(await accessibilityFaults(window.page)).map((fault) => `${section} ${language} ${fault}`));
    }
    expect(window.complaints()).toEqual([]);
    await window.context.close();
  }
  expect(faults).toEqual([]);
  expect(admin.complaints()).toEqual([]);
});
