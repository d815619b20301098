import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// Several accounts in one window, locks and the countdown of an idle logout, in a real window over a fake host.

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

const others = [
  { tenantName: '黒潮物流', name: '佐伯 美咲', unread: 4, mentions: 2 },
  { tenantName: '白浪精機株式会社', name: '総務 共用', unread: 12, mentions: 0 },
];
const contact = { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' };
const tiles = (page: Page) => page.getByRole('list', { name: 'アカウントの切り替え' }).getByRole('button');
const openRoom = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  const page = await renderer.open({ route: '/talk/plant', policy: { contact }, ...options });
  await page.locator('.bubble').first().waitFor();
  return page;
};

describe('several accounts', () => {
  it('stand side by side with their own counts, and the one on screen is named', async () => {
    const page = await openRoom({ others });
    expect(await tiles(page).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
      expect.stringMatching(/^白浪精機株式会社・佐伯 美咲・自分あて \d+$/u),
      '黒潮物流・佐伯 美咲・自分あて 2',
      '白浪精機株式会社・総務 共用・未読 12',
    ]);
    await page.locator('.title-bar').getByText('白浪精機株式会社・佐伯 美咲').waitFor();
    await tiles(page).nth(1).click();
    await page.locator('.title-bar').getByText('黒潮物流・佐伯 美咲').waitFor();
    expect(await tiles(page).nth(1).getAttribute('aria-current')).toBe('true');
    expect(await tiles(page).nth(0).getAttribute('aria-current')).toBeNull();
  });

  it('stay open while one more is added, and the way back is at hand', async () => {
    const page = await openRoom();
    await page.getByRole('button', { name: /佐伯 美咲のメニュー/u }).click();
    await page.getByRole('menuitem', { name: 'アカウントを追加' }).click();
    await page.getByRole('heading', { name: 'アカウントを追加' }).waitFor();
    await page.getByRole('button', { name: '戻る' }).click();
    await page.locator('.rail').waitFor();
    expect(await page.evaluate(() => window.fake.calls.some(({ name }) => name === 'account.logout'))).toBe(false);
  });

  it('are told when one of them ends, with the reason and the way back in', async () => {
    const page = await openRoom({ others });
    await page.evaluate(() => window.fake.endOther('account-2', 'forced_logout'));
    const strip = page.locator('.strip', { hasText: '黒潮物流・佐伯 美咲' });
    await strip.getByText('管理者がこの端末をログアウトさせました。').waitFor();
    expect(await tiles(page).count()).toBe(2);
    await strip.getByRole('button', { name: 'もう一度ログイン' }).click();
    await page.locator('input[type=password]').waitFor();
    expect(await page.locator('input[autocomplete=username]').inputValue()).toBe('saeki');
  });

  it('are reached from the page of a locked one', async () => {
    const page = await openRoom({ others });
    await page.evaluate(() => window.fake.lock('network_denied'));
    await page.getByRole('heading', { name: 'このネットワークからは利用できません' }).waitFor();
    expect(await tiles(page).first().getAttribute('aria-label')).toContain('利用できません');
    await tiles(page).nth(1).click();
    await page.locator('.title-bar').getByText('黒潮物流・佐伯 美咲').waitFor();
  });
});

describe('a lock', () => {
  const locks = [
    ['network_denied', 'このネットワークからは利用できません', 'もう一度確認'],
    ['country_denied', 'この国・地域からは利用できません', 'もう一度確認'],
    ['country_unverified', '本人確認が必要です', '本人確認をして続ける'],
    ['app_blocked', 'このアプリは使えません', 'ブラウザーで開く'],
    ['member_suspended', 'アカウントは停止中です', 'もう一度確認'],
    ['member_suspended_failures', 'アカウントは停止中です', 'もう一度確認'],
    ['lease_over', 'このPCのデータを閉じています', 'もう一度確認'],
    ['session_idle', 'しばらく操作がなかったため、ログアウトしました', 'もう一度ログイン'],
    ['upgrade_required', '続けるには更新が必要です', 'ブラウザーで開く'],
  ] as const;
  it.each(locks)('says for %s what, by which rule, whom to ask and what can be done', async (reason, title, action) => {
    const page = await openRoom();
    await page.evaluate((why) => window.fake.lock(why), reason);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText('相談先：情報システム部（内線4410）').waitFor();
    await page.getByRole('button', { name: action }).waitFor();
    expect(await page.locator('.bubble, .room').count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('names the address or the country that is refused', async () => {
    const page = await openRoom();
    await page.evaluate(() => window.fake.lock('network_denied', '203.0.113.84'));
    await page.getByText('203.0.113.84').waitFor();
    await page.evaluate(() => window.fake.lock('country_denied', 'FR'));
    await page.getByText('フランス').waitFor();
    expect(await page.locator('.full-state dl').innerText()).toContain('今の国・地域');
  });

  it('of the app has the exact sentence of the rule', async () => {
    const page = await openRoom();
    await page.evaluate(() => window.fake.lock('app_blocked'));
    await page.locator('.full-state').waitFor();
    expect(await page.locator('.full-state').innerText()).toContain('このサービスの利用権限がありません。');
  });

  it('for want of activity leads to a login with the id filled in', async () => {
    const page = await openRoom();
    await page.evaluate(() => window.fake.lock('session_idle'));
    await page.getByRole('button', { name: 'もう一度ログイン' }).click();
    await page.locator('input[type=password]').waitFor();
    expect(await page.locator('input[autocomplete=username]').inputValue()).toBe('saeki');
  });
});

describe('a service that the rules do not give', () => {
  const talkOnly = { talk: ['pc-app', 'browser'], drive: [] };
  it('is locked on the rail and says why in its place; the others go on', async () => {
    const policy = { contact, permissions: { templates: [{ id: 'default', name: '標準', services: talkOnly }] } };
    const page = await openRoom({ policy });
    const drive = page.getByRole('navigation', { name: 'メインメニュー' }).getByRole('button', { name: 'ドライブ 利用できません' });
    await drive.click();
    await page.getByRole('heading', { name: 'ドライブは使えません' }).waitFor();
    await page.getByText('このサービスの利用権限がありません。相談先：情報システム部（内線4410）。').waitFor();
    expect(await page.locator('.toast').count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  });
});

describe('the countdown of an idle logout', () => {
  it('counts the seconds, says what is kept, and ends when somebody moves', async () => {
    const page = await openRoom();
    await page.locator('textarea.draft').fill('書きかけ');
    await page.evaluate(() => window.fake.emit({ type: 'idle.warning', accountId: 'account-1', endsAt: Date.now() + 42_000 }));
    const dialog = page.getByRole('dialog', { name: 'まもなくログアウトします' });
    await dialog.getByText(/あと4[012]秒/u).waitFor();
    await dialog.getByText('書きかけのものと送信中のものは残ります。').waitFor();
    // What still fades in has no contrast yet.
    await page.waitForTimeout(400);
    expect(await violationsOf(page)).toEqual([]);
    const before = await page.evaluate(() => window.fake.calls.filter(({ name }) => name === 'account.active').length);
    await page.keyboard.press('Shift');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => window.fake.calls.filter(({ name }) => name === 'account.active').length)).toBeGreaterThan(before);
    expect(await page.locator('textarea.draft').inputValue()).toBe('書きかけ');
  });

  it('ends with the warning, and touches are told at most every ten seconds', async () => {
    const page = await openRoom();
    await page.evaluate(() => window.fake.emit({ type: 'idle.warning', accountId: 'account-1', endsAt: Date.now() + 42_000 }));
    await page.getByRole('dialog').waitFor();
    await page.evaluate(() => window.fake.emit({ type: 'idle.warning', accountId: 'account-1', endsAt: null }));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const told = () => page.evaluate(() => window.fake.calls.filter(({ name }) => name === 'account.active').length);
    const before = await told();
    for (let count = 0; count < 20; count += 1) await page.keyboard.press('Shift');
    expect((await told()) - before).toBeLessThanOrEqual(1);
  });
});
