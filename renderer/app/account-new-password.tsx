import { useRef, useState, type Ref, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { PasswordRules } from '#shared/contract/login.ts';
import { newPasswordFaults, type PasswordReason } from '#shared/policy/password.ts';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { Input } from '../ui/input.tsx';

/** What a form reads at submit: the two fields, which alone hold what was typed. */
export interface NewPasswordFields {
  readonly first: RefObject<HTMLInputElement | null>;
  readonly second: RefObject<HTMLInputElement | null>;
}

export const useNewPasswordFields = (): NewPasswordFields => ({
  first: useRef<HTMLInputElement>(null),
  second: useRef<HTMLInputElement>(null),
});

/** Why the two fields cannot be sent yet, or the password. */
export function readNewPassword({ first, second }: NewPasswordFields): { password: string } | { problem: 'empty' | 'differs' } {
  const password = first.current?.value ?? '';
  if (password === '') return { problem: 'empty' };
  return second.current?.value === password ? { password } : { problem: 'differs' };
}

export function clearNewPassword({ first, second }: NewPasswordFields): void {
  for (const field of [first.current, second.current]) if (field !== null) field.value = '';
}

interface NewPasswordProps {
  fields: NewPasswordFields;
  /** Null where the rules are not known yet: then nothing is claimed about them. */
  rules: PasswordRules | null;
  memberId: string | null;
}

/** A new password twice, with the company's rules ticked off while it is typed. */
export function NewPassword({ fields, rules, memberId }: NewPasswordProps) {
  const { t } = useTranslation('login');
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState<Typed>(nothing);
  const look = () => {
    const password = fields.first.current?.value ?? '';
    const faults = rules === null ? [] : newPasswordFaults(password, memberId, rules).map(({ reason }) => reason);
    setTyped({ empty: password === '', faults: new Set(faults), strength: strengthOf(password) });
  };
  const show = (
    <IconButton icon={shown ? 'hide' : 'show'} small label={t(shown ? 'hidePassword' : 'showPassword')} onClick={() => setShown(!shown)} />
  );
  const field = (label: string, ref: Ref<HTMLInputElement>, after?: typeof show) => (
    <Input
      ref={ref}
      label={label}
      type={shown ? 'text' : 'password'}
      autoComplete="new-password"
      className="login-field"
      onChange={look}
      {...(after === undefined ? {} : { after })}
    />
  );
  return (
    <>
      {field(t('newPassword'), fields.first, show)}
      {rules !== null && <RuleList rules={rules} memberId={memberId} typed={typed} />}
      {field(t('newPasswordAgain'), fields.second)}
    </>
  );
}

interface Typed {
  readonly empty: boolean;
  readonly faults: ReadonlySet<PasswordReason>;
  readonly strength: 'short' | 'good' | 'strong';
}
const nothing: Typed = { empty: true, faults: new Set(), strength: 'short' };

/** How hard a password is to guess, roughly: its length counts more than its symbols. */
export function strengthOf(password: string): Typed['strength'] {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const points = new Set(password).size + kinds * 2;
  return points >= 18 ? 'strong' : points >= 13 ? 'good' : 'short';
}

function RuleList({ rules, memberId, typed }: { rules: PasswordRules; memberId: string | null; typed: Typed }) {
  const { t } = useTranslation('login');
  const lines: readonly (readonly [string, readonly PasswordReason[]] | false)[] = [
    [t('ruleLength', { minimum: rules.minimumLength, maximum: rules.maximumLength }), ['password_too_short', 'password_too_long']],
    [
      t(rules.format === 'letters_digits' ? 'ruleLettersDigits' : 'ruleSpecial'),
      ['password_characters', 'password_format', 'password_special_missing'],
    ],
    memberId !== null && [t('ruleNotId'), ['password_is_member_id']],
  ];
  const met = (reasons: readonly PasswordReason[]) => !typed.empty && !reasons.some((reason) => typed.faults.has(reason));
  const all = !typed.empty && typed.faults.size === 0;
  return (
    <div className="password-rules sm">
      <ul aria-label={t('passwordRules')}>
        {lines.map((line) => {
          if (line === false) return null;
          const [text, reasons] = line;
          const done = met(reasons);
          return (
            <li key={text} className={classNames('row', done ? 'positive' : 't2')}>
              <Icon name={done ? 'done' : 'dot'} size={14} />
              <span className="phrase">
                {text}
                {done && <span className="unseen">{t('ruleMet')}</span>}
              </span>
            </li>
          );
        })}
        {rules.reuseBan > 0 && (
          <li className="row t2">
            <Icon name="dot" size={14} />
            <span className="phrase">{t('ruleReuse', { count: rules.reuseBan })}</span>
          </li>
        )}
      </ul>
      <p className="t3 xs" role="status" style={{ minHeight: 16 }}>
        {all && t(`strength_${typed.strength}`)}
      </p>
    </div>
  );
}
