import { z } from 'zod';
import { Id } from '#shared/model/ids.ts';
import { Instant } from '#shared/model/ids.ts';
import { CustomRole, Group, Organisation, Post, PostKind } from '#shared/model/profile.ts';
import { GivenRight } from '#shared/model/rights.ts';
import { adminOp } from './operation.ts';

const Name = z.string().trim().min(1).max(100);
const Description = z.string().max(500);
const Ids = z.array(Id).max(1_000);

/** Organisations, groups, posts and roles (ADM-05…07, ADM-10, ADM-11). */
export const adminDirectory = {
  /** The whole tree; `deleted` for what is in the bin. */
  'organisation.list': adminOp('organisations', { deleted: z.boolean().default(false) }, { organisations: z.array(Organisation) }),
  'organisation.create': adminOp(
    'organisations',
    { name: Name, description: Description.default(''), parentId: Id.nullable() },
    { organisation: Organisation },
  ),
  /** Moving under itself or its own children is `conflict`. */
  'organisation.update': adminOp(
    'organisations',
    { id: Id, name: Name.optional(), description: Description.optional(), parentId: Id.nullable().optional() },
    { organisation: Organisation },
  ),
  /** ADM-05: refused while anybody belongs to it or to a child; children go with it; 30 days in the bin. */
  'organisation.delete': adminOp('organisations', { id: Id }, {}),
  'organisation.restore': adminOp('organisations', { id: Id }, { organisation: Organisation }),

  'group.list': adminOp('organisations', { deleted: z.boolean().default(false) }, { groups: z.array(Group) }),
  'group.create': adminOp(
    'organisations',
    { name: Name, description: Description.default(''), visible: z.boolean().default(true), masters: Ids.min(1), members: Ids },
    { group: Group },
  ),
  'group.update': adminOp(
    'organisations',
    {
      id: Id,
      name: Name.optional(),
      description: Description.optional(),
      visible: z.boolean().optional(),
      masters: Ids.min(1).optional(),
      members: Ids.optional(),
    },
    { group: Group },
  ),
  'group.delete': adminOp('organisations', { id: Id }, {}),
  'group.restore': adminOp('organisations', { id: Id }, { group: Group }),

  'post.list': adminOp('organisations', { kind: PostKind.optional() }, { posts: z.array(Post) }),
  'post.create': adminOp('organisations', { kind: PostKind, name: Name, templateId: Id.nullable().default(null) }, { post: Post }),
  'post.update': adminOp(
    'organisations',
    { id: Id, name: Name.optional(), order: z.number().int().min(0).max(10_000).optional(), templateId: Id.nullable().optional() },
    { post: Post },
  ),
  /** Refused while somebody has it. */
  'post.delete': adminOp('organisations', { id: Id }, {}),

  'role.list': adminOp('roles', {}, { roles: z.array(CustomRole) }),
  'role.create': adminOp('roles', { name: Name, rights: z.array(GivenRight).min(1) }, { role: CustomRole }, { fresh: true }),
  'role.update': adminOp(
    'roles',
    { id: Id, name: Name.optional(), rights: z.array(GivenRight).min(1).optional() },
    { role: CustomRole },
    { fresh: true },
  ),
  /** Refused while somebody has it. */
  'role.delete': adminOp('roles', { id: Id }, {}, { fresh: true }),

  /** ADM-04: the invitations that are open. */
  'invitation.list': adminOp(
    'invitations',
    {},
    {
      invitations: z.array(
        z.object({
          id: Id,
          kind: z.enum(['join', 'first_password']),
          createdBy: Id.nullable(),
          memberId: z.string().nullable(),
          createdAt: Instant,
          expiresAt: Instant,
        }),
      ),
    },
  ),
  'invitation.revoke': adminOp('invitations', { id: Id }, {}),
} as const;
export type AdminDirectoryContract = typeof adminDirectory;
