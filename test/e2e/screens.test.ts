import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { openRenderer, type RendererPage } from '../support/renderer-page.ts';

// The real renderer in a real Electron window, over a fake host: what a person sees and types, screen by screen.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
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

const composer = (page: Page) => page.locator('textarea.draft');
const bubble = (page: Page, text: string) => page.locator('.bubble', { hasText: text });
const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.fake.calls.filter((call) => call.name === wanted).map(({ input }) => input as Record<string, unknown>),
    name,
  );
const openPlant = async (options: Parameters<RendererPage['open']>[0] = {}): Promise<Page> => {
  const page = await renderer.open({ route: '/talk/plant', ...options });
  await composer(page).waitFor();
  await bubble(page, '床荷重の計算書').waitFor();
  return page;
};

/** Types with an input method: kana, a conversion, and the Enter that confirms it. */
async function compose(page: Page, kana: string, kanji: string): Promise<void> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('Input.imeSetComposition', { text: kana, selectionStart: kana.length, selectionEnd: kana.length });
  await cdp.send('Input.imeSetComposition', { text: kanji, selectionStart: kanji.length, selectionEnd: kanji.length });
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 13 };
  await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await cdp.send('Input.insertText', { text: kanji });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter, windowsVirtualKeyCode: 13 });
  await cdp.detach();
}

describe('typing with an input method', () => {
  it('sends with the Enter that is meant, never with the one that confirms a conversion', async () => {
    const page = await openPlant({ settings: { sendKey: 'enter' } });
    await composer(page).click();
    await compose(page, 'あした', '明日');
    expect(await composer(page).inputValue()).toBe('明日');
    expect(await calls(page, 'message.send')).toEqual([]);
    await page.keyboard.press('Enter');
    await bubble(page, '明日').last().waitFor();
    expect(await calls(page, 'message.send')).toMatchObject([{ text: '明日' }]);
    expect(await composer(page).inputValue()).toBe('');
  });

  it('is not taken for a send where the confirming Enter comes as an ordinary one after the conversion', async () => {
    const page = await openPlant({ settings: { sendKey: 'enter' } });
    await composer(page).click();
    await page.keyboard.insertText('会議');
    await page.evaluate(() => {
      const field = document.querySelector('textarea')!;
      field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
      field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '会議' }));
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true, cancelable: true }));
    });
    expect(await calls(page, 'message.send')).toEqual([]);
    expect(await composer(page).inputValue()).toBe('会議');
  });

  it('submits no login form by a conversion either', async () => {
    const page = await renderer.open({ loggedIn: false });
    await page.locator('input[autocomplete=username]').click();
    await compose(page, 'さえき', '佐伯');
    await page.locator('input[type=password]').fill('something');
    await page.locator('input[autocomplete=username]').click();
    await compose(page, 'さん', 'さん');
    expect(await calls(page, 'account.login')).toEqual([]);
  });

  it('asks once which key sends, and keeps to the answer', async () => {
    const page = await openPlant({ settings: { sendKey: null } });
    await composer(page).fill('はじめての送信');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Ctrl + Enterで送信').click();
    expect(await calls(page, 'message.send')).toEqual([]);
    expect(await calls(page, 'shell.setSetting')).toContainEqual(expect.objectContaining({ key: 'sendKey', value: 'ctrl_enter' }));
    await composer(page).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(await composer(page).inputValue()).toBe('はじめての送信\n');
    await page.keyboard.press('Control+Enter');
    await bubble(page, 'はじめての送信').waitFor();
  });
});

describe('logging in', () => {
  it('takes the password out of the page in the moment of the submit', async () => {
    const page = await renderer.open({ loggedIn: false, delay: 300 });
    await page.locator('input[autocomplete=username]').fill('saeki');
    await page.locator('input[type=password]').fill('correct horse');
    await page.getByRole('button', { name: 'パスワードを表示' }).click();
    await page.getByRole('button', { name: 'ログイン', exact: true }).click();
    await page.getByText('ログインしています').waitFor();
    expect(await page.locator('input[autocomplete=current-password]').inputValue()).toBe('');
    expect(await page.locator('input[autocomplete=current-password]').getAttribute('type')).toBe('password');
    await page.getByRole('listbox', { name: 'ルームの一覧' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('correct horse');
  });

  it('says what is wrong, and counts the wait down', async () => {
    const page = await renderer.open({ loggedIn: false });
    const attempt = async () => {
      await page.locator('input[autocomplete=username]').fill('saeki');
      await page.locator('input[type=password]').fill('wrong');
      await page.keyboard.press('Enter');
    };
    await attempt();
    await page.getByText('メンバーIDかパスワードが違います。').waitFor();
    for (let count = 0; count < 3; count += 1) await attempt();
    await page.getByText(/\d+秒後にもう一度試せます/u).waitFor();
    expect(await page.getByRole('button', { name: 'ログイン', exact: true }).isDisabled()).toBe(true);
  });

  it('shows that keeping the login is not allowed, and by whom', async () => {
    const page = await renderer.open({ loggedIn: false, policy: { keepLogin: { pcApp: false } } });
    const box = page.getByRole('checkbox', { name: 'ログインしたままにする' });
    await box.waitFor();
    expect([await box.isDisabled(), await box.isChecked()]).toEqual([true, false]);
    await page.getByText('管理者が許可していません（アカウントの規則）。終了するとログアウトします。').waitFor();
  });

  it('refuses addresses without encryption before anything is sent there', async () => {
    const page = await renderer.open({ loggedIn: false });
    await page.getByRole('button', { name: '変更' }).click();
    await page.getByLabel('サーバーのアドレス').fill('http://chat.example.com');
    await page.getByRole('button', { name: 'つなぐ' }).click();
    await page.getByText('暗号化されたアドレス（https://）だけを使えます').waitFor();
    expect((await calls(page, 'server.look')).map(({ serverUrl }) => serverUrl)).not.toContain('http://chat.example.com');
  });
});

describe('a conversation', () => {
  const place = (page: Page, text: string) =>
    bubble(page, text)
      .first()
      .evaluate((element) => Math.round(element.getBoundingClientRect().top));
  const scroller = (page: Page) => page.getByRole('log');

  it('opens with the unread line and is read when its end was seen', async () => {
    const page = await openPlant();
    await page.getByText('ここから未読').waitFor();
    await expect.poll(() => calls(page, 'room.markRead')).toContainEqual(expect.objectContaining({ roomId: 'plant', sequence: 144 }));
    expect(await page.getByText('ここから未読').isVisible()).toBe(true);
  });

  it('stays where it is while something new arrives, and says how much', async () => {
    const page = await openPlant();
    await scroller(page).evaluate((element) => element.scrollBy(0, -900));
    await page.getByRole('button', { name: '最新へ' }).waitFor();
    const text = await page.locator('.bubble').nth(6).innerText();
    const before = await place(page, text);
    await page.evaluate(() => window.fake.say('plant', 'kubota', '新しい話です'));
    await page.evaluate(() => window.fake.say('plant', 'kubota', '続きです'));
    await page.getByRole('button', { name: '新着 2' }).waitFor();
    expect(await place(page, text)).toBe(before);
    await page.getByRole('button', { name: '新着 2' }).click();
    await bubble(page, '続きです').waitFor();
    await page.getByRole('button', { name: '新着 2' }).waitFor({ state: 'detached' });
  });

  it('follows what arrives while its end is in view, and says it once to those who hear the screen', async () => {
    const page = await openPlant();
    await page.evaluate(() => window.fake.say('plant', 'kubota', 'すぐ行きます'));
    await bubble(page, 'すぐ行きます').waitFor();
    await expect
      .poll(() => scroller(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight))
      .toBeLessThan(4);
    expect(await page.locator('.unseen[aria-live=polite]').innerText()).toBe('久保田 健吾：すぐ行きます');
  });

  it('loads older messages without a jump, back to the first', async () => {
    const page = await openPlant();
    const jumps = await scroller(page).evaluate(async (element) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const worst: number[] = [];
      for (let step = 0; step < 400 && document.querySelector('.conversation-start') === null; step += 1) {
        const box = element.getBoundingClientRect();
        const marks = [...element.querySelectorAll('.place')].filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return top >= box.top && bottom <= box.bottom;
        });
        const mark = marks[Math.floor(marks.length / 2)];
        const at = mark?.getBoundingClientRect().top ?? 0;
        const offset = element.scrollTop;
        element.scrollTop = Math.max(0, offset - 120);
        await frame();
        await frame();
        if (mark?.isConnected === true && offset > 120) worst.push(Math.abs(mark.getBoundingClientRect().top - at - 120));
      }
      return worst;
    });
    expect(jumps.length).toBeGreaterThan(20);
    expect(Math.max(...jumps)).toBeLessThan(40);
    await page.locator('.conversation-start').waitFor();
    expect(await page.locator('.place').count()).toBeLessThan(60);
  });

  it('shows a message at once as on its way, then who has read it', async () => {
    const page = await openPlant();
    await page.evaluate(() => window.fake.goOffline());
    await composer(page).fill('オフラインで書きました');
    await page.keyboard.press('Control+Enter');
    await page.getByText('送信待ち').waitFor();
    await page.getByText('オフラインです。未送信の1件は、つながると送ります。').waitFor();
    await page.evaluate(() => window.fake.goOnline());
    await page.getByText('送信待ち').waitFor({ state: 'detached' });
    await page.evaluate(() => window.fake.readBy('plant', 3));
    await page.getByText('既読 3').last().waitFor();
    expect(await bubble(page, 'オフラインで書きました').count()).toBe(1);
  });

  it('keeps what could not be sent, with the reason and two ways on', async () => {
    const page = await openPlant({ policy: { contact: { ja: '情報システム部（内線4410）', en: 'IT' } } });
    await page.evaluate(() => {
      window.fake.refusal = { code: 'denied', reason: 'service_denied', subject: null };
    });
    await composer(page).fill('届かない話');
    await page.keyboard.press('Control+Enter');
    await page.getByText('このサービスの利用権限がありません。相談先：情報システム部（内線4410）。').waitFor();
    await page.getByRole('button', { name: '下書きに戻す' }).click();
    await bubble(page, '届かない話').waitFor({ state: 'detached' });
    expect(await composer(page).inputValue()).toBe('届かない話');
    await page.evaluate(() => {
      window.fake.refusal = null;
    });
    await composer(page).focus();
    await page.keyboard.press('Control+Enter');
    await bubble(page, '届かない話').waitFor();
  });
});

describe('files', () => {
  const rules = { blockedExtensions: { talk: ['exe'], drive: [] }, contact: { ja: '情報システム部（内線4410）', en: 'IT' } };

  it('are refused by the rule before they are attached, others go on', async () => {
    const page = await openPlant({ policy: rules });
    await page.getByRole('button', { name: 'ファイルを添付' }).click();
    await page.getByRole('menuitem', { name: 'このPCから…' }).click();
    await page
      .getByText('拡張子 exe のファイルは送れません。規則「ファイルの種類」によるものです。必要な場合は情報システム部（内線4410）へ。')
      .waitFor();
    expect(await page.locator('.attachment').allInnerTexts()).toEqual([expect.stringContaining('床荷重計算書_rev3.pdf')]);
    await page.getByRole('button', { name: '送信', exact: true }).click();
    await page.locator('.message .file-card', { hasText: '床荷重計算書_re' }).waitFor();
    expect(await page.locator('.attachment').count()).toBe(0);
  });

  it('can be dropped on the conversation, which says so while they hover', async () => {
    const page = await openPlant({ policy: rules });
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['text'], '議事録.txt'));
      data.items.add(new File(['MZ'], 'setup.EXE'));
      return data;
    });
    await page.locator('.drop-zone').dispatchEvent('dragenter', { dataTransfer: transfer });
    await page.getByText('「第2工場 立ち上げ」に2個を添付').waitFor();
    await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: transfer });
    await page.getByText('setup.EXE').waitFor();
    expect(await page.locator('.attachment').allInnerTexts()).toEqual([expect.stringContaining('議事録.txt')]);
  });
});

describe('drafts', () => {
  it('survive going to another room and are with the host before anything else happens', async () => {
    const page = await openPlant();
    await composer(page).fill('書きかけの話');
    await page.getByRole('option', { name: /見積レビュー/u }).click();
    await bubble(page, 'No. 2611-084').waitFor();
    expect(await composer(page).inputValue()).toBe('');
    await expect.poll(() => page.evaluate(() => window.fake.drafts.get('plant'))).toBe('書きかけの話');
    await page.getByRole('option', { name: /第2工場.*下書き：書きかけの話/su }).click();
    await expect.poll(() => composer(page).inputValue()).toBe('書きかけの話');
  });

  it('never take away what is typed while the kept one is still on its way', async () => {
    const page = await renderer.open({ route: '/talk/plant', delay: 250 });
    await composer(page).waitFor();
    await page.keyboard.type('押印済みの原本は夕方お持ちします', { delay: 40 });
    expect(await composer(page).inputValue()).toBe('押印済みの原本は夕方お持ちします');
  });
});

describe('keys', () => {
  it('go to people by their reading, to rooms above and below, and through the columns', async () => {
    const page = await openPlant();
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox').fill('みうら');
    await page
      .getByRole('option', { name: /三浦 遥/u })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '三浦 遥' }).waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('heading', { name: '高梨 亮' }).waitFor();
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await page.getByRole('heading', { name: '営業企画部' }).waitFor();
    const columns: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      await page.keyboard.press('F6');
      columns.push(await page.evaluate(() => document.activeElement?.closest('[data-column]')?.className ?? ''));
    }
    expect(new Set(columns).size).toBe(4);
  });

  it('move and choose in the list of rooms, which is one tab stop', async () => {
    const page = await renderer.open({ route: '/talk' });
    const list = page.getByRole('listbox', { name: 'ルームの一覧' });
    await list.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '第2工場 立ち上げ' }).waitFor();
    expect(await list.locator('[tabindex="0"]').count()).toBe(0);
  });
});

describe('a lock', () => {
  it('takes the content out of the window, and says the rule, what is kept and whom to ask', async () => {
    const page = await openPlant({ policy: { contact: { ja: '情報システム部（内線4410）', en: 'IT' } } });
    await page.evaluate(() => window.fake.lock('network_denied'));
    await page.getByRole('heading', { name: 'このネットワークからは利用できません' }).waitFor();
    const text = await page.evaluate(() => document.body.innerText);
    expect(text).toContain('相談先：情報システム部（内線4410）');
    expect(text).not.toContain('床荷重');
    expect(await page.locator('.bubble, .room').count()).toBe(0);
  });
});

describe('every screen', () => {
  const screens = [
    ['login', { loggedIn: false }],
    ['talk', { route: '/talk/plant' }],
    ['no room', { route: '/talk' }],
    ['general settings', { route: '/settings/general', enforced: { autoStart: true } }],
    ['notification settings', { route: '/settings/notifications' }],
    ['account settings', { route: '/settings/account', policy: { keepLogin: { pcApp: false } } }],
    ['version', { route: '/settings/version' }],
  ] as const;
  const looks = [
    ['ja', 'light'],
    ['ja', 'dark'],
    ['en', 'light'],
    ['en', 'dark'],
  ] as const;

  it.each(screens.flatMap(([name, options]) => looks.map(([language, theme]) => ({ name, options, language, theme }))))(
    'is clean for axe and for the page’s policy: $name, $language, $theme',
    async ({ options, language, theme }) => {
      const page = await renderer.open({ ...options, language, theme });
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(400);
      const cdp = await page.context().newCDPSession(page);
      // Past the page's own policy, which rightly refuses foreign scripts.
      await cdp.send('Runtime.evaluate', { expression: axe });
      await cdp.detach();
      const violations = await page.evaluate(async () => {
        const { axe: checker } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
      });
      expect(violations).toEqual([]);
      expect(renderer.problems()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    },
  );

  it('fits a small window and 200 % zoom without sideways scrolling', async () => {
    for (const route of ['/talk', '/talk/plant', '/settings/general']) {
      const page = await renderer.open({ route, width: 640, height: 480 });
      await page.locator('h1').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    }
  });
});
