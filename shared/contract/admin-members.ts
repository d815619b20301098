import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Member, MemberId, MemberState, Role } from '#shared/model/member.ts';
import { Day, MemberProfile, ProfilePatch } from '#shared/model/profile.ts';
import { AdministeredDevice, HistoryEntry } from './admin-devices.ts';
import { adminOp } from './operation.ts';

/** A member as administrators see them. */
export const AdministeredMember = Member.extend({
  role: Role,
  /** The role's name where it is one of the company's own. */
  roleId: Id.nullable().default(null),
  /** ACC-45: apps are blocked, the browser is not. */
  appBlocked: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: Instant,
  /** When any of their sessions was last used, to the minute; null before the first login. */
  lastUsedAt: Instant.nullable(),
  email: z.string().nullable().default(null),
  organisationId: Id.nullable().default(null),
  positionId: Id.nullable().default(null),
  levelId: Id.nullable().default(null),
  userTypeId: Id.nullable().default(null),
  /** ADM-09: a template of their own; null for that of the user type. */
  templateId: Id.nullable().default(null),
  /** ACC-44: the last day of a leave. */
  leaveUntil: Day.nullable().default(null),
  /** ACC-44: until when a deletion can be taken back. */
  deletedUntil: Instant.nullable().default(null),
  twoStep: z.boolean().default(false),
});
export type AdministeredMember = z.infer<typeof AdministeredMember>;

/** S4's page of a member: everything at once. */
export const MemberDetails = z.object({
  member: AdministeredMember,
  profile: MemberProfile,
  password: z.object({ changedAt: Instant.nullable(), expiresAt: Instant.nullable(), changeRequested: z.boolean() }),
  twoStep: z.object({ totp: z.boolean(), emailCode: z.boolean(), passkeys: Count, recoveryCodesLeft: Count }),
  /** `linked` is false for one that an administrator took away (ACC-25). */
  identities: z.array(z.object({ id: Id, method: z.string(), subject: z.string(), linkedAt: Instant, linked: z.boolean().default(true) })),
  devices: z.array(AdministeredDevice),
  /** The newest lines of the access history (ACC-40); more by `member.history`. */
  history: z.array(HistoryEntry),
});
export type MemberDetails = z.infer<typeof MemberDetails>;

const PersonName = z.string().min(1).max(100);
const OrganisationName = z.string().min(1).max(100).nullable();
const Title = z.string().min(1).max(100).nullable();
const NewPassword = z.string().min(1).max(128);
const GivenRole = Role.exclude(['supreme']);
/** A member by id, or by what they log in with. */
const MemberRef = Id;
const Email = z.email().max(200);

const memberFields = {
  name: PersonName.optional(),
  reading: PersonName.optional(),
  organisation: OrganisationName.optional(),
  organisationId: Id.nullable().optional(),
  title: Title.optional(),
  email: Email.nullable().optional(),
  profile: ProfilePatch.optional(),
  positionId: Id.nullable().optional(),
  levelId: Id.nullable().optional(),
  userTypeId: Id.nullable().optional(),
  templateId: Id.nullable().optional(),
};

/** One line of a file of members, as the console read it from CSV or xlsx. */
export const ImportRow = z.object({
  memberId: z.string().max(100),
  name: z.string().max(200),
  reading: z.string().max(200),
  organisation: z.string().max(200).default(''),
  title: z.string().max(200).default(''),
  email: z.string().max(300).default(''),
  level: z.string().max(200).default(''),
  userType: z.string().max(200).default(''),
  phone: z.string().max(100).default(''),
  mobile: z.string().max(100).default(''),
  workplace: z.string().max(200).default(''),
});
export type ImportRow = z.input<typeof ImportRow>;

/** Members and what is done to them (ADM-01, ADM-03, ACC-07…10, ACC-43…47). */
export const adminMembers = {
  /** By member id; `after` is the last one of the page before. Filters join with "and". */
  'member.list': adminOp(
    'members',
    {
      text: z.string().max(100).optional(),
      states: z.array(MemberState).max(10).optional(),
      organisationId: Id.optional(),
      roles: z.array(Role).max(5).optional(),
      appBlocked: z.boolean().optional(),
      after: MemberId.optional(),
      limit: z.number().int().min(1).max(1_000).default(200),
    },
    { members: z.array(AdministeredMember), complete: z.boolean(), total: Count },
  ),
  'member.details': adminOp('members', { member: MemberRef }, MemberDetails.shape),
  /** ACC-40: 90 days; `kind` filters by environment. */
  'member.history': adminOp(
    'members',
    {
      member: MemberRef,
      kind: z.string().max(40).optional(),
      before: Instant.optional(),
      limit: z.number().int().min(1).max(500).default(100),
    },
    { entries: z.array(HistoryEntry) },
  ),
  /** ADM-03, ACC-10. Without `password` one is made and told once, in the answer, or a link for the first password is mailed. */
  'member.create': adminOp(
    'members',
    {
      ...memberFields,
      memberId: MemberId,
      name: PersonName,
      reading: PersonName,
      role: GivenRole.optional(),
      roleId: Id.optional(),
      password: NewPassword.optional(),
      mailLink: z.boolean().default(false),
      /** Whether the first login asks for a new one; left out: where it was made here. */
      mustChange: z.boolean().optional(),
    },
    {
      member: AdministeredMember,
      password: z.string().nullable(),
      /** Told once, where a link was asked for and there is no mail or no address for it. */
      link: z.string().nullable().default(null),
    },
  ),
  /** Judges every line first; with `commit` those without a fault are made, each for itself, and get a made password or a mailed link. */
  'member.import': adminOp(
    'members',
    { rows: z.array(ImportRow).min(1).max(2_000), commit: z.boolean(), mailLink: z.boolean().default(false) },
    {
      results: z.array(
        z.object({
          memberId: z.string(),
          /** Null where the line is good; otherwise the field and why. */
          fault: z.object({ field: z.string(), reason: z.string(), subject: z.string() }).nullable(),
          made: z.boolean(),
          password: z.string().nullable(),
          link: z.string().nullable().default(null),
        }),
      ),
    },
  ),
  /** Changes what is named. A role needs the supreme administrator and re-authentication (ADM-11): `member.setRole`. */
  'member.update': adminOp('members', { member: MemberRef, ...memberFields, role: GivenRole.optional() }, { member: AdministeredMember }),
  'member.setRole': adminOp(
    'roles',
    { member: MemberRef, role: GivenRole, roleId: Id.optional() },
    { member: AdministeredMember },
    { fresh: true },
  ),
  /** ACC-47: ends all sessions. Somebody else has the id, or had it within 90 days: `conflict`. */
  'member.changeId': adminOp('members', { member: MemberRef, memberId: MemberId }, { member: AdministeredMember, ended: Count }),
  /** ACC-43: suspending ends every session at once and keeps all data; restoring lifts a suspension, also one for failed logins. */
  'member.setState': adminOp('members', { member: MemberRef, state: z.enum(['active', 'suspended']) }, { member: AdministeredMember }),
  /** ACC-44: leave (休職) until a day, or the end of it. */
  'member.setLeave': adminOp('members', { member: MemberRef, until: Day.nullable() }, { member: AdministeredMember }),
  /** ACC-44: somebody who asked to join is let in, or not. */
  'member.approve': adminOp('invitations', { member: MemberRef, approve: z.boolean() }, {}),
  /** ACC-44, ACC-50: cuts everything off at once; can be taken back for 7 days, then the member is erased. */
  'member.delete': adminOp(
    'members',
    { members: z.array(MemberRef).min(1).max(500) },
    { members: z.array(AdministeredMember) },
    { fresh: true },
  ),
  'member.undelete': adminOp('members', { member: MemberRef }, { member: AdministeredMember }),
  /** ACC-45: stops apps and the sync agent at once and leaves the browser. */
  'member.setAppBlock': adminOp('members', { member: MemberRef, blocked: z.boolean() }, { member: AdministeredMember }),
  /** ACC-08: ends all sessions of the member. Without `password` one is made and told once, in the answer. */
  'member.setPassword': adminOp(
    'members',
    { member: MemberRef, password: NewPassword.optional() },
    { password: z.string().nullable(), ended: Count },
    { fresh: true },
  ),
  /** ACC-09: a notice in Talk with a link, and a new password at the next login. */
  'member.requestPasswordChange': adminOp('members', { members: z.array(MemberRef).min(1).max(500) }, { requested: Count }),
  /**
   * ACC-07: nobody's password fits any more but the supreme administrator's and, until the next login, the asker's. Everybody gets a link to
   * choose a new one: by mail where an address is registered, the others are in `links`, once, to be handed on.
   */
  'member.resetAllPasswords': adminOp(
    'security_account',
    {},
    {
      reset: Count,
      excluded: Count,
      ended: Count,
      links: z.array(z.object({ memberId: z.string(), name: z.string(), url: z.string() })).default([]),
    },
    { fresh: true },
  ),
  /** Takes a member's second factors away, so that they can set up new ones (a lost phone). */
  'member.resetTwoStep': adminOp('members', { member: MemberRef }, {}, { fresh: true }),
  /** ACC-25. */
  'member.unlinkIdentity': adminOp('members', { member: MemberRef, id: Id }, {}),
  /** Takes that back: the subject may log in again. */
  'member.relinkIdentity': adminOp('members', { member: MemberRef, id: Id }, {}),
} as const;
export type AdminMembersContract = typeof adminMembers;
