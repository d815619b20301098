import type { Database, Services } from '../context.ts';
import { hashPassword } from '../identity/passwords.ts';
import { demoCompany } from './company.ts';
import { seedContent } from './seed-content.ts';
import { seedDrive } from './seed-drive.ts';
import { seedPeople, unfinishedName } from './seed-people.ts';
import { seedRooms } from './seed-rooms.ts';

/** The demo tenant's name (ACC-48). */
export const demoTenant = 'demo';
/** The accounts that the login form offers, by what they log in with. */
export const demoMemberIds = ['sato', 'tanaka', 'suzuki', 'admin'] as const;

/** The tables that hold a tenant's rows, those that refer to others first. */
const tables = [
  'organisations',
  'posts',
  'member_group_members',
  'member_groups',
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
