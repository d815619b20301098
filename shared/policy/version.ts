import type { Policy } from '#shared/model/policy.ts';

const pattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?$/;
type Parts = readonly number[];

/** Programs of a company have few versions, and every request says one: what was read once is kept, up to so many. */
const read = new Map<string, Parts | null>();
const mostRead = 1_000;

/** The numbers of `1.2.3` (a suffix such as `-beta.1` does not count), or null for anything else. */
function partsOf(version: string): Parts | null {
  const known = read.get(version);
  if (known !== undefined) return known;
  const match = pattern.exec(version);
  const parts = match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
  if (read.size >= mostRead) read.clear();
  read.set(version, parts);
  return parts;
}

/** Negative where `own` is older than `other`, compared number by number (UPD-03), as far as `depth` numbers count. */
function compared(own: Parts, other: Parts, depth = 3): number {
  for (let index = 0; index < depth; index += 1) {
    const difference = own[index]! - other[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether `version` is at least `minimum`, compared number by number: 3.10.0 is newer than 3.9.0 (UPD-03). Unreadable versions are not. */
export function isAtLeast(version: string, minimum: string): boolean {
  const own = partsOf(version);
  const least = partsOf(minimum);
  return own !== null && least !== null && compared(own, least) >= 0;
}

/** What the rules say of versions, read once per rules. `oldest` is the oldest usable major (UPD-02), as its first two numbers. */
interface Prepared {
  readonly oldest: Parts | null;
  readonly denied: readonly { readonly from: Parts | null; readonly to: Parts | null; readonly text: string }[];
}
const prepared = new WeakMap<Policy['versions'], Prepared>();
/** UPD-01: the newest major and so many before it. */
const majorsBefore = 2;

function prepare(rules: Policy['versions']): Prepared {
  const known = prepared.get(rules);
  if (known !== undefined) return known;
  const { supported, published, denied } = rules;
  const made = {
    oldest: supported === 'three_majors' ? oldestMajor(published) : null,
    denied: denied.map(({ from, to }) => ({ from: partsOf(from), to: partsOf(to), text: from === to ? from : `${from}–${to}` })),
  };
  prepared.set(rules, made);
  return made;
}

/**
 * The second major before the newest, counted along the published ones (UPD-03): after 3.8, 3.9 and 4.0 it is 3.8. Null while fewer than three
 * are known: then nothing is too old.
 */
function oldestMajor(published: readonly string[]): Parts | null {
  const versions = published.map((version) => partsOf(version)).filter((parts) => parts !== null);
  const majors = versions
    .toSorted((a, b) => compared(b, a, 2))
    .filter((parts, index, all) => index === 0 || compared(parts, all[index - 1]!, 2) !== 0);
  return majors[majorsBefore] ?? null;
}

/**
 * Why a version may not be used (UPD-01), as what it would have to be or where it lies: `3.5.0` (at least that), `3.2.0–3.2.4` (denied).
 * Null where it may. A version that cannot be read is refused by any rule on versions.
 */
export function refusedVersion(version: string, { minimumVersion, versions }: Policy): string | null {
  if (minimumVersion === null && versions.supported === 'all' && versions.denied.length === 0) return null;
  const { oldest, denied } = prepare(versions);
  const own = partsOf(version);
  const least = minimumVersion === null ? null : partsOf(minimumVersion);
  if (least !== null && (own === null || compared(own, least) < 0)) return minimumVersion;
  if (oldest !== null && (own === null || compared(own, oldest, 2) < 0)) return `${oldest[0]}.${oldest[1]}.0`;
  const range = denied.find(
    ({ from, to }) => own === null || from === null || to === null || (compared(own, from) >= 0 && compared(own, to) <= 0),
  );
  return range?.text ?? null;
}
