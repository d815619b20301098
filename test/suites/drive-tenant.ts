import { randomUUID } from 'node:crypto';
import type { Policy } from '#shared/model/policy.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { RequestContext, Services } from '../../server/context.ts';

/** A tenant of its own with members whose ids are `prefix-name`, and what the gate would hand to handlers for each of them. */
export interface TestTenant {
  readonly tenantId: string;
  readonly context: (memberId: string, policy?: Policy) => RequestContext;
}

export async function makeTenant(services: Services, memberIds: readonly string[]): Promise<TestTenant> {
  const tenantId = randomUUID();
  await services.database
    .insertInto('tenants')
    .values({ id: tenantId, name: tenantId, display_name: '試験', created_at: 0, talk_change: 0, policy: '{}', policy_revision: 0 })
    .execute();
  await services.database
    .insertInto('members')
    .values(
      memberIds.map((id) => ({
        tenant_id: tenantId,
        id,
        member_id: id,
        name: id,
        reading: id,
        organisation_id: null,
        title: null,
        role: 'member',
        state: 'active',
        app_blocked: 0,
        password_hash: null,
        created_at: 0,
      })),
    )
    .execute();
  return {
    tenantId,
    context: (memberId, policy = defaultPolicy) => ({
      tenantId,
      member: { id: memberId, memberId, role: 'member', state: 'active', rights: [], templateId: 'default' },
      session: { id: 'session', kind: 'pc-app', deviceId: 'device' },
      address: '127.0.0.1',
      clientVersion: '0.1.0',
      policy,
      policyRevision: 0,
    }),
  };
}
