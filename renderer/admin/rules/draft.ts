import { ruleSections, type Policy, type PolicyPatch } from '#shared/model/policy.ts';

export type SectionName = keyof typeof ruleSections;
type LoneField = Exclude<keyof Policy, SectionName>;
type SectionPath = { [S in SectionName]: `${S}.${keyof Policy[S] & string}` }[SectionName];
/** Where a single rule stands: `password.minimumLength`, `minimumVersion`. */
export type RulePath = SectionPath | LoneField;

/** The value of the rule at a path. */
export type RuleValue<P extends RulePath> = P extends `${infer S extends SectionName}.${infer F}`
  ? Policy[S][F & keyof Policy[S]]
  : P extends LoneField
    ? Policy[P]
    : never;

/** What an administrator changed and has not saved: new values by path. A path is only there when its value differs from what is in force. */
export type Draft = Readonly<Partial<Record<RulePath, unknown>>>;

const sectionNames = Object.keys(ruleSections) as SectionName[];
const split = (path: string): [section: string, field: string | undefined] => {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
};

/** The value at a path. */
export function valueAt<P extends RulePath>(policy: Policy, path: P): RuleValue<P> {
  const [head, field] = split(path);
  const whole = policy[head as keyof Policy] as unknown;
  return (field === undefined ? whole : (whole as Record<string, unknown>)[field]) as RuleValue<P>;
}

/** The section that a path belongs to; a rule that stands alone is its own. */
export const sectionOf = (path: RulePath): string => split(path)[0];

/** Every rule there is, in the order of the catalogue. */
export const allPaths = (policy: Policy): readonly RulePath[] => [
  ...sectionNames.flatMap((section) => Object.keys(policy[section]).map((field) => `${section}.${field}` as RulePath)),
  ...(Object.keys(policy) as (keyof Policy)[]).filter((name): name is LoneField => !sectionNames.includes(name as SectionName)),
];

/** Whether two values of a rule are the same. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The draft with one more change; a change back to what is in force leaves nothing. */
export function changed<P extends RulePath>(draft: Draft, policy: Policy, path: P, value: RuleValue<P>): Draft {
  const { [path]: _before, ...others } = draft;
  return same(value, valueAt(policy, path)) ? others : { ...others, [path]: value };
}

/** The draft over other rules: what they already say is no change any more. */
export const rebased = (draft: Draft, policy: Policy): Draft =>
  Object.fromEntries(Object.entries(draft).filter(([path, value]) => !same(value, valueAt(policy, path as RulePath))));

/** The part of a draft that belongs to some sections. */
export const partOf = (draft: Draft, sections: readonly string[]): Draft =>
  Object.fromEntries(Object.entries(draft).filter(([path]) => sections.includes(sectionOf(path as RulePath))));

/** The draft without some of its changes. */
export const without = (draft: Draft, part: Draft): Draft => Object.fromEntries(Object.entries(draft).filter(([path]) => !(path in part)));

/** The draft as `policy.set` takes it. */
export function patchOf(draft: Draft): PolicyPatch {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(draft)) {
    const [head, field] = split(path);
    patch[head] = field === undefined ? value : { ...(patch[head] as object | undefined), [field]: value };
  }
  return patch as PolicyPatch;
}

/** A patch as a draft: one entry for every rule that it names. */
export const draftOf = (patch: unknown): Draft =>
  Object.fromEntries(
    Object.entries((patch ?? {}) as Record<string, unknown>).flatMap(([head, value]) =>
      sectionNames.includes(head as SectionName)
        ? Object.entries((value ?? {}) as Record<string, unknown>).map(([field, inner]) => [`${head}.${field}`, inner])
        : [[head, value]],
    ),
  );

/** What sets everything that the draft changes back to how it is in `policy`. */
export const undoing = (draft: Draft, policy: Policy): Draft =>
  Object.fromEntries(Object.keys(draft).map((path) => [path, valueAt(policy, path as RulePath)]));

/** The rules as they would be. Nothing is checked: what is half typed shows as it is. */
export function withDraft(policy: Policy, draft: Draft): Policy {
  const next: Record<string, unknown> = { ...policy };
  for (const [head, value] of Object.entries(patchOf(draft))) {
    next[head] = sectionNames.includes(head as SectionName) ? { ...(next[head] as object), ...(value as object) } : value;
  }
  return next as Policy;
}

/** The rules that differ. */
export const differences = (before: Policy, after: Policy): readonly RulePath[] =>
  allPaths(after).filter((path) => !same(valueAt(before, path), valueAt(after, path)));
