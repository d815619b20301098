import type { AdministeredDevice } from '#shared/contract/admin-devices.ts';
import type { Policy } from '#shared/model/policy.ts';
import { VersionNumber } from '#shared/model/rules-reach.ts';
import { isAtLeast, refusedVersion } from '#shared/policy/version.ts';

/** Newest first; what cannot be read comes last. */
export const newestFirst = (versions: readonly string[]): readonly string[] =>
  versions.toSorted((a, b) => {
    if (a === b) return 0;
    if (!isAtLeast(a, a)) return isAtLeast(b, b) ? 1 : a < b ? 1 : -1;
    if (!isAtLeast(b, b)) return -1;
    return isAtLeast(a, b) ? -1 : 1;
  });

/** Reads versions as people list them, and what is none. */
export function readVersions(text: string): { readonly versions: readonly string[]; readonly faults: readonly string[] } {
  const typed = text
    .split(/[\s,、;]+/u)
    .filter(Boolean)
    .map((part) => part.normalize('NFKC').replace(/^v/iu, ''));
  const good = (version: string): boolean => VersionNumber.safeParse(version).success;
  return { versions: [...new Set(typed.filter(good))], faults: typed.filter((version) => !good(version)) };
}

/** UPD-02: the majors among the published versions, newest first: `3.7`. */
export const majorsOf = (published: readonly string[]): readonly string[] => [
  ...new Set(newestFirst(published).map((version) => version.split('.').slice(0, 2).join('.'))),
];

export interface VersionInUse {
  readonly version: string;
  readonly devices: number;
  readonly people: number;
  /** Usable under the rules in force. */
  readonly now: boolean;
  /** Usable under the rules as they would be. */
  readonly then: boolean;
}

/** Programs other than a browser, which is always as new as the server, by their version. */
export function versionsInUse(devices: readonly AdministeredDevice[], inForce: Policy, shown: Policy): readonly VersionInUse[] {
  const programs = devices.filter(({ kinds }) => kinds.some((kind) => kind !== 'browser'));
  return newestFirst([...new Set(programs.map(({ appVersion }) => appVersion))]).map((version) => {
    const group = programs.filter(({ appVersion }) => appVersion === version);
    return {
      version,
      devices: group.length,
      people: new Set(group.map(({ memberId }) => memberId)).size,
      now: refusedVersion(version, inForce) === null,
      then: refusedVersion(version, shown) === null,
    };
  });
}
