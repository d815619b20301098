import { z } from 'zod';
import { Id, Instant } from './ids.ts';
import { AdminRight } from './rights.ts';

const Text = (longest: number) => z.string().max(longest);
/** A day without a time, `2026-11-22`. */
export const Day = z.iso.date();

/** ADM-01: everything about a person but what they log in with, their post and their rights. Empty strings and null are "not given". */
export const MemberProfile = z.object({
  surname: Text(50).default(''),
  givenName: Text(50).default(''),
  surnameReading: Text(50).default(''),
  givenNameReading: Text(50).default(''),
  nickname: Text(50).default(''),
  phone: Text(40).default(''),
  mobile: Text(40).default(''),
  workplace: Text(100).default(''),
  duties: Text(200).default(''),
  socialNetwork: Text(200).default(''),
  employeeNumber: Text(40).default(''),
  relatedContacts: Text(500).default(''),
  language: z.enum(['ja', 'en']).default('ja'),
  birthday: Day.nullable().default(null),
  hireDate: Day.nullable().default(null),
});
export type MemberProfile = z.infer<typeof MemberProfile>;

type Patch<S> = { [K in keyof S]: S[K] extends z.ZodDefault<infer F extends z.ZodType> ? z.ZodOptional<F> : never };
/** A change of a profile: only what it names. `partial()` would fill in the defaults of the rest. */
export const ProfilePatch = z.object(
  Object.fromEntries(Object.entries(MemberProfile.shape).map(([name, field]) => [name, field.unwrap().optional()])) as Patch<
    typeof MemberProfile.shape
  >,
);

/** ADM-05. `memberCount` counts the people directly in it. */
export const Organisation = z.object({
  id: Id,
  parentId: Id.nullable(),
  name: z.string(),
  description: z.string(),
  memberCount: z.number().int().nonnegative(),
  /** Null unless it is in the bin, from which it comes back for 30 days. */
  deletedAt: Instant.nullable(),
});
export type Organisation = z.infer<typeof Organisation>;

/** ADM-06: a group of people of this company. */
export const Group = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  visible: z.boolean(),
  masters: z.array(Id),
  members: z.array(Id),
  deletedAt: Instant.nullable(),
});
export type Group = z.infer<typeof Group>;

/** ADM-07: a position, a level, or a user type; a user type has exactly one permission template (ADM-09). */
export const PostKind = z.enum(['position', 'level', 'user_type']);
export type PostKind = z.infer<typeof PostKind>;
export const Post = z.object({
  id: Id,
  kind: PostKind,
  name: z.string(),
  order: z.number().int(),
  templateId: Id.nullable(),
  memberCount: z.number().int(),
});
export type Post = z.infer<typeof Post>;

/** ADM-10: a role of the company's own. */
export const CustomRole = z.object({ id: Id, name: z.string(), rights: z.array(AdminRight), memberCount: z.number().int() });
export type CustomRole = z.infer<typeof CustomRole>;
