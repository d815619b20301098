import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserWindow } from 'electron';
import { launchApp, type LaunchedApp } from '../support/app.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { call, makeShellApp, ready, type ShellApp } from '../support/shell-app.ts';

// A page that was taken over talks to the main process: through the bridge, through its scheme, by asking for permissions.

let shellApp: ShellApp;
let desktop: Desktop;
let shell: LaunchedApp;

/** Runs a script in the page as its own code does, and says what came of it. */
const inPage = <T>(script: () => T | Promise<T>): Promise<T> => shell.page.evaluate(script);

beforeAll(async () => {
  shellApp = await makeShellApp();
  desktop = await openDesktop();
  shell = await launchApp({ desktop, appFolder: shellApp.folder });
  await ready(shell.page);
});
afterAll(async () => {
  await shell?.close();
  await desktop?.close();
  shellApp?.remove();
});

describe('the channel', () => {
  it('knows no operation that is not the page’s', async () => {
    for (const name of [
      'keychain.get',
      'handle.path',
      'path.open',
      'notification.show',
      'admin.members',
      'nothing',
      '__proto__',
      'constructor',
    ])
      expect(await call(shell.page, name, { accountId: 'a', entry: 'session', path: '/etc/passwd' })).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      });
  });

  it('refuses input that does not fit, and survives what cannot even be sent', async () => {
    for (const input of [null, 1, 'x', [], { action: 'explode' }, { action: { toString: 'x' } }])
      expect(await call(shell.page, 'shell.window', input)).toMatchObject({ ok: false, error: { code: 'invalid' } });
    const thrown = await inPage(() =>
      window.hikyaku!.call('shell.info', { run: () => undefined }).then(
        () => 'sent',
        () => 'refused',
      ),
    );
    expect(['sent', 'refused']).toContain(thrown);
    expect(await call(shell.page, 'shell.info', {})).toMatchObject({ ok: true });
  });

  it('takes no path from the page', async () => {
    const registered = await inPage(async () => {
      const forged = [{ path: '/etc/passwd', name: 'passwd', size: 1 }, '/etc/passwd', null] as unknown as File[];
      return Promise.all(
        forged.map((file) =>
          window.hikyaku!.registerFiles([file]).then(
            () => 'registered',
            () => 'refused',
          ),
        ),
      );
    });
    expect(registered).toEqual(['refused', 'refused', 'refused']);
    expect(await call(shell.page, 'files', { files: [{ path: '/etc/passwd' }] })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });

  it('answers no other window, frame or origin', async () => {
    const replies = await shell.app.evaluate(
      async ({ BrowserWindow }, preload) => {
        const ask = (window: BrowserWindow) =>
          window.webContents.executeJavaScript(`window.hikyaku.call('shell.info', {})`) as Promise<unknown>;
        const answers: unknown[] = [];
        const { session } = BrowserWindow.getAllWindows()[0]!.webContents;
        for (const address of ['about:blank', 'data:text/html,<p>evil', 'app://hikyaku/index.html']) {
          const other = new BrowserWindow({ show: false, webPreferences: { preload, session, sandbox: true } });
          try {
            await other.loadURL(address);
            answers.push(await ask(other));
          } finally {
            other.destroy();
          }
        }
        return answers;
      },
      path.join(shellApp.folder, 'dist/electron/preload.cjs'),
    );
    expect(replies).toEqual(replies.map(() => ({ ok: false, error: { code: 'denied', message: 'Not from here' } })));
    const frame = await inPage(() => {
      const inner = document.createElement('iframe');
      document.body.append(inner);
      return typeof (inner.contentWindow as { hikyaku?: unknown } | null)?.hikyaku;
    });
    expect(frame).toBe('undefined');
  });
});

describe('the scheme of the app', () => {
  it('serves nothing beside its folder', async () => {
    const paths = [
      '../secret.txt',
      '%2e%2e/secret.txt',
      '..%2fsecret.txt',
      '..%2f..%2fpackage.json',
      '..%5csecret.txt',
      'linked.svg',
      'missing.js',
      'index.html%00.js',
      '/etc/passwd.json',
    ];
    const statuses = await shell.page.evaluate(
      (list) =>
        Promise.all(
          list.map((name) =>
            fetch(`app://hikyaku/${name}`).then(
              (answer) => answer.status,
              () => 0,
            ),
          ),
        ),
      paths,
    );
    expect(statuses).toEqual(paths.map(() => 404));
    expect(
      await inPage(() =>
        Promise.all(['POST', 'PUT', 'DELETE'].map((method) => fetch('app://hikyaku/', { method }).then((answer) => answer.status))),
      ),
    ).toEqual([405, 405, 405]);
    expect(
      await inPage(() =>
        fetch('app://other/index.html').then(
          () => 'served',
          () => 'refused',
        ),
      ),
    ).toBe('refused');
    expect(
      await inPage(() =>
        fetch('file:///etc/passwd').then(
          () => 'served',
          () => 'refused',
        ),
      ),
    ).toBe('refused');
  });

  it('sends its policy with every page', async () => {
    const policy = await inPage(async () => (await fetch('app://hikyaku/')).headers.get('content-security-policy'));
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: content://hikyaku; media-src content://hikyaku; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});

it('grants no permission but copying', async () => {
  const answers = await inPage(async () => {
    const refused = (wish: Promise<unknown>) =>
      wish.then(
        () => 'granted',
        () => 'refused',
      );
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi', 'screen-wake-lock', 'storage-access'];
    const states = await Promise.all(
      names.map((name) =>
        navigator.permissions.query({ name: name as PermissionName }).then(
          ({ state }) => state,
          () => 'denied',
        ),
      ),
    );
    return {
      states: [...new Set(states)],
      media: await refused(navigator.mediaDevices.getUserMedia({ audio: true })),
      screen: await refused(navigator.mediaDevices.getDisplayMedia()),
      place: await refused(new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject))),
      reading: await refused(navigator.clipboard.readText()),
      notifications: await Notification.requestPermission(),
    };
  });
  expect(answers).toEqual({
    states: ['denied'],
    media: 'refused',
    screen: 'refused',
    place: 'refused',
    reading: 'refused',
    notifications: 'denied',
  });
});

it('trusts no certificate that the OS does not', async () => {
  const accepted = await shell.app.evaluate(({ app, BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    let answer: boolean | undefined;
    app.emit(
      'certificate-error',
      { preventDefault: () => undefined },
      webContents,
      'https://127.0.0.1/',
      'net::ERR_CERT_AUTHORITY_INVALID',
      {},
      (trusted: boolean) => (answer = trusted),
      true,
    );
    return answer;
  });
  expect(accepted).toBe(false);
});
