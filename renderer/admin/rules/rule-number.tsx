import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { valueAt, type RulePath, type RuleValue } from './draft.ts';
import { RuleRow } from './rule-row.tsx';
import { useRuleTexts } from './rule-text.ts';
import type { Rules } from './rules-context.tsx';

type NumberPath = { [P in RulePath]: RuleValue<P> extends number ? P : never }[RulePath];
interface NumberProps {
  rules: Rules;
  path: NumberPath;
  from: number;
  to: number;
}

/** A number on a scale of few steps, with its value in words. */
export function RuleSlider({ rules, path, from, to }: NumberProps) {
  const texts = useRuleTexts();
  const value = valueAt(rules.shown, path);
  return (
    <RuleRow rules={rules} path={path}>
      {({ id, describedBy }) => (
        <span className="row">
          <input
            id={id}
            type="range"
            className="slider"
            min={from}
            max={to}
            value={value}
            aria-describedby={describedBy}
            aria-valuetext={texts.value(path, value)}
            onChange={(event) => rules.change(path, Number(event.target.value))}
          />
          <b className="num slider-value">{texts.value(path, value)}</b>
        </span>
      )}
    </RuleRow>
  );
}

/**
 * A number that is typed. What is no such number is said under the field, and told as a fault so that nothing is saved.
 * @param divisor what one unit of the field stands for
 */
export function RuleNumber({
  rules,
  path,
  from,
  to,
  unit,
  divisor = 1,
  onFault,
}: NumberProps & { unit: string; divisor?: number; onFault: (path: RulePath, faulty: boolean) => void }) {
  const { t } = useTranslation('rules');
  const value = valueAt(rules.shown, path) / divisor;
  const [typed, setTyped] = useState(String(value));
  const read = (text: string): number | null => {
    const number = /^\d{1,12}$/u.test(text.trim().normalize('NFKC')) ? Number(text.trim().normalize('NFKC')) : Number.NaN;
    return number >= from && number <= to ? number : null;
  };
  const fault = read(typed) === null && typed !== String(value);
  // Discarding, undoing and other administrators change the value from outside.
  useEffect(() => setTyped((now) => (read(now) === value ? now : String(value))), [value]); // oxlint-disable-line react/exhaustive-deps -- only the value from outside counts
  useEffect(() => {
    onFault(path, fault);
    return () => onFault(path, false);
  }, [path, fault, onFault]);
  return (
    <RuleRow rules={rules} path={path}>
      {({ id, describedBy }) => (
        <span className="col rule-number">
          <span className="row">
            <span className={fault ? 'field compact invalid' : 'field compact'}>
              <input
                id={id}
                inputMode="numeric"
                className="num"
                value={typed}
                aria-describedby={fault ? `${id}-fault` : describedBy}
                aria-invalid={fault}
                onChange={(event) => {
                  setTyped(event.target.value);
                  const number = read(event.target.value);
                  if (number !== null) rules.change(path, number * divisor);
                }}
              />
            </span>
            <span className="sm t2 nowrap">{unit}</span>
          </span>
          {fault && (
            <span id={`${id}-fault`} className="xs danger" role="alert">
              {t('numberFault', { from, to })}
            </span>
          )}
        </span>
      )}
    </RuleRow>
  );
}
