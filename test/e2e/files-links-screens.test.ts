import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// What links Talk and Drive (FIL-03), in the real renderer over a company and a Drive in memory.

const contact = { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' };
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

const openRoom = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  const page = await renderer.open({ route: '/talk/plant', drive: true, policy: { contact }, ...options });
  await page.locator('textarea.draft').waitFor();
  return page;
};
const sheet = '搬入スケジュール_第3版.xlsx';
const card = (page: Page): Locator => page.locator('.file-card').filter({ hasText: sheet });
const picker = (page: Page): Locator => page.getByRole('dialog');
const option = (page: Page, name: string): Locator => picker(page).getByRole('option').filter({ hasText: name });
const openFileMenu = (page: Page): Promise<void> =>
  card(page)
    .getByRole('button', { name: `${sheet}の操作` })
    .click();
async function openSaveToDrive(page: Page): Promise<void> {
  await openFileMenu(page);
  await page.getByRole('menuitem', { name: 'ドライブに保存…' }).click();
  await picker(page).getByText('すべてのドライブ').waitFor();
}
async function openAttach(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'ファイルを添付' }).click();
  await page.getByRole('menuitem', { name: 'ドライブから…' }).click();
  await picker(page).getByText('すべてのドライブ').waitFor();
}
const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) =>
      [...window.fake.calls, ...window.fakeDrive.calls].filter((call) => call.name === wanted).map(({ input }) => input as object),
    name,
  );
/** Stands on a line by the arrows, as a person without a mouse does. */
async function walkTo(page: Page, name: string): Promise<void> {
  await option(page, name).waitFor();
  for (let step = 0; step < 30 && !(await option(page, name).evaluate((row) => row.classList.contains('active'))); step += 1)
    await page.keyboard.press('ArrowDown');
}
async function goByKeys(page: Page, name: string): Promise<void> {
  await walkTo(page, name);
  await page.keyboard.press('Enter');
}

describe('saving a file of a message to Drive', () => {
  it('goes by keyboard to a folder, and shows it there', async () => {
    const page = await openRoom();
    await openSaveToDrive(page);
    await goByKeys(page, '設備設計');
    await goByKeys(page, '第2工場');
    await option(page, '03_見積').waitFor();
    await page.keyboard.type('03');
    await page.keyboard.press('ArrowRight');
    await picker(page).getByText('この中にフォルダーはありません').waitFor();
    await page.keyboard.press('Backspace');
    await option(page, '03_見積').click();
    expect(await violationsOf(page)).toEqual([]);
    await picker(page).getByRole('button', { name: '「03_見積」に保存' }).click();
    await page.getByText(`「${sheet}」を「03_見積」に保存しました`).waitFor();
    expect(await picker(page).count()).toBe(0);
    await page.locator('.toast').getByRole('button', { name: '表示' }).click();
    await page.getByRole('grid', { name: '03_見積の内容' }).getByText(sheet).first().waitFor();
    expect(renderer.problems()).toEqual([]);
  });

  it('says of a drive that it may only be viewed, makes a folder on the way, and begins where it ended', async () => {
    const page = await openRoom();
    await openSaveToDrive(page);
    await option(page, '品質保証').getByText('閲覧のみのドライブです。ここには保存できません。').waitFor();
    expect(await option(page, '品質保証').getAttribute('aria-disabled')).toBe('true');
    await option(page, '品質保証').dblclick({ force: true });
    expect(await picker(page).getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
    await option(page, 'マイドライブ').dblclick();
    await picker(page).getByRole('button', { name: '新しいフォルダー' }).click();
    await page.keyboard.press('Escape');
    expect(await picker(page).getByRole('textbox').count()).toBe(0);
    await picker(page).getByRole('button', { name: '新しいフォルダー' }).click();
    await picker(page).getByRole('textbox', { name: '新しいフォルダーの名前' }).fill('受け取ったもの');
    await page.keyboard.press('Enter');
    await picker(page).getByRole('button', { name: '「受け取ったもの」に保存' }).waitFor();
    await page.keyboard.press('Escape');
    await openSaveToDrive(page);
    await picker(page).getByRole('button', { name: '「受け取ったもの」に保存' }).waitFor();
    expect(await calls(page, 'message.saveToDrive')).toEqual([]);
  });

  it('is kept from it by a list of Drive, which the menu says; what only the server knows is said in the dialog', async () => {
    const page = await openRoom();
    await openSaveToDrive(page);
    await option(page, '営業企画').dblclick();
    await picker(page).getByRole('button', { name: '「営業企画」に保存' }).waitFor();
    await page.evaluate(() => window.fakeDrive.refuseNext('denied', 'file_type_blocked', 'exe'));
    await picker(page).getByRole('button', { name: '「営業企画」に保存' }).click();
    await picker(page).getByRole('alert').getByText('ファイルの中身が、禁止されている種類（exe）です').waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate((rules) => window.fake.setPolicy(rules), { contact, blockedExtensions: { drive: ['xlsx'] } });
    await card(page).click({ button: 'right' });
    const line = page.getByRole('menuitem', { name: 'ドライブに保存…' });
    await line.getByText('拡張子 xlsx のファイルは送れません。規則「ファイルの種類」によるものです。').waitFor();
    expect(await line.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('is offered by the list of files in the room’s details too', async () => {
    const page = await openRoom();
    const line = page.locator('.details .person').filter({ hasText: sheet });
    await line.getByRole('button', { name: `${sheet}の操作` }).click();
    await page.getByRole('menuitem', { name: 'ドライブに保存…' }).click();
    await picker(page).getByRole('heading', { name: 'ドライブに保存' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('says what failed to load, and tries again', async () => {
    const page = await openRoom();
    await openSaveToDrive(page);
    await page.evaluate(() => window.fakeDrive.nodes.set('equip-root', { ...window.fakeDrive.nodes.get('equip-root')!, trashed: true }));
    await option(page, '設備設計').dblclick();
    await picker(page).getByRole('alert').getByText('フォルダーを読み込めませんでした').waitFor();
    await page.evaluate(() => window.fakeDrive.nodes.set('equip-root', { ...window.fakeDrive.nodes.get('equip-root')!, trashed: false }));
    expect(await violationsOf(page)).toEqual([]);
    await picker(page).getByRole('button', { name: 'もう一度' }).click();
    await option(page, '第2工場').waitFor();
  });
});

describe('attaching files of Drive', () => {
  it('takes several from several folders; their chips outlive another room and go with the message', async () => {
    const page = await openRoom({ settings: { sendKey: 'enter' } });
    await openAttach(page);
    await option(page, '品質保証').dblclick();
    await option(page, '校正記録.pdf').click();
    await page.keyboard.press('Backspace');
    await goByKeys(page, '設備設計');
    await goByKeys(page, '第2工場');
    await walkTo(page, '床荷重計算書');
    await page.keyboard.press('Space');
    await picker(page).getByText('2個・3.4 MB').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await picker(page).getByRole('button', { name: '添付', exact: true }).click();
    const chips = page.locator('.attachment');
    expect(await chips.count()).toBe(2);
    expect(await chips.first().getByRole('img', { name: 'ドライブのファイル' }).count()).toBe(1);
    await page.keyboard.press('Alt+ArrowDown');
    await page.locator('.attachment').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+ArrowUp');
    expect(await chips.count()).toBe(2);
    await page.locator('textarea.draft').fill('記録です');
    await page.keyboard.press('Enter');
    await page.locator('.message').last().locator('.file-card').filter({ hasText: '校正記録.pdf' }).waitFor();
    const [sent] = (await calls(page, 'message.send')) as { handles: string[]; nodeIds: string[] }[];
    expect(sent).toMatchObject({ handles: [], nodeIds: [expect.any(String), 'loads'] });
  });

  it('leaves what the rules of either service keep from Talk, and says which rule and whom to ask', async () => {
    const page = await openRoom({
      policy: { contact, blockedExtensions: { talk: ['zip'], drive: ['dwg'] }, talkFileLimitBytes: 5 * 1_048_576 },
    });
    await openAttach(page);
    await goByKeys(page, '設備設計');
    await option(page, '第2工場').dblclick();
    await option(page, '2F_レイアウト').getByText('送れません（規則「ファイルの種類」、拡張子 dwg）').waitFor();
    await option(page, '測量データ').getByText('拡張子 zip').waitFor();
    await option(page, '2F_レイアウト').click({ force: true });
    await picker(page).getByRole('alert').getByText('情報システム部（内線4410）へ').waitFor();
    expect(await picker(page).getByRole('button', { name: '添付', exact: true }).isDisabled()).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('ends at twenty files', async () => {
    const page = await openRoom();
    await page.evaluate(() => {
      for (let index = 1; index <= 22; index += 1) window.fakeDrive.add('quotes', `見積${index}.pdf`, 1_000, Date.now(), 'todo');
    });
    await openAttach(page);
    await goByKeys(page, '設備設計');
    await option(page, '第2工場').dblclick();
    await option(page, '03_見積').dblclick();
    await option(page, '見積1.pdf').waitFor();
    for (let index = 0; index < 21; index += 1) {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Space');
    }
    await picker(page).getByRole('alert').getByText('一度に送れるのは20個までです。').waitFor();
    await picker(page).getByText(/^20個/).waitFor();
    await picker(page).getByRole('button', { name: '添付', exact: true }).click();
    expect(await page.locator('.attachment').count()).toBe(20);
    await page.getByRole('button', { name: 'ファイルを添付' }).click();
    await page.getByRole('menuitem', { name: 'ドライブから…' }).getByText('一度に送れるのは20個までです。').waitFor();
  });
});

describe('content that is refused', () => {
  const said = [
    ['file_type_blocked', 'exe', 'ファイルの中身が、禁止されている種類（exe）です'],
    ['archive_blocked', 'scr', '圧縮ファイルの中に、禁止されている種類のファイル（scr）があります'],
    ['archive_unreadable', null, '圧縮ファイルの中を確かめられないため'],
    ['virus_found', 'Eicar-Test', 'ウイルスが見つかったため、受け付けませんでした（Eicar-Test）'],
    ['scanner_unavailable', null, 'ウイルス検査ができないため'],
  ] as const;

  it.each(said)('by %s keeps the message, says why, and can be sent again', async (reason, subject, text) => {
    const page = await openRoom({ settings: { sendKey: 'enter' } });
    await page.evaluate((refusal) => void (window.fake.refusal = refusal), { code: 'denied', reason, subject });
    await page.locator('textarea.draft').fill('見積書です');
    await page.keyboard.press('Enter');
    const failed = page.locator('.message.failed');
    await failed.getByText(text).waitFor();
    await page.evaluate(() => void (window.fake.refusal = null));
    await failed.getByRole('button', { name: 'もう一度送る' }).click();
    await failed.waitFor({ state: 'detached' });
    expect(await page.locator('.bubble', { hasText: '見積書です' }).count()).toBe(1);
  });

  it('waits while the virus scan runs, and says so', async () => {
    const page = await openRoom({ settings: { sendKey: 'enter' } });
    await page.evaluate((refusal) => void (window.fake.refusal = refusal), { code: 'denied', reason: 'scan_pending', subject: null });
    await page.locator('textarea.draft').fill('大きい図面です');
    await page.keyboard.press('Enter');
    const waiting = page.locator('.message').filter({ hasText: '大きい図面です' });
    await waiting.getByText('送信待ち').waitFor();
    await waiting.getByText('ウイルス検査の途中です。終わると使えるようになります。').waitFor();
    await page.evaluate(() => {
      window.fake.refusal = null;
      window.fake.goOnline();
    });
    await waiting.getByText('送信待ち').waitFor({ state: 'detached' });
    expect(await waiting.count()).toBe(1);
  });

  it.each(said)('by %s stands in the transfers with the reason, and can be tried again', async (reason, subject, text) => {
    const page = await renderer.open({ route: '/drive/plant', drive: true, policy: { contact } });
    await page.getByRole('grid', { name: '第2工場の内容' }).waitFor();
    await page.evaluate(
      (why) => {
        window.fakeDrive.transfers = [
          {
            id: crypto.randomUUID(),
            direction: 'up',
            name: '見積書.pdf',
            spaceId: 'equip',
            folderId: 'plant',
            sizeBytes: 4_000,
            doneBytes: 4_000,
            bytesPerSecond: 0,
            revealable: false,
            state: 'refused',
            code: 'denied',
            ...why,
          },
        ];
        window.fakeDrive.transfersChanged();
      },
      { reason, subject },
    );
    const row = page.getByRole('region', { name: '転送' }).getByRole('listitem').filter({ hasText: '見積書.pdf' });
    await row.getByText(text).waitFor();
    await row.getByText('ファイルはこのPCに残っています。').waitFor();
    await row.getByRole('button', { name: '見積書.pdfをもう一度' }).click();
    await row.getByText('加えました').waitFor();
    expect(await row.count()).toBe(1);
  });

  it('is listed by sync with the reason and what to do, also what only waits for the scanner', async () => {
    const page = await renderer.open({ route: '/sync', drive: true, policy: { contact } });
    const skipped = page.getByRole('table', { name: '同期しなかったもの' });
    await skipped.waitFor();
    await page.evaluate(() => {
      const issue = (reason: string, subject: string | null, kind: 'skipped' | 'failed' = 'skipped') =>
        ({ rootId: 'r1', path: `${reason}.pdf`, kind, reason, subject, otherPath: null, at: Date.now() }) as const;
      window.fakeDrive.issues = [
        issue('file_type_blocked', 'exe'),
        issue('archive_blocked', 'scr'),
        issue('archive_unreadable', null),
        issue('virus_found', 'Eicar-Test'),
        issue('scan_pending', null, 'failed'),
        issue('scanner_unavailable', null, 'failed'),
      ];
      window.fakeDrive.syncChanged();
    });
    const line = async (name: string): Promise<string> =>
      (await skipped.getByRole('row').filter({ hasText: name }).innerText()).replaceAll(/\s+/gu, ' ');
    await skipped.getByText('archive_unreadable.pdf').first().waitFor();
    expect(await line('file_type_blocked')).toContain('管理者の規則（中身がexe） 情報システム部（内線4410）に相談する');
    expect(await line('archive_blocked')).toContain('管理者の規則（圧縮の中にscr） 情報システム部（内線4410）に相談する');
    expect(await line('archive_unreadable')).toContain('中を確かめられない圧縮ファイル');
    expect(await line('virus_found')).toContain('ウイルス（Eicar-Test） このPCから削除することをおすすめします');
    expect(await line('scan_pending')).toContain('ウイルス検査の途中 終わると自動で送る');
    expect(await line('scanner_unavailable')).toContain('ウイルス検査ができない 検査が動くと自動で送る');
  });
});
