import { MemberState, Role } from '#shared/model/member.ts';
import { ClientKind, type Policy } from '#shared/model/policy.ts';
import { AdminRight } from '#shared/model/rights.ts';
import type { Act, PolicyRequest } from '#shared/policy/decide.ts';
import { templateInForce } from '#shared/policy/decide-service.ts';
import { rightsOf } from '#shared/policy/rights.ts';
import type { Database } from '../context.ts';
import { idleReason, isIdle } from './idle.ts';

const hour = 3_600_000;
/** Sessions end by themselves: after so long unused, and so long after login whatever happens. In milliseconds. */
const sessionLimits = {
  app: { idleMs: 60 * 24 * hour, longestMs: 365 * 24 * hour },
  browser: { idleMs: 60 * 24 * hour, longestMs: 90 * 24 * hour },
  /** An app password stands in a program's settings until somebody takes it away. */
  dav: { idleMs: 180 * 24 * hour, longestMs: Number.POSITIVE_INFINITY },
} as const;
/** How long a proof of who asks is good for dangerous acts (ADM-12), in milliseconds. */
export const freshMs = 600_000;

/** What comes with a request besides the session. */
export interface RequestFacts {
  readonly address: string;
  readonly clientVersion: string;
  readonly claimedKind: string | null;
  /** What is asked for, for the audit log. */
  readonly operation?: string;
}

/** A session with its member, the member's role and template, and its device, as one row. */
export type SessionRow = NonNullable<Awaited<ReturnType<ReturnType<typeof sessionQuery>['executeTakeFirst']>>>;

/** Sessions with all that the rules look at. */
export const sessionQuery = (database: Database) =>
  database
    .selectFrom('sessions')
    .innerJoin('members', (join) =>
      join.onRef('members.tenant_id', '=', 'sessions.tenant_id').onRef('members.id', '=', 'sessions.member_id'),
    )
    .leftJoin('devices', (join) =>
      join.onRef('devices.tenant_id', '=', 'sessions.tenant_id').onRef('devices.id', '=', 'sessions.device_id'),
    )
    .leftJoin('roles', (join) => join.onRef('roles.tenant_id', '=', 'members.tenant_id').onRef('roles.id', '=', 'members.role_id'))
    .leftJoin('posts', (join) => join.onRef('posts.tenant_id', '=', 'members.tenant_id').onRef('posts.id', '=', 'members.user_type_id'))
    .select(['sessions.tenant_id', 'sessions.id', 'sessions.member_id', 'sessions.device_id', 'sessions.kind', 'sessions.key_thumbprint'])
    .select(['sessions.access_hash', 'sessions.access_expires_at', 'sessions.previous_access_hash', 'sessions.previous_access_expires_at'])
    .select(['sessions.created_at', 'sessions.last_used_at', 'sessions.last_active_at', 'sessions.ended_at', 'sessions.ended_reason'])
    .select(['sessions.address', 'sessions.proven_at', 'sessions.verified_at', 'sessions.refused_for'])
    .select(['members.member_id as login', 'members.name as member_name', 'members.role', 'members.state', 'members.app_blocked'])
    .select(['members.template_id', 'roles.rights as own_rights', 'posts.template_id as type_template'])
    .select(['devices.wipe', 'devices.name as device_name', 'devices.app_version']);

/** What the rules know of a member, from any row that has these columns. */
export interface MemberColumns {
  readonly member_id: string;
  readonly state: string;
  readonly app_blocked: number;
  readonly role: string;
  /** The rights of a role of the company's own, JSON, or null. */
  readonly own_rights: string | null;
  readonly template_id: string | null;
  readonly type_template: string | null;
}
export type AskingMember = NonNullable<PolicyRequest['member']>;

/** A member as the rules see them (ADM-09, ADM-10). */
export function askingMember(row: MemberColumns): AskingMember {
  const role = Role.parse(row.role);
  return {
    id: row.member_id,
    state: MemberState.parse(row.state),
    appBlocked: row.app_blocked !== 0,
    role,
    rights: role === 'custom' ? rightsOf(role, ownRights(row.own_rights)) : rightsOf(role),
    templateId: templateInForce(row.template_id, row.type_template),
  };
}

/** Rights that an older or newer server wrote and this one does not know count for nothing. */
const ownRights = (json: string | null): AdminRight[] =>
  json === null ? [] : (JSON.parse(json) as unknown[]).flatMap((right) => AdminRight.safeParse(right).data ?? []);

/** Reads what the rules know of one member, or null when there is no such one. */
export async function findAskingMember(database: Database, tenantId: string, memberId: string): Promise<AskingMember | null> {
  const row = await database
    .selectFrom('members')
    .leftJoin('roles', (join) => join.onRef('roles.tenant_id', '=', 'members.tenant_id').onRef('roles.id', '=', 'members.role_id'))
    .leftJoin('posts', (join) => join.onRef('posts.tenant_id', '=', 'members.tenant_id').onRef('posts.id', '=', 'members.user_type_id'))
    .select(['members.id as member_id', 'members.state', 'members.app_blocked', 'members.role', 'members.template_id'])
    .select(['roles.rights as own_rights', 'posts.template_id as type_template'])
    .where('members.tenant_id', '=', tenantId)
    .where('members.id', '=', memberId)
    .executeTakeFirst();
  return row === undefined ? null : askingMember(row);
}

/** The country of an address as far as rules on countries are in force; looking it up costs nothing where they are not. */
export const countryFor = ({ network }: Policy, address: string, countryOf: (address: string) => string | null): string | null =>
  network.mode === 'all' && network.limitCountries ? countryOf(address) : null;

/** Whether the person proved lately enough who they are for a dangerous act. `now` in epoch milliseconds. */
export const isFresh = (row: { readonly created_at: number; readonly proven_at: number | null }, now: number): boolean =>
  now - (row.proven_at ?? row.created_at) <= freshMs;

/** What is asked of the rules when this session does something. `now` in epoch milliseconds. */
export function requestOf(
  row: SessionRow,
  facts: Pick<RequestFacts, 'address' | 'clientVersion'>,
  act: Act,
  rules: { readonly policy: Policy; readonly now: number; countryOf(address: string): string | null },
): PolicyRequest {
  const { policy, now, countryOf } = rules;
  const kind = ClientKind.parse(row.kind);
  const idle = row.ended_at === null ? isIdle(row, policy, now) : row.ended_reason === idleReason;
  return {
    clientVersion: facts.clientVersion,
    session: {
      kind,
      ended: !idle && (row.ended_at !== null || hasRunOut(row, now)),
      wiped: row.wipe === 'ordered',
      idle,
      verified: row.verified_at !== null,
      fresh: isFresh(row, now),
    },
    member: askingMember(row),
    address: facts.address,
    country: countryFor(policy, facts.address, countryOf),
    act,
  };
}

/** Whether a session has ended by not being used, or by age. */
export function hasRunOut(row: { kind: string; created_at: number; last_used_at: number }, now: number): boolean {
  const limits = row.kind === 'browser' ? sessionLimits.browser : row.kind === 'dav' ? sessionLimits.dav : sessionLimits.app;
  return now - row.last_used_at > limits.idleMs || now - row.created_at > limits.longestMs;
}
