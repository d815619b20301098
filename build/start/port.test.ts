import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lastPort, rememberPort } from './port.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-port-'));
const file = path.join(dir, 'port');
afterAll(() => rmSync(dir, { recursive: true }));

it('takes the port of the last start when it is free and any other when it is taken', async () => {
  expect(await lastPort(file)).toBe(0);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  rememberPort(file, port);
  expect(await lastPort(file)).toBe(0);
  await new Promise((resolve) => other.close(resolve));
  expect(await lastPort(file)).toBe(port);
});

it('takes any port when what it remembered is no port', async () => {
  for (const text of ['', 'x', '-1', '70000']) {
    writeFileSync(file, text);
    expect(await lastPort(file)).toBe(0);
  }
});
