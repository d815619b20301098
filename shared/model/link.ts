import { z } from 'zod';
import { Count, Id, Instant } from './ids.ts';
import { LinkScope } from './rules-drive.ts';

/** A link to a file or folder (DRV-13, DRV-14). Its address ends in a secret that only its maker's and the drive's masters' programs are told. */
export const Link = z.object({
  id: Id,
  nodeId: Id,
  nodeName: z.string(),
  nodeKind: z.enum(['folder', 'file']),
  url: z.string(),
  scope: LinkScope,
  permission: z.enum(['read', 'edit']),
  /** DRV-14: whether the page offers the download. */
  mayDownload: z.boolean(),
  hasPassword: z.boolean(),
  /** To whom the codes of `one_time_password` go. */
  addresses: z.array(z.string()),
  expiresAt: Instant.nullable(),
  createdAt: Instant,
  createdBy: Id,
  opened: Count,
  lastOpenedAt: Instant.nullable(),
});
export type Link = z.infer<typeof Link>;

/** What a new link is made of. */
export const LinkOptions = {
  scope: LinkScope,
  permission: z.enum(['read', 'edit']).default('read'),
  mayDownload: z.boolean().default(true),
  /** Only for `anyone`. */
  password: z.string().min(4).max(128).nullable().default(null),
  /** Only for `one_time_password`, at least one. */
  addresses: z.array(z.string().max(200)).max(50).default([]),
  /** Null for as long as the rule allows (DRV-12). */
  expiresAt: Instant.nullable().default(null),
} as const;

/** Somebody opened a link, or took what is behind it (DRV-14). */
export const LinkAccess = z.object({
  id: Id,
  at: Instant,
  /** `open`, `download`, `upload`, `refused`. */
  what: z.string(),
  name: z.string(),
  /** A member of the company, or null. */
  memberId: Id.nullable(),
  /** The mail address that the code went to, or null. */
  mail: z.string().nullable(),
  address: z.string(),
});
export type LinkAccess = z.infer<typeof LinkAccess>;
