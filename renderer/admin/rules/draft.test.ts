import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { applyPatch } from '#shared/policy/apply-patch.ts';
import { allPaths, changed, differences, draftOf, partOf, patchOf, rebased, undoing, valueAt, withDraft, without } from './draft.ts';

describe('a draft of rules', () => {
  const draft = changed(changed({}, defaultPolicy, 'password.minimumLength', 12), defaultPolicy, 'minimumVersion', '2.0.0');

  test('holds what differs, and nothing after a change back', () => {
    expect(draft).toEqual({ 'password.minimumLength': 12, minimumVersion: '2.0.0' });
    expect(changed(draft, defaultPolicy, 'password.minimumLength', 8)).toEqual({ minimumVersion: '2.0.0' });
    expect(changed({}, defaultPolicy, 'network.ranges', [])).toEqual({});
  });

  test('is saved as a patch that the rules take, field by field', () => {
    expect(patchOf(draft)).toEqual({ password: { minimumLength: 12 }, minimumVersion: '2.0.0' });
    expect(applyPatch(defaultPolicy, patchOf(draft))).toEqual(withDraft(defaultPolicy, draft));
    expect(draftOf(patchOf(draft))).toEqual(draft);
  });

  test('is saved one screen at a time', () => {
    const part = partOf(draft, ['password']);
    expect(part).toEqual({ 'password.minimumLength': 12 });
    expect(without(draft, part)).toEqual({ minimumVersion: '2.0.0' });
  });

  test('is undone by the values that were there before', () => {
    const after = withDraft(defaultPolicy, draft);
    expect(withDraft(after, undoing(draft, defaultPolicy))).toEqual(defaultPolicy);
  });

  test('over other rules keeps what they do not say already', () => {
    const theirs = withDraft(defaultPolicy, { minimumVersion: '2.0.0', 'password.reuseBan': 3 });
    expect(rebased(draft, theirs)).toEqual({ 'password.minimumLength': 12 });
    expect(differences(defaultPolicy, theirs)).toEqual(['password.reuseBan', 'minimumVersion']);
  });
});

test('every rule has one path, and its value is found there', () => {
  const paths = allPaths(defaultPolicy);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toContain('idleLogout.pcAppMinutes');
  expect(paths).toContain('offlineLeaseHours');
  for (const path of paths) expect([path, valueAt(defaultPolicy, path)]).not.toContain(undefined);
});
