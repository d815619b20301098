import { z } from 'zod';
import { Count, Id, Instant } from '#shared/model/ids.ts';
import { Preview } from '#shared/model/preview.ts';
import { op, opOf } from './operation.ts';

/** The secret at the end of a link's address: 160 random bits. */
export const LinkToken = z.string().regex(/^[A-Za-z0-9_-]{27}$/);

/** What lies behind a link, or in a folder behind it. */
export const LinkItem = z.object({
  id: Id,
  name: z.string(),
  kind: z.enum(['folder', 'file']),
  /** Null for folders. */
  sizeBytes: Count.nullable(),
  version: Count,
  updatedAt: Instant,
});
export type LinkItem = z.infer<typeof LinkItem>;

/** How a link answers who comes with its address. Only `open` says anything of the file. */
export const LinkAnswer = z.discriminatedUnion('kind', [
  /** There is nothing (any more). `reason` is `missing`, `expired`, `deleted`, `off` (the rules) or `gone` (the file is in the trash); open for newer servers. */
  z.object({ kind: z.literal('over'), reason: z.string() }),
  /** The company's members only: log in, then come back. */
  z.object({ kind: z.literal('login'), company: z.string() }),
  /** A rule keeps this member out (a Decision's reason). */
  z.object({ kind: z.literal('denied'), reason: z.string(), subject: z.string().nullable() }),
  z.object({ kind: z.literal('password'), company: z.string() }),
  /** A code goes to listed addresses. `sent`: this browser has asked for one that is still good. */
  z.object({ kind: z.literal('code'), company: z.string(), sent: z.boolean() }),
  z.object({
    kind: z.literal('open'),
    company: z.string(),
    sharedBy: z.string(),
    item: LinkItem,
    permission: z.enum(['read', 'edit']),
    mayDownload: z.boolean(),
    expiresAt: Instant.nullable(),
  }),
]);
export type LinkAnswer = z.infer<typeof LinkAnswer>;

/**
 * What the page of a link asks (DRV-11…14), by nobody in particular: the token says which link, a cookie of its own which browser. Bytes go
 * over `GET /l/<token>/content`, `…/zip`, `…/preview/<page>` and `PUT /l/<token>/upload` (docs/protocol.md).
 */
export const linkPage = {
  'linkPage.open': opOf({ token: LinkToken }, LinkAnswer, 'public'),
  /** Throws `denied` with `wrong_password`, `rate_limited` after some. */
  'linkPage.password': op({ token: LinkToken, password: z.string().min(1).max(128) }, {}, 'public'),
  /** The answer is the same whether a code went out or not. */
  'linkPage.sendCode': op({ token: LinkToken, mail: z.string().min(3).max(200), language: z.enum(['ja', 'en']) }, {}, 'public'),
  /** Only in the browser that asked for it. Throws `denied` with `wrong_code` or `code_expired`. */
  'linkPage.enterCode': op({ token: LinkToken, code: z.string().min(1).max(20) }, {}, 'public'),
  /** A folder behind the link. `path` leads from the linked folder to this one, both included. Throws `not_found` for anything else. */
  'linkPage.folder': op(
    { token: LinkToken, folderId: Id, after: z.string().max(1_000).optional() },
    { path: z.array(z.object({ id: Id, name: z.string() })), items: z.array(LinkItem), after: z.string().nullable(), total: Count },
    'public',
  ),
  /** How a file behind the link can be shown. Pictures come from `GET /l/<token>/preview/<page>?file=&width=`. */
  'linkPage.preview': op({ token: LinkToken, fileId: Id }, { preview: Preview }, 'public'),
} as const;
export type LinkPageContract = typeof linkPage;
