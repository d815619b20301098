import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Account } from '#shared/contract/workspace.ts';
import type { LaunchedApp } from '../support/app.ts';
import { eventually, logIn, openOffice, password, type Office } from '../support/office.ts';
import { startServer, type ServerProcess } from '../support/server.ts';
import { call } from '../support/shell-app.ts';
import { openTrayWatcher, type TrayWatcher } from '../support/tray-watcher.ts';

// ACC-52: two companies in one app.

let office: Office;
let abroad: ServerProcess;
let tray: TrayWatcher;
let app: LaunchedApp;

beforeAll(async () => {
  office = await openOffice();
  abroad = await startServer({ args: ['--demo', '--demo-password', password] });
  tray = await openTrayWatcher(office.desktop);
  app = await office.open('two-companies');
});
afterAll(async () => {
  await tray?.close();
  await office?.close();
  await abroad?.stop('SIGKILL');
});

const accounts = async (): Promise<Account[]> =>
  ((await call(app.page, 'account.list', {})).value as { accounts: Account[] } | undefined)?.accounts ?? [];
const byServer = async () => Object.fromEntries((await accounts()).map(({ serverUrl, connection }) => [serverUrl, connection]));
const tooltip = async () => (await tray.icons())[0]?.tooltip ?? '';

it('two companies are open side by side, and the tray counts both', async () => {
  await logIn(app.page, 'sato');
  const second = { serverUrl: abroad.url, member: 'tanaka', password, keepLogin: true };
  expect(await call(app.page, 'account.login', second)).toMatchObject({ ok: true, value: { kind: 'open' } });
  await eventually(byServer, { [office.url]: 'online', [abroad.url]: 'online' });
  const unread = async () => (await accounts()).map((account) => account.unread);
  await eventually(async () => (await unread()).every((count) => count > 0), true);
  await eventually(async () => {
    const total = (await unread()).reduce((sum, count) => sum + count, 0);
    return (await tooltip()).includes(`未読 ${total}`);
  }, true);
});

it('a rule of one company leaves the other alone', async () => {
  const network = { mode: 'designated', ranges: ['192.0.2.0/24'] };
  expect(await office.call('admin', 'policy.set', { patch: { network } })).toMatchObject({ ok: true });
  await eventually(byServer, { [office.url]: 'locked', [abroad.url]: 'online' });
  const [here, there] = [await accounts(), await accounts()].map((list, index) =>
    list.find(({ serverUrl }) => serverUrl === [office.url, abroad.url][index])!,
  );
  expect(await call(app.page, 'room.list', { accountId: here!.accountId })).toMatchObject({ ok: false });
  expect(await call(app.page, 'room.list', { accountId: there!.accountId })).toMatchObject({ ok: true });
  expect(await office.call('admin', 'policy.set', { patch: { network: { mode: 'all', ranges: [] } } })).toMatchObject({ ok: true });
  await eventually(byServer, { [office.url]: 'online', [abroad.url]: 'online' });
});

it('logging out of one leaves the other, over a restart too', async () => {
  const here = (await accounts()).find(({ serverUrl }) => serverUrl === office.url)!;
  expect(await call(app.page, 'account.logout', { accountId: here.accountId })).toMatchObject({ ok: true });
  await eventually(byServer, { [abroad.url]: 'online' });
  await app.close();
  app = await office.open('two-companies');
  await eventually(byServer, { [abroad.url]: 'online' });
});
