import type { Policy } from '#shared/model/policy.ts';

/** What new passwords must be like, as the rules of a tenant say it (ACC-01, ACC-02, ACC-04). */
export interface NewPasswordRules {
  readonly format: Policy['password']['format'];
  readonly minimumLength: number;
  readonly maximumLength: number;
  readonly reuseBan: number;
}

/** Why a password is refused. All but `password_reused` can be told without the server. */
export type PasswordReason =
  | 'password_characters'
  | 'password_too_short'
  | 'password_too_long'
  | 'password_format'
  | 'password_special_missing'
  | 'password_is_member_id'
  | 'password_reused';

/** A fault with what its text needs: the number that is missed, where there is one. */
export interface PasswordFault {
  readonly reason: PasswordReason;
  readonly subject?: string;
}

const usualMaximum = 20;
const longMaximum = 128;

/** The rules for new passwords; ACC-02: the maximum is 20 unless the tenant lifts it to 128. */
export const newPasswordRules = ({ format, minimumLength, longAllowed, reuseBan }: Policy['password']): NewPasswordRules => ({
  format,
  minimumLength,
  maximumLength: longAllowed ? longMaximum : usualMaximum,
  reuseBan,
});

/**
 * All that is wrong with a new password, the gravest first. The alphabet is printable half-width ASCII; letters and digits are required, a special
 * character (neither letter, digit nor space) only by the stricter format. `memberId` null where nobody knows it yet.
 */
export function newPasswordFaults(password: string, memberId: string | null, rules: NewPasswordRules): readonly PasswordFault[] {
  const faults: readonly (PasswordFault | false)[] = [
    !/^[\u0020-\u007E]*$/.test(password) && { reason: 'password_characters' },
    password.length < rules.minimumLength && { reason: 'password_too_short', subject: String(rules.minimumLength) },
    password.length > rules.maximumLength && { reason: 'password_too_long', subject: String(rules.maximumLength) },
    !(/[A-Za-z]/.test(password) && /[0-9]/.test(password)) && { reason: 'password_format' },
    rules.format === 'letters_digits_special' && !/[^A-Za-z0-9 ]/.test(password) && { reason: 'password_special_missing' },
    memberId !== null && password.toLowerCase() === memberId.toLowerCase() && { reason: 'password_is_member_id' },
  ];
  return faults.filter((fault) => fault !== false);
}

/** The first thing that is wrong with a new password, or null. */
export const judgeNewPassword = (password: string, memberId: string | null, rules: NewPasswordRules): PasswordFault | null =>
  newPasswordFaults(password, memberId, rules)[0] ?? null;
