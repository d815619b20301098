import { useMemo } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { useExplain } from '../../app/explain.ts';
import { classNames } from '../../ui/class-names.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useFormat, useLanguage } from '../../ui/use-format.ts';
import { useKindName } from '../rules/client-kinds.ts';
import { countryName } from '../rules/countries.ts';
import { simulator } from '../texts/simulator.ts';
import type { Result, Simulated } from './question.ts';

type Key = keyof typeof simulator.ja;
const known = (key: string): Key | null => (Object.hasOwn(simulator.ja, key) ? (key as Key) : null);

/** The plain name of a rule by its ID. */
function useRuleName(): (id: string | null) => string {
  const { t } = useTranslation('simulator');
  return (id) => t(known(`rule_${(id ?? 'other').replace('-', '_')}`) ?? 'rule_other');
}

/** The answer in large, the whole gate, and what the person would read, in both languages. */
export function Verdict({ result, revision }: { result: Result; revision: number }) {
  const { t } = useTranslation('simulator');
  const format = useFormat();
  const language = useLanguage();
  const ruleName = useRuleName();
  const kindName = useKindName();
  const { judged, inForce, others } = result;
  const more = judged.allowed ? t('allowedMore') : t('deniedMore', { id: judged.rule ?? '', rule: ruleName(judged.rule) });
  const compared =
    inForce === null
      ? null
      : inForce.allowed === judged.allowed
        ? t('draftSame', { revision })
        : t(judged.allowed ? 'draftNewlyAllowed' : 'draftNewlyDenied', { revision });
  return (
    <>
      <div
        className={classNames('verdict', judged.allowed ? 'yes' : 'no')}
        role="status"
        data-verdict={judged.allowed ? 'allowed' : 'denied'}
      >
        <Icon name={judged.allowed ? 'done' : 'forbidden'} size={28} />
        <span className="col grow">
          <h2>{judged.allowed ? t('allowed') : t('denied', { rule: ruleName(judged.rule) })}</h2>
          <span className="sm t2 prose">{compared ?? more}</span>
        </span>
        {judged.rule !== null && <span className="sm num verdict-id">{judged.rule}</span>}
      </div>
      <div className="row simulator-head">
        <h2>{t('order')}</h2>
        <span className="push sm t3">
          {format.facts([
            judged.country === null ? t('countryUnknown') : t('country', { country: countryName(judged.country, language) }),
            t('orderMore'),
          ])}
        </span>
      </div>
      <ol className="box gate">
        {judged.steps.map((step, index) => (
          <Step key={step.step} step={step} number={index + 1} />
        ))}
      </ol>
      <div className="simulator-head">
        <h2>{t('seen')}</h2>
      </div>
      {judged.allowed ? (
        <p className="sm t3">{t('seenNone')}</p>
      ) : (
        <div className="seen">
          {(['ja', 'en'] as const).map((one) => (
            <Seen key={one} language={one} judged={judged} />
          ))}
        </div>
      )}
      <div className="others sm t2">
        <span>{t('others')}</span>
        {others.map(({ kind, allowed }) => (
          <span key={kind} className="row" data-other={kind} data-verdict={allowed ? 'allowed' : 'denied'}>
            <Icon
              name={allowed ? 'check' : 'forbidden'}
              size={14}
              className={allowed ? 'positive' : 'danger'}
              label={t(allowed ? 'effect_allow' : 'effect_deny')}
            />
            {kindName(kind)}
          </span>
        ))}
      </div>
    </>
  );
}

const marks = { allow: ['check', 'positive'], deny: ['forbidden', 'danger'], not_reached: ['minimise', 't3'] } as const satisfies Record<
  string,
  readonly [IconName, string]
>;

function Step({ step, number }: { step: Simulated['steps'][number]; number: number }) {
  const { t } = useTranslation('simulator');
  const ruleName = useRuleName();
  const [icon, tone] = marks[step.effect];
  return (
    <li className={classNames('box-row', 'gate-step', step.effect)} data-step={step.step} data-effect={step.effect}>
      <span className={classNames('gate-mark', tone)}>
        <Icon name={icon} size={14} />
      </span>
      <span className="sm t3 num gate-number">{number}</span>
      <b className="sm gate-name">{t(known(`step_${step.step}`) ?? 'step_other')}</b>
      <span className="sm t2 grow prose">
        {step.subject !== null && step.effect === 'deny' ? t('effect_deny_subject', { subject: step.subject }) : t(`effect_${step.effect}`)}
      </span>
      <span className="xs t3 num">{step.effect === 'deny' ? `${ruleName(step.rule)} ${step.rule ?? ''}` : step.rule}</span>
    </li>
  );
}

/** The sentence in one language, whatever language the console is shown in. */
function Seen({ language, judged }: { language: 'ja' | 'en'; judged: Simulated }) {
  const { i18n } = useTranslation();
  const inLanguage = useMemo(() => i18n.cloneInstance({ lng: language, initAsync: false }), [i18n, language]);
  return (
    <I18nextProvider i18n={inLanguage}>
      <Sentence language={language} judged={judged} />
    </I18nextProvider>
  );
}

function Sentence({ language, judged }: { language: 'ja' | 'en'; judged: Simulated }) {
  const explain = useExplain();
  return (
    <blockquote className="box seen-text" lang={language}>
      <span className="xs t3">{language === 'ja' ? '日本語' : 'English'}</span>
      <p className="prose selectable">{explain({ code: 'denied', reason: judged.reason, subject: judged.subject })}</p>
    </blockquote>
  );
}
