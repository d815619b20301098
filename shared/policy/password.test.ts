import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultPolicy } from '#shared/model/policy.ts';
import { judgeNewPassword, newPasswordFaults, newPasswordRules, type NewPasswordRules } from './password.ts';

const rules = (more: Partial<NewPasswordRules> = {}): NewPasswordRules => ({
  format: 'letters_digits',
  minimumLength: 8,
  maximumLength: 20,
  reuseBan: 0,
  ...more,
});
const reason = (password: string, more: Partial<NewPasswordRules> = {}, memberId: string | null = 'sato'): string | null =>
  judgeNewPassword(password, memberId, rules(more))?.reason ?? null;

const anyRules = fc.record({
  format: fc.constantFrom('letters_digits' as const, 'letters_digits_special' as const),
  minimumLength: fc.integer({ min: 8, max: 20 }),
  maximumLength: fc.constantFrom(20, 128),
  reuseBan: fc.integer({ min: 0, max: 5 }),
});
const anyText = fc.oneof(fc.string({ maxLength: 150 }), fc.string({ unit: 'grapheme', maxLength: 40 }));

test('a password needs letters and digits, and a special character where the rule says so (ACC-01)', () => {
  expect(reason('abcdefg1')).toBeNull();
  expect(reason('ABCDEFG1')).toBeNull();
  expect(reason('abcdefgh')).toBe('password_format');
  expect(reason('12345678')).toBe('password_format');
  expect(reason('abcdefg1', { format: 'letters_digits_special' })).toBe('password_special_missing');
  expect(reason('abc efg1', { format: 'letters_digits_special' })).toBe('password_special_missing');
  expect(reason('abc-efg1', { format: 'letters_digits_special' })).toBeNull();
});

test('only half-width characters are taken', () => {
  for (const password of [
    'パスワード1234abc',
    'ａｂｃｄｅｆｇ１',
    'abcdefg１',
    'ｱﾊﾟｰﾄ123456a',
    'abcdef1\n',
    'abcdef1é',
    'abcdef1\u007F',
    'abcdef1🔑',
  ])
    expect([password, reason(password)]).toEqual([password, 'password_characters']);
});

test('the length is at least what the administrator says, and at most 20, or 128 where the rule lifts it (ACC-02)', () => {
  for (let minimum = 8; minimum <= 20; minimum += 1) {
    expect(reason(`1${'a'.repeat(minimum - 2)}`, { minimumLength: minimum })).toBe('password_too_short');
    expect(reason(`1${'a'.repeat(minimum - 1)}`, { minimumLength: minimum })).toBeNull();
  }
  expect(judgeNewPassword('a1', null, rules({ minimumLength: 12 }))).toEqual({ reason: 'password_too_short', subject: '12' });
  const { password } = defaultPolicy;
  for (const [longAllowed, longest] of [
    [false, 20],
    [true, 128],
  ] as const) {
    const own = newPasswordRules({ ...password, longAllowed });
    expect(judgeNewPassword(`1${'a'.repeat(longest - 1)}`, null, own)).toBeNull();
    expect(judgeNewPassword(`1${'a'.repeat(longest)}`, null, own)).toEqual({ reason: 'password_too_long', subject: String(longest) });
  }
});

test('the member id is no password, in whatever case', () => {
  expect(reason('SATO.ken1', {}, 'sato.ken1')).toBe('password_is_member_id');
  expect(reason('sato.ken12', {}, 'sato.ken1')).toBeNull();
});

test('what passes is of the alphabet, of the length, and has what the format asks for', () => {
  fc.assert(
    fc.property(anyText, fc.option(fc.string({ maxLength: 40 })), anyRules, (password, memberId, own) => {
      if (judgeNewPassword(password, memberId, own) !== null) return;
      expect(password).toMatch(/^[ -~]+$/u);
      expect(password.length).toBeGreaterThanOrEqual(own.minimumLength);
      expect(password.length).toBeLessThanOrEqual(own.maximumLength);
      expect(password).toMatch(/[A-Za-z]/u);
      expect(password).toMatch(/\d/u);
      if (own.format === 'letters_digits_special') expect(password).toMatch(/[!-/:-@[-`{-~]/u);
    }),
  );
});

test('a stricter rule never lets more pass', () => {
  const likely = fc.string({ unit: fc.constantFrom(...'abcXYZ0189-_ é'), minLength: 6, maxLength: 24 });
  fc.assert(
    fc.property(likely, anyRules, fc.integer({ min: 0, max: 12 }), (password, own, more) => {
      const stricter: NewPasswordRules = {
        ...own,
        format: 'letters_digits_special',
        minimumLength: own.minimumLength + more,
        maximumLength: Math.min(own.maximumLength, 20),
      };
      if (judgeNewPassword(password, null, stricter) === null) expect(judgeNewPassword(password, null, own)).toBeNull();
    }),
  );
});

test('the first of all faults is the one that is said', () => {
  fc.assert(
    fc.property(anyText, anyRules, (password, own) => {
      const faults = newPasswordFaults(password, 'sato', own);
      expect(judgeNewPassword(password, 'sato', own)).toEqual(faults[0] ?? null);
      expect(new Set(faults.map(({ reason: why }) => why)).size).toBe(faults.length);
    }),
  );
});
