import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// Drive of the real renderer in a real Electron window, over a Drive in memory.

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

const open = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> =>
  renderer.open({ route: '/drive/plant', drive: true, policy: rules, ...options });
const openPlant = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  const page = await open(options);
  await rowOf(page, '01_契約').waitFor();
  return page;
};
const gridOf = (page: Page): Locator => page.getByRole('grid', { name: '第2工場の内容' });
const rowOf = (page: Page, name: string): Locator => page.getByRole('grid').getByRole('row', { name: new RegExp(`^${name}`) });
const chosenNames = async (page: Page): Promise<string[]> =>
  page
    .getByRole('row', { selected: true })
    .evaluateAll((rows) => rows.map((row) => row.querySelector('.file-name')?.getAttribute('title') ?? ''));
const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.fakeDrive.calls.filter((call) => call.name === wanted).map(({ input }) => input as Record<string, unknown>),
    name,
  );
/** Hovers with, and then drops, files of the desktop; returns what was said while hovering. */
async function dropFiles(page: Page, target: Locator, names: readonly string[], sizeBytes = 4_000): Promise<string> {
  const transfer = await page.evaluateHandle(
    ([list, size]) => {
      const data = new DataTransfer();
      for (const name of list) data.items.add(new File([new Uint8Array(size)], name));
      return data;
    },
    [names, sizeBytes] as const,
  );
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  const said = await page.locator('.drop-hint').innerText();
  await target.dispatchEvent('drop', { dataTransfer: transfer });
  return said;
}

describe('choosing in a folder', () => {
  it('goes by keyboard as in a file manager', async () => {
    const page = await openPlant();
    await gridOf(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await chosenNames(page)).toEqual(['01_契約', '02_図面']);
    await page.getByRole('toolbar').getByText('2個', { exact: true }).waitFor();
    await page.keyboard.press('Control+a');
    expect(await chosenNames(page)).toHaveLength(11);
    await page.keyboard.press('Escape');
    expect(await chosenNames(page)).toEqual([]);
    await page.keyboard.type('2f');
    expect(await chosenNames(page)).toEqual(['2F_レイアウト_B案.dwg']);
  });

  it('opens with a double click what was clicked, although the bar of the choice appears in between', async () => {
    const page = await openPlant();
    await rowOf(page, '03_見積').dblclick();
    await page.getByRole('heading', { level: 1, name: '03_見積' }).waitFor();
    expect(await page.getByText('まだファイルがありません').isVisible()).toBe(true);
  });

  it('keeps choice and keyboard when somebody else changes the folder', async () => {
    const page = await openPlant();
    await rowOf(page, '床荷重').click();
    await page.evaluate(() => {
      window.fakeDrive.add('plant', '00_新着', null, Date.now(), 'todo');
      window.fakeDrive.changed('equip');
    });
    await rowOf(page, '00_新着').waitFor();
    expect(await chosenNames(page)).toEqual(['床荷重計算書_rev3.pdf']);
    await page.keyboard.press('ArrowDown');
    expect(await chosenNames(page)).not.toEqual(['床荷重計算書_rev3.pdf']);
  });
});

describe('changing names and places', () => {
  it('renames in place, says what a name cannot be, and takes it back', async () => {
    const page = await openPlant();
    await rowOf(page, '床荷重').click();
    await page.keyboard.press('F2');
    const field = page.getByRole('textbox', { name: '床荷重計算書_rev3.pdfの名前' });
    expect(await field.evaluate((input: HTMLInputElement) => input.value.slice(0, input.selectionEnd ?? 0))).toBe('床荷重計算書_rev3');
    await field.fill('a/b.pdf');
    await page.getByRole('alert').getByText('使えません').waitFor();
    await field.fill('守衛室への連絡文.docx');
    await page.getByRole('alert').getByText('同じ名前のものがあります。').waitFor();
    await page.keyboard.press('Enter');
    expect(await calls(page, 'drive.move')).toEqual([]);
    await field.fill('床荷重計算書_rev4.pdf');
    await page.keyboard.press('Enter');
    await rowOf(page, '床荷重計算書_rev4').waitFor();
    await page.keyboard.press('Control+z');
    await rowOf(page, '床荷重計算書_rev3').waitFor();
  });

  it('takes no name by the Enter that confirms a conversion', async () => {
    const page = await openPlant();
    await rowOf(page, '床荷重').click();
    await page.keyboard.press('F2');
    const field = page.getByRole('textbox', { name: /の名前$/ });
    await field.waitFor();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Input.imeSetComposition', { text: '計算', selectionStart: 2, selectionEnd: 2 });
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 13 };
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await cdp.send('Input.insertText', { text: '計算' });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter, windowsVirtualKeyCode: 13 });
    await cdp.detach();
    expect(await field.inputValue()).toBe('計算.pdf');
    expect(await calls(page, 'drive.move')).toEqual([]);
    await page.keyboard.press('Enter');
    await rowOf(page, '計算.pdf').waitFor();
  });

  it('makes a folder in place and chooses it', async () => {
    const page = await openPlant();
    await page.getByRole('button', { name: '追加' }).click();
    await page.getByRole('menuitem', { name: '新しいフォルダー' }).click();
    await page.getByRole('textbox', { name: '新しいフォルダーの名前' }).fill('検査');
    await page.keyboard.press('Enter');
    await rowOf(page, '検査').waitFor();
    expect(await chosenNames(page)).toEqual(['検査']);
  });

  it('moves by dialog, by cut and paste and by dragging, and each can be undone', async () => {
    const page = await openPlant();
    await rowOf(page, '守衛室').click();
    await page.getByRole('toolbar').getByRole('button', { name: '移動' }).click();
    const dialog = page.getByRole('dialog', { name: '移動先を選ぶ' });
    await dialog.getByRole('treeitem', { name: '02_図面' }).click();
    await dialog.getByRole('button', { name: 'ここへ移動' }).click();
    await rowOf(page, '守衛室').waitFor({ state: 'detached' });
    await page.getByRole('status').getByRole('button', { name: '元に戻す' }).click();
    await rowOf(page, '守衛室').waitFor();

    await rowOf(page, '立会い').click();
    await page.keyboard.press('Control+x');
    await rowOf(page, '02_図面').dblclick();
    await page.getByRole('heading', { level: 1, name: '02_図面' }).waitFor();
    await page.keyboard.press('Control+v');
    await rowOf(page, '立会い').waitFor();
    await page.keyboard.press('Control+z');
    await rowOf(page, '立会い').waitFor({ state: 'detached' });
    await page.goBack();

    // By its name: from beside it, a frame would be drawn.
    await rowOf(page, '立会い').locator('.file-name').dragTo(rowOf(page, '03_見積'));
    await page.getByText('1個を「03_見積」へ移しました').waitFor();
    await rowOf(page, '立会い').waitFor({ state: 'detached' });
    expect((await calls(page, 'drive.move')).at(-1)).toMatchObject({ parentId: 'quotes' });
    await rowOf(page, '守衛室')
      .locator('.file-name')
      .dragTo(page.getByRole('button', { name: 'ごみ箱', exact: true }));
    await rowOf(page, '守衛室').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await rowOf(page, '守衛室').waitFor();
  });

  it('copies what is dragged with the key for it, and shows the versions that its menu asks for', async () => {
    const page = await openPlant();
    const dataTransfer = await page.evaluateHandle(() => new DataTransfer());
    await rowOf(page, '立会い').locator('.file-name').dispatchEvent('dragstart', { dataTransfer });
    const target = rowOf(page, '03_見積');
    await target.dispatchEvent('dragover', { dataTransfer, ctrlKey: true });
    expect(await page.locator('.drop-hint').innerText()).toContain('コピー');
    await target.dispatchEvent('drop', { dataTransfer, ctrlKey: true });
    await expect.poll(async () => (await calls(page, 'drive.copy')).length).toBe(1);
    await rowOf(page, '立会い').waitFor();
    expect((await calls(page, 'drive.copy')).at(-1)).toMatchObject({ folderId: 'quotes' });
    expect(await calls(page, 'drive.move')).toEqual([]);

    await rowOf(page, '搬入スケジュール').click({ button: 'right' });
    await page.getByRole('menuitem', { name: '版の履歴' }).click();
    await page.getByRole('complementary', { name: '詳細' }).getByRole('region', { name: '版の履歴' }).waitFor();
  });

  it('opens its menu by mouse and by key, for what is chosen', async () => {
    const page = await openPlant();
    await rowOf(page, '搬入スケジュール').click({ button: 'right' });
    await page.getByRole('menuitem', { name: '版の履歴' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: /^名前の変更/ }).click();
    expect(await page.getByRole('textbox', { name: /の名前$/ }).evaluate((field) => field === document.activeElement)).toBe(true);
  });
});

describe('bringing files in', () => {
  it('says while hovering what a drop does, shows progress, and the files appear', async () => {
    const page = await openPlant();
    expect(await dropFiles(page, gridOf(page), ['a.txt', 'b.txt', 'c.txt'])).toContain('「第2工場」に3個を加える');
    await page
      .getByRole('progressbar', { name: /^[abc]\.txtを送信中$/ })
      .first()
      .waitFor();
    await rowOf(page, 'c.txt').waitFor();
    await page.getByRole('region', { name: '転送' }).getByText('加えました').first().waitFor();
  });

  it('refuses while hovering what may only be viewed and what a rule blocks, with whom to ask', async () => {
    const page = await openPlant();
    const quality = page.getByRole('treeitem', { name: /^品質保証/ });
    expect(await dropFiles(page, quality, ['a.txt'])).toContain('閲覧のみのフォルダーです。');
    expect(await calls(page, 'drive.upload')).toEqual([]);
    const said = await dropFiles(page, gridOf(page), ['setup.exe']);
    expect(said).toContain('規則「ファイルの種類」');
    expect(said).toContain('情報システム部（内線4410）');
    const refused = page.getByRole('region', { name: '転送' }).getByRole('listitem').filter({ hasText: 'setup.exe' });
    expect(await refused.innerText()).toContain('ファイルはこのPCに残っています。');
  });

  it('cancels what is under way and tries it again', async () => {
    const page = await openPlant();
    await page.evaluate(() => {
      window.fakeDrive.pace = 150;
    });
    await dropFiles(page, gridOf(page), ['大きい.bin'], 3_000_000);
    await page.getByRole('button', { name: '大きい.binの転送をやめる' }).click();
    await page.getByText('取りやめました').waitFor();
    await page.evaluate(() => {
      window.fakeDrive.pace = 1;
    });
    await page.getByRole('button', { name: '大きい.binをもう一度' }).click();
    await rowOf(page, '大きい.bin').waitFor();
    await page.getByRole('button', { name: '終わったものを消す' }).click();
    await page.getByRole('region', { name: '転送' }).waitFor({ state: 'detached' });
    expect(await calls(page, 'transfer.cancel')).toHaveLength(1);
  });
});

describe('getting back what was', () => {
  it('saves and restores versions', async () => {
    const page = await openPlant();
    await rowOf(page, '搬入スケジュール').click();
    await page.getByRole('radiogroup', { name: '詳細' }).getByRole('radio', { name: '版' }).click();
    await page.getByRole('listitem', { name: '版5' }).getByRole('button', { name: '版5に戻す' }).click();
    await page.getByRole('listitem', { name: '版9' }).getByText('現在').waitFor();
    await page.getByRole('listitem', { name: '版5' }).getByRole('button', { name: '版5を保存' }).click();
    await page.getByRole('region', { name: '転送' }).getByRole('button', { name: 'フォルダーで表示' }).waitFor();
    expect(await calls(page, 'drive.download')).toMatchObject([{ nodeId: 'schedule', version: 5 }]);
  });

  it('restores from the trash of a drive', async () => {
    const page = await openPlant();
    await rowOf(page, '測量').click();
    await page.keyboard.press('Delete');
    await rowOf(page, '測量').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'ごみ箱' }).click();
    const trash = page.getByRole('grid', { name: '設備設計のごみ箱' });
    await trash.getByRole('row', { name: /^測量データ/ }).click();
    await page.getByRole('toolbar').getByRole('button', { name: '元に戻す' }).click();
    await page.getByText('ごみ箱は空です').waitFor();
    await page.getByRole('treeitem', { name: '第2工場' }).click();
    await rowOf(page, '測量').waitFor();
    expect(await calls(page, 'drive.restore')).toHaveLength(1);
  });

  it('says what did not happen, and keeps everything in place', async () => {
    const page = await openPlant();
    await page.evaluate(() => window.fakeDrive.refuseNext('conflict', 'version_changed'));
    await rowOf(page, '床荷重').click();
    await page.keyboard.press('Delete');
    const alert = page.getByRole('alert').filter({ hasText: 'ごみ箱へ移せませんでした' });
    expect(await alert.innerText()).toContain('ほかの人が先に変更しました');
    expect(await chosenNames(page)).toEqual(['床荷重計算書_rev3.pdf']);
  });
});

describe('100,000 files', () => {
  it('are listed with few rows drawn, and a key is answered within 100 ms', async () => {
    const page = await openPlant();
    await page.evaluate(() => {
      for (let index = 0; index < 100_000; index += 1) {
        window.fakeDrive.add(
          'quotes',
          `見積_${String((index * 7_919) % 100_000).padStart(6, '0')}.xlsx`,
          1_000 + index,
          1_700_000_000_000,
          'kubota',
        );
      }
    });
    await rowOf(page, '03_見積').dblclick();
    await rowOf(page, '見積_000001').waitFor({ timeout: 20_000 });
    expect(await page.getByRole('row').count()).toBeLessThan(80);
    await page.getByRole('grid').focus();
    const times: number[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'End', 'PageUp', 'Home']) {
      times.push(
        await page.evaluate(async (pressed) => {
          const start = performance.now();
          document
            .querySelector('[role=grid]')
            ?.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }));
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
          return performance.now() - start;
        }, key),
      );
    }
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(100);
  });
});

describe('Drive', () => {
  const screens = [
    ['a folder', '/drive/plant'],
    ['an empty folder', '/drive/contracts'],
    ['a folder that is gone', '/drive/nothing'],
    ['a folder to be viewed only', '/drive/quality-root'],
    ['a trash', '/drive/trash/equip'],
  ] as const;
  const looks = [
    ['ja', 'light'],
    ['en', 'dark'],
  ] as const;

  it.each(screens.flatMap(([name, route]) => looks.map(([language, theme]) => ({ name, route, language, theme }))))(
    'is clean for axe and for the page’s policy: $name, $language, $theme',
    async ({ route, language, theme }) => {
      const page = await open({ route, language, theme });
      await page.locator('main').first().waitFor();
      await page.waitForTimeout(500);
      expect(await violationsOf(page)).toEqual([]);
      expect(renderer.problems()).toEqual([]);
    },
  );

  it('fits a small window, tree and folder one after the other', async () => {
    const page = await openPlant({ width: 640, height: 480 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    await page.getByRole('button', { name: 'フォルダーの一覧' }).click();
    await page.getByRole('treeitem', { name: '設備設計' }).click();
    await rowOf(page, '保全記録').waitFor();
  });
});
