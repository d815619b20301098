import { z } from 'zod';
import { Permission } from '#shared/model/drive.ts';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Member, MemberId, Role } from '#shared/model/member.ts';
import { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { op } from './operation.ts';

/** One line of the audit log (ADM-34): who did what to whom, from where, with which result. */
export const AuditEntry = z.object({
  sequence: Count,
  at: Instant,
  actorId: Id.nullable(),
  action: z.string(),
  target: z.string().nullable(),
  result: z.string(),
  address: z.string().nullable(),
  client: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A member as administrators see them. */
export const AdministeredMember = Member.extend({
  role: Role,
  /** ACC-45: apps are blocked, the browser is not. */
  appBlocked: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: Instant,
  /** When any of their sessions was last used, to the minute; null before the first login. */
  lastUsedAt: Instant.nullable(),
});
export type AdministeredMember = z.infer<typeof AdministeredMember>;

/** Who may do what in a shared drive; `*` for every member of the tenant. A row of one's own beats everybody's. */
const SpaceMember = z.object({ member: Id, permission: Permission });
/** A shared drive as administrators see it: who may, never what is in it. */
export const AdministeredSpace = z.object({
  id: Id,
  name: z.string(),
  usedBytes: Count,
  createdAt: Instant,
  /** `member` is the member's id here, or `*`. */
  members: z.array(SpaceMember),
});
export type AdministeredSpace = z.infer<typeof AdministeredSpace>;

const PersonName = z.string().min(1).max(100);
/** An organisation by its name, made when there is none of that name yet; null for none. */
const OrganisationName = z.string().min(1).max(100).nullable();
const Title = z.string().min(1).max(100).nullable();
const NewPassword = z.string().min(8).max(128);
/** ADM-10: there is one supreme administrator; the role is not given away here. */
const GivenRole = Role.exclude(['supreme']);
/** A member by id, or by what they log in with. */
const MemberRef = Id;
const SpaceMembers = z.array(SpaceMember).max(1_000);

/** What administrators may ask of the tenant server; same transport and gate as the tenant contract. */
export const admin = {
  'policy.get': op({}, { revision: Count, policy: Policy }, 'administrator'),
  /** Changes what the patch names. With `revision` given, only when the rules are still those. */
  'policy.set': op({ patch: PolicyPatch, revision: Count.optional() }, { revision: Count, policy: Policy }, 'administrator'),
  'audit.search': op(
    { action: z.string().max(100).optional(), before: Count.optional(), limit: z.number().int().min(1).max(500).default(100) },
    { entries: z.array(AuditEntry) },
    'administrator',
  ),

  /** By member id; `after` is the last one of the page before. */
  'member.list': op(
    { text: z.string().max(100).optional(), after: MemberId.optional(), limit: z.number().int().min(1).max(1_000).default(200) },
    { members: z.array(AdministeredMember), complete: z.boolean() },
    'administrator',
  ),
  /** ADM-03. Without `password` one is made and told once, in the answer. */
  'member.create': op(
    {
      memberId: MemberId,
      name: PersonName,
      reading: PersonName,
      organisation: OrganisationName.optional(),
      title: Title.optional(),
      role: GivenRole.optional(),
      password: NewPassword.optional(),
    },
    { member: AdministeredMember, password: z.string().nullable() },
    'administrator',
  ),
  /** Changes what is named. */
  'member.update': op(
    {
      member: MemberRef,
      name: PersonName.optional(),
      reading: PersonName.optional(),
      organisation: OrganisationName.optional(),
      title: Title.optional(),
      role: GivenRole.optional(),
    },
    { member: AdministeredMember },
    'administrator',
  ),
  /** ACC-43: suspending ends every session at once and keeps all data; restoring lifts a suspension, also one for failed logins. */
  'member.setState': op({ member: MemberRef, state: z.enum(['active', 'suspended']) }, { member: AdministeredMember }, 'administrator'),
  /** ACC-45: stops apps and the sync agent at once and leaves the browser. */
  'member.setAppBlock': op({ member: MemberRef, blocked: z.boolean() }, { member: AdministeredMember }, 'administrator'),
  /** ACC-08: ends all sessions of the member. Without `password` one is made and told once, in the answer. */
  'member.setPassword': op(
    { member: MemberRef, password: NewPassword.optional() },
    { password: z.string().nullable(), ended: Count },
    'administrator',
  ),

  /** Makes a shared drive; its name is no other shared drive's. */
  'space.create': op({ name: z.string().min(1).max(200), members: SpaceMembers }, { space: AdministeredSpace }, 'administrator'),
  'space.list': op({}, { spaces: z.array(AdministeredSpace) }, 'administrator'),
  /** Replaces who may do what. */
  'space.setMembers': op({ spaceId: Id, members: SpaceMembers }, { space: AdministeredSpace }, 'administrator'),
} as const;
export type AdminContract = typeof admin;
