import type { ConsoleMessage } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentPid } from '../support/agent-pid.ts';
import { launchApp, type LaunchedApp } from '../support/app.ts';
import { openDesktop, type Desktop } from '../support/desktop.ts';
import { startServer, type ServerProcess } from '../support/server.ts';
import { call } from '../support/shell-app.ts';
import { openTrayWatcher, type TrayWatcher } from '../support/tray-watcher.ts';

// The shell around the product's own page and agent, with a demo company's server.

let server: ServerProcess;
let desktop: Desktop;
let tray: TrayWatcher;
let shell: LaunchedApp;
const complaints: string[] = [];

beforeAll(async () => {
  server = await startServer({ args: ['--demo'] });
  desktop = await openDesktop();
  tray = await openTrayWatcher(desktop);
  shell = await launchApp({ desktop, server: server.url });
  const note = (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  };
  shell.page.on('console', note);
  shell.page.on('pageerror', (error) => complaints.push(error.message));
  // Drawn once more with somebody listening; not before the window has come from its first, empty page to the product's.
  await shell.page.locator('input[type=password]').waitFor();
  await shell.page.reload();
});
afterAll(async () => {
  await shell?.close();
  await tray?.close();
  await desktop?.close();
  await server?.stop('SIGTERM');
});

const accounts = async () => {
  const reply = await call(shell.page, 'account.list', {});
  return (reply.value as { accounts: { accountId: string; connection: string }[] } | undefined)?.accounts ?? [];
};

describe('the product in its shell', () => {
  it('draws the login form within its content security policy', async () => {
    await shell.page.getByRole('button', { name: 'ログイン', exact: true }).waitFor();
    await expect.poll(async () => (await tray.icons())[0]?.tooltip, { timeout: 15_000 }).toBe('Hikyaku\nログインしてください');
    expect(complaints).toEqual([]);
  });

  it('logs a person in, and the tray follows the server’s answers', async () => {
    await shell.page.getByLabel('メンバーID').fill('sato');
    await shell.page.getByLabel('パスワード', { exact: true }).fill('hikyaku-demo');
    await shell.page.getByRole('button', { name: 'ログイン', exact: true }).click();
    await shell.page.getByText('第2工場 立ち上げ').first().waitFor();
    await expect.poll(async () => (await tray.icons())[0]?.tooltip, { timeout: 15_000 }).toMatch(/^Hikyaku\n.+\n未読 \d+/);
    expect(complaints).toEqual([]);
  });

  it('has the same accounts and rooms again after its agent was killed', async () => {
    const [before] = await accounts();
    const pid = await agentPid(shell);
    expect(pid).not.toBeNull();
    process.kill(pid!, 'SIGKILL');
    await expect.poll(() => agentPid(shell), { timeout: 15_000 }).not.toBe(pid);
    await expect
      .poll(async () => (await accounts())[0], { timeout: 20_000 })
      .toMatchObject({ accountId: before!.accountId, connection: 'online' });
    const rooms = await call(shell.page, 'room.list', { accountId: before!.accountId });
    expect((rooms.value as { rooms: unknown[] }).rooms.length).toBeGreaterThan(5);
    await shell.page.getByText('第2工場 立ち上げ').first().waitFor();
  });
});
