import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot } from '../../build/paths.ts';
import { openBrowser, openWindow, type BrowserWindow } from '../support/browser.ts';
import { chooseEnter, composer, conversation, eventually, logIn, openOffice, password, roomRow, type Office } from '../support/office.ts';

// ACC-31, ACC-33: programs that nobody touches, in a real Electron and a real Chromium.

const room = '田中 健太';
let office: Office;
let browser: Browser;

beforeAll(async () => {
  office = await openOffice();
  browser = await openBrowser();
  const rules = { idleLogout: { browserMinutes: 30, pcAppMinutes: 30 } };
  expect(await office.call('admin', 'policy.set', { patch: rules })).toMatchObject({ ok: true });
});
afterAll(async () => {
  await browser?.close();
  await office?.close();
});

const openRoom = async (page: Page): Promise<void> => {
  await roomRow(page, room).click();
  await composer(page, room).waitFor();
};
const loginForm = (page: Page) => page.getByLabel('パスワード', { exact: true });

/** Changes the kept sessions in the desktop's keyring by a script; `entry` is what is kept of one. */
async function changeKept(script: string): Promise<void> {
  const program = `
    const keytar = require('keytar');
    (async () => {
      const { longSecrets } = await import('./shared/base/long-secrets.ts');
      const keychain = longSecrets(keytar);
      let changed = 0;
      for (const { account } of await keytar.findCredentials('app.hikyaku.desktop')) {
        if (!account.endsWith('/session')) continue;
        const entry = JSON.parse(await keychain.getPassword('app.hikyaku.desktop', account));
        ${script};
        await keychain.setPassword('app.hikyaku.desktop', account, JSON.stringify(entry));
        changed += 1;
      }
      if (changed === 0) throw new Error('Nothing is kept');
    })().catch((error) => { console.error(error); process.exitCode = 1; });`;
  await promisify(execFile)(process.execPath, ['-e', program], { cwd: inRoot(), env: { ...process.env, ...office.desktop.env } });
}

/** Whatever lies in a folder, with the names of files and folders. */
function everything(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));
  return Buffer.concat([Buffer.from(entries.map(({ name }) => name).join('\n')), ...files]);
}

describe('the app', () => {
  it('left alone longer than the rule asks for a login, has nothing readable on the disk, and the draft afterwards', async () => {
    const token = 'だれも見ていない-5c2e91';
    const temporary = path.join(office.folder, 'temporary');
    mkdirSync(temporary);
    const env = { TMPDIR: temporary };
    const first = await office.open('left-alone', { env });
    const keep = first.page.getByLabel('ログインしたままにする');
    await keep.waitFor();
    if (!(await keep.isChecked())) await keep.check();
    await logIn(first.page, 'sato');
    await openRoom(first.page);
    await composer(first.page, room).fill(`${token} 送ったもの`);
    await composer(first.page, room).press('Enter');
    // Only the first run asks what Enter does.
    await chooseEnter(first.page);
    await conversation(first.page, room).getByText(`${token} 送ったもの`).waitFor();
    await composer(first.page, room).fill(`${token} 書きかけ`);
    // The draft is put away as it is typed, a moment later.
    await first.page.waitForTimeout(1_500);
    await first.close();

    await changeKept('entry.counted.at -= 31 * 60_000');
    const second = await office.open('left-alone', { env });
    await loginForm(second.page).waitFor();
    expect(await second.page.getByText(token).count()).toBe(0);
    const left = Buffer.concat([everything(path.join(office.folder, 'left-alone')), everything(temporary)]);
    expect(left.length).toBeGreaterThan(50_000);
    for (const secret of [token, password]) expect(left.includes(Buffer.from(secret)), secret).toBe(false);

    await logIn(second.page, 'sato');
    await openRoom(second.page);
    await eventually(() => composer(second.page, room).inputValue(), `${token} 書きかけ`);
    await conversation(second.page, room).getByText(`${token} 送ったもの`).waitFor();
    await second.close();
  });

  it('whose offline lease is over opens nothing without the server, says why, and opens by itself when it is back', async () => {
    const first = await office.open('leased');
    const keep = first.page.getByLabel('ログインしたままにする');
    await keep.waitFor();
    if (!(await keep.isChecked())) await keep.check();
    await logIn(first.page, 'tanaka');
    await roomRow(first.page, '佐藤 美咲').waitFor();
    await first.close();
    await office.server().stop('SIGKILL');
    // Seven days, as the rule stands; nobody was away from the PC as far as the other rule goes.
    await changeKept('entry.counted.leaseMs += 8 * 24 * 3_600_000');
    const second = await office.open('leased');
    await second.page.getByText('このPCのデータを閉じています').first().waitFor();
    expect(await second.page.getByText('佐藤 美咲').count()).toBe(0);
    await office.startServer();
    await roomRow(second.page, '佐藤 美咲').waitFor({ timeout: 90_000 });
    await second.close();
  });
});

describe('the browser edition', () => {
  let sato: BrowserWindow;
  const open = async (): Promise<Page> => {
    const page = await sato.context.newPage();
    await page.clock.install();
    await page.goto(`${office.url}/`);
    return page;
  };

  it('counts down a minute before, and a touch in any tab keeps the login in all of them', async () => {
    sato = await openWindow(browser);
    const page = await open();
    await logIn(page, 'sato');
    const other = await open();
    await roomRow(other, room).waitFor();
    const warning = page.getByRole('dialog').filter({ hasText: 'まもなくログアウトします' });
    await page.clock.fastForward(29 * 60_000 + 15_000);
    await warning.waitFor();
    await other.mouse.move(40, 40);
    await other.mouse.down();
    await other.mouse.up();
    await warning.waitFor({ state: 'detached' });
    expect(await page.getByRole('navigation', { name: 'メインメニュー' }).count()).toBe(1);
    await other.close();
  });

  it('is logged out when nobody moves, tells the server, and has what was being written after the next login', async () => {
    const page = sato.context.pages().at(-1)!;
    await openRoom(page);
    await composer(page, room).fill('ブラウザーで書きかけた');
    await page.clock.fastForward(2_000);
    await page.clock.fastForward(31 * 60_000);
    await page.getByText('しばらく操作がなかったため、ログアウトしました').first().waitFor();
    const { value } = await office.call('admin', 'session.list', { member: 'sato' });
    const { sessions } = value as { sessions: { kind: string; endedReason: string | null }[] };
    expect(sessions.filter(({ kind }) => kind === 'browser').map(({ endedReason }) => endedReason)).toContain('session_idle');
    // The form may still know who was here.
    await page.getByLabel('メンバーID').fill('');
    await logIn(page, 'sato');
    await openRoom(page);
    await eventually(() => composer(page, room).inputValue(), 'ブラウザーで書きかけた');
  });
});
