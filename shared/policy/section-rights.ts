import type { Policy, PolicyPatch } from '#shared/model/policy.ts';
import type { AdminRight } from '#shared/model/rights.ts';

/** To which part of the administration each section of the rules belongs (ADM-10). */
const sectionRights: { readonly [S in keyof Policy]: AdminRight } = {
  keepLogin: 'security_account',
  idleLogout: 'security_account',
  password: 'security_account',
  twoStep: 'security_account',
  loginMethods: 'security_account',
  notices: 'security_account',
  offlineLeaseHours: 'security_account',
  syncedFolders: 'security_account',
  network: 'security_network',
  blockedExtensions: 'security_files',
  files: 'security_files',
  talkFileLimitBytes: 'security_files',
  versions: 'apps',
  minimumVersion: 'apps',
  permissions: 'services',
  drive: 'services',
  links: 'services',
  sync: 'services',
  invitations: 'invitations',
  directory: 'organisations',
  contact: 'basic',
};

/** The sections that a change names. */
export const sectionsOf = (patch: PolicyPatch): (keyof Policy)[] =>
  (Object.keys(sectionRights) as (keyof Policy)[]).filter((section) => patch[section] !== undefined);

/** The first right that a change needs and that is not among `rights`, or null. */
export function missingRight(patch: PolicyPatch, rights: readonly AdminRight[]): AdminRight | null {
  return (
    sectionsOf(patch)
      .map((section) => sectionRights[section])
      .find((right) => !rights.includes(right)) ?? null
  );
}
