import { AppError } from '#shared/base/errors.ts';
import type { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { foldedExtension } from './extension.ts';

const longestExtension = 32;

/**
 * The rules after a change: what the patch names is replaced, the rest stays. Extensions are stored folded, once each, without dot
 * (FIL-01). Throws `invalid` for an extension of which folding leaves nothing, or too much.
 */
export function applyPatch(policy: Policy, patch: PolicyPatch): Policy {
  const lists = patch.blockedExtensions ?? {};
  return {
    ...policy,
    ...defined({
      talkFileLimitBytes: patch.talkFileLimitBytes,
      minimumVersion: patch.minimumVersion,
      offlineLeaseHours: patch.offlineLeaseHours,
    }),
    keepLogin: { ...policy.keepLogin, ...defined(patch.keepLogin ?? {}) },
    contact: { ...policy.contact, ...defined(patch.contact ?? {}) },
    blockedExtensions: {
      talk: lists.talk === undefined ? policy.blockedExtensions.talk : extensions(lists.talk),
      drive: lists.drive === undefined ? policy.blockedExtensions.drive : extensions(lists.drive),
    },
  };
}

function extensions(list: readonly string[]): string[] {
  const folded = list.map((extension) => {
    const stored = foldedExtension(extension);
    if (stored === '' || stored.length > longestExtension || /[:/\\]/.test(stored))
      throw new AppError('invalid', `${JSON.stringify(extension)} is no extension`);
    return stored;
  });
  return [...new Set(folded)].toSorted();
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const defined = <T extends object>(fields: T): Partial<Defined<T>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
