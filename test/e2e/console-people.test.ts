import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, type BrowserWindow } from '../support/browser.ts';
import { goToSection, logInToConsole, openConsoleOffice, type ConsoleOffice } from '../support/console.ts';
import { eventually } from '../support/office.ts';

// The console in the system's Chromium, on a real server. The steps build on each other.

let office: ConsoleOffice;
let admin: BrowserWindow;
let page: Page;

beforeAll(async () => {
  office = await openConsoleOffice();
  admin = await office.open('admin', { at: '/members' });
  ({ page } = admin);
});
afterAll(async () => {
  await office?.close();
});

const grid = (): Locator => page.getByRole('grid', { name: 'メンバーの一覧' });
const row = (name: string): Locator => grid().getByRole('row').filter({ hasText: name });
const toast = (text: string): Locator => page.locator('.toast').filter({ hasText: text });

/** Opens a member's page from the list. */
async function openMember(name: string): Promise<Locator> {
  await goToSection(page, 'メンバー');
  await page.getByRole('searchbox', { name: /^名前・よみがな/u }).fill(name);
  await row(name).getByRole('link').click();
  const found = page.getByRole('region', { name: `${name}のページ` });
  await found.waitFor();
  return found;
}
/** Takes an entry of the page's menu of further acts. */
async function act(name: string): Promise<void> {
  await page.locator('.member-head').getByRole('button', { name: 'ほかの操作' }).click();
  await page.getByRole('menuitem', { name }).click();
}

describe('the console', () => {
  it('is a page of its own, opens by the cookie of its login and survives a reload at any address', async () => {
    await grid().waitFor();
    expect(new URL(page.url()).pathname).toBe('/admin/members');
    await goToSection(page, '組織');
    await page.reload();
    await page.getByRole('tree').waitFor();
    expect(await page.title()).toBe('組織 · 管理コンソール');
    await page.goBack();
    await grid().waitFor();
  });

  it('says what is wrong with a login, and takes the right one', async () => {
    const other = await office.open(null);
    await logInToConsole(other.page, 'admin', 'not-the-password');
    await other.page.getByRole('alert').getByText('メンバーIDかパスワードが違います。').waitFor();
    expect(await other.context.cookies()).toEqual([]);
    await logInToConsole(other.page, 'admin');
    await other.page.getByRole('navigation', { name: '管理する項目' }).waitFor();
    await other.context.close();
  });

  it('tells a member without any right that there is nothing for them', async () => {
    const member = await office.open('sato');
    await member.page.getByText('管理コンソールを使う権限がありません').waitFor();
    expect(await member.page.getByRole('link', { name: 'メンバー' }).count()).toBe(0);
    await member.context.close();
  });
});

describe('members', () => {
  it('are found while typing, by name, reading or id', async () => {
    await goToSection(page, 'メンバー');
    const search = page.getByRole('searchbox', { name: /^名前・よみがな/u });
    for (const text of ['佐藤', 'さとう みさき', 'サトウミサキ', 'sato']) {
      await search.fill('だれでもない');
      await page.getByText('当てはまるメンバーはいません').waitFor();
      await search.fill(text);
      await eventually(() => row('佐藤 美咲').count(), 1);
      await eventually(async () => (await grid().getByRole('row').count()) < 10, true);
    }
    await search.fill('だれでもない');
    await page.getByText('当てはまるメンバーはいません').waitFor();
    await page.getByRole('button', { name: '条件を消す' }).click();
    await eventually(async () => (await grid().getByRole('row').count()) > 10, true);
    expect(await search.inputValue()).toBe('');
  });

  it('are added by the form; the password is shown once and logs in', async () => {
    await page.getByRole('button', { name: 'メンバーを追加' }).click();
    const form = page.getByRole('dialog', { name: 'メンバーを追加' });
    await form.getByLabel('姓', { exact: true }).fill('試験');
    await form.getByLabel('名', { exact: true }).fill('花子');
    await form.getByLabel('姓（よみがな）').fill('しけん');
    await form.getByLabel('名（よみがな）').fill('はなこ');
    await form.getByLabel('メンバーID').fill('shiken.hanako');
    await form.getByLabel('メールアドレス').fill('hanako@example.com');
    await form.getByLabel('組織').selectOption({ label: '　総務部' });
    await form.getByRole('button', { name: '追加', exact: true }).click();
    const result = page.getByRole('dialog', { name: '試験 花子のパスワード' });
    const password = await result.locator('.made-password').innerText();
    await result.getByRole('button', { name: '閉じる' }).click();
    await page.getByRole('searchbox', { name: /^名前・よみがな/u }).fill('しけん');
    await row('試験 花子').getByText('総務部').waitFor();
    expect(await page.content()).not.toContain(password);
    const other = await office.open(null);
    await logInToConsole(other.page, 'shiken.hanako', password);
    await other.page.getByText('最初のログインです。自分のパスワードを決めてください。').waitFor();
    await other.page.getByLabel('新しいパスワード').fill('Himitsu-2026a');
    await other.page.getByLabel('もう一度入力').fill('Himitsu-2026b');
    await other.page.getByRole('button', { name: '続ける' }).click();
    await other.page.getByText('二つのパスワードが違います。').waitFor();
    await other.page.getByLabel('もう一度入力').fill('Himitsu-2026a');
    await other.page.getByRole('button', { name: '続ける' }).click();
    await other.page.getByText('管理コンソールを使う権限がありません').waitFor();
    await other.context.close();
  });

  it('are refused with the reason where the id is taken, and the form keeps what was typed', async () => {
    await page.getByRole('button', { name: 'メンバーを追加' }).click();
    const form = page.getByRole('dialog', { name: 'メンバーを追加' });
    await form.getByLabel('姓', { exact: true }).fill('二人');
    await form.getByLabel('姓（よみがな）').fill('ふたり');
    await form.getByLabel('メンバーID').fill('sato');
    await form.getByRole('button', { name: '追加', exact: true }).click();
    await form.getByRole('alert').getByText('メンバーID「sato」は、すでに使われています。').waitFor();
    expect(await form.getByLabel('姓', { exact: true }).inputValue()).toBe('二人');
    await form.getByRole('button', { name: 'やめる' }).click();
  });

  it('come from a CSV file: faults are told by line, the good ones are added, passwords are saved once', async () => {
    const file = path.join(office.folder, 'members.csv');
    writeFileSync(
      file,
      'メンバーID,名前,よみがな,組織\ncsv.one,一番 太郎,いちばん たろう,総務部\nsato,二重 次郎,にじゅう じろう,\n,名無し,ななし,\n',
    );
    await page.getByRole('button', { name: 'ほかの操作' }).first().click();
    await page.getByRole('menuitem', { name: 'ファイルから追加' }).click();
    const dialog = page.getByRole('dialog', { name: 'ファイルから追加' });
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'CSVファイルを選ぶ' }).click(),
    ]);
    await chooser.setFiles(file);
    await dialog.getByText('追加できる 1').waitFor();
    await dialog.getByText('直すところがある 2').waitFor();
    await dialog.getByRole('row').filter({ hasText: '二重 次郎' }).getByText('すでに使われています').waitFor();
    await dialog.getByRole('button', { name: '1人を追加' }).click();
    await dialog.getByText('1人を追加しました。').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'パスワードの一覧をダウンロード（.csv）' }).click(),
    ]);
    const saved = readFileSync(await download.path(), 'utf8');
    expect(saved).toMatch(/"csv\.one","[^"]{8,}"/u);
    await dialog.getByRole('button', { name: '閉じる' }).first().click();
    await page.getByRole('searchbox', { name: /^名前・よみがな/u }).fill('csv.one');
    await row('一番 太郎').waitFor();
  });
});

/** A member's state as the server has it. */
async function stateOf(memberId: string): Promise<string | undefined> {
  const states = ['active', 'suspended', 'suspended_failures', 'leave', 'deleted'];
  const { members } = (await office.administer('member.list', { text: memberId, states })).body.value as {
    members: { memberId: string; state: string }[];
  };
  return members.find((member) => member.memberId === memberId)?.state;
}

describe('the page of a member', () => {
  it('suspends: the session ends at once, the state says by whom, and undoing lets them in again', async () => {
    const sato = await office.client('sato');
    expect((await sato.call('session.current')).status).toBe(200);
    const details = await openMember('佐藤 美咲');
    await details.getByText('PC-01').first().waitFor();
    await details.getByRole('button', { name: '利用を停止' }).click();
    await details.getByText('停止（管理者による）').waitFor();
    expect((await sato.call('session.current')).status).toBe(401);
    await expect(office.client('sato')).rejects.toThrow('member_suspended');
    await toast('1人の利用を停止しました。').getByRole('button', { name: '元に戻す' }).click();
    await details.getByText('利用中', { exact: true }).first().waitFor();
    await office.client('sato');
  });

  it('blocks apps: the list and the page say so in the rule’s words, apps are refused, the browser is not', async () => {
    const details = await openMember('佐藤 美咲');
    await details.getByRole('button', { name: 'アプリをブロック' }).click();
    await details.getByText('アクセスブロック中').waitFor();
    await details.getByRole('heading', { name: '[ブロック中] 佐藤 美咲' }).waitFor();
    await expect(office.client('sato')).rejects.toThrow('app_blocked');
    const browser = await office.open('sato');
    await browser.page.getByText('管理コンソールを使う権限がありません').waitFor();
    await browser.context.close();
    await page.getByRole('link', { name: 'メンバーの一覧へ' }).click();
    await page.getByRole('radio', { name: 'ブロック中' }).click();
    await row('[ブロック中]').getByText('佐藤 美咲').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: 'ほかの操作' })
        .first()
        .click()
        .then(() => page.getByRole('menuitem', { name: /^ブロック中の一覧/u }).click()),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/u);
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await page.getByRole('radio', { name: '在籍' }).click();
    await (await openMember('佐藤 美咲')).getByRole('button', { name: 'アプリのブロックを解除' }).click();
    await page.getByText('使えます', { exact: true }).waitFor();
    await office.client('sato');
  });

  it('sets a made password, shown once; the old one no longer opens anything', async () => {
    await openMember('田中 健太');
    await act('パスワードを設定');
    const dialog = page.getByRole('dialog', { name: '田中 健太のパスワード' });
    await dialog.getByRole('button', { name: 'パスワードを設定' }).click();
    const password = await dialog.locator('.made-password').innerText();
    expect(password.length).toBeGreaterThanOrEqual(8);
    await dialog.getByRole('button', { name: '閉じる' }).click();
    expect(await page.content()).not.toContain(password);
    await expect(office.client('tanaka')).rejects.toThrow('wrong_credentials');
  });

  it('deletes, and takes it back from the toast and from the view of the deleted', async () => {
    await openMember('一番 太郎');
    await act('削除');
    await toast('1人を削除しました。7日間は元に戻せます。').getByRole('button', { name: '元に戻す' }).click();
    await toast('1人の削除を取り消しました。').waitFor();
    expect(await stateOf('csv.one')).toBe('active');
    await act('削除');
    await page.getByRole('button', { name: '削除を取り消す' }).waitFor();
    expect(await stateOf('csv.one')).toBe('deleted');
    await page.getByRole('link', { name: 'メンバーの一覧へ' }).click();
    await page.getByRole('searchbox', { name: /^名前・よみがな/u }).fill('');
    await page.getByRole('radio', { name: '削除済み' }).click();
    await row('一番 太郎').getByRole('checkbox').click();
    await page.getByRole('toolbar').getByRole('button', { name: '削除を取り消す' }).click();
    await page.getByText('削除されたメンバーはいません').waitFor();
    expect(await stateOf('csv.one')).toBe('active');
    await page.getByRole('radio', { name: '在籍' }).click();
  });

  it('tells how somebody logged in: sessions to end, and the history by environment', async () => {
    const suzuki = await office.client('suzuki');
    const details = await openMember('鈴木 陽子');
    await details.getByRole('button', { name: 'PC-01をログアウトさせる' }).click();
    await details.getByText('ログイン中の端末はありません。').waitFor();
    expect((await suzuki.call('session.current')).status).toBe(401);
    const history = details.getByRole('table');
    await history.getByRole('row').filter({ hasText: 'ログイン' }).filter({ hasText: '127.0.0.1' }).first().waitFor();
    await details.getByRole('combobox', { name: '環境' }).selectOption({ label: 'モバイル' });
    await details.getByText('この期間の記録はありません。').waitFor();
  });

  it('orders a device to be erased only when its name was typed, and takes the order back', async () => {
    const details = await openMember('鈴木 陽子');
    await details.getByRole('button', { name: 'PC-01: ほかの操作' }).click();
    await page.getByRole('menuitem', { name: '端末のデータを消去' }).click();
    const dialog = page.getByRole('dialog', { name: 'PC-01のデータを消去' });
    await dialog.getByLabel(/^続けるには/u).fill('PC');
    expect(await dialog.getByRole('button', { name: '消去' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/^続けるには/u).fill('PC-01');
    await dialog.getByRole('button', { name: '消去' }).click();
    await details.getByText('消去を待っています').waitFor();
    await details.getByRole('button', { name: 'PC-01: ほかの操作' }).click();
    await page.getByRole('menuitem', { name: '消去を取り消す' }).click();
    await eventually(() => details.getByText('消去を待っています').count(), 0);
  });
});

describe('every screen on people', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`has nothing that axe finds wrong (${theme})`, async () => {
      const look = await office.open('admin', { theme, language: 'en' });
      for (const section of ['members', 'organisations', 'groups', 'posts', 'roles', 'invitations']) {
        await look.page.goto(`${office.url}/admin/${section}`);
        await look.page.getByRole('heading', { level: 1 }).waitFor();
        await look.page.waitForTimeout(300);
        expect(await accessibilityFaults(look.page), section).toEqual([]);
      }
      await look.page.goto(`${office.url}/admin/members`);
      await look.page.getByRole('grid').getByRole('link').nth(2).click();
      await look.page.getByRole('heading', { name: 'Devices' }).waitFor();
      expect(await accessibilityFaults(look.page)).toEqual([]);
      expect(look.complaints()).toEqual([]);
      await look.context.close();
    });
  }

  it('left no complaint in the administrator’s window', () => {
    expect(admin.complaints()).toEqual([]);
  });
});
