import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import { inRoot } from '../../build/paths.ts';
import { administration, type Administration } from '../support/administrator.ts';
import { accessibilityFaults, openBrowser, openWindow } from '../support/browser.ts';

// Links into the company and to a first password, as people open them: in a browser, without a login.

let acme: Administration;
let browser: Browser;
beforeAll(async () => {
  acme = await administration({ pages: inRoot('dist', 'renderer') });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await acme?.close();
});

it('joins by a link: what is wrong is said beside the form, and who waits is told so', async () => {
  await acme.ask('policy.set', { patch: { invitations: { by: 'administrators' } } });
  const { url } = await acme.ask<{ url: string }>('invitation.create');
  const { page, complaints } = await openWindow(browser);
  await page.goto(url);
  await page.getByRole('heading', { name: 'acme Inc.に参加' }).waitFor();
  await page.getByLabel('お名前').fill('新人 花子');
  await page.getByLabel('ふりがな').fill('しんじん はなこ');
  await page.getByLabel('メンバーID').fill('Ｓａｔｏ');
  await page.getByLabel('新しいパスワード', { exact: true }).fill('my own pass 1');
  await page.getByLabel('新しいパスワード（もう一度）').fill('my own pass 1');
  await page.getByRole('button', { name: '参加' }).click();
  await page.getByRole('alert').filter({ hasText: 'sato' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('メンバーID').fill('shinjin');
  await page.getByRole('button', { name: '参加' }).click();
  await page.getByRole('heading', { name: '承認を待っています' }).waitFor();
  const { members } = await acme.ask<{ members: AdministeredMember[] }>('member.list', { text: 'shinjin' });
  expect(members).toMatchObject([{ name: '新人 花子', reading: 'しんじん はなこ', state: 'waiting' }]);
  await page.reload();
  await page.getByText('リンクを使えません').waitFor();
  expect(complaints()).toEqual([]);
  await page.context().close();
});

it('chooses a first password by a link, and goes on to the login', async () => {
  const given = { memberId: 'hatsu', name: '初 花子', reading: 'はつ はなこ', mailLink: true };
  const { link } = await acme.ask<{ link: string }>('member.create', given);
  const { page, complaints } = await openWindow(browser, { language: 'en' });
  await page.goto(link);
  await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
  await page.getByText('初 花子').waitFor();
  // All of the form is to be seen, not only what fits where the app's title bar would be.
  expect((await page.locator('.sheet').boundingBox())?.height).toBeGreaterThan(300);
  const fields = page.locator('input[type=password]');
  await fields.nth(0).fill('my own pass 1');
  await fields.nth(1).fill('my own pass 1');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Log in as “hatsu”.').waitFor();
  await page.getByRole('button', { name: 'To the login' }).click();
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
  expect(page.url()).not.toContain('invitation');
  await acme.loggedIn('hatsu', 'my own pass 1');
  expect(complaints()).toEqual([]);
  await page.context().close();
});
