import { expect, test } from 'vitest';
import type { Role } from '#shared/model/member.ts';
import { decideMemberAct, type MemberAct } from './decide-member.ts';

const roles: readonly Role[] = ['supreme', 'administrator', 'member'];
const acts: readonly MemberAct[] = ['profile', 'role', 'state', 'app_block', 'password', 'sessions'];
const answer = (act: MemberAct, actor: Role, target: Role): string => {
  const decision = decideMemberAct(act, actor, target);
  return decision.effect === 'deny' ? `${decision.reason} ${decision.rule}` : 'allow';
};

test('a member without a role administers nobody', () => {
  for (const act of acts) for (const target of roles) expect(answer(act, 'member', target)).toBe('role_missing ADM-10');
});

test('only the supreme administrator gives and takes roles, and there stays exactly one', () => {
  expect(answer('role', 'administrator', 'member')).toBe('role_missing ADM-11');
  expect(answer('role', 'supreme', 'administrator')).toBe('allow');
  expect(answer('role', 'supreme', 'supreme')).toBe('supreme_protected ADM-10');
});

test('nobody suspends the supreme administrator, who alone changes their own account', () => {
  for (const actor of ['supreme', 'administrator'] as const) expect(answer('state', actor, 'supreme')).toBe('supreme_protected ADM-10');
  for (const act of ['profile', 'app_block', 'password', 'sessions'] as const) {
    expect([act, answer(act, 'administrator', 'supreme'), answer(act, 'supreme', 'supreme')]).toEqual([
      act,
      'supreme_protected ADM-10',
      'allow',
    ]);
  }
});

test('sub-administrators do everything else, also to each other', () => {
  for (const act of acts.filter((candidate) => candidate !== 'role')) {
    for (const target of ['administrator', 'member'] as const) expect(answer(act, 'administrator', target)).toBe('allow');
  }
});
