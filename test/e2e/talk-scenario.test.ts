import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longSecrets } from '#shared/base/long-secrets.ts';
import type { LaunchedApp } from '../support/app.ts';
import { mainHeap, pageHeap } from '../support/heap.ts';
import { keyringEntries } from '../support/keyring.ts';
import {
  chooseEnter,
  composer,
  conversation,
  eventually,
  logIn,
  message,
  openOffice,
  password,
  roomRow,
  type Office,
} from '../support/office.ts';

// Two people of the demo company, each with an app and a profile of their own, on one real server. The steps build on each other.

const said = '明日の会議の資料です';
let office: Office;
let sato: LaunchedApp;
let tanaka: LaunchedApp;

beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office?.close());

/** Every file below a folder, as one text; links (Chromium's locks) are none. */
function filesBelow(folder: string): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

describe('logging in', () => {
  it('leaves the password in no renderer, log, main process or file, and no token in the renderer', async () => {
    sato = await office.open('sato');
    await logIn(sato.page, 'sato');
    await roomRow(sato.page, '田中 健太').waitFor();

    const renderer = await pageHeap(sato.page);
    expect(renderer.includes('"sato"')).toBe(true);
    expect(renderer.includes(password)).toBe(false);
    const tokens = await sessionSecrets(sato);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{22,}$/);
    expect(tokens.filter((token) => renderer.includes(token))).toEqual([]);
    const stored = await sato.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    expect(stored).not.toContain(password);

    const main = await mainHeap(sato);
    expect(main.includes(path.basename(sato.profileDir))).toBe(true);
    expect(main.includes(password)).toBe(false);
    expect(sato.log()).not.toContain(password);
    expect(filesBelow(sato.profileDir).includes(password)).toBe(false);
    expect(office.server().log()).not.toContain(password);
  });
});

describe('a message', () => {
  it('is not sent by the Enter that confirms a conversion, then shows at once and as sent', async () => {
    tanaka = await office.open('tanaka');
    await logIn(tanaka.page, 'tanaka');
    await roomRow(tanaka.page, '佐藤 美咲').waitFor();

    await roomRow(sato.page, '田中 健太').click();
    const field = composer(sato.page, '田中 健太');
    await field.click();
    await compose(sato.page, said);
    expect(await field.inputValue()).toBe(said);
    expect(await message(sato.page, said).count()).toBe(0);

    await sato.page.keyboard.press('Enter');
    await chooseEnter(sato.page);
    await message(sato.page, said).waitFor();
    expect(await field.inputValue()).toBe('');
    await eventually(
      () =>
        message(sato.page, said)
          .getByText(/送信中|送信待ち/)
          .count(),
      0,
    );
  });

  it('reaches the other with an unread badge and a desktop notification, and is marked as read when the room is opened', async () => {
    await roomRow(tanaka.page, '佐藤 美咲').getByText('未読 1').waitFor({ state: 'attached' });
    await expect
      .poll(() => office.desktop.notifications(), { timeout: 15_000 })
      .toContainEqual(expect.objectContaining({ title: '佐藤 美咲', body: said }));

    expect(await message(sato.page, said).getByText('既読').count()).toBe(0);
    await roomRow(tanaka.page, '佐藤 美咲').click();
    await message(tanaka.page, said).waitFor();
    await message(sato.page, said).getByText('既読 1').waitFor();
    await eventually(() => roomRow(tanaka.page, '佐藤 美咲').getByText('未読 1').count(), 0);
  });
});

describe('a server that dies', () => {
  it('loses none of ten messages and repeats none; the app says that it is offline meanwhile', async () => {
    const field = composer(sato.page, '田中 健太');
    await field.click();
    const texts = Array.from({ length: 10 }, (_, index) => `第${index + 1}便を出しました`);
    for (const [index, text] of texts.entries()) {
      await field.fill(text);
      await sato.page.keyboard.press('Enter');
      if (index === 3) await office.endServer('SIGKILL');
    }
    await sato.page.getByText(/オフラインです/).waitFor();
    await message(sato.page, texts[9]!)
      .getByText(/送信待ち|送信中/)
      .waitFor();

    await office.startServer();
    for (const page of [sato.page, tanaka.page]) {
      for (const text of texts) await eventually(() => message(page, text).count(), 1, 60_000);
    }
    await eventually(() => sato.page.getByText(/送信待ち|送信中/).count(), 0, 60_000);
    await eventually(() => sato.page.getByText(/オフラインです/).count(), 0);
    const shown = await conversation(tanaka.page, '佐藤 美咲').getByRole('article').allInnerTexts();
    const order = texts.map((text) => shown.findIndex((line) => line.includes(text)));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});

describe('keeping the login', () => {
  it('brings the person back without a password', async () => {
    await composer(sato.page, '田中 健太').fill('書きかけの返事');
    await sato.page.waitForTimeout(500);
    await sato.close();
    sato = await office.open('sato');
    // The window opens where it was, with what was being written.
    await eventually(() => composer(sato.page, '田中 健太').inputValue(), '書きかけの返事');
    expect(await sato.page.getByLabel('パスワード', { exact: true }).count()).toBe(0);
  });

  it('ends when the administrator forbids it: only the session leaves the keychain, and draft and cache are there after logging in again', async () => {
    const reply = await office.call('admin', 'policy.set', { patch: { keepLogin: { pcApp: false } } });
    expect(reply).toMatchObject({ ok: true });
    await eventually(async () => (await keychainEntries(sato)).includes('session'), false);
    await sato.close();
    sato = await office.open('sato');
    await sato.page.getByLabel('パスワード', { exact: true }).waitFor();
    expect((await keychainEntries(sato)).toSorted()).toEqual(['database', 'device_key']);

    await logIn(sato.page, 'sato');
    await eventually(() => composer(sato.page, '田中 健太').inputValue(), '書きかけの返事');
    await eventually(() => message(sato.page, said).count(), 1);
  });
});

/** Types a text with an input method and confirms it with Enter, as the OS reports it. */
async function compose(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key });
  await session.send('Input.insertText', { text });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
  await session.detach();
}

/** The entries that the app's own keychain service holds for this profile, by kind. */
async function findEntries({ profileDir }: LaunchedApp): Promise<{ entry: string; secret: string }[]> {
  const mine = (await keyringEntries(office.desktop)).filter(({ account }) => account.startsWith(`${profileDir}/`));
  return mine.map(({ account, password: secret }) => ({ entry: account.slice(account.lastIndexOf('/') + 1), secret }));
}
const keychainEntries = async (app: LaunchedApp): Promise<string[]> => (await findEntries(app)).map(({ entry }) => entry);

/** What opens doors, as the keychain holds it: the refresh token and the server's part of the database key. */
async function sessionSecrets(app: LaunchedApp): Promise<string[]> {
  const entries = new Map((await findEntries(app)).map(({ entry, secret }) => [entry, secret]));
  const keychain = longSecrets({
    getPassword: async (_service, entry) => entries.get(entry) ?? null,
    setPassword: async () => undefined,
    deletePassword: async () => false,
  });
  const { refreshToken, identity } = JSON.parse((await keychain.getPassword('', 'session')) ?? '{}') as {
    refreshToken: string;
    identity: { databaseKey: string };
  };
  // Of the token the random part: its first parts only say which session it is.
  return [...refreshToken.split('.').slice(-2), identity.databaseKey];
}
