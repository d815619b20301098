import { z } from 'zod';
import { Count } from './ids.ts';
import { ruleSection } from './rule-section.ts';
import {
  directoryRules,
  idleLogoutRules,
  invitationRules,
  loginMethodRules,
  noticeRules,
  passwordRules,
  syncedFolderRules,
  twoStepRules,
} from './rules-account.ts';
import { driveRules, linkRules } from './rules-drive.ts';
import { extensionRules, fileRules, networkRules, permissionRules, versionRules, VersionNumber } from './rules-reach.ts';
import { syncRules } from './rules-sync.ts';

/** The kinds a session can have, fixed at login. `drive-explorer` is the sync agent, `browser` has cookies, `dav` app passwords. */
export const ClientKind = z.enum(['pc-app', 'drive-explorer', 'browser', 'dav', 'mobile']);
export type ClientKind = z.infer<typeof ClientKind>;

/** ACC-30: may the member stay logged in over a restart; one rule per program. */
const keepLoginRules = ruleSection({ pcApp: z.boolean(), driveExplorer: z.boolean() }, { pcApp: true, driveExplorer: true });
/** Whom people ask when a rule stops them; shown in every denial. */
const contactRules = ruleSection({ ja: z.string().max(200), en: z.string().max(200) }, { ja: '', en: '' });

const sections = {
  keepLogin: keepLoginRules,
  idleLogout: idleLogoutRules,
  password: passwordRules,
  twoStep: twoStepRules,
  loginMethods: loginMethodRules,
  notices: noticeRules,
  network: networkRules,
  blockedExtensions: extensionRules,
  files: fileRules,
  drive: driveRules,
  links: linkRules,
  sync: syncRules,
  versions: versionRules,
  permissions: permissionRules,
  syncedFolders: syncedFolderRules,
  invitations: invitationRules,
  directory: directoryRules,
  contact: contactRules,
} as const;
/** The sections of the rules, by name. */
export const ruleSections = sections;

/** Fields that stand alone. */
const fields = {
  /** FIL-09: the largest file that may be attached in Talk, in bytes. */
  talkFileLimitBytes: Count,
  /** UPD-01: the oldest version that may be used, or null. */
  minimumVersion: VersionNumber.nullable(),
  /** DESIGN: how long the local part opens without any answer of the server, in hours (1 to 720). */
  offlineLeaseHours: z.number().int().min(1).max(720),
} as const;

/** Every rule of a tenant. Each field has its default, so rules written by older servers stay readable. */
export const Policy = z.object({
  keepLogin: sections.keepLogin.full,
  idleLogout: sections.idleLogout.full,
  password: sections.password.full,
  twoStep: sections.twoStep.full,
  loginMethods: sections.loginMethods.full,
  notices: sections.notices.full,
  network: sections.network.full,
  blockedExtensions: sections.blockedExtensions.full,
  files: sections.files.full,
  drive: sections.drive.full,
  links: sections.links.full,
  sync: sections.sync.full,
  versions: sections.versions.full,
  permissions: sections.permissions.full,
  syncedFolders: sections.syncedFolders.full,
  invitations: sections.invitations.full,
  directory: sections.directory.full,
  contact: sections.contact.full,
  talkFileLimitBytes: fields.talkFileLimitBytes.default(2_147_483_648),
  minimumVersion: fields.minimumVersion.default(null),
  offlineLeaseHours: fields.offlineLeaseHours.default(168),
});
export type Policy = z.infer<typeof Policy>;

/** A change of rules as `policy.set` takes it: only what is named changes, lists are replaced whole. */
export const PolicyPatch = z.strictObject({
  keepLogin: sections.keepLogin.patch,
  idleLogout: sections.idleLogout.patch,
  password: sections.password.patch,
  twoStep: sections.twoStep.patch,
  loginMethods: sections.loginMethods.patch,
  notices: sections.notices.patch,
  network: sections.network.patch,
  blockedExtensions: sections.blockedExtensions.patch,
  files: sections.files.patch,
  drive: sections.drive.patch,
  links: sections.links.patch,
  sync: sections.sync.patch,
  versions: sections.versions.patch,
  permissions: sections.permissions.patch,
  syncedFolders: sections.syncedFolders.patch,
  invitations: sections.invitations.patch,
  directory: sections.directory.patch,
  contact: sections.contact.patch,
  talkFileLimitBytes: fields.talkFileLimitBytes.optional(),
  minimumVersion: fields.minimumVersion.optional(),
  offlineLeaseHours: fields.offlineLeaseHours.optional(),
});
export type PolicyPatch = z.infer<typeof PolicyPatch>;

/** The rules of a tenant that has set none. */
export const defaultPolicy: Policy = Policy.parse({});
