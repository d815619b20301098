import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { chosenNames, drawFrame } from '../support/explorer-hands.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// The explorer of Drive in a real Electron window, over a Drive in memory: places, tiles, the mouse, the clipboard, search, trash.

const rules = { contact: { ja: '情報システム部（内線4410）', en: 'IT, ext. 4410' } };
/** Set, it keeps a picture of every screen that is looked at. */
const pictures = process.env['DRIVE_PICTURES'];
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

const open = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  await renderer.page.evaluate(() => localStorage.clear());
  await renderer.page.emulateMedia({ colorScheme: options.theme ?? 'light' });
  return renderer.open({ route: '/drive/plant', drive: true, policy: rules, ...options });
};
const openPlant = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  const page = await open(options);
  await rowOf(page, '01_契約').waitFor();
  return page;
};
const gridOf = (page: Page): Locator => page.getByRole('grid');
const rowOf = (page: Page, name: string): Locator => page.getByRole('grid').getByRole('row', { name: new RegExp(`^${name}`) });
const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.fakeDrive.calls.filter((call) => call.name === wanted).map(({ input }) => input as Record<string, unknown>),
    name,
  );
const menuItem = (page: Page, name: RegExp | string): Locator => page.getByRole('menuitem', { name });
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
}
describe('tiles', () => {
  it('are walked in both directions, show pictures, and are remembered for the drive', async () => {
    const page = await openPlant();
    await page.getByRole('button', { name: '並べて表示' }).click();
    await page.locator('img.thumbnail').first().waitFor();
    await gridOf(page).focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
    const columns = await page.evaluate(
      () => new Set([...document.querySelectorAll<HTMLElement>('.node-tile')].map((tile) => tile.getBoundingClientRect().left)).size,
    );
    const all = ['01_契約', '02_図面', '03_見積', '2F_レイアウト_B案.dwg'];
    expect(columns).toBeGreaterThan(2);
    expect(await page.getByRole('row', { selected: true }).getAttribute('data-index')).toBe(String(columns));
    await picture(page, 'tiles-ja-light');
    await page.keyboard.press('Home');
    expect(await chosenNames(page)).toEqual(all.slice(0, 1));
    await page.getByRole('treeitem', { name: '営業企画' }).click();
    await page.getByRole('button', { name: '並べて表示' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: '一覧で表示' }).waitFor();
    expect(renderer.problems()).toEqual([]);
  });

  it('are chosen by a frame that the mouse draws', async () => {
    const page = await openPlant();
    await page.getByRole('button', { name: '並べて表示' }).click();
    const box = (await rowOf(page, '02_図面').boundingBox())!;
    const first = (await rowOf(page, '01_契約').boundingBox())!;
    await drawFrame(page, [first.x + 1, first.y - 6], [box.x + box.width - 10, box.y + 60]);
    await page.locator('.rubber-band').waitFor();
    expect(await chosenNames(page)).toEqual(['01_契約', '02_図面']);
    await page.mouse.up();
    await page.locator('.rubber-band').waitFor({ state: 'detached' });
    expect(await chosenNames(page)).toEqual(['01_契約', '02_図面']);
  });
});

describe('rows', () => {
  it('are chosen by a frame from beside their names; what is drawn over them is not dragged', async () => {
    const page = await openPlant();
    const date = async (name: string) => (await rowOf(page, name).locator('.cell-date').boundingBox())!;
    const [from, to] = [await date('03_見積'), await date('搬入スケジュール')];
    await drawFrame(page, [from.x + 20, from.y + 10], [to.x + 60, to.y + 10]);
    await page.mouse.up();
    const chosen = await chosenNames(page);
    expect([chosen.length, chosen[0], chosen.at(-1)]).toEqual([7, '03_見積', '搬入スケジュール_第3版.xlsx']);
    expect(await calls(page, 'drive.move')).toEqual([]);
  });

  it('have columns that are drawn wider, by mouse and by key, and reset', async () => {
    const page = await openPlant();
    const head = page.getByRole('columnheader', { name: 'サイズ' });
    const width = async () => Math.round((await head.boundingBox())!.width);
    const edge = (await head.locator('.column-edge').boundingBox())!;
    await page.mouse.move(edge.x + 4, edge.y + 10);
    await page.mouse.down();
    await page.mouse.move(edge.x - 26, edge.y + 10, { steps: 3 });
    await page.mouse.up();
    expect(await width()).toBe(122);
    await head.getByRole('button').focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await width()).toBe(138);
    await head.locator('.column-edge').dblclick();
    expect(await width()).toBe(92);
  });

  it('stay where they are, with choice, scroll and the name that is being typed, while others change the folder', async () => {
    const page = await openPlant({ height: 420 });
    const scroll = () => gridOf(page).evaluate((grid) => Math.round(grid.scrollTop));
    await rowOf(page, '守衛室').click();
    await gridOf(page).evaluate((grid) => grid.scrollTo({ top: 90 }));
    await page.keyboard.press('F2');
    const field = page.getByRole('textbox', { name: '守衛室への連絡文.docxの名前' });
    await field.fill('守衛室への連絡');
    const before = (await field.boundingBox())!.y;
    await page.evaluate(() => {
      window.fakeDrive.add('plant', '00_新着', null, Date.now(), 'todo');
      window.fakeDrive.changed('equip');
    });
    await page.getByText('12個', { exact: true }).or(page.getByText(/^1個/)).first().waitFor();
    await page.waitForFunction(() => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '13');
    expect(Math.abs((await field.boundingBox())!.y - before)).toBeLessThanOrEqual(1);
    expect(await scroll()).toBeGreaterThan(90);
    expect(await field.inputValue()).toBe('守衛室への連絡');
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await chosenNames(page)).not.toEqual([]);
  });

  it('say at the name what the server has against it, and keep the name for another try', async () => {
    const page = await openPlant();
    await rowOf(page, '床荷重').click();
    await page.keyboard.press('F2');
    await page.evaluate(() => window.fakeDrive.refuseNext('denied', 'permission_missing'));
    const field = page.getByRole('textbox', { name: /の名前$/ });
    await field.fill('床荷重計算書_rev4.pdf');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/名前を変えられませんでした/)
      .waitFor();
    expect(await field.inputValue()).toBe('床荷重計算書_rev4.pdf');
    await picture(page, 'rename-refused-ja-light');
    await page.keyboard.press('Enter');
    await rowOf(page, '床荷重計算書_rev4').waitFor();
  });
});

describe('the clipboard', () => {
  it('copies into another drive, offers a copy where nothing can move, and each copy is undone', async () => {
    const page = await openPlant();
    await rowOf(page, '床荷重').click();
    await page.keyboard.press('Control+c');
    await page.getByRole('treeitem', { name: '営業企画' }).click();
    await page.getByText('まだファイルがありません').waitFor();
    await page.getByRole('group', { name: '営業企画の内容' }).focus();
    await page.keyboard.press('Control+v');
    await rowOf(page, '床荷重').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('まだファイルがありません').waitFor();

    await page.goBack();
    await rowOf(page, '守衛室').click();
    await page.keyboard.press('Control+x');
    await page.getByRole('treeitem', { name: '営業企画' }).click();
    await page.getByRole('group', { name: '営業企画の内容' }).focus();
    await page.keyboard.press('Control+v');
    await page.getByText('別のドライブへは移動できません', { exact: false }).waitFor();
    expect(await calls(page, 'drive.move')).toEqual([]);
    await picture(page, 'cut-across-ja-light');
    await page.getByRole('button', { name: '「営業企画」へコピー' }).click();
    await rowOf(page, '守衛室').waitFor();
    expect((await calls(page, 'drive.copy')).map(({ spaceId, folderId }) => [spaceId, folderId])).toEqual([
      ['plan', 'plan-root'],
      ['plan', 'plan-root'],
    ]);
  });

  it('brings files and screenshots in, the screenshot under a name that says when', async () => {
    const page = await openPlant();
    await gridOf(page).focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(2_000)], 'image.png', { type: 'image/png' }));
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await rowOf(page, 'スクリーンショット 20').waitFor();
    expect(await calls(page, 'drive.upload')).toMatchObject([{ folderId: 'plant' }]);
  });
});

describe('menus', () => {
  it('say why something cannot be done, and who holds a file', async () => {
    const page = await openPlant();
    await page.evaluate(() => {
      const node = window.fakeDrive.nodes.get('loads')!;
      window.fakeDrive.nodes.set('loads', { ...node, lock: { by: 'todo', since: Date.now() - 4_000_000, until: Date.now() + 4_000_000 } });
      window.fakeDrive.changed('equip');
    });
    await rowOf(page, '床荷重')
      .getByRole('img', { name: /藤堂 直樹が編集中です/ })
      .waitFor();
    await rowOf(page, '床荷重').click({ button: 'right' });
    await menuItem(page, /^名前の変更/)
      .getByText(/^藤堂 直樹が編集中です/)
      .waitFor();
    expect(await menuItem(page, /^名前の変更/).getAttribute('aria-disabled')).toBe('true');
    await picture(page, 'menu-locked-ja-light');
    await menuItem(page, /^ロックを解除/).click();
    await rowOf(page, '床荷重')
      .getByRole('img', { name: /編集中/ })
      .waitFor({ state: 'detached' });
  });

  it('star, pin, download as one zip and open in the system’s program', async () => {
    const page = await openPlant();
    await rowOf(page, '02_図面').click({ button: 'right' });
    await menuItem(page, 'クイックアクセスに加える').click();
    await page.getByRole('group', { name: 'クイックアクセス' }).getByRole('treeitem', { name: '02_図面' }).waitFor();
    await rowOf(page, '搬入スケジュール').click({ button: 'right' });
    await menuItem(page, 'スターを付ける').click();
    await rowOf(page, '搬入スケジュール').getByRole('img', { name: 'スター付き' }).waitFor();
    await rowOf(page, '搬入スケジュール').click({ button: 'right' });
    await menuItem(page, 'PCのアプリで開く').click();
    await rowOf(page, '01_契約').click();
    await rowOf(page, '搬入スケジュール').click({ modifiers: ['Control'] });
    await page.getByRole('toolbar').getByRole('button', { name: '保存' }).click();
    await expect.poll(() => calls(page, 'drive.downloadZip')).toMatchObject([{ nodeIds: ['contracts', 'schedule'] }]);
    expect(await calls(page, 'sync.openNode')).toMatchObject([{ nodeId: 'schedule' }]);
    await page.getByRole('treeitem', { name: 'スター付き' }).click();
    await rowOf(page, '搬入スケジュール').getByText('設備設計 › 第2工場').waitFor();
    await picture(page, 'starred-ja-light');
    await rowOf(page, '搬入スケジュール').click({ button: 'right' });
    await menuItem(page, '入っているフォルダーを開く').click();
    await page.getByRole('heading', { level: 1, name: '第2工場' }).waitFor();
  });
});

describe('search', () => {
  it('finds names and contents as one types, marks the hit, and Escape leads back to where one was', async () => {
    const page = await openPlant({ height: 420 });
    await page.evaluate(() => {
      window.fakeDrive.beyond.contents.set('schedule', '……クレーンの搬入は11月28日、立会いは午後から……');
      window.fakeDrive.beyond.pending = 128;
    });
    await rowOf(page, '守衛室').click();
    const top = await gridOf(page).evaluate((grid) => grid.scrollTop);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('立会い');
    const results = page.getByRole('grid', { name: '検索結果' });
    await results.getByRole('row', { name: /^搬入スケジュール/ }).waitFor();
    await expect.poll(() => results.locator('mark').allInnerTexts()).toEqual(['立会い', '立会い']);
    await page.getByText('まだ128個のファイルの内容を読み込んでいます').waitFor();
    await picture(page, 'search-ja-light');
    await page.getByRole('combobox', { name: '種類' }).selectOption('document');
    await results.getByRole('row', { name: /^搬入スケジュール/ }).waitFor({ state: 'detached' });
    await results.getByRole('row', { name: /^立会い議事録/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'ドライブを検索' }).focus();
    await page.keyboard.press('Escape');
    await gridOf(page).and(page.getByLabel('第2工場の内容')).waitFor();
    expect(await chosenNames(page)).toEqual(['守衛室への連絡文.docx']);
    expect(await gridOf(page).evaluate((grid) => grid.scrollTop)).toBe(top);
  });

  it('says where it looked when nothing is found, and looks everywhere on request', async () => {
    const page = await openPlant();
    await page.getByRole('textbox', { name: 'ドライブを検索' }).fill('校正');
    await rowOf(page, '校正記録').waitFor();
    await page.getByRole('combobox', { name: '場所' }).selectOption('here');
    await page.getByText('「校正」は見つかりませんでした').waitFor();
    await page.getByText('「第2工場」の中の名前と内容を探しました。').waitFor();
    await picture(page, 'search-empty-ja-light');
    await page.getByRole('button', { name: 'すべての場所を検索' }).click();
    await rowOf(page, '校正記録').waitFor();
    expect((await calls(page, 'drive.search')).map(({ folderId }) => folderId)).toEqual(expect.arrayContaining([undefined, 'plant']));
  });
});

describe('trash', () => {
  it('says how long things stay, and asks before they are destroyed', async () => {
    const page = await openPlant();
    await rowOf(page, '測量').click();
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: /^ごみ箱/ }).click();
    await page.getByText('削除から30日たつと、自動で完全に消えます。').waitFor();
    await rowOf(page, '測量').click();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog', { name: '「測量データ_原本.zip」など1個を完全に削除しますか' });
    await dialog.waitFor();
    await picture(page, 'trash-purge-ja-light');
    await dialog.getByRole('button', { name: 'やめる' }).click();
    expect(await calls(page, 'drive.purge')).toEqual([]);
    await page.getByRole('button', { name: '選択を解除' }).click();
    await page.getByRole('button', { name: 'ごみ箱を空にする' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'ごみ箱を空にする' }).click();
    await page.getByText('ごみ箱は空です').waitFor();
    expect(await calls(page, 'drive.emptyTrash')).toMatchObject([{ spaceId: 'equip' }]);
  });
});

describe('100,000 files', () => {
  it('scroll with few rows in the page and without a long pause', async () => {
    const page = await openPlant();
    await page.evaluate(() => {
      for (let index = 0; index < 100_000; index += 1) {
        const name = `見積_${String((index * 7_919) % 100_000).padStart(6, '0')}.xlsx`;
        window.fakeDrive.add('quotes', name, 1_000 + index, 1_700_000_000_000, 'kubota');
      }
    });
    await rowOf(page, '03_見積').dblclick();
    await rowOf(page, '見積_000000').waitFor({ timeout: 30_000 });
    const seen = await page.evaluate(async () => {
      const pauses: number[] = [];
      const observer = new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({ duration }) => duration)));
      observer.observe({ entryTypes: ['longtask'] });
      const grid = document.querySelector('[role=grid]')!;
      let most = 0;
      for (let step = 1; step <= 60; step += 1) {
        grid.scrollTo({ top: (grid.scrollHeight * step) / 60 });
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
        most = Math.max(most, document.querySelectorAll('[role=row]').length);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      observer.disconnect();
      return { most, pauses, rows: grid.getAttribute('aria-rowcount') };
    });
    console.log(`long tasks while scrolling 100,000 files: ${seen.pauses.map(Math.round).join(', ') || 'none'} ms`);
    expect(seen.rows).toBe('100001');
    expect(seen.most).toBeLessThan(80);
    await page.getByText('見積_099999.xlsx').waitFor();
    await gridOf(page).focus();
    await page.keyboard.press('Control+a');
    await page
      .getByRole('toolbar')
      .getByText(/^100000個/)
      .waitFor();
  });
});

describe('every place', () => {
  const screens = [
    ['recent', '/drive/recent'],
    ['starred-empty', '/drive/starred'],
    ['links', '/drive/links'],
    ['trash', '/drive/trash/equip'],
    ['folder', '/drive/plant'],
    ['tiles', '/drive/plant'],
  ] as const;
  const looks = [
    ['ja', 'light'],
    ['en', 'dark'],
  ] as const;
  // Each in one look; in both when pictures are made to be looked at.
  const cases = screens.flatMap(([name, route], index) =>
    looks.filter((_, look) => pictures !== undefined || look === index % 2).map(([language, theme]) => ({ name, route, language, theme })),
  );

  it.each(cases)('is clean for axe and for the page’s policy: $name, $language, $theme', async ({ name, route, language, theme }) => {
    const page = await open({ route, language, theme });
    await page.evaluate(() => {
      const { beyond, nodes } = window.fakeDrive;
      const change = (id: string, more: object) => nodes.set(id, { ...nodes.get(id)!, ...more });
      change('contracts', { permission: 'read' });
      change('plans', { restricted: true });
      change('schedule', { lock: { by: 'todo', since: Date.now() - 4_000_000, until: Date.now() + 4_000_000 } });
      beyond.pinned.push('plans', 'contracts');
      beyond.recent.push({ nodeId: 'schedule', at: Date.now() - 600_000 }, { nodeId: 'loads', at: Date.now() - 4_000_000 });
      const addresses: string[] = [];
      const link = { permission: 'read' as const, mayDownload: true, hasPassword: false, addresses, createdBy: 'saeki' };
      const about = { ...link, url: 'https://shiranami.hikyaku.example/l/a', createdAt: 0, opened: 3, lastOpenedAt: null };
      beyond.links = [
        { ...about, id: 'l1', nodeId: 'loads', nodeName: '床荷重計算書_rev3.pdf', nodeKind: 'file', scope: 'company', expiresAt: null },
        { ...about, id: 'l2', nodeId: 'plans', nodeName: '02_図面', nodeKind: 'folder', scope: 'anyone', expiresAt: 1_800_000_000_000 },
      ];
      window.fakeDrive.changed('equip');
      window.fakeDrive.changed('quality');
    });
    await page.getByRole('treeitem', { name: '02_図面' }).first().waitFor();
    await page.locator('main').first().waitFor();
    if (name === 'tiles') {
      await page.getByRole('button', { name: language === 'ja' ? '並べて表示' : 'View as tiles' }).click();
      await page.locator('img.thumbnail').first().waitFor();
    }
    expect(await violationsOf(page)).toEqual([]);
    expect(renderer.problems()).toEqual([]);
    await picture(page, `${name}-${language}-${theme}`);
  });
});
