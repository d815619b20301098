import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Services } from '../../server/context.ts';
import { startServer, type RunningServer } from '../../server/start.ts';
import { memoryBus } from '../../server/store/memory-bus.ts';
import { listenAs } from '../support/event-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { valueOf, type InForce } from '../support/rules-server.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { addTenant } from '../support/test-server.ts';
import { turnedClock } from '../support/turned-clock.ts';

const { clock, forward } = turnedClock();
let made: TestServices;
const running: RunningServer[] = [];
const start = async (services: Services = made.services): Promise<RunningServer> => {
  const server = await startServer(services, {
    version: '0.1.0',
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustedProxies: [],
    tls: null,
    demo: null,
    attemptLimits: { windowSeconds: 900, perAddress: 1_000, perAccount: 1_000, perPair: 1_000 },
    pages: null,
  });
  running.push(server);
  return server;
};
const loggedIn = async (server: RunningServer, member = 'admin'): Promise<RawClient> => {
  const client = new RawClient(server.url);
  expect((await client.login(member)).status).toBe(200);
  return client;
};
const change = async (client: RawClient): Promise<InForce> =>
  valueOf<InForce>(await client.call('policy.set', { patch: { blockedExtensions: { talk: ['exe'] } }, confirmWithinSeconds: 120 }));

beforeEach(async () => {
  made = await makeServices({ clock });
  await addTenant(made.services, 'acme', { admin: 'supreme', sato: 'member' });
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  await made.close();
});

test('a change whose time ran out while the server stood still is taken back before it answers anybody', async () => {
  const first = await start();
  const saved = await change(await loggedIn(first));
  await first.close();
  running.pop();
  forward(121_000);
  const second = await start();
  const row = await made.services.database.selectFrom('tenants').select(['policy_revision']).executeTakeFirstOrThrow();
  expect(row.policy_revision).toBe(saved.revision + 1);
  const now = valueOf<InForce>(await (await loggedIn(second)).call('policy.get'));
  expect([now.revision, now.pending, now.policy.blockedExtensions.talk]).toEqual([saved.revision + 1, null, []]);
});

test('a change that still has time after a restart keeps waiting, and can be confirmed', async () => {
  const first = await start();
  const saved = await change(await loggedIn(first));
  await first.close();
  running.pop();
  forward(60_000);
  const admin = await loggedIn(await start());
  const waiting = valueOf<InForce>(await admin.call('policy.get'));
  expect([waiting.pending, waiting.policy.blockedExtensions.talk]).toEqual([saved.pending, ['exe']]);
  const kept = valueOf<InForce>(await admin.call('policy.confirm', { revision: saved.revision }));
  forward(121_000);
  expect(kept.pending).toBeNull();
  expect(valueOf<InForce>(await admin.call('policy.get')).policy.blockedExtensions.talk).toEqual(['exe']);
});

test('whichever server sees that the time is over takes the change back, also when the one that took it is gone', async () => {
  // Two servers over one database, whose hints do not reach each other.
  const here = await start();
  const there = await start({ ...made.services, bus: memoryBus(made.services.log) });
  const saved = await change(await loggedIn(here));
  const sato = await loggedIn(there, 'sato');
  const listener = await listenAs(sato);
  const mine = async () => valueOf<InForce>(await sato.call('policy.mine')).policy.blockedExtensions.talk;
  // What one server read of the rules counts for at most a second on it.
  forward(1_001);
  expect(await mine()).toEqual(['exe']);
  forward(121_000);
  expect(await mine()).toEqual([]);
  await listener.until((event) => event.type === 'policy.changed' && event.revision === saved.revision + 1);
  listener.socket.terminate();
  const reverts = await made.services.database
    .selectFrom('audit_entries')
    .select('actor_id')
    .where('action', '=', 'policy.revert')
    .execute();
  expect(reverts).toEqual([{ actor_id: null }]);
});

test('a change that one server took is in force on another within a second, without a hint', async () => {
  const here = await start();
  const there = await start({ ...made.services, bus: memoryBus(made.services.log) });
  const sato = await loggedIn(there, 'sato');
  const mine = async () => valueOf<InForce>(await sato.call('policy.mine')).policy.blockedExtensions.talk;
  expect(await mine()).toEqual([]);
  await change(await loggedIn(here));
  forward(1_001);
  expect(await mine()).toEqual(['exe']);
});
