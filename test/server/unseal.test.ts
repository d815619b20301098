import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inRoot } from '../../build/paths.ts';
import { sealTo } from '../../electron/agent/farewell/seal.ts';
import { recoveryKeyOf } from '../../server/identity/recovery-key.ts';
import { makeLog } from '../../server/log.ts';
import { openServices } from '../../server/services.ts';
import { systemClock } from '../../server/store/system-clock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-unseal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]): string => path.join(folder, ...names);
const command = (...args: string[]) =>
  spawnSync(process.execPath, [inRoot('server', 'main.ts'), ...args], { encoding: 'utf8', timeout: 30_000 });
const unseal = (tenant: string, ...files: string[]) =>
  command('unseal', '--data', at('data'), '--tenant', tenant, '--out', at('out'), ...files);

test('sealed files open for their own tenant only, each with a row in its audit log, and nothing is overwritten', async () => {
  for (const tenant of ['acme', 'other']) expect(command('init', '--data', at('data'), '--tenant', tenant).status).toBe(0);
  const { services, close } = await openServices(at('data'), { databaseUrl: null, log: makeLog(), clock: systemClock, use: 'beside' });
  try {
    const tenants = await services.database.selectFrom('tenants').select(['id', 'name']).execute();
    const keyOf = (name: string) => recoveryKeyOf(services, tenants.find((tenant) => tenant.name === name)!.id);
    const { publicKey } = await keyOf('acme');
    expect((await keyOf('acme')).publicKey).toBe(publicKey);
    expect((await keyOf('other')).publicKey).not.toBe(publicKey);
    const metadata = {
      ...{ tenant: 'acme', member: 'sato', device: 'PC', path: '../../見積.txt', kind: 'file' as const },
      ...{ sizeBytes: 9, modifiedAt: 1_700_000_000_000, sealedAt: 1_700_000_000_000, reason: 'device_wiped' },
    };
    await sealTo(at('one'), publicKey, metadata, [Buffer.from('見積書')]);

    const refused = unseal('other', at('one'));
    expect([refused.status, refused.stdout]).toEqual([1, expect.stringContaining('another tenant')]);
    const good = unseal('acme', at('one'), at('nowhere'), at('one'));
    expect(good.status).toBe(1);
    expect(
      good.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { place?: string }).place),
    ).toEqual([at('out', '見積.txt'), undefined, at('out', '見積 (2).txt')]);
    expect((await readdir(at('out'))).toSorted()).toEqual(['見積 (2).txt', '見積.txt']);
    expect(await readFile(at('out', '見積.txt'), 'utf8')).toBe('見積書');

    const rows = await services.database
      .selectFrom('audit_entries')
      .innerJoin('tenants', 'tenants.id', 'audit_entries.tenant_id')
      .select(['tenants.name', 'result', 'details'])
      .where('action', '=', 'file.unsealed')
      .orderBy('tenants.name')
      .orderBy('sequence')
      .execute();
    expect(rows.map(({ name, result }) => `${name} ${result}`)).toEqual(['acme success', 'acme failure', 'acme success', 'other failure']);
    expect(JSON.parse(rows[0]!.details)).toMatchObject({ path: '../../見積.txt', member: 'sato', reason: 'device_wiped' });
    expect(command('verify', '--data', at('data')).status).toBe(0);
  } finally {
    await close();
  }
});

test.each([
  [[], /needs --data DIR, --tenant NAME, --out DIR/],
  [['--data', 'x', '--tenant', 'acme', '--out', 'y'], /one FILE or more/],
  [['--data', 'x', '--tenant', 'acme', '--out', 'y', 'file'], /no server’s data/],
])('a wrong call says what is missing', (args, message) => {
  const { status, stderr } = command('unseal', ...args.map((word) => (word === 'x' ? at('data') : word)));
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
