import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildBundles } from '../bundles.ts';
import { inRoot, prepared, root } from '../paths.ts';
import { findElectron } from '../runtime/find.ts';
import { requireSystem } from '../runtime/system.ts';
import { Children, firstLine } from './children.ts';
import { lastPort, rememberPort } from './port.ts';

const options = new Set(process.argv.slice(2));
const headless = options.delete('--headless');
if (options.size > 0) {
  console.error(`Unknown: ${[...options].join(' ')}\nUsage: npm start [-- --headless]`);
  process.exit(2);
}
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);
const children = new Children();

const leave = async (code: number): Promise<never> => {
  await children.endAll();
  process.exit(code);
};
process.on('SIGINT', () => void leave(0));
process.on('SIGTERM', () => void leave(0));

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await leave(1);
}

async function start(): Promise<void> {
  const showsWindow = hasDisplay || headless;
  if (showsWindow) await requireSystem(hasDisplay ? 'app' : 'headless', console.log);
  const electron = showsWindow ? await findElectron(console.log) : undefined;
  await buildBundles(console.log);

  const url = await startServer();
  console.log(`The tenant server runs at ${url} (demo tenant; the login form shows the accounts).`);
  console.log(`The browser edition is the same address: ${url}/`);
  if (electron === undefined) {
    console.log(
      'This machine has no display, so no window opens. Open the address in a browser, or start with a virtual display:\n  npm start -- --headless',
    );
    return;
  }
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (electron.nativeBinding !== undefined) env['HIKYAKU_SQLITE_BINDING'] = electron.nativeBinding;
  // Without any locale the C library takes file names for ASCII, and names such as 見積.txt could not be opened.
  if (!['LC_ALL', 'LC_CTYPE', 'LANG'].some((name) => env[name])) env['LC_CTYPE'] = 'C.UTF-8';
  if (!hasDisplay) env['DISPLAY'] = await startDisplay();
  const asRoot = process.getuid?.() === 0;
  if (asRoot) console.log('You are root, for whom Chromium has no sandbox: the app runs without it.');
  // Chromium's own complaints (no system bus, no graphics card) are noise here; what the app writes is shown.
  const args = [...(asRoot ? ['--no-sandbox'] : []), '--log-level=3', root, '--server', url];
  children.start('The app', electron.executablePath, args, { cwd: root, env, stdio: 'inherit' }, (code) => void leave(code));
  console.log(
    `The app runs (Electron ${electron.version}${electron.kind === 'test' ? ', the test runtime' : ''}). Ctrl-C ends it and the server.`,
  );
}

async function startServer(): Promise<string> {
  const data = prepared('demo-data');
  mkdirSync(data, { recursive: true });
  const memory = path.join(path.dirname(data), 'demo-port');
  const args = [inRoot('server', 'main.ts'), '--demo', '--port', String(await lastPort(memory)), '--data', data];
  const server = children.start('The server', process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }, (code) => {
    console.error(`The server ended with ${code}.`);
    void leave(1);
  });
  const { url } = JSON.parse(await firstLine(server)) as { url: string };
  rememberPort(memory, Number(new URL(url).port));
  return url;
}

async function startDisplay(): Promise<string> {
  const args = ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'];
  const display = children.start('The virtual display', 'Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }, () => {
    console.error('The virtual display ended.');
    void leave(1);
  });
  return `:${await firstLine(display, 3)}`;
}
