import { AppError } from '#shared/base/errors.ts';
import { ruleSections, type Policy, type PolicyPatch } from '#shared/model/policy.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';
import { foldedExtension } from './extension.ts';
import { formatRange, parseRange } from './network.ts';
import { isAtLeast } from './version.ts';

const longestExtension = 32;

/**
 * The rules after a change: what the patch names is replaced, the rest stays. Extensions are stored folded, once each, without dot
 * (FIL-01), ranges of addresses in their one way of writing (NET-07). Throws `invalid` with a reason for an extension of which folding
 * leaves nothing, or too much, for a range that is none, for versions in the wrong order, and for templates without the default one.
 */
export function applyPatch(policy: Policy, patch: PolicyPatch): Policy {
  const { talkFileLimitBytes, minimumVersion, offlineLeaseHours } = patch;
  const next: Policy = { ...policy, ...defined({ talkFileLimitBytes, minimumVersion, offlineLeaseHours }) };
  for (const name of Object.keys(ruleSections) as (keyof typeof ruleSections)[]) {
    Object.assign(next, { [name]: { ...policy[name], ...defined(patch[name] ?? {}) } });
  }
  const { blockedExtensions: lists, network, versions, permissions } = next;
  if (patch.blockedExtensions !== undefined) next.blockedExtensions = { talk: extensions(lists.talk), drive: extensions(lists.drive) };
  if (patch.network !== undefined) {
    next.network = { ...network, ranges: ranges(network.ranges), exceptions: once(network.exceptions), countries: once(network.countries) };
  }
  const backwards = versions.denied.find(({ from, to }) => !isAtLeast(to, from));
  if (backwards !== undefined) throw refused('versions_backwards', `${backwards.from}–${backwards.to}`);
  const ids = permissions.templates.map(({ id }) => id);
  if (!ids.includes(defaultTemplateId)) throw refused('default_template_missing', defaultTemplateId);
  if (new Set(ids).size !== ids.length) throw refused('template_twice', ids.join(' '));
  return next;
}

const once = (list: readonly string[]): string[] => [...new Set(list)].toSorted();

const refused = (reason: string, subject: string): AppError =>
  new AppError('invalid', `${reason}: ${subject}`, { details: { reason, subject } });

function extensions(list: readonly string[]): string[] {
  const folded = list.map((extension) => {
    const stored = foldedExtension(extension);
    if (stored === '' || stored.length > longestExtension || /[:/\\]/.test(stored)) {
      throw new AppError('invalid', `${JSON.stringify(extension)} is no extension`, {
        details: { reason: 'extension_invalid', subject: extension },
      });
    }
    return stored;
  });
  return once(folded);
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
