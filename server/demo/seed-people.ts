import { uuidv7 } from '#shared/base/uuid.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Services } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import type { DemoCompany } from './types.ts';

/** The tenant's name until everything is there: a seeding that broke off is never taken for the demo. */
export const unfinishedName = 'demo-unfinished';

/** What the features need to know of a seeded company: its members' ids by what they log in with. */
export interface Seeding {
  readonly services: Services;
  readonly tenantId: string;
  readonly company: DemoCompany;
  readonly now: number;
  readonly memberIds: ReadonlyMap<string, string>;
}

/** Makes the tenant with its organisations and members. */
export async function seedPeople(services: Services, company: DemoCompany, now: number, passwordHash: string): Promise<Seeding> {
  const newId = () => uuidv7(now, services.random(10));
  const tenantId = newId();
  const memberIds = new Map(company.members.map(({ id }) => [id, newId()]));
  const members = company.members.map((member) => ({
    tenant_id: tenantId,
    id: memberIds.get(member.id)!,
    member_id: member.id,
    name: `${member.surname} ${member.givenName}`,
    reading: `${member.surnameKana} ${member.givenNameKana}`,
    organisation_id: member.organisationId,
    title: member.title,
    role: member.role,
    state: 'active',
    app_blocked: 0,
    password_hash: passwordHash,
    created_at: now,
  }));
  const organisations = company.organisations.map(({ id, parentId, name }) => ({ tenant_id: tenantId, id, parent_id: parentId, name }));
  const tenant = {
    id: tenantId,
    name: unfinishedName,
    display_name: company.name,
    created_at: now,
    talk_change: 0,
    policy: JSON.stringify(defaultPolicy),
    policy_revision: 0,
  };
  await services.database.transaction().execute(async (transaction) => {
    await transaction.insertInto('tenants').values(tenant).execute();
    for (const rows of rowBatches(organisations)) await transaction.insertInto('organisations').values(rows).execute();
    for (const rows of rowBatches(members)) await transaction.insertInto('members').values(rows).execute();
  });
  return { services, tenantId, company, now, memberIds };
}
