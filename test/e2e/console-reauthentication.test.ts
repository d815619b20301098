import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock } from '#shared/base/clock.ts';
import { inRoot } from '../../build/paths.ts';
import { systemClock } from '../../server/store/system-clock.ts';
import { accessibilityFaults, openBrowser, openWindow } from '../support/browser.ts';
import { logInToConsole } from '../support/console.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

// Dangerous acts ten minutes after the login: the server's clock is moved, everything else is real. The steps build on each other.

let server: TestServer;
let browser: Browser;
let page: Page;
let movedMs = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + movedMs };
const minuteMs = 60_000;

beforeAll(async () => {
  server = await startTestServer({ clock, pages: inRoot('dist', 'renderer') });
  browser = await openBrowser();
  ({ page } = await openWindow(browser));
  page.setDefaultTimeout(15_000);
  await page.goto(`${server.url}/admin/members`);
  await logInToConsole(page, 'admin', testPassword);
  await page.getByRole('grid').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const question = (): Locator => page.getByRole('dialog', { name: '本人確認' });
const row = (memberId: string): Locator => page.getByRole('grid').getByRole('row').filter({ hasText: memberId });

async function stateOf(memberId: string): Promise<string> {
  const { state } = await server.services.database
    .selectFrom('members')
    .select('state')
    .where('tenant_id', '=', server.tenantId)
    .where('member_id', '=', memberId)
    .executeTakeFirstOrThrow();
  return state;
}

async function remove(...memberIds: readonly string[]): Promise<void> {
  for (const memberId of memberIds) await row(memberId).getByRole('checkbox').click();
  await page.getByRole('toolbar').getByRole('button', { name: 'ほかの操作' }).click();
  await page.getByRole('menuitem', { name: '削除' }).click();
}

it('asks for the password again, says when it is wrong, and changes nothing when the person gives up', async () => {
  movedMs = 11 * minuteMs;
  await remove('sato', 'tanaka');
  await question().waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await question().getByLabel('パスワード').fill('not the password');
  await question().getByRole('button', { name: '確かめて続ける' }).click();
  await question().getByRole('alert').getByText('パスワードが違います。').waitFor();
  await question().getByRole('button', { name: 'やめる' }).click();
  await question().waitFor({ state: 'detached' });
  expect(await page.getByRole('alert').count()).toBe(0);
  expect([await stateOf('sato'), await stateOf('tanaka')]).toEqual(['active', 'active']);
});

it('goes on by itself once the password is right, for everybody who was chosen, and asks once', async () => {
  await page.getByRole('toolbar').getByRole('button', { name: 'ほかの操作' }).click();
  await page.getByRole('menuitem', { name: '削除' }).click();
  await question().getByLabel('パスワード').fill(testPassword);
  await page.keyboard.press('Enter');
  await page.locator('.toast').filter({ hasText: '2人を削除しました。7日間は元に戻せます。' }).waitFor();
  expect(await question().count()).toBe(0);
  expect([await stateOf('sato'), await stateOf('tanaka')]).toEqual(['deleted', 'deleted']);
});

it('does not ask again within ten minutes, and does after them', async () => {
  await page.locator('.toast').getByRole('button', { name: '元に戻す' }).click();
  await row('sato').waitFor();
  movedMs += 9 * minuteMs;
  await remove('sato');
  await page.locator('.toast').filter({ hasText: '1人を削除しました。' }).waitFor();
  movedMs += 2 * minuteMs;
  await remove('tanaka');
  await question().waitFor();
  await page.keyboard.press('Escape');
  await question().waitFor({ state: 'detached' });
  expect([await stateOf('sato'), await stateOf('tanaka')]).toEqual(['deleted', 'active']);
});

it('closes the console at once when the session ends elsewhere, and leaves nothing of it in the page', async () => {
  const elsewhere = new RawClient(server.url);
  await elsewhere.login('admin');
  expect((await elsewhere.call('session.endAll')).body.ok).toBe(true);
  await page.getByLabel('メンバーID').waitFor();
  expect(await page.content()).not.toContain('tanaka');
});
