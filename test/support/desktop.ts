import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A notification as the desktop received it. */
export interface DesktopNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly actions: readonly string[];
}

/** A desktop without a screen: display, session bus, keyring and notification service, for as long as it is open. */
export interface Desktop {
  /** What a program needs in its environment to be on this desktop. */
  readonly env: Readonly<Record<string, string>>;
  /** All notifications since the desktop was opened, the oldest first. */
  readonly notifications: () => readonly DesktopNotification[];
  /** Clicks a notification, as a person would. */
  readonly click: (id: number, action?: string) => void;
  /** Ends everything the desktop started and removes its files. */
  readonly close: () => Promise<void>;
}

const startMs = 15_000;

/** Opens a desktop of its own: nothing of the person's real one is seen or touched. Linux only. */
export async function openDesktop(): Promise<Desktop> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-desktop-'));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) await end(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const env: Record<string, string> = { XDG_SESSION_TYPE: 'x11', XDG_CURRENT_DESKTOP: 'GNOME', NO_AT_BRIDGE: '1' };
    for (const name of ['DATA', 'CONFIG', 'CACHE', 'RUNTIME']) {
      const dir = path.join(home, name.toLowerCase());
      mkdirSync(dir, { mode: 0o700 });
      env[name === 'RUNTIME' ? 'XDG_RUNTIME_DIR' : `XDG_${name}_HOME`] = dir;
    }
    const start = (program: string, args: readonly string[], more: { stdin?: string; extra?: 'pipe' } = {}): ChildProcess => {
      // They end with this process even when it is killed before it can close the desktop.
      const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', program, ...args], {
        cwd: home,
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'pipe', more.extra ?? 'ignore'],
      });
      children.push(child);
      child.stderr?.resume();
      if (more.stdin !== undefined) child.stdin?.end(more.stdin);
      return child;
    };

    const display = start('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], { extra: 'pipe' });
    env['DISPLAY'] = `:${await firstLine(display, 'Xvfb', 3)}`;
    const bus = start('dbus-daemon', ['--session', '--nofork', '--print-address=1', '--nopidfile', '--syslog-only']);
    env['DBUS_SESSION_BUS_ADDRESS'] = await firstLine(bus, 'dbus-daemon');
    start('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], { stdin: 'test' });
    await onBus('org.freedesktop.secrets', { ...process.env, ...env });

    const received: DesktopNotification[] = [];
    const recorder = start('/usr/bin/python3', [path.join(import.meta.dirname, 'notifications.py')]);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('The notification service did not start.')), startMs);
      if (recorder.stdout !== null)
        createInterface({ input: recorder.stdout }).on('line', (line) => {
          const { event, ...rest } = JSON.parse(line) as { event: string } & DesktopNotification;
          if (event === 'ready') {
            clearTimeout(late);
            resolve();
          }
          if (event === 'notify') received.push(rest);
        });
      recorder.once('exit', (code) => reject(new Error(`The notification service ended with ${code}.`)));
    });

    return {
      env,
      notifications: () => [...received],
      click: (id, action = 'default') => recorder.stdin?.write(`${JSON.stringify({ id, action })}\n`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first line that a program writes, which says that it is ready. */
function firstLine(child: ChildProcess, name: string, descriptor = 1): Promise<string> {
  const stream = child.stdio[descriptor] as NodeJS.ReadableStream;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} said nothing for ${startMs} ms.`)), startMs);
    createInterface({ input: stream }).once('line', (line) => {
      clearTimeout(late);
      resolve(line.trim());
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} at its start.`)));
  });
}

/** Waits until somebody on the session bus answers to a name. */
async function onBus(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const ask = [
    '--session',
    '--print-reply=literal',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
    `string:${name}`,
  ];
  for (const until = Date.now() + startMs; Date.now() < until;) {
    const { stdout } = await promisify(execFile)('dbus-send', ask, { env });
    if (stdout.includes('true')) return;
    await delay(50);
  }
  throw new Error(`Nobody on the session bus answered to ${name} within ${startMs} ms.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(late);
}
