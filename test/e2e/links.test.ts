import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inRoot } from '../../build/paths.ts';
import { accessibilityFaults, openBrowser, openWindow, type WindowOptions } from '../support/browser.ts';
import { linkWorld, type LinkWorld } from '../support/link-world.ts';
import { testPassword } from '../support/test-server.ts';
import { turnedClock, type TurnedClock } from '../support/turned-clock.ts';

// Links as people open them who know nothing of Hikyaku: in a browser, by an address that came in a message.

let world: LinkWorld;
let browser: Browser;
let clock: TurnedClock;
beforeAll(async () => {
  clock = turnedClock();
  world = await linkWorld({ pages: inRoot('dist', 'renderer'), clock: clock.clock });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

/** Pictures for people to look at; kept only where a folder for them is named. */
const shots = process.env['HIKYAKU_SHOTS'];
async function picture(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/** A second of silence: PCM, 8 kHz, 8 bits, one channel. */
function oneSecond(): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 8_000, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(8_000, 40);
  return Buffer.concat([header, Buffer.alloc(8_000, 128)]);
}

const visit = async (url: string, options: WindowOptions = {}) => {
  const opened = await openWindow(browser, { width: 1_000, height: 760, ...options });
  opened.page.setDefaultTimeout(15_000);
  await opened.page.goto(url);
  return opened;
};
/** The page as it is now: nothing to complain about, for axe or the browser. */
async function expectClean(
  { page, complaints }: Awaited<ReturnType<typeof visit>>,
  name: string,
  themes: readonly ('light' | 'dark')[] = ['light', 'dark'],
): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, `${name}-${theme}`);
  }
  expect(complaints()).toEqual([]);
}

it('opens a file by its password, shows it, saves it, and speaks the other language on request', async () => {
  const { link } = await world.link(world.file, { password: 'さくら2025' });
  const opened = await visit(link.url);
  const { page } = opened;
  await page.getByRole('heading', { name: 'パスワードを入力してください' }).waitFor();
  expect(await page.title()).toBe('共有リンク');
  expect(await page.content()).not.toContain('見積');
  await page.getByLabel('パスワード').fill('まちがい');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'パスワードが違います。' }).waitFor();
  await expectClean(opened, 'password-ja');
  await page.getByLabel('パスワード').fill('さくら2025');
  await page.getByRole('button', { name: '開く' }).click();
  await page.getByRole('heading', { name: '見積.txt' }).waitFor();
  await page.getByText(world.text).waitFor();
  await page.getByText('sato（acme Inc.）が共有').waitFor();
  await expectClean(opened, 'file-ja');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'ダウンロード' }).click()]);
  expect(download.suggestedFilename()).toBe('見積.txt');
  await page.getByRole('radio', { name: 'English' }).click();
  await page.getByText('Shared by sato (acme Inc.)').waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await expectClean(opened, 'file-en', ['light']);
  await page.reload();
  await page.getByText('Shared by sato (acme Inc.)').waitFor();
  await page.context().close();
});

it('shows Markdown and tables as they are meant, and runs nothing that is written in them', async () => {
  const add = (name: string, text: string) => world.addFile(world.maker, world.space.id, world.space.rootId, name, text);
  const notes = await add('議事録.md', '# 定例会議\n\n- 納期 **11月20日**\n\n<script>document.title = "taken"</script>');
  const list = await add('一覧.csv', '品名,数量\nポンプ,"1,200"\n');
  const [first, second] = [await visit((await world.link(notes)).link.url), await visit((await world.link(list)).link.url)];
  await first.page.getByRole('heading', { name: '定例会議' }).waitFor();
  await first.page.getByRole('listitem').getByText('11月20日').waitFor();
  expect(await first.page.title()).not.toBe('taken');
  await second.page.getByRole('columnheader', { name: '数量' }).waitFor();
  await second.page.getByRole('cell', { name: '1,200' }).waitFor();
  await expectClean(first, 'markdown', ['dark']);
  await expectClean(second, 'table', ['light']);
  for (const { page } of [first, second]) await page.context().close();
});

it('opens a folder by a code that comes by mail, in English, down and back up, and takes a file', async () => {
  const folder = await world.addFolder(world.maker, world.space.id, world.space.rootId, 'Project Kite');
  const inner = await world.addFolder(world.maker, world.space.id, folder.id, 'Drawings');
  await world.addFile(world.maker, world.space.id, inner.id, 'plan.txt', 'The plan');
  await world.addFile(world.maker, world.space.id, folder.id, 'Brief_for_the_customer_2025.txt', 'The brief');
  const options = { scope: 'one_time_password', addresses: ['kyaku@example.com'], permission: 'edit' };
  const { link } = await world.link(folder, options);
  const opened = await visit(link.url, { language: 'en' });
  const { page } = opened;
  await page.getByRole('heading', { name: 'Confirm your e-mail address' }).waitFor();
  await expectClean(opened, 'mail-en', ['light']);
  await page.getByLabel('E-mail address').fill('kyaku@example.com');
  await page.getByRole('button', { name: 'Send a code' }).click();
  await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
  const letter = await world.mail.to('kyaku@example.com');
  expect(letter.subject).toBe('The code to open a shared link');
  await page.getByLabel('Code (6 digits)').fill('12345');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'The code is wrong.' }).waitFor();
  await expectClean(opened, 'code-en', ['dark']);
  await page.getByLabel('Code (6 digits)').fill(/\b\d{6}\b/.exec(letter.text)![0]);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('button', { name: 'Open Drawings' }).waitFor();
  await expectClean(opened, 'folder-en');
  // All of it by the keyboard: into the folder, to the file, back to the list, up again.
  await page.getByRole('button', { name: 'Open Drawings' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Open plan.txt' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('The plan').waitFor();
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await page.getByRole('navigation').getByRole('button', { name: 'Project Kite' }).click();
  await page.getByRole('button', { name: 'Open Brief_for_the_customer_2025.txt' }).waitFor();
  await page.locator('input[type=file]').setInputFiles([
    { name: 'reply.txt', mimeType: 'text/plain', buffer: Buffer.from('Our reply') },
    { name: 'second.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
  ]);
  await page.getByRole('button', { name: 'Open reply.txt' }).waitFor();
  await page.getByRole('region', { name: 'Uploads' }).getByText('Added').first().waitFor();
  await expectClean(opened, 'folder-uploaded-en', ['dark']);
  const zip = page.getByRole('link', { name: 'Download all' });
  const [download] = await Promise.all([page.waitForEvent('download'), zip.click()]);
  expect(download.suggestedFilename()).toBe('Project Kite.zip');
  // Deleted while it is open: the page says so as soon as anything is asked.
  await world.ask(world.maker, 'link.delete', { linkId: link.id });
  await page.getByRole('button', { name: 'Open Drawings' }).click();
  await page.getByRole('heading', { name: 'The link was deleted' }).waitFor();
  await expectClean(opened, 'deleted-en', ['light']);
  expect(await page.locator('main').innerText()).not.toContain('Project Kite');
  await page.context().close();
});

it('shows a picture and plays a sound in place', async () => {
  const folder = await world.addFolder(world.maker, world.space.id, world.space.rootId, '素材');
  await world.addFile(world.maker, world.space.id, folder.id, '印.png', readFileSync(inRoot('build', 'icons', '512x512.png')));
  await world.addFile(world.maker, world.space.id, folder.id, '音.wav', oneSecond());
  const opened = await visit((await world.link(folder)).link.url);
  const { page } = opened;
  await page.getByRole('button', { name: '印.pngを開く' }).click();
  const image = page.getByRole('img', { name: '印.png' });
  await image.waitFor();
  const width = await image.evaluate(async (element) => {
    await (element as HTMLImageElement).decode();
    return (element as HTMLImageElement).naturalWidth;
  });
  expect(width).toBe(512);
  await expectClean(opened, 'picture-ja', ['light']);
  await page.getByRole('button', { name: '一覧に戻る' }).click();
  await page.getByRole('button', { name: '音.wavを開く' }).click();
  const sound = page.locator('audio');
  await sound.waitFor();
  const seconds = await sound.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const audio = element as HTMLAudioElement;
        if (audio.readyState > 0) resolve(audio.duration);
        audio.addEventListener('loadedmetadata', () => resolve(audio.duration));
        audio.addEventListener('error', () => resolve(-1));
      }),
  );
  expect(seconds).toBeCloseTo(1, 1);
  expect(opened.complaints()).toEqual([]);
  await page.context().close();
});

it('lets colleagues in once they are logged in, on a narrow window too', async () => {
  const { link } = await world.link(world.folder, { scope: 'company', mayDownload: false });
  const opened = await visit(link.url, { width: 400, height: 720 });
  const { page } = opened;
  await page.getByRole('heading', { name: 'ログインが必要です' }).waitFor();
  await expectClean(opened, 'login-ja-narrow');
  const [login] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'ログイン画面を開く' }).click()]);
  await login.getByLabel('メンバーID').fill('tanaka');
  await login.getByLabel('パスワード', { exact: true }).fill(testPassword);
  const answered = login.waitForResponse((response) => response.url().endsWith('/api/session.login') && response.ok());
  await login.getByRole('button', { name: 'ログイン', exact: true }).click();
  await (await answered).finished();
  // Whether the browser tells the page that it is in front again or not: the button does the same.
  await page.bringToFront();
  const done = page.getByRole('button', { name: 'ログインしました' });
  if (await done.isVisible()) await done.click({ timeout: 2_000 }).catch(() => undefined);
  await page.getByRole('button', { name: '見積.txtを開く' }).waitFor();
  await page.getByText('このリンクではダウンロードできません。').waitFor();
  expect(await page.getByRole('link').count()).toBe(0);
  await expectClean(opened, 'folder-ja-narrow');
  await page.context().close();
});

it('says why nothing is there: expired, switched off, in the trash, or never been', async () => {
  const day = 86_400_000;
  const made = async (options: object): Promise<string> => (await world.link(world.file, options)).link.url;
  const expired = await made({ expiresAt: clock.clock.now() + day });
  clock.forward(2 * day);
  for (const [client, member] of [
    [world.admin, 'admin'],
    [world.maker, 'sato'],
  ] as const) {
    expect((await client.login(member)).status).toBe(200);
  }
  const gone = await made({});
  const looks: [string, string, string, string][] = [
    ['expired', expired, 'リンクの有効期限が切れています', 'The link has expired'],
    ['gone', gone, '今は開けません', 'This can’t be opened now'],
    ['missing', `${world.running.url}/l/AAAAAAAAAAAAAAAAAAAAAAAAAAA`, 'リンクが見つかりません', 'There’s no such link'],
    ['cut', `${world.running.url}/l/`, 'リンクが見つかりません', 'There’s no such link'],
  ];
  await world.mutate(world.maker, world.space.id, { kind: 'delete', nodeId: world.file.id, baseVersion: 1 });
  const opened = await visit(`${world.running.url}/l/`);
  for (const [name, url, ja, en] of looks) {
    const { page } = opened;
    await page.goto(url);
    await page.getByRole('heading', { name: ja }).waitFor();
    expect(await page.content()).not.toMatch(/見積|acme|sato/);
    await expectClean(opened, `${name}-ja`, name === 'expired' ? ['light', 'dark'] : ['light']);
    await page.getByRole('radio', { name: 'English' }).click();
    await page.getByRole('heading', { name: en }).waitFor();
    await picture(page, `${name}-en`);
    await page.getByRole('radio', { name: '日本語' }).click();
  }
  await opened.page.context().close();
  await world.mutate(world.maker, world.space.id, { kind: 'restore', nodeId: world.file.id });
  await world.policy({ links: { enabled: false } });
  const off = await visit(gone);
  await off.page.getByRole('heading', { name: 'リンクは使えなくなりました' }).waitFor();
  await expectClean(off, 'off-ja', ['dark']);
  await off.page.context().close();
});
