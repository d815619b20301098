import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { startTestServer } from '../support/test-server.ts';
import { masterKey } from '../../server/store/secrets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => ({ kind: 'sqlite', file: path.join(folder, `${name}.sqlite`) }) as const;
async function using<T>(name: string, run: (made: TestServices) => Promise<T>): Promise<T> {
  const made = await makeServices({ place: place(name) });
  try {
    return await run(made);
  } finally {
    await made.close();
  }
}

test('with a key of the operator’s own, the database alone opens nothing', async () => {
  const secretsKey = randomBytes(32);
  const running = await startTestServer({ place: place('own'), secretsKey });
  const client = new RawClient(running.url);
  await client.login('sato');
  const { secret } = (await client.call('account.totp.begin')).body.value as { secret: string };
  const code = TOTP.generate({ secret: Secret.fromBase32(secret) });
  expect((await client.call('account.totp.confirm', { code })).status).toBe(200);
  await running.close();

  await using('own', async ({ services }) => {
    await expect(masterKey(services, null)).rejects.toMatchObject({ code: 'conflict' });
    await expect(masterKey(services, randomBytes(32))).rejects.toMatchObject({ code: 'conflict' });
    const again = await masterKey(services, secretsKey);
    const stored = await services.database.selectFrom('server_secrets').select('value').execute();
    expect(stored.map(({ value }) => value)).not.toContain(Buffer.from(again).toString('base64url'));
  });
});

test('without one the server makes its own, the same at each start', async () => {
  const first = await using('made', ({ services }) => masterKey(services, null));
  const second = await using('made', ({ services }) => masterKey(services, null));
  expect(Buffer.from(first)).toEqual(Buffer.from(second));
  await using('made', async ({ services }) => {
    await expect(masterKey(services, randomBytes(32))).rejects.toMatchObject({ code: 'conflict' });
  });
});
