import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let running: TestServer;
let folder: string;
beforeAll(async () => {
  running = await startTestServer();
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-call-'));
  await writeFile(path.join(folder, 'password'), testPassword, { mode: 0o600 });
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true, force: true });
});

/** `npm run call` as a script would run it, with the device key kept in `folder`. */
async function call(
  ...more: string[]
): Promise<{ exitCode: number | null; reply: { ok: boolean; error?: { details?: { reason?: string } } } }> {
  const program = path.resolve('electron/agent/call.ts');
  const given = ['--server', running.url, '--member', 'sato', '--password-file', path.join(folder, 'password'), '--state', folder];
  const child = spawn(process.execPath, [program, ...given, ...more, 'session.current'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, reply: JSON.parse(text) as { ok: boolean } };
}

test('a script gives the code of two-step verification along, and its device is trusted afterwards', async () => {
  const client = new RawClient(running.url);
  await client.login('sato');
  const { secret } = (await client.call('account.totp.begin')).body.value as { secret: string };
  const at = (ms: number) => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + ms });
  const confirmed = await client.call('account.totp.confirm', { code: at(-30_000) });
  const [recovery = ''] = (confirmed.body.value as { recoveryCodes: string[] }).recoveryCodes;

  const asked = await call();
  expect([asked.exitCode, asked.reply.error?.details?.reason]).toEqual([1, 'login_step_needed']);
  const wrong = await call('--code', recovery.replace(/.$/, recovery.endsWith('A') ? 'B' : 'A'));
  expect([wrong.exitCode, wrong.reply.error?.details?.reason]).toEqual([1, 'wrong_code']);
  expect((await call('--code', recovery)).reply.ok).toBe(true);
  expect((await call()).reply.ok).toBe(false);
  expect((await call('--code', at(0), '--trust-device')).reply.ok).toBe(true);
  expect((await call()).reply.ok).toBe(true);
});
