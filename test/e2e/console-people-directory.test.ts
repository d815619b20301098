import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserWindow } from '../support/browser.ts';
import { goToSection, openConsoleOffice, type ConsoleOffice } from '../support/console.ts';
import { eventually } from '../support/office.ts';

// Organisations, groups, posts, invitations and roles in the system's Chromium, on a real server.

let office: ConsoleOffice;
let admin: BrowserWindow;
let page: Page;

beforeAll(async () => {
  office = await openConsoleOffice();
  admin = await office.open('admin', { at: '/organisations' });
  ({ page } = admin);
});
afterAll(async () => {
  await office?.close();
});

/** Gives somebody another role from their page. */
async function giveRole(role: string): Promise<void> {
  await page.locator('.member-head').getByRole('button', { name: 'ほかの操作' }).click();
  await page.getByRole('menuitem', { name: '管理者の権限を変える' }).click();
  await page.getByRole('dialog').getByRole('combobox').selectOption({ label: role });
  await page.getByRole('dialog').getByRole('button', { name: '管理者の権限を変える' }).click();
}

describe('organisations', () => {
  it('are made, moved, refused while somebody is in them, deleted and restored', async () => {
    await goToSection(page, '組織');
    const item = (name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name} `, 'u') });
    await page.getByRole('button', { name: '組織を追加' }).click();
    await page.getByRole('dialog').getByLabel('名前').fill('試作室');
    await page.getByRole('dialog').getByRole('button', { name: '追加' }).click();
    await item('試作室').waitFor();
    expect(await item('試作室').getAttribute('aria-level')).toBe('1');
    await item('試作室').dragTo(item('製造部'));
    await eventually(() => item('試作室').getAttribute('aria-level'), '3');
    await item('製造部').getByRole('button').click();
    await page.getByRole('menuitem', { name: '削除' }).click();
    await page.getByRole('alert').getByText('「製造部」にメンバーがいるため、削除できません。').waitFor();
    await item('試作室').getByRole('button').click();
    await page.getByRole('menuitem', { name: '移す' }).click();
    await page.getByRole('dialog').getByLabel('上の組織').selectOption({ label: 'いちばん上' });
    await page.getByRole('dialog').getByRole('button', { name: '移す' }).click();
    await eventually(() => item('試作室').getAttribute('aria-level'), '1');
    await item('試作室').focus();
    await page.keyboard.press('Delete');
    await eventually(() => item('試作室').count(), 0);
    await page.getByRole('radio', { name: 'ごみ箱' }).click();
    await page.getByRole('button', { name: '元に戻す: 試作室' }).click();
    await page.getByText('ごみ箱は空です').waitFor();
    await page.getByRole('radio', { name: '使用中' }).click();
    await item('試作室').waitFor();
  });
});

describe('groups, posts and invitations', () => {
  it('are kept by their screens', async () => {
    await goToSection(page, 'グループ');
    await page.getByRole('button', { name: 'グループを追加' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('名前', { exact: true }).fill('改善委員会');
    await form.getByRole('button', { name: '追加', exact: true }).click();
    await form.getByRole('alert').getByText('マスターを1人以上選んでください。').waitFor();
    await form.getByLabel(/^マスター:/u).fill('さとう');
    await form
      .getByRole('button', { name: /佐藤 美咲/u })
      .first()
      .click();
    await form.getByRole('button', { name: '追加', exact: true }).click();
    await page.getByText('改善委員会').waitFor();

    await goToSection(page, '役職・利用者タイプ');
    for (const name of ['専任', '主査']) {
      await page.getByRole('button', { name: '利用者タイプを追加' }).click();
      await page.getByRole('dialog').getByLabel('名前').fill(name);
      await page.getByRole('dialog').getByRole('button', { name: '追加' }).click();
      await page.getByText(name, { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: '「主査」を上へ' }).click();
    await eventually(() => page.getByRole('button', { name: '「主査」を上へ' }).isDisabled(), true);

    await goToSection(page, '招待');
    await page.getByRole('combobox', { name: '招待できる人' }).selectOption({ label: '管理者だけ' });
    await page.getByRole('button', { name: '招待のリンクを作る' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '招待のリンクを作る' }).click();
    const link = await page.getByRole('dialog').getByLabel('招待のリンク').inputValue();
    expect(link).toContain(office.url);
    await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click();
    await page.getByRole('button', { name: /の招待を取り消す|に作った招待を取り消す/u }).click();
    await page.getByText('使われていない招待はありません。').waitFor();
  });
});

describe('a role of one’s own', () => {
  it('opens only its sections, at once when it is given and at once when it is taken', async () => {
    await goToSection(page, '管理者の権限');
    await page.getByRole('button', { name: '権限を追加' }).click();
    const form = page.getByRole('dialog', { name: '権限を追加' });
    await form.getByLabel('名前').fill('人事担当');
    await form.getByRole('checkbox', { name: /^組織・グループ・役職/u }).check();
    await form.getByRole('checkbox', { name: /^メンバー/u }).check();
    await form.getByText('会社全体の安全に関わる権限を含みます。').waitFor();
    await form.getByRole('button', { name: '追加' }).click();
    await page.getByText('人事担当').waitFor();

    const suzuki = await office.open('suzuki');
    await suzuki.page.getByText('管理コンソールを使う権限がありません').waitFor();
    await goToSection(page, 'メンバー');
    await page.getByRole('searchbox', { name: /^名前・よみがな/u }).fill('suzuki');
    await page.getByRole('grid').getByRole('link', { name: '鈴木 陽子' }).click();
    await giveRole('人事担当');
    const sections = suzuki.page.getByRole('navigation', { name: '管理する項目' }).getByRole('link');
    await sections.filter({ hasText: '組織' }).waitFor();
    const shown = await sections.allInnerTexts();
    expect(shown).toEqual(expect.arrayContaining(['メンバー', '組織', 'グループ', '役職・利用者タイプ']));
    for (const hidden of ['管理者の権限', '招待', 'ネットワーク', 'ファイル', '監査ログ']) expect(shown).not.toContain(hidden);
    await suzuki.page.goto(`${office.url}/admin/roles`);
    await suzuki.page.getByText('この項目を使う権限がありません').waitFor();
    await suzuki.page.goto(`${office.url}/admin/organisations`);
    await suzuki.page.getByRole('tree').waitFor();
    await giveRole('メンバー');
    await suzuki.page.getByText('管理コンソールを使う権限がありません').waitFor();
    await suzuki.context.close();
  });

  it('left no complaint in the administrator’s window', () => {
    expect(admin.complaints()).toEqual([]);
  });
});
