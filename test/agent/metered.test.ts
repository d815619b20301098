import { execFile, spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMeteredNetwork, type RunProgram } from '../../electron/agent/transport/metered.ts';

const started: ChildProcess[] = [];
let manager: ChildProcess;
let lines: AsyncIterator<string>;
let run: RunProgram;

async function nextLine(): Promise<string> {
  const line = await lines.next();
  if (line.done === true) throw new Error('It ended');
  return line.value;
}
const reading = (child: ChildProcess): AsyncIterator<string> => createInterface({ input: child.stdout! })[Symbol.asyncIterator]();

/** A system bus of our own with a NetworkManager that says what it is told to say. */
beforeAll(async () => {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1', '--nopidfile'], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(bus);
  lines = reading(bus);
  const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: await nextLine() };
  manager = spawn('/usr/bin/python3', [path.join(import.meta.dirname, '../support/network-manager.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  started.push(manager);
  lines = reading(manager);
  expect(await nextLine()).toBe('ready');
  run = async (command, args) => (await promisify(execFile)(command, [...args], { env })).stdout;
});
afterAll(async () => {
  for (const child of started.toReversed()) {
    const gone = new Promise((resolve) => void child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
});

async function says(value: number): Promise<void> {
  manager.stdin!.write(`${value}\n`);
  expect(await nextLine()).toBe('set');
}

describe('whether a network is paid by volume', () => {
  it('is what NetworkManager says or guesses, whichever program can ask it', async () => {
    for (const only of ['busctl', 'gdbus', 'dbus-send']) {
      const asked: string[] = [];
      const through: RunProgram = (command, args) => {
        if (!command.endsWith(only)) return Promise.reject(new Error('not installed'));
        asked.push(command);
        return run(command, args);
      };
      for (const [value, expected] of [
        [0, false],
        [1, true],
        [2, false],
        [3, true],
        [4, false],
      ] as const) {
        await says(value);
        expect(await isMeteredNetwork('linux', through), `${only} ${value}`).toBe(expected);
      }
      expect(asked).toHaveLength(5);
    }
  });

  it('is no where nobody can be asked', async () => {
    expect(await isMeteredNetwork('linux', () => Promise.reject(new Error('nobody')))).toBe(false);
    expect(await isMeteredNetwork('win32', () => Promise.reject(new Error('nobody')))).toBe(false);
    expect(await isMeteredNetwork('darwin', () => Promise.resolve('1'))).toBe(false);
  });

  it('is what Windows says of cost, roaming and a used-up plan', async () => {
    const windows = (answer: string) => isMeteredNetwork('win32', () => Promise.resolve(`${answer}\r\n`));
    expect(await windows('Unrestricted False False')).toBe(false);
    expect(await windows('Fixed False False')).toBe(true);
    expect(await windows('Variable False False')).toBe(true);
    expect(await windows('Unrestricted True False')).toBe(true);
    expect(await windows('Unrestricted False True')).toBe(true);
    expect(await windows('Unknown False False')).toBe(false);
    expect(await windows('')).toBe(false);
  });
});
