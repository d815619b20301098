import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/icon.tsx';
import { Checkbox, Input } from '../../ui/input.tsx';
import { classNames } from '../../ui/class-names.ts';
import { useLanguage } from '../../ui/use-format.ts';
import { textMatches } from '../../ui/type-ahead.ts';
import { countriesIn, countryName } from './countries.ts';
import { RuleRow } from './rule-row.tsx';
import type { Rules } from './rules-context.tsx';

/** NET-02: the allowed countries: those that are chosen, and all of them to choose from. */
export function CountryEditor({ rules }: { rules: Rules }) {
  const { t } = useTranslation('network');
  const language = useLanguage();
  const [query, setQuery] = useState('');
  const all = useMemo(() => countriesIn(language), [language]);
  const found = query.trim() === '' ? all : all.filter((country) => textMatches([...country.found], query));
  const chosen = rules.shown.network.countries;
  const set = (code: string, on: boolean) =>
    rules.change('network.countries', (on ? [...chosen, code] : chosen.filter((one) => one !== code)).toSorted());
  return (
    <RuleRow rules={rules} path="network.countries" wide>
      {({ labelledBy }) => (
        <div className="stack">
          {chosen.length === 0 ? (
            <p className="sm caution prose">{t('countriesEmpty')}</p>
          ) : (
            <div className="chips" role="group" aria-label={t('chosen')}>
              {chosen.map((code) => (
                <button
                  key={code}
                  type="button"
                  className={classNames('chip-button', !rules.inForce.network.countries.includes(code) && 'new')}
                  aria-label={t('removeOne', { name: countryName(code, language) })}
                  onClick={() => set(code, false)}
                >
                  {countryName(code, language)}
                  <Icon name="close" size={12} />
                </button>
              ))}
            </div>
          )}
          <Input label={t('countrySearch')} type="search" value={query} onChange={(event) => setQuery(event.target.value)} />
          <div className="scroll-box country-list" role="group" aria-labelledby={labelledBy} tabIndex={0}>
            {found.map(({ code, name }) => (
              <Checkbox key={code} checked={chosen.includes(code)} onChange={(on) => set(code, on)}>
                <span className="row">
                  {name} <span className="xs t3 num">{code}</span>
                </span>
              </Checkbox>
            ))}
            {found.length === 0 && <p className="sm t3">{t('countryNone')}</p>}
          </div>
        </div>
      )}
    </RuleRow>
  );
}
