import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredMember } from '#shared/contract/admin-members.ts';
import type { Session } from '#shared/contract/tenant.ts';
import { verifyAudit } from '../../server/audit/verify.ts';
import type { DatabasePlace } from '../../server/store/database.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { startTestServer, testPassword, type TestServer } from '../support/test-server.ts';

let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(path.join(os.tmpdir(), 'hikyaku-administration-'));
});
afterAll(async () => {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

const places: readonly [string, () => Promise<DatabasePlace>][] = [
  ['SQLite', async () => ({ kind: 'sqlite', file: path.join(folder, 'one.sqlite') })],
  ['PostgreSQL', () => postgres.place()],
];
const statuses = (replies: readonly RawReply[]): number[] => replies.map(({ status }) => status).toSorted((a, b) => a - b);
const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

describe.each(places)('administration on %s', (_name, place) => {
  let running: TestServer;
  let admin: RawClient;
  beforeAll(async () => {
    running = await startTestServer({ place: await place() });
    admin = new RawClient(running.url);
    expect((await admin.login('admin')).status).toBe(200);
  });
  afterAll(() => running.close());

  test('of many who make the same member or drive at once, one does', async () => {
    const member = { memberId: 'mori', name: '森', reading: 'もり', organisation: '総務', password: testPassword };
    expect(statuses(await times(4, () => admin.call('member.create', member)))).toEqual([200, 409, 409, 409]);
    const drive = { name: '総務', members: [{ member: 'mori', permission: 'edit' }] };
    expect(statuses(await times(4, () => admin.call('space.create', drive)))).toEqual([200, 409, 409, 409]);
    const found = (await admin.call('member.list', { text: 'MORI' })).body.value as { members: AdministeredMember[] };
    expect(found.members).toMatchObject([{ memberId: 'mori', organisation: '総務', appBlocked: false, lastUsedAt: null }]);
  });

  test('times and counts are numbers, and what was used last comes first', async () => {
    const sato = new RawClient(running.url);
    await sato.login('sato');
    const { sessions } = (await sato.call('session.list')).body.value as { sessions: Session[] };
    expect(sessions).toMatchObject([{ current: true, endedAt: null, lastUsedAt: expect.any(Number) as number }]);
    const { members } = (await admin.call('member.list', { text: 'sato' })).body.value as { members: AdministeredMember[] };
    expect(members[0]!.lastUsedAt).toBe(sessions[0]!.lastUsedAt);
    expect((await admin.call('session.endAll', { member: 'sato' })).body.value).toEqual({ ended: 1 });
    expect((await sato.call('session.current')).status).toBe(401);
  });

  test.each([
    ['a new password', 'member.setPassword', { password: 'another password' }],
    ['a suspension', 'member.setState', { state: 'suspended' }],
  ])('no login slips in behind %s', async (_what, operation, input) => {
    for (let round = 0; round < 4; round += 1) {
      const memberId = `${operation.toLowerCase()}${round}`;
      const made = await admin.call('member.create', { memberId, name: 'x', reading: 'x', password: testPassword });
      expect(made.status).toBe(200);
      const clients = Array.from({ length: 5 }, () => new RawClient(running.url));
      const logins = clients.map((client) => client.login(memberId));
      await admin.call(operation, { member: memberId, ...input });
      const replies = await Promise.all(logins);
      const open = await times(clients.length, async (index) =>
        replies[index]!.status === 200 ? clients[index]!.call('session.current') : null,
      );
      for (const reply of open) if (reply !== null) expect(reply.status).toBe(401);
    }
  });

  test('the audit chain holds after all who wrote at once', async () => {
    const drives = await times(8, (index) => admin.call('space.create', { name: `ドライブ ${index}`, members: [] }));
    expect(statuses(drives)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await verifyAudit(running.services.database, running.tenantId)).toBeNull();
  });
});
