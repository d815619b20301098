import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lease } from '#shared/model/lease.ts';
import { RawClient } from '../support/raw-client.ts';
import { addTenant, startTestServer, type TestServer } from '../support/test-server.ts';

let running: TestServer;
beforeAll(async () => {
  running = await startTestServer();
  await addTenant(running.services, 'other', { mori: 'member' });
});
afterAll(() => running.close());

const loggedIn = async (member: string, kind = 'pc-app'): Promise<RawClient> => {
  const client = new RawClient(running.url);
  expect((await client.login(member, { kind })).body.ok).toBe(true);
  return client;
};
const read = (lease: string): { lease: Lease; signed: string; signature: Buffer } => {
  const at = lease.lastIndexOf('.');
  const signed = lease.slice(0, at);
  const payload = Buffer.from(signed.split('.')[1]!, 'base64url').toString('utf8');
  return { lease: Lease.parse(JSON.parse(payload)), signed, signature: Buffer.from(lease.slice(at + 1), 'base64url') };
};
const isSigned = (lease: string, leaseKey: string): boolean => {
  const { signed, signature } = read(lease);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: leaseKey }, format: 'jwk' });
  return verify(null, Buffer.from(signed), key, signature);
};

test('login and each renewal bring a lease that names tenant, member, session, device and the hours of the rule', async () => {
  const client = await loggedIn('sato@acme');
  const first = client.identity!;
  const { lease } = read(first.lease!);
  expect(lease).toMatchObject({ tenant: 'acme', member: 'member-sato', session: first.sessionId, hours: 168 });
  expect(lease.device).toMatch(/^[\w-]{43}$/);
  expect(isSigned(first.lease!, first.leaseKey!)).toBe(true);

  const admin = await loggedIn('admin@acme');
  await admin.call('policy.set', { patch: { offlineLeaseHours: 1 } });
  await client.refresh();
  expect(read(client.identity!.lease!).lease).toMatchObject({ hours: 1, session: first.sessionId, device: lease.device });
  expect(client.identity!.leaseKey).toBe(first.leaseKey);
});

test('each tenant signs with a key of its own, whose private part never leaves the server', async () => {
  const [sato, mori] = [(await loggedIn('sato@acme')).identity!, (await loggedIn('mori@other')).identity!];
  expect(sato.leaseKey).not.toBe(mori.leaseKey);
  expect(isSigned(sato.lease!, mori.leaseKey!)).toBe(false);
  const tanaka = (await loggedIn('tanaka@acme')).identity!;
  expect(tanaka.leaseKey).toBe(sato.leaseKey);
  const { device } = read(tanaka.lease!).lease;
  expect(device).not.toBe(read(sato.lease!).lease.device);
  const secrets = await running.services.database.selectFrom('server_secrets').select(['name', 'value']).execute();
  expect(secrets.filter(({ name }) => name.startsWith('lease_key'))).toHaveLength(2);
  expect(JSON.stringify([sato, mori, tanaka])).not.toMatch(new RegExp(secrets.map(({ value }) => value.slice(0, 20)).join('|')));
});

test('a lease that was changed by a single letter is not one any more', async () => {
  const { lease, leaseKey } = (await loggedIn('sato@acme')).identity!;
  const [version, payload, signature] = lease!.split('.');
  const longer = Buffer.from(JSON.stringify({ ...read(lease!).lease, hours: 720 })).toString('base64url');
  expect(isSigned(`${version}.${longer}.${signature}`, leaseKey!)).toBe(false);
  expect(isSigned(`${version}.${payload}.${signature}`, leaseKey!)).toBe(true);
});
