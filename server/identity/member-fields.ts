import type { InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { MemberProfile } from '#shared/model/profile.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Database, Services } from '../context.ts';
import { lockDirectory, refusal, tidy, tidyOr, tidyText } from './directory-acts.ts';
import { organisationNamed } from './organisation-named.ts';
import { allOrganisations, requireLive } from './organisations.ts';
import { requirePost, usesPosts } from './posts.ts';

export type GivenFields = Omit<InputOf<ServerContract, 'member.update'>, 'member' | 'role'>;

/** The columns that administrators fill in (ADM-01), as they are stored. */
export interface MemberColumns {
  name: string;
  reading: string;
  title: string | null;
  organisation_id: string | null;
  email: string | null;
  email_verified_at: number | null;
  profile: string;
  position_id: string | null;
  level_id: string | null;
  user_type_id: string | null;
  template_id: string | null;
}

export interface FieldsBefore {
  readonly title: string | null;
  readonly email: string | null;
  readonly profile: string;
}

interface Where {
  readonly transaction: Database;
  readonly services: Pick<Services, 'clock' | 'random'>;
  readonly tenantId: string;
  readonly policy: Policy;
}

/**
 * What is to be written for the fields that are given, looked up and checked within the act's transaction; organisations that are named and
 * missing are made. Throws `invalid`, `not_found` or `conflict` with a reason.
 */
export async function columnsFor(where: Where, given: GivenFields, before: FieldsBefore | null): Promise<Partial<MemberColumns>> {
  return {
    ...names(given, before),
    ...(await place(where, given)),
    ...(await posts(where, given)),
    ...email(given, before),
    ...template(where, given),
  };
}

const joined = (surname: string, givenName: string): string => `${surname} ${givenName}`.trim();

/** A name is put together from its parts where there are any; one that is given whole replaces them. */
function names({ name, reading, profile: patch }: GivenFields, before: FieldsBefore | null): Partial<MemberColumns> {
  const old = MemberProfile.parse(JSON.parse(before?.profile ?? '{}'));
  const given = Object.fromEntries(
    Object.entries(patch ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, typeof value === 'string' ? tidyText(value) : value]),
  );
  const parts = (first: 'surname' | 'surnameReading', second: 'givenName' | 'givenNameReading', whole: string | undefined) => {
    if (given[first] !== undefined || given[second] !== undefined) return {};
    return whole === undefined ? {} : { [first]: '', [second]: '' };
  };
  const next = MemberProfile.parse({
    ...old,
    ...given,
    ...parts('surname', 'givenName', name),
    ...parts('surnameReading', 'givenNameReading', reading),
  });
  const whole = (text: string, fallback: string | undefined): string | undefined =>
    text !== '' ? tidy(text) : fallback === undefined ? undefined : tidy(fallback);
  const composed = {
    name: whole(given['surname'] === undefined && given['givenName'] === undefined ? '' : joined(next.surname, next.givenName), name),
    reading: whole(
      given['surnameReading'] === undefined && given['givenNameReading'] === undefined
        ? ''
        : joined(next.surnameReading, next.givenNameReading),
      reading,
    ),
  };
  const profile = JSON.stringify(next);
  return {
    ...(composed.name === undefined ? {} : { name: composed.name }),
    ...(composed.reading === undefined ? {} : { reading: composed.reading }),
    ...(before === null || profile !== JSON.stringify(old) ? { profile } : {}),
  };
}

async function place({ transaction, services, tenantId }: Where, given: GivenFields): Promise<Partial<MemberColumns>> {
  if (given.organisationId !== undefined) {
    await lockDirectory(transaction, tenantId);
    requireLive(await allOrganisations(transaction, tenantId), given.organisationId);
    return { organisation_id: given.organisationId };
  }
  if (given.organisation === undefined) return {};
  return { organisation_id: await organisationNamed(transaction, services, tenantId, tidyOr(given.organisation)) };
}

/** What colleagues see as somebody's title is the name of their position; a title in words finds the position of that name. */
async function posts({ transaction, tenantId, policy }: Where, given: GivenFields): Promise<Partial<MemberColumns>> {
  const columns: Partial<MemberColumns> = {};
  // A post that somebody has is not deleted meanwhile.
  if (given.positionId != null || given.levelId != null || given.userTypeId != null) await lockDirectory(transaction, tenantId);
  if (given.positionId !== undefined) {
    columns.position_id = given.positionId;
    columns.title = null;
    if (given.positionId !== null) columns.title = (await requirePost(transaction, tenantId, policy, 'position', given.positionId)).name;
  } else if (given.title !== undefined) {
    columns.title = tidyOr(given.title);
    columns.position_id = await positionNamed(transaction, tenantId, policy, columns.title);
  }
  if (given.levelId !== undefined) {
    if (given.levelId !== null) await requirePost(transaction, tenantId, policy, 'level', given.levelId);
    columns.level_id = given.levelId;
  }
  if (given.userTypeId !== undefined) {
    if (given.userTypeId !== null) await requirePost(transaction, tenantId, policy, 'user_type', given.userTypeId);
    columns.user_type_id = given.userTypeId;
  }
  return columns;
}

async function positionNamed(database: Database, tenantId: string, policy: Policy, title: string | null): Promise<string | null> {
  if (title === null || !usesPosts(policy, 'position')) return null;
  await lockDirectory(database, tenantId);
  const row = await database
    .selectFrom('posts')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', 'position')
    .where('name', '=', title)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Codes for a forgotten password go to the registered address (ACC-11); as a second step it counts only once its owner confirmed it. */
function email({ email: given }: GivenFields, before: FieldsBefore | null): Partial<MemberColumns> {
  if (given === undefined || given === (before?.email ?? null)) return {};
  return { email: given, email_verified_at: null };
}

/** ADM-09. */
function template({ policy }: Where, { templateId }: GivenFields): Partial<MemberColumns> {
  if (templateId === undefined) return {};
  if (templateId !== null && !policy.permissions.templates.some(({ id }) => id === templateId)) {
    throw refusal('invalid', 'template_unknown', templateId);
  }
  return { template_id: templateId };
}
