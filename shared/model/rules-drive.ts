import { z } from 'zod';
import { Count, Id } from './ids.ts';
import { ruleSection } from './rule-section.ts';

const days = <const T extends readonly [number, number, ...number[]]>(values: T) => z.literal(values);

/** DRV-04, DRV-09, DRV-10, DRV-15, DRV-18: what a company's drives hold, for how long, and who makes them. */
export const driveRules = ruleSection(
  {
    /** DRV-18: off, members have no drive of their own; what was in it is destroyed a month later. */
    myDrive: z.boolean(),
    /** DRV-18: how much a my drive may hold, in bytes; null for no limit. */
    myDriveQuotaBytes: Count.nullable(),
    /** DRV-18: members for whom another limit counts. */
    quotaExceptions: z.array(z.strictObject({ memberId: Id, quotaBytes: Count.nullable() })).max(1_000),
    /** How much a shared drive or room folder may hold where it has no limit of its own, in bytes; null for none. */
    sharedDriveQuotaBytes: Count.nullable(),
    /** DRV-04. */
    createSharedDrives: z.enum(['administrators', 'members']),
    /** DRV-09: days after which the trash of every area is emptied; 0 for never. */
    trashDays: days([0, 5, 15, 30, 50]),
    /** DRV-10: of which files earlier versions are kept; of every other one for 24 hours. */
    versionsOf: z.enum(['all', 'listed']),
    /** DRV-10: the list, folded and without dots. */
    versionExtensions: z.array(z.string().min(1).max(32)).max(200),
    /** DRV-10: months for which they are kept; 0 for ever. */
    versionMonths: days([0, 1, 3, 6, 12]),
    /** DRV-15: hours after which a lock ends unless its holder holds it longer. */
    lockHours: z.number().int().min(1).max(72),
  },
  {
    myDrive: true,
    myDriveQuotaBytes: null,
    quotaExceptions: [],
    sharedDriveQuotaBytes: null,
    createSharedDrives: 'administrators',
    trashDays: 30,
    versionsOf: 'all',
    versionExtensions: [],
    versionMonths: 12,
    lockHours: 24,
  },
);

/** DRV-13: who may open a link: the company's members, whoever has it (with a password where one is set), or named mail addresses by a code. */
export const LinkScope = z.enum(['company', 'anyone', 'one_time_password']);
export type LinkScope = z.infer<typeof LinkScope>;
const LinkScopes = z.array(LinkScope).max(3);

/** DRV-11…13. */
export const linkRules = ruleSection(
  {
    /** DRV-11: switched off, all links die at once; switched on again, they do not come back. */
    enabled: z.boolean(),
    /** DRV-12: the longest life of a link, in days; 0 for no limit. */
    mostDays: days([0, 7, 30, 90, 180]),
    /** DRV-13: the scopes that links may have, by where the file lies. */
    sharedScopes: LinkScopes,
    myScopes: LinkScopes,
    roomScopes: LinkScopes,
  },
  { enabled: true, mostDays: 180, sharedScopes: ['company'], myScopes: ['company'], roomScopes: ['company'] },
);
