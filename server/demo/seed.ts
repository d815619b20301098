import { uuidv7 } from '#shared/base/uuid.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Database, Services } from '../context.ts';
import { rowBatches } from '../content/batches.ts';
import { hashPassword } from '../identity/passwords.ts';
import { demoCompany } from './company.ts';
import { seedContent } from './seed-content.ts';
import { seedDrive } from './seed-drive.ts';
import { seedRooms } from './seed-rooms.ts';
import type { DemoCompany } from './types.ts';

/** The demo tenant's name (ACC-48). */
export const demoTenant = 'demo';
/** The accounts that the login form offers, by what they log in with. */
export const demoMemberIds = ['sato', 'tanaka', 'suzuki', 'admin'] as const;

/** Its name until everything is there: a seeding that broke off is never taken for the demo. */
const unfinishedName = 'demo-unfinished';

/** The tables that hold a tenant's rows, those that refer to others first. */
const tables = [
  'organisations',
  'members',
  'rooms',
  'memberships',
  'messages',
  'mentions',
  'spaces',
  'space_members',
  'nodes',
  'versions',
  'mutation_results',
  'chunks',
  'chunk_scopes',
] as const;

export interface SeedOptions {
  /** Epoch milliseconds; the company's three weeks end then. */
  readonly now: number;
  /** The password of every demo account. */
  readonly password: string;
}

/** What the features need to know of a seeded company: its members' ids by what they log in with. */
export interface Seeding {
  readonly services: Services;
  readonly tenantId: string;
  readonly company: DemoCompany;
  readonly now: number;
  readonly memberIds: ReadonlyMap<string, string>;
}

/**
 * Makes the demo tenant with people, rooms, drives and real content, where no tenant is yet. Returns whether it was made. One that broke off
 * (the program was stopped) is made anew.
 */
export async function seedDemo(services: Services, { now, password }: SeedOptions): Promise<boolean> {
  const { database } = services;
  const there = await database.selectFrom('tenants').select('id').where('name', '!=', unfinishedName).limit(1).executeTakeFirst();
  if (there !== undefined) return false;
  await removeUnfinished(database);
  const company = demoCompany(now);
  // One hash for all: hashing is slow on purpose, and this password is on the login form anyway.
  const seeding = await seedPeople(services, company, now, await hashPassword(password));
  const contents = await seedContent(seeding);
  await seedRooms(seeding, contents);
  await seedDrive(seeding, contents);
  await database.updateTable('tenants').set({ name: demoTenant }).where('id', '=', seeding.tenantId).execute();
  return true;
}

async function removeUnfinished(database: Database): Promise<void> {
  const left = await database.selectFrom('tenants').select('id').where('name', '=', unfinishedName).executeTakeFirst();
  if (left === undefined) return;
  await database.transaction().execute(async (transaction) => {
    for (const table of tables) await transaction.deleteFrom(table).where('tenant_id', '=', left.id).execute();
    await transaction.deleteFrom('tenants').where('id', '=', left.id).execute();
  });
}

async function seedPeople(services: Services, company: DemoCompany, now: number, passwordHash: string): Promise<Seeding> {
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
