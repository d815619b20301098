import { expect, test } from 'vitest';
import { Role } from '#shared/model/member.ts';
import type { AdminRight } from '#shared/model/rights.ts';
import { decideMemberAct, type MemberAct } from './decide-member.ts';
import { rightsOf } from './rights.ts';

const roles = Role.options;
const acts: readonly MemberAct[] = ['profile', 'role', 'state', 'app_block', 'password', 'sessions'];
const answer = (act: MemberAct, role: Role, target: Role, own: readonly AdminRight[] = ['members']): string => {
  const decision = decideMemberAct(act, { role, rights: rightsOf(role, own) }, target);
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

test('operators and roles of one’s own reach members, and nobody who has a role', () => {
  for (const actor of ['operator', 'custom'] as const) {
    for (const act of acts.filter((candidate) => candidate !== 'role')) {
      expect(answer(act, actor, 'member')).toBe('allow');
      for (const target of ['administrator', 'operator', 'custom'] as const) {
        expect([act, actor, target, answer(act, actor, target)]).toEqual([act, actor, target, 'administrator_protected ADM-10']);
      }
      expect(answer(act, actor, 'supreme')).toBe('supreme_protected ADM-10');
    }
    expect(answer('role', actor, 'member')).toBe('role_missing ADM-11');
  }
});

test('a role of one’s own without the right to members reaches nobody', () => {
  for (const act of acts) for (const target of roles) expect(answer(act, 'custom', target, ['audit', 'basic'])).toBe('role_missing ADM-10');
});
