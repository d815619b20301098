import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Dialog, PowerMonitor } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type LaunchedApp } from '../support/app.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { ask, call, heard, makeShellApp, ready, tellAgent, type ShellApp } from '../support/shell-app.ts';
import { openTrayWatcher, type TrayWatcher } from '../support/tray-watcher.ts';

// The real main process and preload script in a real Electron, around a plain page and an agent that does what the test says.

let shellApp: ShellApp;
let desktop: Desktop;
let tray: TrayWatcher;
let shell: LaunchedApp;
let bin: string;

const launch = async (more: Partial<Parameters<typeof launchApp>[0]> = {}): Promise<LaunchedApp> => {
  const started = await launchApp({ desktop, appFolder: shellApp.folder, ...more });
  await ready(started.page);
  return started;
};
const expectUntil = <T>(what: () => T | Promise<T>, matcher: (value: T) => boolean) =>
  expect.poll(async () => matcher(await what()), { timeout: 15_000, interval: 50 }).toBe(true);

/** What the file manager or a program was told to open. */
const opened = (): string[] =>
  existsSync(path.join(bin, 'opened.txt')) ? readFileSync(path.join(bin, 'opened.txt'), 'utf8').split('\n') : [];

beforeAll(async () => {
  bin = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-bin-'));
  writeFileSync(path.join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" >> '${bin}/opened.txt'\n`, { mode: 0o755 });
  shellApp = await makeShellApp();
  desktop = await openDesktop();
  tray = await openTrayWatcher(desktop);
  shell = await launch({ server: 'http://127.0.0.1:9', env: { HIKYAKU_UNRELATED: 'private', PATH: `${bin}:${process.env['PATH']}` } });
});
afterAll(async () => {
  await shell?.close();
  await tray?.close();
  await desktop?.close();
  shellApp?.remove();
  rmSync(bin, { recursive: true, force: true });
});

describe('the agent’s process', () => {
  it('gets a small fixed environment and the server to offer', async () => {
    const { environment } = await tellAgent(shell.page, {});
    expect(environment).toMatchObject({
      HIKYAKU_PROFILE: shell.profileDir,
      HIKYAKU_VERSION: '0.1.0',
      HIKYAKU_SERVER: 'http://127.0.0.1:9',
    });
    expect(environment).not.toHaveProperty('HIKYAKU_UNRELATED');
    expect(environment).not.toHaveProperty('PATH');
    expect(await call(shell.page, 'workspace.info', {})).toMatchObject({ ok: true, value: { serverUrl: 'http://127.0.0.1:9' } });
  });

  it('is started again after a kill: the call under way fails, the next ones succeed', async () => {
    const underWay = call(shell.page, 'message.list', {});
    // Answered after the call before it has reached the agent.
    const { pid } = await tellAgent(shell.page, {});
    process.kill(pid, 'SIGKILL');
    expect(await underWay).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    const next = await tellAgent(shell.page, {});
    expect(next.pid).not.toBe(pid);
    expect(await heard(shell.page)).toContainEqual({ type: 'accounts.changed' });
  });

  it('is not started for ever: after three ends within a minute the person is asked', async () => {
    const other = await launch();
    try {
      await other.app.evaluate(({ dialog }: { dialog: Dialog }) => {
        const questions: string[] = [];
        Object.assign(globalThis, { questions });
        dialog.showMessageBox = (...input: unknown[]) => {
          questions.push((input.at(-1) as { message: string }).message);
          return new Promise((resolve) => setTimeout(() => resolve({ response: 0, checkboxChecked: false }), 1_500));
        };
      });
      const killed = new Set<number>();
      while (killed.size < 3) {
        const pid = await tellAgent(other.page, {}).then(
          (agent) => agent.pid,
          () => null,
        );
        if (pid === null || killed.has(pid)) continue;
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
      await expectUntil(
        () => other.app.evaluate(() => (globalThis as unknown as { questions: string[] }).questions),
        (questions) => questions.includes('Hikyakuの処理が続けて止まりました'),
      );
      expect(await call(other.page, 'workspace.info', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } });
      await expectUntil(
        () => call(other.page, 'workspace.info', {}),
        (reply) => reply.ok,
      );
    } finally {
      await other.close();
    }
  });

  it('hears of sleep, wake and lock, and of the person who comes back to the window', async () => {
    await shell.app.evaluate(({ powerMonitor, BrowserWindow }) => {
      for (const name of ['suspend', 'resume', 'lock-screen', 'unlock-screen']) (powerMonitor as unknown as PowerMonitor).emit(name);
      BrowserWindow.getAllWindows()[0]!.emit('focus');
    });
    const told = (await tellAgent(shell.page, {})).heard as { type: string }[];
    const power = ['suspend', 'resume', 'lock', 'unlock'].map((state) => ({ type: 'power', state }));
    expect(told.filter(({ type }) => type !== 'focus')).toEqual(power);
    expect(told.at(-1)).toEqual({ type: 'focus' });
  });
});

describe('what the agent asks of the shell', () => {
  it('keeps secrets in the OS keychain, apart per account and entry', async () => {
    const entry = (accountId: string, name: string) => ({ accountId, entry: name });
    expect(await ask(shell.page, 'keychain.available', {})).toEqual({ ok: true, value: { available: true } });
    await ask(shell.page, 'keychain.set', { ...entry('a', 'session'), secret: 'one' });
    await ask(shell.page, 'keychain.set', { ...entry('a', 'device_key'), secret: 'two' });
    expect(await ask(shell.page, 'keychain.get', entry('a', 'session'))).toEqual({ ok: true, value: { secret: 'one' } });
    await ask(shell.page, 'keychain.delete', entry('a', 'session'));
    expect(await ask(shell.page, 'keychain.get', entry('a', 'session'))).toEqual({ ok: true, value: { secret: null } });
    expect(await ask(shell.page, 'keychain.get', entry('a', 'device_key'))).toEqual({ ok: true, value: { secret: 'two' } });
    expect(await ask(shell.page, 'keychain.get', entry('b', 'device_key'))).toEqual({ ok: true, value: { secret: null } });
  });

  it('shows notifications, replaces them within a room, and opens the room on a click', async () => {
    const show = (body: string) =>
      ask(shell.page, 'notification.show', { accountId: 'a', roomId: 'room 1', title: '田中 翔', body, messageId: 'm' });
    const before = desktop.notifications().length;
    await show('明日の会議の資料です');
    await show('<b>至急</b> & 確認');
    await expectUntil(
      () => desktop.notifications().length,
      (count) => count >= before + 2,
    );
    const [first, second] = desktop.notifications().slice(before);
    expect([first, second].map((shown) => [shown!.title, shown!.body])).toEqual([
      ['田中 翔', '明日の会議の資料です'],
      ['田中 翔', '&lt;b&gt;至急&lt;/b&gt; &amp; 確認'],
    ]);
    desktop.click(second!.id);
    await expectUntil(
      () => heard(shell.page),
      (events) =>
        events.some((event) => JSON.stringify(event) === JSON.stringify({ type: 'navigate', accountId: 'a', to: '/talk/room%201' })),
    );
  });

  it('shows no notification for the room that is looked at', async () => {
    await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.focus());
    await expectUntil(
      () => call(shell.page, 'shell.windowState', {}),
      (reply) => (reply.value as { focused: boolean }).focused,
    );
    await call(shell.page, 'shell.viewing', { accountId: 'a', roomId: '2' });
    const before = desktop.notifications().length;
    const show = (roomId: string) =>
      ask(shell.page, 'notification.show', { accountId: 'a', roomId, title: 't', body: `room ${roomId}`, messageId: 'm' });
    await show('2');
    await show('3');
    await expectUntil(
      () => desktop.notifications().length,
      (count) => count > before,
    );
    expect(
      desktop
        .notifications()
        .slice(before)
        .map(({ body }) => body),
    ).toEqual(['room 3']);
  });

  it('changes tray, tooltip and menu with the status, in seven pictures', async () => {
    const states = ['idle', 'done', 'syncing', 'attention', 'paused', 'logged_out', 'unstable'];
    const pictures = new Set<string>();
    for (const sync of states) {
      await ask(shell.page, 'status.set', {
        unread: 3,
        mentions: 1,
        sync,
        online: true,
        roots: 1,
        issues: 3,
        pendingFiles: 16,
        pendingBytes: 31_600_000,
      });
      const seen = pictures.size;
      await expectUntil(
        async () => {
          const [icon] = await tray.icons();
          if (icon?.tooltip.includes('未読 3、自分あて 1')) pictures.add(icon.picture);
          return pictures.size;
        },
        (size) => size > seen,
      );
    }
    expect(pictures.size).toBe(7);
    await ask(shell.page, 'status.set', { unread: 0, mentions: 0, sync: 'attention', online: true, roots: 1, issues: 3 });
    await expectUntil(
      async () => (await tray.icons())[0]?.tooltip,
      (tooltip) => tooltip === 'Hikyaku\n3件の確認が必要です',
    );
    expect((await tray.icons())[0]?.menu).toEqual(['3件の確認が必要です', 'Hikyakuを開く', '同期を止める', '設定', 'Hikyakuを終了']);
  });

  it('opens what is synced, shows a program in its folder, and follows no link out', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-root-'));
    const place = (name: string) => path.join(folder, name);
    writeFileSync(place('議事録.txt'), 'text');
    writeFileSync(place('tool.sh'), '#!/bin/sh', { mode: 0o755 });
    symlinkSync('/etc/passwd', place('link.txt'));
    const zero = { files: 0, sizeBytes: 0, pendingFiles: 0, pendingBytes: 0, doneFiles: 0, doneBytes: 0, issues: 0 };
    const root = {
      rootId: 'r',
      accountId: 'a',
      spaceId: 's',
      spaceName: '営業',
      folder,
      state: 'idle',
      lastAnswerAt: null,
      halted: null,
      ...zero,
    };
    await tellAgent(shell.page, { roots: [root] });
    const open = (name: string) => ask(shell.page, 'path.open', { path: place(name), reveal: false });
    expect(await open('議事録.txt')).toEqual({ ok: true, value: {} });
    expect(await open('tool.sh')).toEqual({ ok: true, value: {} });
    expect(await open('link.txt')).toMatchObject({ ok: false, error: { code: 'denied' } });
    await expectUntil(opened, (lines) => lines.includes(place('議事録.txt')));
    expect(opened().filter((line) => line.endsWith('tool.sh') || line.includes('passwd'))).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('opens no place that is neither synced nor downloaded', async () => {
    for (const place of ['/etc/passwd', shell.profileDir, path.join(shellApp.folder, 'package.json')])
      expect(await ask(shell.page, 'path.open', { path: place, reveal: false })).toMatchObject({ ok: false, error: { code: 'denied' } });
  });
});

describe('files from the page', () => {
  const register = (names: readonly string[], bytes: number) =>
    shell.page.evaluate(
      ([list, size]) => {
        const files = list.map((name) => new File([new Uint8Array(size)], name));
        return window.hikyaku!.registerFiles(files).then(
          (handles) => ({ handles, failed: null }),
          (error: Error) => ({ handles: [], failed: error.message }),
        );
      },
      [names, bytes] as const,
    );
  const pathOf = async (handle: string) => ((await ask(shell.page, 'handle.path', { handle })).value as { path: string | null }).path;

  it('become handles: chosen ones stand for their place, pasted ones for a private copy', async () => {
    const chosen = path.join(shell.profileDir, '見積.txt');
    writeFileSync(chosen, 'content');
    await shell.page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { type: 'file' })));
    await shell.page.setInputFiles('input', chosen);
    const [picked] = await shell.page.evaluate(() => window.hikyaku!.registerFiles([...document.querySelector('input')!.files!]));
    expect(picked).toMatchObject({ name: '見積.txt', sizeBytes: 7, kind: 'file' });
    expect(await pathOf(picked!.handle)).toBe(chosen);

    const { handles } = await register(['image.png', '../../evil.desktop'], 5);
    expect(handles.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['image.png', 5],
      ['evil.desktop', 5],
    ]);
    for (const { handle } of handles) {
      const place = (await pathOf(handle))!;
      expect([place.startsWith(path.join(shell.profileDir, 'pasted') + path.sep), statSync(place).mode & 0o777]).toEqual([true, 0o600]);
    }
    expect(await pathOf('11111111-1111-4111-8111-111111111111')).toBeNull();
  });

  it('may be pasted up to 50 MiB', async () => {
    expect((await register(['large.png'], 50 * 1024 * 1024 + 1)).failed).toContain('too_large');
  });
});

describe('settings', () => {
  it('are kept, and page and agent hear of a change', async () => {
    expect(await call(shell.page, 'shell.setSetting', { accountId: null, key: 'zoomPercent', value: 150 })).toEqual({
      ok: true,
      value: {},
    });
    expect(await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getZoomFactor())).toBeCloseTo(1.5);
    expect(await heard(shell.page)).toContainEqual({ type: 'settings.changed' });
    expect((await tellAgent(shell.page, {})).heard).toContainEqual({ type: 'settings.changed' });
    expect(JSON.parse(readFileSync(path.join(shell.profileDir, 'settings.json'), 'utf8'))).toMatchObject({ app: { zoomPercent: 150 } });
    expect(await call(shell.page, 'shell.setSetting', { accountId: null, key: 'zoomPercent', value: 20 })).toMatchObject({
      error: { code: 'invalid' },
    });
    await call(shell.page, 'shell.setSetting', { accountId: null, key: 'zoomPercent', value: 100 });
  });

  it('change the language of the tray at once', async () => {
    await call(shell.page, 'shell.setSetting', { accountId: null, key: 'language', value: 'en' });
    await expectUntil(
      async () => (await tray.icons())[0]?.menu.at(-1),
      (label) => label === 'Quit Hikyaku',
    );
    await call(shell.page, 'shell.setSetting', { accountId: null, key: 'language', value: 'system' });
  });
});

describe('the window', () => {
  const visible = (app: LaunchedApp) => app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible());

  it('opens where it was closed, and starts at a linked place', async () => {
    const bounds = { x: 70, y: 60, width: 900, height: 620 };
    const first = await launch();
    await first.app.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]!.setBounds(wanted), bounds);
    await expectUntil(
      () => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds().width),
      (width) => width === 900,
    );
    await first.close();
    const again = await launch({ profileDir: first.profileDir, args: ['hikyaku://talk/room-7'] });
    try {
      expect(await again.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())).toEqual(bounds);
      expect(again.page.url()).toBe('app://hikyaku/#/talk/room-7');
      expect(again.log()).not.toContain('The agent ended');
    } finally {
      await again.close();
    }
  });

  it('comes to the front when the app is started a second time with the same profile', async () => {
    await call(shell.page, 'shell.window', { action: 'close' });
    await expectUntil(
      () => visible(shell),
      (shown) => !shown,
    );
    const second = spawn(
      shell.app.process().spawnfile,
      [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        ...['--disable-gpu', shellApp.folder, '--profile', shell.profileDir, 'hikyaku://drive/folder-2'],
      ],
      { env: { ...process.env, ...desktop.env }, stdio: 'ignore' },
    );
    const code = await new Promise((resolve) => second.once('exit', resolve));
    expect(code).toBe(0);
    await expectUntil(
      () => visible(shell),
      (shown) => shown,
    );
    await expectUntil(
      () => heard(shell.page),
      (events) =>
        events.some((event) => JSON.stringify(event) === JSON.stringify({ type: 'navigate', accountId: null, to: '/drive/folder-2' })),
    );
  });

  it('stays away with --hidden, and quits on closing when the person does not want it in the tray', async () => {
    const other = await launch({ args: ['--hidden'] });
    expect(await visible(other)).toBe(false);
    await call(other.page, 'shell.setSetting', { accountId: null, key: 'closeToTray', value: false });
    const gone = new Promise((resolve) => other.app.process().once('exit', resolve));
    await call(other.page, 'shell.window', { action: 'close' }).catch(() => undefined);
    expect(await gone).toBe(0);
  });
});

it('keeps a password that passes through out of log, profile and output', async () => {
  const password = 'correct-horse-battery-staple';
  await call(shell.page, 'account.login', { serverUrl: 'http://127.0.0.1:9', member: 'sato', password, keepLogin: true });
  await call(shell.page, 'shell.setSetting', { accountId: null, key: 'theme', value: password });
  const files = readdirSync(shell.profileDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  const holding = files.filter((entry) => readFileSync(path.join(entry.parentPath, entry.name)).includes(password));
  expect([holding.map(({ name }) => name), shell.log().includes(password)]).toEqual([[], false]);
});
