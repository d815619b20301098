import { z } from 'zod';
import { Count, Id } from './ids.ts';
import { Environment } from './rights.ts';
import { ruleSection } from './rule-section.ts';

/** NET-01: from everywhere, or from the ranges alone. */
const NetworkMode = z.enum(['all', 'designated']);
/** NET-07: single addresses and ranges, IPv4 and IPv6, private ones too; stored as `10.0.0.0/8`. */
const Ranges = z.array(z.string().min(1).max(64)).max(2_000);
/** ISO 3166-1 alpha-2. */
export const Country = z.string().regex(/^[A-Z]{2}$/);

/** NET-01…07. `exceptions` are members, by id, who may use the tenant from any address. */
export const networkRules = ruleSection(
  {
    mode: NetworkMode,
    ranges: Ranges,
    exceptions: z.array(Id).max(1_000),
    /** NET-02: whether the countries below count; only in mode `all`. */
    limitCountries: z.boolean(),
    countries: z.array(Country).max(250),
    /** NET-03: from another country people verify themselves by a code, or are refused. */
    outside: z.enum(['verify', 'block']),
    /** What an address counts as whose country is not known. Addresses of private networks have none and are always inside. */
    unknownCountry: z.enum(['inside', 'outside']),
  },
  { mode: 'all', ranges: [], exceptions: [], limitCountries: false, countries: [], outside: 'verify', unknownCountry: 'outside' },
);

/** FIL-01: at most 200 extensions; stored folded, without dot. */
const Extensions = z.array(z.string().min(1).max(32)).max(200);
/** FIL-01, FIL-02: blocked extensions per service, both sending and receiving. */
export const extensionRules = ruleSection({ talk: Extensions, drive: Extensions }, { talk: [], drive: [] });

/** FIL-05, FIL-06, FIL-07, FIL-08, FIL-11, and how deep a verdict looks. */
export const fileRules = ruleSection(
  {
    /** FIL-11: the largest file in Drive, in bytes. */
    driveLimitBytes: Count,
    /** Whether the content's own type, and names inside archives, are judged too. */
    inspectContent: z.boolean(),
    /** What happens to an archive that cannot be looked into (encrypted, too deep, too large). */
    unreadableArchives: z.enum(['allow', 'block']),
    /** FIL-05: while no scanner answers, files wait unseen, or pass unscanned. */
    scannerDown: z.enum(['hold', 'allow']),
    /** FIL-07: downloads and views are recorded; FIL-08: for so many days. */
    downloadLog: z.boolean(),
    downloadLogDays: z.number().int().min(1).max(365),
    /** FIL-06: files in rooms with people of other companies. */
    externalRooms: z.boolean(),
  },
  {
    driveLimitBytes: 10 * 1_073_741_824,
    inspectContent: true,
    unreadableArchives: 'allow',
    scannerDown: 'hold',
    downloadLog: false,
    downloadLogDays: 31,
    externalRooms: true,
  },
);

export const VersionNumber = z.string().regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/);
/** UPD-01…03: which versions may be used at all. */
export const versionRules = ruleSection(
  {
    /** UPD-01: with `three_majors` the newest published major and the two before it; with `all` whatever the other fields allow. */
    supported: z.enum(['all', 'three_majors']),
    /** The versions that were published, in any order: majors are counted along this list (UPD-03). */
    published: z.array(VersionNumber).max(1_000),
    /** Refused whatever else allows them: from `from` to `to`, both included; equal for a single version. */
    denied: z.array(z.strictObject({ from: VersionNumber, to: VersionNumber })).max(100),
  },
  { supported: 'all', published: [], denied: [] },
);

/** ADM-08: where each service may be used. A service without an environment is denied. */
export const PermissionTemplate = z.strictObject({
  id: Id,
  name: z.string().min(1).max(100),
  services: z.strictObject({ talk: z.array(Environment).max(4), drive: z.array(Environment).max(4) }),
});
export type PermissionTemplate = z.infer<typeof PermissionTemplate>;

/** The template of everybody who has no other (ADM-08): it allows all until somebody changes it, and cannot be removed. */
export const defaultTemplateId = 'default';
const everything = { talk: [...Environment.options], drive: [...Environment.options] };

/** ADM-08, ADM-09. Who has which template: a member's own, else that of their user type, else the default one. */
export const permissionRules = ruleSection(
  { templates: z.array(PermissionTemplate).min(1).max(100) },
  { templates: [{ id: defaultTemplateId, name: 'Standard', services: everything }] },
);
