import { AppError } from '#shared/base/errors.ts';
import type { Policy, PolicyPatch } from '#shared/model/policy.ts';
import { foldedExtension } from './extension.ts';
import { formatRange, parseRange } from './network.ts';

const longestExtension = 32;

/**
 * The rules after a change: what the patch names is replaced, the rest stays. Extensions are stored folded, once each, without dot
 * (FIL-01), ranges of addresses in their one way of writing (NET-07). Throws `invalid` for an extension of which folding leaves nothing, or
 * too much, and for a range that is none.
 */
export function applyPatch(policy: Policy, patch: PolicyPatch): Policy {
  const lists = patch.blockedExtensions ?? {};
  const { mode, ranges: given, exceptions } = patch.network ?? {};
  return {
    ...policy,
    ...defined({
      talkFileLimitBytes: patch.talkFileLimitBytes,
      minimumVersion: patch.minimumVersion,
      offlineLeaseHours: patch.offlineLeaseHours,
    }),
    keepLogin: { ...policy.keepLogin, ...defined(patch.keepLogin ?? {}) },
    contact: { ...policy.contact, ...defined(patch.contact ?? {}) },
    network: {
      mode: mode ?? policy.network.mode,
      ranges: given === undefined ? policy.network.ranges : ranges(given),
      exceptions: exceptions === undefined ? policy.network.exceptions : [...new Set(exceptions)].toSorted(),
    },
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

function ranges(list: readonly string[]): string[] {
  const written = list.map((text) => {
    const range = parseRange(text);
    if (range === null) {
      throw new AppError('invalid', `${JSON.stringify(text)} is no address and no range such as 10.0.0.0/8`, {
        details: { reason: 'range_invalid', subject: text },
      });
    }
    return formatRange(range);
  });
  return [...new Set(written)];
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const defined = <T extends object>(fields: T): Partial<Defined<T>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
