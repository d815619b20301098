import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { CountryEditor } from './country-editor.tsx';
import { CutOffList } from './cut-off.tsx';
import { partOf, patchOf } from './draft.ts';
import { ExceptionsEditor } from './exceptions-editor.tsx';
import { OwnAddress, RangesEditor } from './ranges-editor.tsx';
import { RuleRadios, RuleSelect, RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';
import { SaveBar, useSaveRules } from './save-bar.tsx';

const sections = ['network'];
/** NET-08: a change of networks takes itself back after this time unless somebody confirms it. */
const confirmSeconds = 120;

/** From where the company's data can be reached (NET-01 to NET-08), with who would be cut off before anything is saved. */
export function NetworkRulesScreen() {
  const { t } = useTranslation('network');
  return (
    <RulesPage
      title={t('title')}
      sections={sections}
      aside={(rules) => <Impact rules={rules} />}
      bar={(rules, faulty) => <NetworkBar rules={rules} faulty={faulty} />}
    >
      {(rules) => {
        const designated = rules.shown.network.mode === 'designated';
        return (
          <>
            <RuleSection title={t('where')} affected="network">
              <RuleRadios
                rules={rules}
                path="network.mode"
                values={['all', 'designated']}
                more={(mode) => t(mode === 'all' ? 'allMore' : 'designatedMore')}
              />
              <div className="stack">
                <Note icon="shield">{t('supreme')}</Note>
                {designated && <OwnAddress rules={rules} />}
              </div>
            </RuleSection>
            <RuleSection title={t('places')} {...(designated ? {} : { note: t('placesUnused') })}>
              <div className="stack" style={{ paddingTop: 10 }}>
                <RangesEditor rules={rules} />
                {!designated && <OwnAddress rules={rules} />}
              </div>
            </RuleSection>
            <RuleSection title={t('exceptions')}>
              <div style={{ paddingTop: 10 }}>
                <ExceptionsEditor rules={rules} />
              </div>
            </RuleSection>
            <RuleSection title={t('countries')} {...(designated ? { note: t('countriesUnused') } : {})}>
              <RuleSwitch rules={rules} path="network.limitCountries" />
              {rules.shown.network.limitCountries && (
                <>
                  <RuleSelect rules={rules} path="network.outside" values={['verify', 'block']} />
                  <RuleSelect rules={rules} path="network.unknownCountry" values={['inside', 'outside']} />
                  <CountryEditor rules={rules} />
                </>
              )}
            </RuleSection>
          </>
        );
      }}
    </RulesPage>
  );
}

/** What the unsaved part would do, asked anew with every change. */
function usePreview(rules: Rules) {
  const part = partOf(rules.draft, sections);
  const dirty = Object.keys(part).length > 0;
  const answer = useAnswer('policy.preview', { patch: patchOf(part) }, { enabled: dirty, keep: true });
  return { dirty, preview: dirty ? answer.data : undefined, error: dirty ? answer.error : null, stale: answer.isPlaceholderData };
}

function Impact({ rules }: { rules: Rules }) {
  const { t } = useTranslation('network');
  const explain = useExplain();
  const { dirty, preview, error } = usePreview(rules);
  if (!dirty) {
    return (
      <div className="impact">
        <h2>{t('cut')}</h2>
        <p className="sm t2 prose">{t('cutNow')}</p>
      </div>
    );
  }
  if (error !== null) {
    return (
      <div className="impact">
        <Note icon="error" tone="danger" alert>
          {t('previewFailed', { why: explain(problemOf(error)) })}
        </Note>
      </div>
    );
  }
  return preview === undefined ? null : <CutOffList preview={preview} />;
}

function NetworkBar({ rules, faulty }: { rules: Rules; faulty: boolean }) {
  const { t } = useTranslation('network');
  const { t: ui } = useTranslation('ui');
  const { dirty, preview, stale } = usePreview(rules);
  const { save, busy, problem } = useSaveRules(rules, sections);
  const [asked, setAsked] = useState(false);
  const count = preview?.total ?? 0;
  const go = () => void save(confirmSeconds).then(() => setAsked(false));
  return (
    <>
      <SaveBar
        rules={rules}
        sections={sections}
        // Nothing is saved whose effect nobody has seen.
        faulty={faulty || (dirty && (preview === undefined || stale))}
        busy={busy}
        problem={problem}
        onSave={() => (count > 0 ? setAsked(true) : go())}
        saveText={count > 0 ? t('saveCutting', { count }) : t('saveTry')}
        extra={<span className="t3">{t('confirmNote')}</span>}
      />
      <Dialog
        open={asked && preview !== undefined && dirty}
        onClose={() => setAsked(false)}
        title={t('sure', { count })}
        className="wide-dialog"
        footer={
          <>
            <Button onClick={() => setAsked(false)}>{ui('cancel')}</Button>
            <Button look="danger" disabled={busy} onClick={go}>
              {t('sureSave')}
            </Button>
          </>
        }
      >
        <p className="prose">{t('sureMore')}</p>
        {preview !== undefined && <CutOffList preview={preview} compact />}
      </Dialog>
    </>
  );
}
