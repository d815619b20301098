import { uuidv7 } from '#shared/base/uuid.ts';
import { MemberProfile } from '#shared/model/profile.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Services } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import { demoEmail, demoGroups, demoPosts, postsOf } from './directory.ts';
import type { DemoCompany, DemoMember } from './types.ts';

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
  const posts = demoPosts.map((post, order) => ({ ...post, id: newId(), order }));
  const postId = (kind: string, name: string | null) => posts.find((post) => post.kind === kind && post.name === name)?.id ?? null;
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
    email: demoEmail(member),
    profile: JSON.stringify(profileOf(member)),
    position_id: postId('position', postsOf(member).position),
    level_id: postId('level', postsOf(member).level),
    user_type_id: postId('user_type', postsOf(member).userType),
  }));
  const organisations = company.organisations.map(({ id, parentId, name, description }) => ({
    tenant_id: tenantId,
    id,
    parent_id: parentId,
    name,
    description,
  }));
  const postRows = posts.map(({ id, kind, name, order }) => ({
    tenant_id: tenantId,
    id,
    kind,
    name,
    sort_order: order,
    template_id: null,
    deleted_at: null,
  }));
  const groups = demoGroups.map((group) => ({ ...group, id: newId() }));
  const groupRows = groups.map(({ id, name, description, masterIds }) => ({
    tenant_id: tenantId,
    id,
    name,
    description,
    visible: 1,
    created_by: memberIds.get(masterIds[0]!)!,
    created_at: now,
    deleted_at: null,
  }));
  const places = groups.flatMap((group) => {
    const place = (master: number) => (id: string) => ({
      tenant_id: tenantId,
      group_id: group.id,
      member_id: memberIds.get(id)!,
      master,
    });
    return [...group.masterIds.map(place(1)), ...group.memberIds.map(place(0))];
  });
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
    for (const rows of rowBatches(postRows)) await transaction.insertInto('posts').values(rows).execute();
    for (const rows of rowBatches(members)) await transaction.insertInto('members').values(rows).execute();
    for (const rows of rowBatches(groupRows)) await transaction.insertInto('member_groups').values(rows).execute();
    for (const rows of rowBatches(places)) await transaction.insertInto('member_group_members').values(rows).execute();
  });
  return { services, tenantId, company, now, memberIds };
}

const profileOf = (member: DemoMember): MemberProfile =>
  MemberProfile.parse({
    surname: member.surname,
    givenName: member.givenName,
    surnameReading: member.surnameKana,
    givenNameReading: member.givenNameKana,
    phone: `内線${member.extension}`,
    workplace: '本社工場',
    employeeNumber: member.employeeNumber,
    language: member.language,
  });
