import type { Page } from 'playwright-core';

/** What is to be seen in a picture, and the way there. Every word on the way is found in both languages. */
export interface Scene {
  readonly name: string;
  readonly show: (page: Page) => Promise<void>;
}

const rail = (page: Page, name: RegExp) => page.locator('nav.rail').getByRole('button', { name }).click();

const openRoom = async (page: Page, name: string): Promise<void> => {
  await rail(page, /^(トーク|Talk)/u);
  await page
    .locator('.room')
    .filter({ has: page.getByText(name, { exact: true }) })
    .click();
  await page.getByRole('article').last().waitFor();
};
const settings =
  (section: RegExp) =>
  async (page: Page): Promise<void> => {
    await rail(page, /^(設定|Settings)$/u);
    await page.locator('.settings-columns nav').getByRole('button', { name: section }).click();
    await page.locator('.settings-form h2').first().waitFor();
  };
/** Closes what floats above the window. */
const close = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  await page.locator('[role=dialog], [role=menu]').first().waitFor({ state: 'detached' });
};

const openFiles = async (page: Page): Promise<void> => {
  await rail(page, /^(ドライブ|Drive)/u);
  await page.getByRole('treeitem', { name: '品質保証', exact: true }).click();
  await fileNamed(page, '監査の資料').dblclick();
  await fileNamed(page, '02_見積書.pdf').waitFor();
};
const fileNamed = (page: Page, name: string) =>
  page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

/** In the order in which one leads to the next. */
export const scenes: readonly Scene[] = [
  { name: 'talk', show: (page) => openRoom(page, '第2工場 立ち上げ') },
  { name: 'talk-direct', show: (page) => openRoom(page, '田中 健太') },
  {
    name: 'talk-new-room',
    show: async (page) => {
      await page.getByRole('button', { name: /^(新しいルーム|New room)$/u }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'quick-switcher',
    show: async (page) => {
      await close(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').locator('input').fill('た');
    },
  },
  {
    name: 'drive',
    show: async (page) => {
      await close(page);
      await rail(page, /^(ドライブ|Drive)/u);
      await page.getByRole('treeitem', { name: '営業', exact: true }).click();
      await page.getByRole('treeitem', { name: '営業', exact: true, selected: true }).waitFor();
    },
  },
  {
    name: 'drive-chosen',
    show: async (page) => {
      await rail(page, /^(ドライブ|Drive)/u);
      await page.getByRole('treeitem', { name: '見積', exact: true }).click();
      await page.getByRole('grid').getByText('第3版').waitFor();
      await page.getByRole('grid').getByRole('row').nth(4).click();
      await page.getByRole('toolbar').waitFor();
    },
  },
  {
    name: 'drive-menu',
    show: async (page) => {
      await page.getByRole('grid').getByRole('row').last().click({ button: 'right' });
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'drive-files',
    show: async (page) => {
      await close(page);
      await openFiles(page);
      await fileNamed(page, '05_立会いの議事録.md').click();
      await page.locator('aside.details').getByRole('button').last().waitFor();
    },
  },
  {
    name: 'drive-viewer',
    show: async (page) => {
      await openFiles(page);
      await fileNamed(page, '01_監査の説明.pptx').click();
      await page.keyboard.press('Space');
      await page.locator('.viewer .page img').first().waitFor({ timeout: 90_000 });
      await page.waitForFunction(() => (document.querySelector<HTMLImageElement>('.viewer .page img')?.naturalWidth ?? 0) > 0);
    },
  },
  {
    name: 'drive-share',
    show: async (page) => {
      await close(page);
      await rail(page, /^(ドライブ|Drive)/u);
      await page
        .getByRole('treeitem', { name: /^(マイドライブ|My drive)$/u })
        .first()
        .click();
      await fileNamed(page, '個人').click({ button: 'right' });
      await page.getByRole('menuitem', { name: /^(共有…|Share…)$/u }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox').first().fill('tanaka');
      await dialog.getByRole('option').first().click();
      await dialog.getByRole('combobox').nth(1).waitFor();
    },
  },
  {
    name: 'drive-link',
    show: async (page) => {
      await close(page);
      await openFiles(page);
      await fileNamed(page, '02_見積書.pdf').click({ button: 'right' });
      await page.getByRole('menuitem', { name: /^(リンク…|Link…)$/u }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^(リンクを作る|New link)$/u })
        .click();
    },
  },
  {
    name: 'drive-search',
    show: async (page) => {
      await close(page);
      await openFiles(page);
      await page.keyboard.press('Control+f');
      await page.keyboard.type('搬入');
      await page.locator('mark').first().waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'drive-tiles',
    show: async (page) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await openFiles(page);
      await page.getByRole('button', { name: /^(並べて表示|View as tiles)$/u }).click();
      await page.locator('.node-tile img').first().waitFor({ timeout: 60_000 });
      await page.waitForTimeout(1_500);
    },
  },
  {
    name: 'drive-trash',
    show: async (page) => {
      await page.getByRole('button', { name: /^(一覧で表示|View as list)$/u }).click();
      await page.getByRole('button', { name: /^(ごみ箱|Trash)/u }).click();
      await page.getByRole('treeitem', { selected: true }).waitFor({ state: 'detached' });
    },
  },
  {
    name: 'sync',
    show: async (page) => {
      await rail(page, /^(同期|Sync)/u);
      await page.locator('.sync-headline').waitFor();
    },
  },
  {
    name: 'sync-add',
    show: async (page) => {
      await page
        .locator('.side')
        .getByRole('button', { name: /^(同期するフォルダーを加える|Add a folder to sync)$/u })
        .click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings',
    show: async (page) => {
      await close(page);
      await settings(/^(全般|General)$/u)(page);
    },
  },
  { name: 'settings-notifications', show: settings(/^(通知|Notifications)$/u) },
  { name: 'settings-account', show: settings(/^(アカウントと端末|Account and device)$/u) },
  { name: 'settings-drive-access', show: settings(/^(ほかのアプリからのドライブ|Drive in other apps)$/u) },
  { name: 'settings-version', show: settings(/^(バージョン|Version)$/u) },
];
