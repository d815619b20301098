import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { defaultPolicy } from '#shared/model/policy.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Select, Switch } from '../../ui/input.tsx';
import { same, valueAt, type RulePath, type RuleValue } from './draft.ts';
import { useRuleTexts } from './rule-text.ts';
import type { Rules } from './rules-context.tsx';

interface Ids {
  readonly id: string;
  readonly labelledBy: string;
  readonly describedBy: string;
}
interface RowProps {
  rules: Rules;
  path: RulePath;
  children: (ids: Ids) => ReactNode;
  /** The control stands under the texts and takes the whole width. */
  wide?: boolean;
  /** A word beside the name. */
  mark?: ReactNode;
  /** Without the line that tells the default: the control shows it itself. */
  bare?: boolean;
}

/** One rule: its name, what it does, its default, whether it was changed and not saved, and its control. */
export function RuleRow({ rules, path, children, wide = false, mark, bare = false }: RowProps) {
  const { t } = useTranslation('rules');
  const texts = useRuleTexts();
  const id = useId();
  const isDefault = same(valueAt(rules.shown, path), valueAt(defaultPolicy, path));
  return (
    <div className={classNames('rule-row', wide && 'wide')} data-rule={path}>
      <div className="col grow">
        <span className="row">
          <label id={`${id}-name`} htmlFor={wide ? undefined : id}>
            {texts.name(path)}
          </label>
          {mark}
          {path in rules.draft && <Chip tone="accent">{t('changed')}</Chip>}
        </span>
        <span id={`${id}-more`} className="sm t3 prose">
          {texts.effect(path)}
        </span>
        {!bare && (
          <span className="row xs t3 rule-default">
            {t('default', { value: texts.value(path, valueAt(defaultPolicy, path)) })}
            {!isDefault && (
              <LinkButton className="xs" onClick={() => rules.change(path, valueAt(defaultPolicy, path))}>
                {t('backToDefault')}
              </LinkButton>
            )}
          </span>
        )}
      </div>
      <div className="rule-control">{children({ id, labelledBy: `${id}-name`, describedBy: `${id}-more` })}</div>
    </div>
  );
}

interface RuleProps<P extends RulePath> {
  rules: Rules;
  path: P;
  mark?: ReactNode;
}

/** Paths whose value is of a type. */
type PathOf<T> = { [P in RulePath]: RuleValue<P> extends T ? P : never }[RulePath];

/** A rule that is on or off. */
export function RuleSwitch<P extends PathOf<boolean>>({ rules, path, mark }: RuleProps<P>) {
  const texts = useRuleTexts();
  const value = valueAt(rules.shown, path);
  return (
    <RuleRow rules={rules} path={path} mark={mark}>
      {({ id, describedBy }) => (
        <span className="row">
          <span className="sm t2 nowrap" aria-hidden>
            {texts.value(path, value)}
          </span>
          <Switch
            id={id}
            aria-describedby={describedBy}
            checked={value === true}
            onChange={(on) => rules.change(path, on as RuleValue<P>)}
          />
        </span>
      )}
    </RuleRow>
  );
}

/** A rule with a few values. */
export function RuleSelect<P extends RulePath>({
  rules,
  path,
  mark,
  values,
}: RuleProps<P> & { values: readonly (RuleValue<P> & (string | number | boolean | null))[] }) {
  const texts = useRuleTexts();
  const value = valueAt(rules.shown, path);
  const known = values.some((one) => same(one, value));
  // What a script has set may be none of the values offered here: it is shown as it is.
  const offered: readonly unknown[] = known ? values : [value, ...values];
  return (
    <RuleRow rules={rules} path={path} mark={mark}>
      {({ id, describedBy }) => (
        <Select
          id={id}
          describedBy={describedBy}
          value={JSON.stringify(value)}
          options={offered.map((one) => ({ value: JSON.stringify(one), text: texts.value(path, one) }))}
          onChange={(chosen) => rules.change(path, JSON.parse(chosen) as RuleValue<P>)}
        />
      )}
    </RuleRow>
  );
}

/** Some values side by side, one of which holds; each may explain itself. */
export function RuleRadios<P extends RulePath>({
  rules,
  path,
  values,
  more,
}: RuleProps<P> & { values: readonly RuleValue<P>[]; more?: (value: RuleValue<P>) => string | null }) {
  const { t } = useTranslation('rules');
  const texts = useRuleTexts();
  const id = useId();
  const value = valueAt(rules.shown, path);
  return (
    <div role="radiogroup" aria-label={texts.name(path)} data-rule={path} className="rule-radios">
      {values.map((one, index) => {
        const chosen = same(one, value);
        const about = more?.(one) ?? null;
        const key = `${id}-${index}`;
        return (
          <div key={key} className="rule-radio">
            <input
              id={key}
              type="radio"
              name={id}
              className="radio"
              checked={chosen}
              onChange={() => rules.change(path, one)}
              {...(about === null ? {} : { 'aria-describedby': `${key}-more` })}
            />
            <span className="col grow">
              <span className="row">
                <label htmlFor={key}>{texts.value(path, one)}</label>
                {chosen && path in rules.draft && <Chip tone="accent">{t('changed')}</Chip>}
              </span>
              {about !== null && (
                <span id={`${key}-more`} className="sm t3 prose">
                  {about}
                </span>
              )}
            </span>
          </div>
        );
      })}
      <span className="xs t3 rule-default">{t('default', { value: texts.value(path, valueAt(defaultPolicy, path)) })}</span>
    </div>
  );
}
