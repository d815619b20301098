import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { pickMember, rule } from '../support/console-rules.ts';
import { consolePassword, goToSection, openConsoleOffice, type ConsoleOffice } from '../support/console.ts';
import { RawClient } from '../support/raw-client.ts';

/** From where the people of the demo company are logged in: the tests' own address counts as a proxy. */
const people: readonly (readonly [member: string, address: string])[] = [
  ['sato', '10.20.4.31'],
  ['tanaka', '198.51.100.9'],
  ['suzuki', '198.51.100.24'],
];

/** A picture's name, and the way to what it shows. */
type Scene = readonly [name: string, show: (page: Page) => Promise<void>];

const scenes: readonly Scene[] = [
  [
    'console-members',
    async (page) => {
      await goToSection(page, 'メンバー');
      await page.getByRole('row').nth(8).waitFor();
    },
  ],
  [
    'console-rules',
    async (page) => {
      await goToSection(page, 'アカウント');
      await rule(page, 'password.lockoutFailures').locator('select').selectOption('5');
    },
  ],
  [
    'console-network',
    async (page) => {
      await goToSection(page, 'ネットワーク');
      await page.getByRole('radio', { name: '指定したIPアドレスからのみ使える' }).click();
      await page.getByLabel('加えるアドレス').fill('10.20.0.0/16\n2001:db8:40::/48');
      await page.getByRole('button', { name: '2件を加える' }).click();
      await page.getByRole('list', { name: '保存すると接続が切れる人' }).getByRole('listitem').nth(1).waitFor();
    },
  ],
  [
    'console-drives',
    async (page) => {
      await goToSection(page, '共有ドライブ');
      await page.getByText('営業', { exact: true }).first().waitFor();
    },
  ],
  [
    'console-drive-rules',
    async (page) => {
      await goToSection(page, 'ドライブとリンク');
      await rule(page, 'links.mostDays').scrollIntoViewIfNeeded();
      await rule(page, 'links.sharedScopes').getByRole('checkbox').nth(2).check();
    },
  ],
  [
    'console-sync-rules',
    async (page) => {
      await goToSection(page, '同期');
      await rule(page, 'sync.mostPcs').getByRole('textbox').fill('3');
      await rule(page, 'sync.refusedFolders').getByRole('checkbox').first().check();
    },
  ],
  [
    'console-simulator',
    async (page) => {
      await goToSection(page, 'シミュレーター');
      await pickMember(page, 'だれが', '佐藤 美咲');
      await page.getByLabel('どこから').fill('10.20.4.31');
      await page.getByLabel('何を').selectOption({ label: 'ファイルを送る・置く' });
      await page.getByLabel('ファイル名').fill('report.exe');
      await page.getByRole('radio', { name: /^現在/u }).click();
      await page.getByRole('button', { name: '判定する' }).click();
      await page.locator('[data-verdict="denied"].verdict').waitFor();
    },
  ],
];

/** Takes the console's pictures into a folder, in a browser at a company of its own. Calls `told` with each file. */
export async function takeConsolePictures(folder: string, told: (file: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const office = await openConsoleOffice(['--trusted-proxy', '127.0.0.1/32']);
  try {
    await office.administer('policy.set', {
      patch: { blockedExtensions: { talk: ['exe', 'scr', 'bat'], drive: ['exe', 'scr', 'bat'] } },
    });
    for (const [member, address] of people) await logInFrom(office, member, address);
    const { page } = await office.open('admin', { width: 1280, height: 800 });
    for (const [name, show] of scenes) {
      await show(page);
      await page.evaluate(() => document.fonts.ready);
      // What only tells that something moved is not part of the picture.
      await page.waitForTimeout(400);
      const file = path.join(folder, `${name}.png`);
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
      told(file);
    }
  } finally {
    await office.close();
  }
}

async function logInFrom(office: ConsoleOffice, member: string, address: string): Promise<void> {
  const reply = await new RawClient(office.url).login(member, {
    password: consolePassword,
    headers: { 'x-forwarded-for': address },
  });
  if (!reply.body.ok) throw new Error(`${member} was not let in: ${reply.body.error?.message}`);
}
