import { expect } from 'vitest';
import { defaultPolicy, type Policy } from '#shared/model/policy.ts';
import type { AdminRight } from '#shared/model/rights.ts';
import { RawClient, type RawReply } from './raw-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** What `policy.get` and its kind answer. */
export interface InForce {
  revision: number;
  policy: Policy;
  pending: { revision: number; by: string; at: number; revertsAt: number; patch: unknown } | null;
}

/** The header by which a test comes from anywhere: the tests' own address counts as a proxy. */
export const from = (address: string) => ({ 'x-forwarded-for': address });
export const office = from('203.0.113.7');
export const home = from('198.51.100.9');

/** Status, code and reason of an answer. */
export const failure = ({ status, body }: RawReply) => [status, body.error?.code, body.error?.details?.reason];
/** The value of an answer that must be a success. */
export const valueOf = <T>(reply: RawReply): T => {
  expect(reply.body).toMatchObject({ ok: true });
  return reply.body.value as T;
};

/** A server behind a proxy, its supreme administrator, and what tests of rules do to both. */
export interface RulesServer {
  readonly running: TestServer;
  readonly admin: RawClient;
  loggedIn(member: string, headers?: Record<string, string>): Promise<RawClient>;
  database(): TestServer['services']['database'];
  /** Default rules, no roles, nothing pending; in force when it resolves. */
  reset(): Promise<void>;
  /** Gives a member a role, with rights of its own where it is `custom`. */
  as(member: string, role: string, rights?: readonly AdminRight[]): Promise<void>;
  rulesNow(): Promise<InForce>;
  /** The newest entries of the audit log of that name. */
  audited(action: string): Promise<{ actorId: string | null; result: string; details: Record<string, unknown> }[]>;
}

export async function startRulesServer(): Promise<RulesServer> {
  const running = await startTestServer({ trustedProxies: ['127.0.0.1/32'] });
  const database = () => running.services.database;
  const loggedIn = async (member: string, headers: Record<string, string> = office): Promise<RawClient> => {
    const client = new RawClient(running.url);
    expect([member, (await client.login(member, { headers })).status]).toEqual([member, 200]);
    return client;
  };
  const admin = await loggedIn('admin', from('203.0.113.1'));
  return {
    running,
    admin,
    loggedIn,
    database,
    reset: async () => {
      await database().deleteFrom('pending_rules').execute();
      const { policy_revision: revision } = await database()
        .updateTable('tenants')
        .set((update) => ({ policy: JSON.stringify(defaultPolicy), policy_revision: update('policy_revision', '+', 1) }))
        .returning('policy_revision')
        .executeTakeFirstOrThrow();
      await database().updateTable('members').set({ role: 'member', role_id: null }).where('role', '!=', 'supreme').execute();
      running.services.bus.publish({ tenantId: running.tenantId, audience: null, event: { type: 'policy.changed', revision } });
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    as: async (member, role, rights = []) => {
      const id = `role-${member}`;
      await database().deleteFrom('roles').where('id', '=', id).execute();
      await database()
        .insertInto('roles')
        .values({ tenant_id: running.tenantId, id, name: id, rights: JSON.stringify(rights), created_at: 1 })
        .execute();
      await database().updateTable('members').set({ role, role_id: id }).where('member_id', '=', member).execute();
    },
    rulesNow: async () => valueOf<InForce>(await admin.call('policy.get', {}, office)),
    audited: async (action) =>
      valueOf<{ entries: { actorId: string | null; result: string; details: Record<string, unknown> }[] }>(
        await admin.call('audit.search', { action, limit: 20 }, office),
      ).entries,
  };
}
