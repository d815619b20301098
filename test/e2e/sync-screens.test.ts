import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// Sync of the real renderer in a real Electron window, over synced folders in memory.

const rules = {
  blockedExtensions: { talk: ['exe'], drive: ['exe'] },
  contact: { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' },
};
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

const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.fakeDrive.calls.filter((call) => call.name === wanted).map(({ input }) => input as Record<string, unknown>),
    name,
  );
describe('synced folders', () => {
  const openSync = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
    const page = await renderer.open({ route: '/sync/r1', drive: true, policy: rules, ...options });
    await page.getByRole('option', { name: /^設備設計/ }).waitFor();
    return page;
  };

  it('say their state in a word each', async () => {
    const page = await openSync();
    const texts = await page.getByRole('option').allInnerTexts();
    expect(texts.map((text) => text.replaceAll('\n', ' ').trim())).toEqual([
      '設備設計 6件の確認が必要',
      '営業企画 同期済み・今日 11:42',
      'マイドライブ 同期中 41 / 56・107 MB',
      '見積レビュー 1件の確認が必要',
      '校正記録 一時停止',
      '全社共有 接続が不安定',
    ]);
    await page.getByRole('option', { name: /^見積レビュー/ }).click();
    await page.getByRole('article', { name: '同期するフォルダーが見つかりません' }).waitFor();
  });

  it('call one’s own drive as Drive does, in the language of the reader', async () => {
    const page = await openSync({ language: 'en' });
    await page.getByRole('option', { name: /^My Drive/ }).click();
    await page.getByRole('heading', { name: 'My Drive' }).waitFor();
    expect(await page.getByText('マイドライブ', { exact: true }).count()).toBe(0);
  });

  it('show both names of a conflict, and why something was left out and what to do', async () => {
    const page = await openSync();
    const conflict = page.getByRole('article', { name: '工程表.xlsx' });
    await conflict.getByRole('button', { name: '工程表.xlsxのほかの操作' }).click();
    await page.getByRole('menuitem', { name: /^工程表 \(conflict.*フォルダーで表示$/ }).click();
    expect(await calls(page, 'sync.openFolder')).toMatchObject([{ path: expect.stringContaining('conflict SAEKI-NOTE') }]);
    const skipped = page.getByRole('table', { name: '同期しなかったもの' });
    const texts = (await skipped.getByRole('row').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts.find((text) => text.includes('点検ツール設定.exe'))).toMatch(
      /管理者の規則（拡張子exe） 情報システム部（内線4410）に相談する/,
    );
    expect(texts.find((text) => text.includes('仕様'))).toContain('このPCでは「仕様：最終_.docx」で置いた');
    expect(texts.find((text) => text.includes('測定.bin'))).toContain('a_reason_of_a_newer_agent');
    await skipped.getByRole('button', { name: '月次集計.xlsxを今すぐ試す' }).click();
    expect(await calls(page, 'sync.retry')).toEqual([{ rootId: 'r1' }]);
  });

  it('ask before what was held back goes on', async () => {
    const page = await openSync();
    const guard = page.getByRole('article', { name: '214件の削除を止めました' });
    await guard.getByRole('button', { name: 'サーバーからも削除…' }).click();
    const dialog = page.getByRole('dialog', { name: 'サーバーからも削除しますか' });
    await dialog.getByRole('button', { name: 'やめる' }).click();
    expect(await calls(page, 'sync.answerGuard')).toEqual([]);
    await guard.getByRole('button', { name: 'このPCに戻す' }).click();
    expect(await calls(page, 'sync.answerGuard')).toEqual([{ rootId: 'r1', answer: 'restore' }]);
    await guard.waitFor({ state: 'detached' });
  });

  it('pause, go on, are added and removed; a folder that cannot be used is refused with its reason', async () => {
    const page = await openSync();
    await page.getByRole('button', { name: 'ほかの操作', exact: true }).click();
    await page.getByRole('menuitem', { name: '一時停止', exact: true }).click();
    await page.getByText('一時停止しています').waitFor();
    await page.getByRole('main').getByRole('button', { name: '再開' }).click();
    await page.getByText('すべて同期済みです').waitFor();
    await page.getByRole('button', { name: 'ほかの操作', exact: true }).click();
    await page.getByRole('menuitem', { name: '同期をやめる…' }).click();
    await page.getByText('のファイルはこのPCに残ります').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '同期をやめる', exact: true }).click();
    await page.getByRole('option', { name: /^設備設計/ }).waitFor({ state: 'detached' });

    await page.evaluate(() => window.fakeDrive.refuseNext('invalid', 'place_nested'));
    await page.getByRole('button', { name: '同期するフォルダーを加える' }).click();
    const dialog = page.getByRole('dialog', { name: '同期するフォルダーを加える' });
    await dialog.getByRole('combobox', { name: 'ドライブ', exact: true }).selectOption({ label: '設備設計' });
    await dialog.getByRole('button', { name: '選ぶ…', exact: true }).click();
    await dialog.getByText('営業の控え').waitFor();
    await dialog.getByRole('button', { name: '同期を始める' }).click();
    await dialog.getByRole('alert').getByText('すでに同期しているフォルダーの中か').waitFor();
    await dialog.getByRole('button', { name: '同期を始める' }).click();
    await page.getByRole('option', { name: /^設備設計/ }).waitFor();
    expect(await calls(page, 'sync.addRoot')).toHaveLength(2);
  });

  it('let a person choose between two contents, and say when the choice cannot be carried out', async () => {
    const page = await openSync();
    const conflict = page.getByRole('article', { name: '工程表.xlsx' });
    await conflict.getByRole('region', { name: 'サーバーの版' }).getByText('高梨').waitFor();
    await page.evaluate(() => window.fakeDrive.refuseNext('conflict', 'version_changed'));
    await conflict.getByRole('button', { name: 'このPCの版だけ' }).click();
    await page.getByRole('alert').getByText('できませんでした').waitFor();
    await conflict.getByRole('button', { name: 'このPCの版だけ' }).click();
    await conflict.waitFor({ state: 'detached' });
    expect(await calls(page, 'sync.resolve')).toMatchObject([
      { conflictId: 'c1', choice: 'mine' },
      { conflictId: 'c1', choice: 'mine' },
    ]);
  });

  it('show what is on its way, put one first, and pause for a time', async () => {
    const page = await openSync({ route: '/sync/r3' });
    await page.getByRole('option', { name: /^マイドライブ/ }).click();
    await page.getByText('↑ 410 KB/秒・↓ 3.9 MB/秒').waitFor();
    await page.getByRole('radio', { name: '転送 15' }).click();
    const rows = page.getByRole('region', { name: '転送', exact: true }).getByRole('listitem');
    await page.getByRole('progressbar', { name: '搬入口_北側_03.jpgを送信中' }).waitFor();
    expect(await rows.nth(2).innerText()).toContain('ほかのプログラムが開いている');
    await page.getByRole('button', { name: '測量データ_原本.zipを先に転送' }).click();
    await rows.filter({ hasText: '測量データ_原本.zip' }).getByText('次に転送').waitFor();
    await page.getByRole('button', { name: 'ほかの操作', exact: true }).click();
    await page.getByRole('menuitem', { name: '30分だけ一時停止' }).click();
    await page.getByText(/まで一時停止しています/).waitFor();
    expect(await calls(page, 'sync.pause')).toMatchObject([{ minutes: 30 }]);
  });

  it('put back what sync took away, or delete it for good after asking', async () => {
    const page = await openSync();
    await page.getByRole('radio', { name: '回収ボックス' }).click();
    const bin = page.getByRole('table', { name: '回収ボックス' });
    await bin.getByRole('button', { name: '旧仕様.docxを戻す' }).click();
    await bin.getByText('旧仕様.docx').waitFor({ state: 'detached' });
    await bin.getByRole('checkbox', { name: '工程表.xlsxを選ぶ' }).check();
    await page.getByRole('button', { name: '完全に削除…' }).click();
    await page.getByRole('dialog', { name: '1件を完全に削除しますか' }).getByRole('button', { name: '完全に削除' }).click();
    await page.getByText('回収ボックスは空です').waitFor();
    expect(await calls(page, 'sync.discard')).toMatchObject([{ itemIds: ['k2'] }]);
  });

  it('can hold all drives in one folder, online only until they are opened', async () => {
    const page = await openSync();
    await page.getByRole('button', { name: '同期するフォルダーを加える' }).click();
    const dialog = page.getByRole('dialog', { name: '同期するフォルダーを加える' });
    await dialog.getByRole('button', { name: '選ぶ…', exact: true }).click();
    await dialog.getByText(/受信 1,?284件（6.2 GB）/).waitFor();
    await dialog.getByRole('radio', { name: 'すべてのドライブ' }).click();
    await dialog.getByRole('button', { name: '同期を始める' }).click();
    await page.getByText(/^すべてのドライブ：/).waitFor();
    expect(await calls(page, 'sync.addAccount')).toMatchObject([{ keep: 'online_only' }]);
    await page.getByRole('button', { name: 'やめる', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '同期をやめる', exact: true }).click();
    await page.getByText(/^すべてのドライブ：/).waitFor({ state: 'detached' });
  });
});

const rowOf = (page: Page, name: string) => page.getByRole('grid').getByRole('row', { name: new RegExp(`^${name}`) });

describe('what is on this PC', () => {
  it('is shown behind each name, and decided in the menu; what is in use stays and is named', async () => {
    const page = await renderer.open({ route: '/drive/plant', drive: true, policy: rules });
    await rowOf(page, '搬入スケジュール_第3版.xlsx').getByRole('img', { name: '常にこのPCに置く' }).waitFor();
    await rowOf(page, '02_図面').getByRole('img', { name: 'オンラインのみ' }).waitFor();
    await rowOf(page, '02_図面').click({ button: 'right' });
    await page.getByRole('menuitem', { name: '常にこのPCに置く' }).click();
    await rowOf(page, '02_図面').getByRole('img', { name: '常にこのPCに置く' }).waitFor();
    await rowOf(page, '床荷重計算書_rev3.pdf').click({ button: 'right' });
    await page.getByRole('menuitem', { name: '空き領域を増やす' }).click();
    await page.getByText('1件をオンラインのみにし、3.4 MBを空けました').waitFor();
    expect(await calls(page, 'sync.keep')).toMatchObject([
      { nodeIds: ['plans'], keep: 'always' },
      { nodeIds: ['loads'], keep: 'online_only' },
    ]);
    await page.evaluate(() => window.fakeDrive.nodeStates.set('schedule', { state: 'always', reason: 'in_use' }));
    await rowOf(page, '搬入スケジュール_第3版.xlsx').click({ button: 'right' });
    await page.getByRole('menuitem', { name: '空き領域を増やす' }).click();
    await page.getByText('「搬入スケジュール_第3版.xlsx」は使用中か、まだサーバーに届いていないため').waitFor();
  });

  it('is opened where it is synced, and in a copy elsewhere', async () => {
    const page = await renderer.open({ route: '/drive/plant', drive: true, policy: rules });
    await rowOf(page, '床荷重計算書_rev3.pdf').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'PCのアプリで開く' }).click();
    await page.getByText(/床荷重計算書_rev3.pdf.*開/).waitFor();
    expect(await calls(page, 'sync.openNode')).toMatchObject([{ nodeId: 'loads' }]);
    expect(await calls(page, 'drive.openExternally')).toEqual([]);
    await page.getByRole('treeitem', { name: '品質保証' }).click();
    await rowOf(page, '校正記録.pdf').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'PCのアプリで開く' }).click();
    await expect.poll(async () => (await calls(page, 'drive.openExternally')).length).toBe(1);
  });
});

it('settings say how fast sync may be, when, and which PCs sync', async () => {
  const page = await renderer.open({ route: '/settings/sync', drive: true, policy: rules });
  await page.getByLabel('送信の上限').selectOption({ label: '1.0 MB/秒' });
  await page.getByRole('switch', { name: '制限しない時間帯' }).click();
  await page.getByLabel('終わりの時刻').fill('06:30');
  await expect
    .poll(() => page.getByLabel('送信の上限').evaluate((select: HTMLSelectElement) => select.selectedOptions[0]!.text))
    .toBe('1.0 MB/秒');
  await expect.poll(() => page.getByLabel('終わりの時刻').inputValue()).toBe('06:30');
  await page.getByRole('button', { name: 'SAEKI-DESK 同期をやめる' }).click();
  await page.getByText('SAEKI-DESK').waitFor({ state: 'detached' });
  expect(await violationsOf(page)).toEqual([]);
});

describe('Sync', () => {
  const screens = [
    ['a synced folder that needs a person', '/sync/r1'],
    ['a synced folder under way', '/sync/r3'],
    ['a paused folder', '/sync/r5'],
  ] as const;
  const looks = [
    ['ja', 'light'],
    ['en', 'dark'],
  ] as const;

  it.each(screens.flatMap(([name, route]) => looks.map(([language, theme]) => ({ name, route, language, theme }))))(
    'is clean for axe and for the page’s policy: $name, $language, $theme',
    async ({ route, language, theme }) => {
      const page = await renderer.open({ route, language, theme, drive: true, policy: rules });
      await page.locator('main').first().waitFor();
      await page.waitForTimeout(500);
      expect(await violationsOf(page)).toEqual([]);
      expect(renderer.problems()).toEqual([]);
    },
  );
});
