import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { appendAudit } from '../../server/audit/append.ts';
import type { RequestContext } from '../../server/context.ts';
import { pcHandlers } from '../../server/identity/pc-handlers.ts';
import type { TestServices } from '../support/server-services.ts';
import { makeTenant, type TestTenant } from './drive-tenant.ts';

/** What the list of a member's PCs promises on every database (EXP-02). */
export function pcsSuite(database: string, open: () => Promise<TestServices>): void {
  describe(`the PCs of a member on ${database}`, () => {
    let made: TestServices;
    let tenant: TestTenant;
    let handlers: ReturnType<typeof pcHandlers>;
    beforeAll(async () => {
      made = await open();
      tenant = await makeTenant(made.services, ['sato', 'tanaka', 'suzuki', 'ito']);
      handlers = pcHandlers(made.services, appendAudit(made.services.clock));
    });
    afterAll(() => made.close());

    /** A PC of a member's as the gate would hand it over, under a rule of so many. */
    async function pc(
      member: string,
      name: string,
      most: number,
      kind: RequestContext['session']['kind'] = 'pc-app',
    ): Promise<RequestContext> {
      const id = randomUUID();
      const facts = { name, platform: 'linux', app_version: '0.1.0', database_key: '', first_seen_at: 1, last_seen_at: 1 };
      const row = { tenant_id: tenant.tenantId, id, member_id: member, key_thumbprint: id, ...facts };
      await made.services.database.insertInto('devices').values(row).execute();
      const context = tenant.context(member, { ...defaultPolicy, sync: { ...defaultPolicy.sync, mostPcs: most } });
      return { ...context, session: { id: randomUUID(), kind, deviceId: id } };
    }
    const enrolled = async (context: RequestContext) => {
      const answer = await handlers['pc.enrol']({}, context);
      return [answer.enrolled, answer.pcs.map(({ name, current }) => (current ? `*${name}` : name)).join()];
    };
    const audited = (memberId: string) =>
      made.services.database
        .selectFrom('audit_entries')
        .select(['action', 'result'])
        .where('tenant_id', '=', tenant.tenantId)
        .where('actor_id', '=', memberId)
        .orderBy('sequence')
        .execute()
        .then((rows) => rows.map(({ action, result }) => `${action} ${result}`));

    it('are as many as the rule says, the same one again and again; another takes the place of one that is withdrawn', async () => {
      const [a, b, c] = [await pc('sato', 'A', 2), await pc('sato', 'B', 2, 'drive-explorer'), await pc('sato', 'C', 2)];
      expect(await enrolled(a)).toEqual([true, '*A']);
      expect(await enrolled(b)).toEqual([true, expect.stringMatching(/^(A,\*B|\*B,A)$/)]);
      expect(await enrolled(a)).toEqual([true, expect.stringContaining('*A')]);
      expect(await enrolled(c)).toEqual([false, expect.not.stringContaining('C')]);
      expect((await handlers['pc.withdraw']({ deviceId: a.session.deviceId }, c)).pcs.map(({ name }) => name)).toEqual(['B']);
      expect(await enrolled(c)).toEqual([true, expect.stringContaining('*C')]);
      expect(await enrolled(a)).toEqual([false, expect.not.stringContaining('A')]);
      expect(await audited('sato')).toEqual([
        'pc.enrol success',
        'pc.enrol success',
        'pc.enrol denied',
        'pc.withdraw success',
        'pc.enrol success',
        'pc.enrol denied',
      ]);
    });

    it('are never more than the rule says, also when two ask at once', async () => {
      const asking = await Promise.all(['A', 'B', 'C', 'D'].map((name) => pc('tanaka', name, 2)));
      const answers = await Promise.all(asking.map((context) => handlers['pc.enrol']({}, context)));
      expect(answers.filter((answer) => answer.enrolled)).toHaveLength(2);
      expect((await handlers['pc.list']({}, asking[0]!)).pcs).toHaveLength(2);
    });

    it('without a limit are any number, and a lower one leaves those that began first', async () => {
      const all = await Promise.all(['A', 'B', 'C'].map((name) => pc('suzuki', name, 0)));
      for (const context of all) expect((await enrolled(context))[0]).toBe(true);
      const { pcs } = await handlers['pc.list']({}, all[0]!);
      const stays = [];
      for (const { deviceId } of pcs) {
        const { policy } = await pc('suzuki', 'x', 1);
        const context = all.find(({ session }) => session.deviceId === deviceId)!;
        stays.push((await handlers['pc.enrol']({}, { ...context, policy })).enrolled);
      }
      expect(stays).toEqual([true, false, false]);
    });

    it('are nobody else’s to withdraw, and no browser is one', async () => {
      const own = await pc('ito', 'A', 0);
      await enrolled(own);
      const stranger = await pc('sato', 'S', 0);
      await expect(handlers['pc.withdraw']({ deviceId: own.session.deviceId }, stranger)).rejects.toMatchObject({ code: 'not_found' });
      const browser = await pc('ito', 'B', 0, 'browser');
      await expect(handlers['pc.enrol']({}, browser)).rejects.toMatchObject({ code: 'denied', details: { reason: 'not_supported' } });
      expect((await handlers['pc.list']({}, own)).pcs).toHaveLength(1);
    });
  });
}
