import { z } from 'zod';
import { Count, Id } from './ids.ts';

/** FIL-01: at most 200 extensions; stored folded, without dot. */
const Extensions = z.array(z.string().min(1).max(32)).max(200);

/** The kinds a session can have, fixed at login. `drive-explorer` is the sync agent, `browser` has cookies, `dav` app passwords. */
export const ClientKind = z.enum(['pc-app', 'drive-explorer', 'browser', 'dav']);
export type ClientKind = z.infer<typeof ClientKind>;

/** NET-01: from everywhere, or from the ranges alone. */
const NetworkMode = z.enum(['all', 'designated']);
/** NET-07: single addresses and ranges, IPv4 and IPv6, private ones too; stored as `10.0.0.0/8`. */
const Ranges = z.array(z.string().min(1).max(64)).max(1_000);

/** Every rule of a tenant. Each field has its default, so rules written by older servers stay readable. */
export const Policy = z.object({
  /** ACC-30: may the member stay logged in over a restart; one rule per program. */
  keepLogin: z.object({ pcApp: z.boolean().default(true), driveExplorer: z.boolean().default(true) }).prefault({}),
  /** FIL-01, FIL-02: blocked extensions per service, both sending and receiving. */
  blockedExtensions: z.object({ talk: Extensions.default([]), drive: Extensions.default([]) }).prefault({}),
  /** FIL-09: the largest file that may be attached in Talk, in bytes. */
  talkFileLimitBytes: Count.default(2_147_483_648),
  /** UPD-01: the oldest version that may be used, or null. */
  minimumVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .nullable()
    .default(null),
  /** NET-01, NET-06: from where the tenant may be used. `exceptions` are members, by id, who may use it from anywhere. */
  network: z
    .object({ mode: NetworkMode.default('all'), ranges: Ranges.default([]), exceptions: z.array(Id).max(1_000).default([]) })
    .prefault({}),
  /** DESIGN: how long the local part opens without any answer of the server, in hours (1 to 720). */
  offlineLeaseHours: z.number().int().min(1).max(720).default(168),
  /** Whom people ask when a rule stops them; shown in every denial. */
  contact: z.object({ ja: z.string().max(200).default(''), en: z.string().max(200).default('') }).prefault({}),
});
export type Policy = z.infer<typeof Policy>;

/** A change of rules as `policy.set` takes it: only what is named changes, lists are replaced whole. */
export const PolicyPatch = z.strictObject({
  keepLogin: z.strictObject({ pcApp: z.boolean().optional(), driveExplorer: z.boolean().optional() }).optional(),
  blockedExtensions: z.strictObject({ talk: Extensions.optional(), drive: Extensions.optional() }).optional(),
  talkFileLimitBytes: Count.optional(),
  minimumVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .nullable()
    .optional(),
  network: z
    .strictObject({ mode: NetworkMode.optional(), ranges: Ranges.optional(), exceptions: z.array(Id).max(1_000).optional() })
    .optional(),
  offlineLeaseHours: z.number().int().min(1).max(720).optional(),
  contact: z.strictObject({ ja: z.string().max(200).optional(), en: z.string().max(200).optional() }).optional(),
});
export type PolicyPatch = z.infer<typeof PolicyPatch>;

/** The rules of a tenant that has set none. */
export const defaultPolicy: Policy = Policy.parse({});
