import type { Dialog } from 'electron';
import type { Locator, Page } from 'playwright-core';
import type { LaunchedApp } from './app.ts';
import { goTo } from './office.ts';

/** What a person does in the Drive and Sync screens. */

/** Opens a shared drive by the tree. */
export async function openDrive(page: Page, name: string): Promise<void> {
  await goTo(page, 'ドライブ');
  await page.getByRole('tree', { name: 'ドライブのフォルダー' }).getByRole('treeitem', { name, exact: true }).click();
  await page.getByRole('grid', { name: `${name}の内容` }).waitFor();
}

/** A file's or folder's row, by its whole name. */
export const fileRow = (page: Page, name: string): Locator =>
  page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

/** A row of the transfers panel. */
export const transferRow = (page: Page, name: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

/** Drops files of the PC on an element, as the file manager does: the page gets real files with real places. */
export async function dropFiles(page: Page, target: Locator, files: readonly string[]): Promise<void> {
  await drag(page, target, files, ['dragEnter', 'dragOver', 'drop']);
}

/** Holds files of the PC over an element; the returned function takes them away again. */
export async function holdFiles(page: Page, target: Locator, files: readonly string[]): Promise<() => Promise<void>> {
  await drag(page, target, files, ['dragEnter', 'dragOver', 'dragOver']);
  return () => drag(page, target, files, ['dragCancel']);
}

async function drag(page: Page, target: Locator, files: readonly string[], steps: readonly DragStep[]): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('Nothing to drop on');
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of steps) {
    await session.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data });
  }
  await session.detach();
}
type DragStep = 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel';

/** Answers the OS's own dialogs from now on, which no test can click: the folder to choose, the place to save at. */
export async function answerDialogs({ app }: LaunchedApp, answers: { readonly open?: string; readonly save?: string }): Promise<void> {
  await app.evaluate(({ dialog }: { dialog: Dialog }, given) => {
    if (given.open !== undefined) {
      const filePaths = [given.open];
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths });
    }
    if (given.save !== undefined) {
      const filePath = given.save;
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }
  }, answers);
}

/** Pairs a drive with a folder of the PC and waits until they are in step. */
export async function startSync(app: LaunchedApp, drive: string, folder: string): Promise<void> {
  const { page } = app;
  await answerDialogs(app, { open: folder });
  await goTo(page, '同期');
  await page.getByRole('button', { name: '同期するフォルダーを加える' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'ドライブ', exact: true }).selectOption({ label: drive });
  await dialog.getByRole('button', { name: '選ぶ…', exact: true }).click();
  await dialog.getByRole('button', { name: '同期を始める' }).click();
  await page.getByRole('listbox', { name: '同期しているフォルダー' }).getByRole('option').filter({ hasText: drive }).click();
  await page.getByRole('main').getByText('すべて同期済みです').waitFor({ timeout: 60_000 });
}
