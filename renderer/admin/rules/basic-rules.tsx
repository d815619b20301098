import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { RuleRow } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import { RulesPage } from './rules-page.tsx';

/** Whom people ask when a rule stops them, and whether mail goes out. */
export function BasicRulesScreen() {
  const { t } = useTranslation('singleSignOn');
  const { t: rule } = useTranslation('rules');
  return (
    <RulesPage title={t('basicTitle')} sections={['contact']}>
      {(rules) => (
        <>
          <RuleSection title={rule('contactTitle')} note={rule('contactNote')}>
            {(['ja', 'en'] as const).map((language) => (
              <RuleRow key={language} rules={rules} path={`contact.${language}`} bare>
                {({ id, describedBy }) => (
                  <span className="field compact contact-field">
                    <input
                      id={id}
                      maxLength={200}
                      value={rules.shown.contact[language]}
                      aria-describedby={describedBy}
                      onChange={(event) => rules.change(`contact.${language}`, event.target.value)}
                    />
                  </span>
                )}
              </RuleRow>
            ))}
          </RuleSection>
          <RuleSection title={t('mail')}>
            <Mail />
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}

function Mail() {
  const { t } = useTranslation('singleSignOn');
  const { data } = useAnswer('mail.status', {});
  const { run, busy, problem } = useAct('mail.test');
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (data === undefined) return null;
  return (
    <div className="stack" style={{ paddingTop: 10 }}>
      <Note icon={data.configured ? 'done' : 'warning'} tone={data.configured ? 'positive' : 'caution'}>
        {t(data.configured ? 'mailOn' : 'mailOff')}
      </Note>
      {data.configured && (
        <>
          <dl className="facts">
            <dt>{t('mailHost')}</dt>
            <dd className="num selectable">{`${data.host}:${data.port}`}</dd>
            <dt>{t('mailFrom')}</dt>
            <dd className="selectable">{data.from}</dd>
          </dl>
          <div>
            <Button disabled={busy} onClick={() => void run({}).then((done) => setSentTo(done?.sentTo ?? null))}>
              {t('mailTest')}
            </Button>
          </div>
        </>
      )}
      {sentTo !== null && (
        <Note icon="done" tone="positive">
          {t('mailSent', { address: sentTo })}
        </Note>
      )}
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
    </div>
  );
}
