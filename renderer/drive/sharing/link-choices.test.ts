import { expect, it } from 'vitest';
import { Policy } from '#shared/model/policy.ts';
import { allowedDays, allowedScopes, readAddresses } from './link-choices.ts';

const policy = (links: object) => Policy.parse({ links });

it('offers the kinds of links that the rule leaves where the file lies', () => {
  const rules = policy({ sharedScopes: ['company', 'anyone'], myScopes: ['company'], roomScopes: [] });
  expect(allowedScopes(rules, 'shared')).toEqual(['company', 'anyone']);
  expect(allowedScopes(rules, 'folder')).toEqual(['company']);
  expect(allowedScopes(rules, 'room')).toEqual([]);
  expect(allowedScopes(policy({ enabled: false }), 'shared')).toEqual([]);
});

it('offers no life that is longer than the rule', () => {
  expect(allowedDays(policy({ mostDays: 30 }))).toEqual([1, 7, 30]);
  expect(allowedDays(policy({ mostDays: 0 }))).toContain(0);
});

it('reads addresses as people paste them', () => {
  expect(readAddresses('a@example.com、ｂ@example.jp\n a@example.com; nobody')).toEqual(['a@example.com', 'b@example.jp']);
});
