import { z } from 'zod';
import { Permission } from '#shared/model/drive.ts';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { adminOp } from './operation.ts';

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

/** One line of the download log (FIL-07): a file that somebody was given. `client` is the kind of program. */
export const DownloadEntry = z.object({
  id: Id,
  at: Instant,
  memberId: Id,
  memberName: z.string(),
  service: z.enum(['talk', 'drive']),
  name: z.string(),
  sizeBytes: Count,
  client: z.string(),
  address: z.string(),
});
export type DownloadEntry = z.infer<typeof DownloadEntry>;

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
  description: z.string().default(''),
  /** DRV-02, DRV-03. */
  masters: z.array(Id).default([]),
  /** DRV-05: hidden from everybody but administrators, for keeping. */
  private: z.boolean().default(false),
  links: z.boolean().default(true),
  /** Its own limit, in bytes; null for the rule's. */
  quotaBytes: Count.nullable().default(null),
  /** DRV-02: of the members that are let in, only those of these user types; null for all. */
  userTypes: z.array(Id).nullable().default(null),
  deletedAt: Instant.nullable().default(null),
});
export type AdministeredSpace = z.infer<typeof AdministeredSpace>;

const SpaceOptions = {
  description: z.string().max(1_000).optional(),
  masters: z.array(Id).max(100).optional(),
  private: z.boolean().optional(),
  links: z.boolean().optional(),
  quotaBytes: Count.nullable().optional(),
  userTypes: z.array(Id).max(100).nullable().optional(),
};
const SpaceMembers = z.array(SpaceMember).max(1_000);

/** What administrators may ask of the tenant server; same transport and gate as the tenant contract. */
export const admin = {
  /** Newest first. `text` looks in target, address and details; `actor` and `target` are members by id. */
  'audit.search': adminOp(
    'audit',
    {
      action: z.string().max(100).optional(),
      actor: Id.optional(),
      target: Id.optional(),
      result: z.enum(['success', 'failure', 'denied']).optional(),
      text: z.string().max(100).optional(),
      since: Instant.optional(),
      until: Instant.optional(),
      before: Count.optional(),
      limit: z.number().int().min(1).max(500).default(100),
    },
    { entries: z.array(AuditEntry) },
  ),
  /** FIL-07: downloads and views, newest first, while they are recorded. `before` is the id of the last one of the page before. */
  'download.search': adminOp(
    'audit',
    {
      member: Id.optional(),
      text: z.string().max(100).optional(),
      since: Instant.optional(),
      until: Instant.optional(),
      before: Id.optional(),
      limit: z.number().int().min(1).max(500).default(100),
    },
    { entries: z.array(DownloadEntry) },
  ),
  /** Walks the hash chain: the first entry that does not hold, or null. */
  'audit.verify': adminOp('audit', {}, { entries: Count, head: z.string().nullable(), firstBad: Count.nullable() }),

  /** Makes a shared drive; its name is no other shared drive's. */
  'space.create': adminOp(
    'services',
    { name: z.string().min(1).max(200), members: SpaceMembers, ...SpaceOptions },
    { space: AdministeredSpace },
  ),
  /** Changes what is named (DRV-02, DRV-05). */
  'space.update': adminOp(
    'services',
    { spaceId: Id, name: z.string().min(1).max(200).optional(), ...SpaceOptions },
    { space: AdministeredSpace },
  ),
  /** Nobody sees it any more; it can be taken back for 30 days, then all of it is destroyed. */
  'space.delete': adminOp('services', { spaceId: Id }, {}, { fresh: true }),
  'space.restore': adminOp('services', { spaceId: Id }, { space: AdministeredSpace }),
  'space.list': adminOp('services', {}, { spaces: z.array(AdministeredSpace) }),
  /** Replaces who may do what. */
  'space.setMembers': adminOp('services', { spaceId: Id, members: SpaceMembers }, { space: AdministeredSpace }),
} as const;
export type AdminContract = typeof admin;
