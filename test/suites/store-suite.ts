import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#shared/base/errors.ts';
import { appendAudit } from '../../server/audit/append.ts';
import { verifyAudit } from '../../server/audit/verify.ts';
import type { AuditRecord, Database } from '../../server/context.ts';
import { openDatabase } from '../../server/store/database.ts';
import type { DatabasePlace } from '../../server/store/place.ts';
import { shippedMigrations, type Migration } from '../../server/store/migrate.ts';
import { policyReader } from '../../server/store/policies.ts';
import { serverSecret } from '../../server/store/secrets.ts';
import { RawClient } from '../support/raw-client.ts';
import { makeServices, type TestServices } from '../support/server-services.ts';
import { addTenant, startTestServer } from '../support/test-server.ts';

const record = (action: string): AuditRecord => ({
  actorId: 'member-sato',
  action,
  target: null,
  result: 'success',
  address: '192.0.2.1',
  client: 'pc-app',
  details: { 理由: action },
});

/** What the server relies on in any database it runs on. */
export function storeSuite(kind: string, makePlace: () => Promise<DatabasePlace>): void {
  describe(`the store on ${kind}`, () => {
    let made: TestServices;
    let database: Database;
    let tenantId: string;
    beforeAll(async () => {
      made = await makeServices({ place: await makePlace() });
      database = made.services.database;
      tenantId = await addTenant(made.services, 'acme', { sato: 'member' });
    });
    afterAll(() => made.close());

    test('numbers beyond 32 bits come back as the numbers they were', async () => {
      const big = 2 ** 52 + 1;
      await database.updateTable('tenants').set({ talk_change: big }).where('id', '=', tenantId).execute();
      const row = await database.selectFrom('tenants').selectAll().where('id', '=', tenantId).executeTakeFirstOrThrow();
      expect(row.talk_change).toBe(big);
      const { fn } = database;
      const sum = await database
        .selectFrom('tenants')
        .select([fn.sum<number>('talk_change').as('sum'), fn.countAll<number>().as('count')])
        .executeTakeFirstOrThrow();
      expect(sum).toEqual({ sum: big, count: 1 });
    });

    test('a transaction that fails leaves nothing', async () => {
      const work = database.transaction().execute(async (transaction) => {
        await transaction.updateTable('tenants').set({ display_name: 'half' }).where('id', '=', tenantId).execute();
        throw new AppError('conflict', 'No');
      });
      await expect(work).rejects.toMatchObject({ code: 'conflict' });
      const row = await database.selectFrom('tenants').select('display_name').where('id', '=', tenantId).executeTakeFirstOrThrow();
      expect(row.display_name).toBe('acme Inc.');
    });

    test('counting up at once from many sides loses nothing', async () => {
      const before = await database.selectFrom('tenants').select('policy_revision').where('id', '=', tenantId).executeTakeFirstOrThrow();
      const raise = () =>
        database.transaction().execute(async (transaction) => {
          const row = await transaction
            .updateTable('tenants')
            .set((update) => ({ policy_revision: update('policy_revision', '+', 1) }))
            .where('id', '=', tenantId)
            .returning('policy_revision')
            .executeTakeFirstOrThrow();
          return row.policy_revision;
        });
      const revisions = await Promise.all(Array.from({ length: 40 }, raise));
      expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => before.policy_revision + index + 1));
    });

    test('the audit chain has no gap and no fork when many write at once, and drops what failed', async () => {
      const append = appendAudit(made.services.clock);
      const write = (index: number) =>
        database.transaction().execute(async (transaction) => {
          await append(transaction, tenantId, record(`act ${index}`));
          if (index % 5 === 0) throw new AppError('conflict', 'No');
        });
      const results = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => write(index)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(24);
      const rows = await database.selectFrom('audit_entries').selectAll().where('tenant_id', '=', tenantId).orderBy('sequence').execute();
      expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
      expect(await verifyAudit(database, tenantId)).toBeNull();
    });

    test('a changed, removed or cut-off audit entry is found', async () => {
      const other = await addTenant(made.services, 'other', {});
      const append = appendAudit(made.services.clock);
      for (const action of ['a', 'b', 'c'])
        await database.transaction().execute((transaction) => append(transaction, other, record(action)));
      expect(await verifyAudit(database, other)).toBeNull();
      const entry = (sequence: number) =>
        database.updateTable('audit_entries').where('tenant_id', '=', other).where('sequence', '=', sequence);
      await entry(2).set({ address: '198.51.100.1' }).execute();
      expect(await verifyAudit(database, other)).toBe(2);
      await entry(2).set({ address: '192.0.2.1' }).execute();
      expect(await verifyAudit(database, other)).toBeNull();
      await database.deleteFrom('audit_entries').where('tenant_id', '=', other).where('sequence', '=', 3).execute();
      expect(await verifyAudit(database, other)).toBe(3);
    });

    test('a secret is made once, and every node gets the same', async () => {
      const [first, second] = await Promise.all([serverSecret(made.services, 'one'), serverSecret(made.services, 'one')]);
      expect(first).toHaveLength(32);
      expect(second).toEqual(first);
      expect(await serverSecret(made.services, 'two')).not.toEqual(first);
    });

    test('rules are read again after a second, or at once when this node changed them', async () => {
      let now = 0;
      const reader = policyReader(database, { ...made.services.clock, monotonic: () => now }, async () => undefined);
      const before = await reader.current(tenantId);
      const policy = JSON.stringify({ ...before.policy, offlineLeaseHours: 5 });
      const revision = before.revision + 1;
      await database.updateTable('tenants').set({ policy, policy_revision: revision }).where('id', '=', tenantId).execute();
      now = 999;
      expect((await reader.current(tenantId)).revision).toBe(before.revision);
      now = 1_000;
      expect(await reader.current(tenantId)).toMatchObject({ revision, policy: { offlineLeaseHours: 5 } });
      await database
        .updateTable('tenants')
        .set({ policy_revision: revision + 1 })
        .where('id', '=', tenantId)
        .execute();
      reader.forget(tenantId);
      expect((await reader.current(tenantId)).revision).toBe(revision + 1);
      await expect(reader.current('nobody')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('the same database opens again without doing anything, and its content is there', async () => {
      const place = await makePlace();
      const first = await openDatabase(place);
      expect(first.migrated).toEqual(shippedMigrations().map(({ number }) => number));
      await first.database.insertInto('server_secrets').values({ name: 'kept', value: '値' }).execute();
      await first.close();
      const again = await openDatabase(place);
      expect(again.migrated).toEqual([]);
      expect(await again.database.selectFrom('server_secrets').selectAll().execute()).toEqual([{ name: 'kept', value: '値' }]);
      await again.close();
    });

    test('a step that fails undoes itself and can be tried again', async () => {
      const place = await makePlace();
      const steps = (second: string): Migration[] => [
        { number: 1, name: 'start', sql: 'CREATE TABLE server_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL, more $BYTES);' },
        { number: 2, name: 'more', sql: `CREATE TABLE extra (id TEXT PRIMARY KEY); ${second}` },
      ];
      await expect(openDatabase(place, { migrations: steps('INSERT INTO missing VALUES (1);') })).rejects.toThrow(
        place.kind === 'sqlite' ? /missing/ : /migration/,
      );
      const mended = await openDatabase(place, { migrations: steps("INSERT INTO extra VALUES ('x');") });
      expect(mended.migrated).toEqual([2]);
      await mended.close();
    });

    test('a database of a newer program is refused with a clear message and left alone', async () => {
      const place = await makePlace();
      const newer: Migration = { number: 99, name: 'later', sql: 'CREATE TABLE later (id TEXT);' };
      await (await openDatabase(place, { migrations: [...shippedMigrations(), newer] })).close();
      const refused = openDatabase(place);
      await expect(refused).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('newer program') as string });
      await (await openDatabase(place, { migrations: [...shippedMigrations(), newer] })).close();
    });

    test('login, rotation, rules and the audit log work over HTTP', async () => {
      const running = await startTestServer({ place: await makePlace() });
      try {
        const client = new RawClient(running.url);
        expect((await client.login('sato@acme')).status).toBe(200);
        expect((await client.refresh()).status).toBe(200);
        const [one, two] = await Promise.all([1, 2].map(() => client.refresh()));
        expect([one!.status, two!.status]).toEqual([200, 200]);
        expect((await client.refresh()).status).toBe(200);
        const admin = new RawClient(running.url);
        await admin.login('admin');
        const patch = { blockedExtensions: { drive: ['exe'] } };
        expect((await admin.call('policy.set', { patch })).body).toMatchObject({ ok: true, value: { revision: 1 } });
        expect((await client.call('file.judge', { service: 'drive', name: 'a.EXE', sizeBytes: 1 })).body).toMatchObject({
          value: { allowed: false },
        });
        expect((await admin.call('audit.search', { limit: 2 })).body).toMatchObject({
          value: { entries: [{ action: 'policy.set' }, { action: 'session.login' }] },
        });
        expect(await verifyAudit(running.services.database, running.tenantId)).toBeNull();
      } finally {
        await running.close();
      }
    });
  });
}
