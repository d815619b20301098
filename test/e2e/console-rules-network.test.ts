import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { accessibilityFaults, type BrowserWindow } from '../support/browser.ts';
import { choose, closeToasts, pickMember, rule, rulesInForce, turn } from '../support/console-rules.ts';
import { consolePassword, goToSection, openConsoleOffice, type ConsoleOffice } from '../support/console.ts';
import { eventually } from '../support/office.ts';
import { RawClient } from '../support/raw-client.ts';

// Networks, the simulator, the audit log and the access block, on a server that stands behind a proxy. The steps build on each other.

/** By this header a program comes from elsewhere: the tests' own address counts as a proxy. */
const elsewhere = { 'x-forwarded-for': '198.51.100.9' };

let office: ConsoleOffice;
let admin: BrowserWindow;
let page: Page;
let tanaka: RawClient;
let tanakaId: string;

beforeAll(async () => {
  office = await openConsoleOffice(['--trusted-proxy', '127.0.0.1/32']);
  tanaka = new RawClient(office.url);
  await tanaka.login('tanaka', { password: consolePassword, headers: elsewhere });
  tanakaId = tanaka.identity!.member.id;
  admin = await office.open('admin', { at: '/network' });
  ({ page } = admin);
});
afterAll(async () => {
  await office?.close();
});

/** What happens to the second session now: `allowed`, or the reason. */
const fate = async (headers = elsewhere): Promise<string> =>
  (await tanaka.call('session.current', {}, headers)).body.error?.details?.reason ?? 'allowed';
const banner = (text: string) => page.locator('.pending').filter({ hasText: text });

describe('a change of networks', () => {
  it('shows who would be cut off before it is saved, and which pasted lines are none', async () => {
    await page.getByRole('radio', { name: '指定したIPアドレスからのみ使える' }).click();
    await page.getByText('使える場所に含まれていませんが、あなたは対象外').waitFor();
    await page.getByLabel('加えるアドレス').fill('10.20.0.9/16\n2001:db8:40::/48\nexample.com');
    await page.getByText('3行目「example.com」はアドレスでも範囲でもありません。').waitFor();
    await page.getByRole('button', { name: '2件を加える' }).click();
    await page.getByRole('cell', { name: '10.20.0.0/16', exact: true }).waitFor();
    await page.getByRole('button', { name: '127.0.0.1を加える' }).click();
    await page.getByText('保存しても使い続けられます').waitFor();
    const people = page.getByRole('list', { name: '保存すると接続が切れる人' }).getByRole('listitem');
    await eventually(
      async () => (await people.allInnerTexts()).map((text) => text.includes('田中') && text.includes('198.51.100.9')),
      [true],
    );
    expect(await fate()).toBe('allowed');
    expect((await rulesInForce(office)).policy.network.mode).toBe('all');
  });

  it('is judged by the simulator under the unsaved rules, and differs from those in force', async () => {
    await page.getByRole('button', { name: 'シミュレーターで試す' }).click();
    await pickMember(page, 'だれが', '田中 健太');
    await page.getByLabel('どこから').fill('198.51.100.9');
    await page.getByLabel('何を').selectOption({ label: 'トークを使う' });
    await page.getByRole('radio', { name: /^保存前/u }).click();
    await page.getByRole('button', { name: '判定する' }).click();
    const verdict = page.locator('[data-verdict="denied"].verdict');
    await verdict.getByText('いまの規則（版0）ではできます').waitFor();
    expect(await verdict.innerText()).toContain('NET-01');
    expect(await page.locator('[data-step="network"]').getAttribute('data-effect')).toBe('deny');
    expect(await page.locator('[data-step="version"]').getAttribute('data-effect')).toBe('allow');
    expect(await page.locator('[data-step="service"]').getAttribute('data-effect')).toBe('not_reached');
    expect(await page.locator('.seen-text[lang="ja"]').innerText()).toContain('このネットワークからは利用できません');
    expect(await page.locator('.seen-text[lang="en"]').innerText()).toContain('You can’t use Hikyaku from this network');
    expect(await page.locator('[data-other="mobile"]').getAttribute('data-verdict')).toBe('allowed');
    await goToSection(page, 'ネットワーク');
  });

  it('takes itself back when nobody confirms it, and says so on whatever screen one is', async () => {
    // The console gives two minutes; here the smallest time that the server takes.
    await page.route('**/api/policy.set', async (route) => {
      const body = route.request().postDataJSON() as { confirmWithinSeconds?: number };
      expect(body.confirmWithinSeconds).toBe(120);
      await route.continue({ postData: JSON.stringify({ ...body, confirmWithinSeconds: 10 }) });
    });
    await page.getByRole('button', { name: '1人の接続を切って保存…' }).click();
    const sure = page.getByRole('dialog', { name: '1人の接続が切れます' });
    await sure.getByText('田中 健太').waitFor();
    await sure.getByRole('button', { name: '接続を切って保存' }).click();
    await banner('確認を待っています').waitFor();
    expect(await fate()).toBe('network_denied');
    await goToSection(page, 'ファイル');
    await banner('確認を待っています').waitFor();
    await banner('自動で元に戻りました').waitFor({ timeout: 25_000 });
    expect(await fate()).toBe('allowed');
    expect((await rulesInForce(office)).policy.network).toMatchObject({ mode: 'all', ranges: [] });
    await banner('自動で元に戻りました').getByRole('button', { name: '閉じる' }).click();
    await page.unroute('**/api/policy.set');
  });

  it('stays when it is confirmed, and an exempt member goes on from anywhere', async () => {
    await goToSection(page, 'ネットワーク');
    await page.getByRole('radio', { name: '指定したIPアドレスからのみ使える' }).click();
    await page.getByLabel('加えるアドレス').fill('127.0.0.1');
    await page.getByRole('button', { name: '1件を加える' }).click();
    await page.getByRole('button', { name: '1人の接続を切って保存…' }).click();
    await page.getByRole('button', { name: '接続を切って保存' }).click();
    await banner('確認を待っています').getByRole('button', { name: 'このまま使う' }).click();
    await banner('確認を待っています').waitFor({ state: 'detached' });
    expect(await rulesInForce(office)).toMatchObject({ pending: null, policy: { network: { mode: 'designated', ranges: ['127.0.0.1'] } } });
    expect(await fate()).toBe('network_denied');
    await pickMember(page, 'メンバーを探して加える', '田中 健太');
    await page.getByText('接続が切れる人はいません').waitFor();
    await page.getByRole('button', { name: '保存して2分間試す' }).click();
    await banner('確認を待っています').waitFor();
    expect(await fate()).toBe('allowed');
    expect((await rulesInForce(office)).policy.network.exceptions).toEqual([tanakaId]);
    await banner('確認を待っています').getByRole('button', { name: 'いま元に戻す' }).click();
    await banner('確認を待っています').waitFor({ state: 'detached' });
    expect(await fate()).toBe('network_denied');
  });

  it('can name countries, which count only where all addresses are allowed', async () => {
    await page.getByRole('radio', { name: 'すべてのIPアドレスから使える' }).click();
    await turn(page, 'network.limitCountries');
    await page.getByText('一つも選んでいないため').waitFor();
    await page.getByRole('searchbox', { name: '国・地域を探す' }).fill('nihon');
    await page.getByText('当てはまる国・地域はありません').waitFor();
    await page.getByRole('searchbox', { name: '国・地域を探す' }).fill('japan');
    await page.getByRole('checkbox', { name: /^日本/u }).click();
    await choose(page, 'network.outside', '禁止する');
    await choose(page, 'network.unknownCountry', '許可した国として扱う');
    await page.getByRole('button', { name: '保存して2分間試す' }).click();
    await banner('確認を待っています').getByRole('button', { name: 'このまま使う' }).click();
    await banner('確認を待っています').waitFor({ state: 'detached' });
    expect((await rulesInForce(office)).policy.network).toMatchObject({
      mode: 'all',
      limitCountries: true,
      countries: ['JP'],
      outside: 'block',
      unknownCountry: 'inside',
    });
    // An address of another country, and one of a private network, which has none.
    expect(await fate({ 'x-forwarded-for': '8.8.8.8' })).toBe('country_denied');
    expect(await fate({ 'x-forwarded-for': '10.0.0.8' })).toBe('allowed');
    await closeToasts(page);
  });
});

describe('the simulator', () => {
  it('says of a file what really happens to it', async () => {
    const patch = { blockedExtensions: { talk: ['exe'] }, network: { limitCountries: false } };
    expect((await office.administer('policy.set', { patch })).body.ok).toBe(true);
    await goToSection(page, 'シミュレーター');
    const simulated = async (name: string): Promise<string> => {
      await page.getByLabel('ファイル名').fill(name);
      await page.getByRole('button', { name: '判定する' }).click();
      await page.waitForResponse((response) => response.url().endsWith('/api/policy.simulate'));
      const verdict = page.locator('.verdict');
      await verdict.waitFor();
      return (await verdict.locator('.verdict-id').count()) === 0 ? 'allowed' : verdict.locator('.verdict-id').innerText();
    };
    const real = async (name: string): Promise<string> => {
      const { body } = await tanaka.call('file.judge', { service: 'talk', name, sizeBytes: 1_048_576 }, elsewhere);
      const { allowed, rule: id } = body.value as { allowed: boolean; rule?: string };
      return allowed ? 'allowed' : (id ?? '');
    };
    await pickMember(page, 'だれが', '田中 健太');
    await page.getByLabel('どこから').fill('198.51.100.9');
    await page.getByLabel('何を').selectOption({ label: 'ファイルを送る・置く' });
    for (const [name, wanted] of [
      ['report.exe', 'FIL-01'],
      ['report.docx', 'allowed'],
      ['報告.ＥＸＥ', 'FIL-01'],
    ] as const) {
      await eventually(() => simulated(name), wanted);
      expect([name, await real(name)]).toEqual([name, wanted]);
    }
    expect(await page.locator('.seen-text[lang="ja"]').innerText()).toContain('拡張子 exe のファイルは送れません');
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe('the access block', () => {
  it('shows on the first screen, lists who is blocked with a file to download, and is lifted there', async () => {
    await office.administer('member.setAppBlock', { member: 'sato', blocked: true });
    await goToSection(page, 'ホーム');
    await page.locator('[data-matter="blocked"]').getByRole('link', { name: /見る/u }).click();
    const row = page.getByRole('row').filter({ hasText: '佐藤 美咲' });
    await row.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /xlsx/u }).click()]);
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString('latin1'),
    ).toBe('PK');
    await row.getByRole('button', { name: 'ブロックを解除' }).click();
    await page.getByText('ブロック中のメンバーはいません').waitFor();
    const sato = await office.client('sato');
    expect((await sato.call('session.current')).status).toBe(200);
  });
});

describe('devices', () => {
  const wipeDialog = () => page.getByRole('dialog', { name: /のデータを消去します/u });

  it('are found by person, and wiped only by who types the name of the device', async () => {
    await goToSection(page, '端末');
    await page.getByRole('searchbox', { name: /^端末・人/u }).fill('田中');
    await page.getByRole('grid', { name: '端末' }).getByRole('row').filter({ hasText: '田中 健太' }).click();
    await page.getByRole('button', { name: '端末を消去…' }).click();
    const order = wipeDialog().getByRole('button', { name: '消去を指示する' });
    expect(await order.isDisabled()).toBe(true);
    await wipeDialog().getByRole('textbox').fill('PC-02');
    expect(await order.isDisabled()).toBe(true);
    await wipeDialog().getByRole('textbox').fill('PC-01');
    await order.click();
    await wipeDialog().waitFor({ state: 'detached' });
    await page.getByRole('grid', { name: '端末' }).getByText('消去を指示済み').waitFor();
    await eventually(fate, 'device_wiped');
  });

  it('that wait to be wiped are on the first screen, and the order can be taken back', async () => {
    await goToSection(page, 'ホーム');
    await page.locator('[data-matter="wipes"]').getByRole('link', { name: /見る/u }).click();
    await page.getByRole('grid', { name: '端末' }).getByRole('row').filter({ hasText: '消去を指示済み' }).click();
    await page.getByRole('button', { name: '消去の指示を取り消す' }).click();
    await page.getByText('消去を指示済み').first().waitFor({ state: 'detached' });
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe('the audit log', () => {
  it('finds a change of rules by act and person, tells it in words, and holds', async () => {
    await goToSection(page, '監査ログ');
    await page.getByLabel('操作', { exact: true }).selectOption({ label: '規則の変更' });
    await pickMember(page, 'だれが', '黒川');
    const rows = page.getByRole('grid', { name: '監査ログ' }).getByRole('row');
    await eventually(
      async () => new Set((await rows.allInnerTexts()).slice(1).map((text) => text.includes('規則の変更'))),
      new Set([true]),
    );
    await page.getByRole('row').nth(1).click();
    const details = page.getByRole('complementary', { name: '記録の内容' });
    await details.getByText('トークで禁止する拡張子', { exact: true }).waitFor();
    expect(await details.innerText()).toContain('exe');
    await page.getByLabel('結果').selectOption({ label: '拒否' });
    await page.getByText('この条件に当てはまる記録はありません').waitFor();
    await page.getByRole('button', { name: '条件を消す' }).last().click();
    await page.getByRole('button', { name: '改ざんがないか確かめる' }).click();
    const verified = page.getByRole('dialog', { name: '改ざんがないか確かめる' });
    await verified.getByText(/件の記録に改ざんはありません/u).waitFor();
    expect(await verified.getByLabel('最後の記録のハッシュ').inputValue()).toMatch(/^[0-9a-f]{64}$/u);
    await verified.getByRole('button', { name: '閉じる' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSVをダウンロード' }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('policy.set');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(admin.complaints()).toEqual([]);
  });

  it('shows a new record without being asked', async () => {
    await page.getByLabel('操作', { exact: true }).selectOption({ label: '停止の解除' });
    await page.getByText('この条件に当てはまる記録はありません').waitFor();
    await office.administer('member.setState', { member: 'suzuki', state: 'suspended' });
    await office.administer('member.setState', { member: 'suzuki', state: 'active' });
    await page.getByRole('grid', { name: '監査ログ' }).getByRole('row').filter({ hasText: '停止の解除' }).waitFor();
    // Everything so far went over a connection that held.
    expect(await page.locator('.strip').count()).toBe(0);
  });
});

it('rules that are typed on one screen do not lose a member who was picked on another', async () => {
  await goToSection(page, 'ネットワーク');
  await rule(page, 'network.exceptions').waitFor();
  await pickMember(page, 'メンバーを探して加える', '鈴木');
  await goToSection(page, 'ファイル');
  await turn(page, 'files.externalRooms');
  await goToSection(page, 'ネットワーク');
  expect(await rule(page, 'network.exceptions').getByText('追加').count()).toBe(1);
  await page.getByRole('button', { name: '変更を捨てる' }).click();
});
