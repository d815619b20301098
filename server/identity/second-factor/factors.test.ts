import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { secondStep, type Factors, type SecondStepRequest } from './factors.ts';

const nothing: Factors = { totp: false, emailCode: false, passkeys: 0, recoveryCodesLeft: 0, email: null, emailVerified: false };
const totp: Factors = { ...nothing, totp: true, recoveryCodesLeft: 10 };
const address = { email: 'a@example.com', emailVerified: true };
interface Case extends Partial<Omit<SecondStepRequest, 'factors' | 'rules'>> {
  readonly factors?: Factors;
  readonly rules?: Partial<SecondStepRequest['rules']>;
}
const judge = ({ factors = nothing, rules = {}, ...rest }: Case) =>
  secondStep({
    factors,
    rules: { ...defaultPolicy.twoStep, ...rules },
    kind: 'pc-app',
    abroad: false,
    trusted: false,
    passed: null,
    delegated: false,
    ...rest,
  });
const code = (why: 'two_step' | 'country', ...methods: string[]) => ({ kind: 'code', why, methods });
const none = { kind: 'none' };

describe('ACC-20: the second step of a login', () => {
  test.each<[string, Case, object]>([
    ['nothing set up, nothing required', {}, none],
    ['a method of one’s own choice', { factors: totp }, code('two_step', 'totp', 'recovery')],
    ['passed already', { factors: totp, passed: 'totp' }, none],
    ['a trusted device', { factors: totp, trusted: true }, none],
    ['required on a trusted device', { rules: { required: true }, trusted: true }, none],
    ['required, nothing set up', { rules: { required: true } }, { kind: 'enrol' }],
    [
      'required, nothing set up, only mail allowed',
      { factors: { ...nothing, ...address }, rules: { required: true, methods: ['email'] } },
      code('two_step', 'email'),
    ],
    [
      'required, nothing set up, no address',
      { rules: { required: true, methods: ['email'] } },
      { kind: 'impossible', reason: 'two_step_unavailable' },
    ],
    [
      'required, only passkeys allowed, none there',
      { rules: { required: true, methods: ['passkey'] } },
      { kind: 'impossible', reason: 'two_step_unavailable' },
    ],
    [
      'required, after a code by mail that the rules take',
      { factors: { ...nothing, ...address }, rules: { required: true, methods: ['email'] }, passed: 'email' },
      none,
    ],
    [
      'required, after a code by mail that the rules do not take',
      { factors: { ...nothing, ...address }, rules: { required: true, methods: ['totp'] }, passed: 'email' },
      { kind: 'enrol' },
    ],
    [
      'a method that the rules left out since still proves',
      { factors: totp, rules: { methods: ['email'] } },
      code('two_step', 'totp', 'recovery'),
    ],
    ['and no other has to follow', { factors: totp, rules: { methods: ['email'] }, passed: 'totp' }, none],
    [
      'required, and the only method was left out: it proves, then another is set up',
      { factors: { ...nothing, ...address, emailCode: true }, rules: { required: true, methods: ['totp'] } },
      code('two_step', 'email'),
    ],
    [
      'then another is set up',
      { factors: { ...nothing, ...address, emailCode: true }, rules: { required: true, methods: ['totp'] }, passed: 'email' },
      { kind: 'enrol' },
    ],
    [
      'codes by mail on a server that sends none any more: a recovery code',
      { factors: { ...nothing, emailCode: true, recoveryCodesLeft: 2 } },
      code('two_step', 'recovery'),
    ],
    [
      'and without one nobody gets in by setting up something else',
      { factors: { ...nothing, emailCode: true }, rules: { required: true } },
      { kind: 'impossible', reason: 'two_step_unavailable' },
    ],
    ['a passkey in a browser', { factors: { ...nothing, passkeys: 1 }, kind: 'browser' }, code('two_step', 'passkey')],
    ['a passkey in an app', { factors: { ...nothing, passkeys: 1 } }, { kind: 'impossible', reason: 'two_step_elsewhere' }],
    ['a passkey in an app, with a verified address', { factors: { ...nothing, ...address, passkeys: 1 } }, code('two_step', 'email')],
    ['an identity provider asked for more', { factors: totp, delegated: true }, none],
    ['an address alone is no method', { factors: { ...nothing, ...address } }, none],
  ])('%s', (_name, given, expected) => {
    expect(judge(given)).toEqual(expected);
  });
});

describe('NET-03: outside the allowed countries', () => {
  test.each<[string, Case, object]>([
    ['nothing to verify with', { abroad: true }, { kind: 'impossible', reason: 'country_unverified' }],
    ['an address, verified or not', { abroad: true, factors: { ...nothing, email: 'a@example.com' } }, code('country', 'email')],
    ['a trusted device does not help', { abroad: true, factors: totp, trusted: true }, code('country', 'totp', 'recovery')],
    ['nor does an identity provider', { abroad: true, factors: totp, delegated: true }, code('country', 'totp', 'recovery')],
    [
      'who must set up a method verifies first',
      { abroad: true, factors: { ...nothing, ...address }, rules: { required: true, methods: ['totp'] } },
      code('country', 'email'),
    ],
    ['a code counts for both', { abroad: true, factors: totp, passed: 'totp' }, none],
    [
      'methods of one’s own are the only ones where two steps are wanted',
      { abroad: true, factors: { ...totp, ...address } },
      code('country', 'totp', 'recovery'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(judge(given)).toEqual(expected);
  });
});
