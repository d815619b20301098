import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VersionNumber } from '#shared/model/rules-reach.ts';
import { isAtLeast } from '#shared/policy/version.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Input } from '../../ui/input.tsx';
import { ErrorNote, Note } from '../../ui/note.tsx';
import { addressOf, Link } from '../app/router.tsx';
import { useAnswer } from '../app/use-server.tsx';
import { RuleRow, RuleSelect } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';
import { majorsOf, newestFirst, readVersions, versionsInUse } from './versions.ts';

/** Which versions of the programs may be used (UPD-01 to UPD-03), and what is in use now. */
export function VersionRulesScreen() {
  const { t } = useTranslation('fileRules');
  return (
    <RulesPage title={t('versionsTitle')} sections={['versions', 'minimumVersion']} aside={(rules) => <InUse rules={rules} />}>
      {(rules, onFault) => (
        <RuleSection title={t('usable')} affected="versions">
          <Minimum key={rules.inForce.minimumVersion} rules={rules} onFault={onFault} />
          <RuleSelect rules={rules} path="versions.supported" values={['all', 'three_majors']} />
          <Published rules={rules} />
          <Denied rules={rules} />
        </RuleSection>
      )}
    </RulesPage>
  );
}

function Minimum({ rules, onFault }: { rules: Rules; onFault: (field: string, faulty: boolean) => void }) {
  const { t } = useTranslation('fileRules');
  const value = rules.shown.minimumVersion;
  const [typed, setTyped] = useState(value ?? '');
  const shown = typed.normalize('NFKC').trim();
  const fault = shown !== '' && !VersionNumber.safeParse(shown).success;
  // Discarding the draft brings the old value back into the field.
  const stale = !fault && shown !== (value ?? '');
  return (
    <RuleRow rules={rules} path="minimumVersion">
      {({ id, describedBy }) => (
        <span className="col rule-number">
          <span className={fault ? 'field compact invalid' : 'field compact'}>
            <input
              id={id}
              className="num"
              value={stale ? (value ?? '') : typed}
              placeholder={t('minimumNone')}
              aria-describedby={fault ? `${id}-fault` : describedBy}
              aria-invalid={fault}
              onChange={(event) => {
                const next = event.target.value.normalize('NFKC').trim();
                const good = next === '' || VersionNumber.safeParse(next).success;
                setTyped(event.target.value);
                onFault('minimumVersion', !good);
                if (good) rules.change('minimumVersion', next === '' ? null : next);
              }}
            />
          </span>
          {fault && (
            <span id={`${id}-fault`} className="xs danger" role="alert">
              {t('faultVersion', { text: shown })}
            </span>
          )}
        </span>
      )}
    </RuleRow>
  );
}

function Published({ rules }: { rules: Rules }) {
  const { t } = useTranslation('fileRules');
  const [text, setText] = useState('');
  const now = rules.shown.versions.published;
  const before = rules.inForce.versions.published;
  const { versions, faults } = readVersions(text);
  const fresh = versions.filter((version) => !now.includes(version));
  const set = (list: readonly string[]) => rules.change('versions.published', list === before ? [...before] : [...newestFirst(list)]);
  return (
    <RuleRow rules={rules} path="versions.published" wide>
      {({ labelledBy }) => (
        <div className="stack">
          {now.length === 0 ? (
            <p className="sm t3 prose">{t('publishedNone')}</p>
          ) : (
            <>
              <div className="chips" role="group" aria-labelledby={labelledBy} tabIndex={0}>
                {newestFirst(now).map((version) => (
                  <button
                    key={version}
                    type="button"
                    className={before.includes(version) ? 'chip-button num' : 'chip-button num new'}
                    aria-label={t('removeOne', { name: version })}
                    onClick={() => set(now.filter((one) => one !== version))}
                  >
                    {version}
                    <Icon name="close" size={12} />
                  </button>
                ))}
              </div>
              <p className="sm t3 num">{t('publishedNewest', { majors: majorsOf(now).slice(0, 3).join(' / ') })}</p>
            </>
          )}
          <div className="col">
            <label className="label" htmlFor="add-published">
              {t('publishedAdd')}
            </label>
            <textarea id="add-published" className="text-area mono" value={text} onChange={(event) => setText(event.target.value)} />
            <div className="editor-line">
              <ul className="line-faults xs danger grow" aria-live="polite">
                {faults.map((fault) => (
                  <li key={fault}>{t('faultVersion', { text: fault })}</li>
                ))}
              </ul>
              <Button
                size="small"
                icon="plus"
                disabled={fresh.length === 0}
                onClick={() => {
                  set([...now, ...fresh]);
                  setText(faults.join('\n'));
                }}
              >
                {fresh.length === 0 ? t('add') : t('addCount', { count: fresh.length })}
              </Button>
            </div>
          </div>
        </div>
      )}
    </RuleRow>
  );
}

function Denied({ rules }: { rules: Rules }) {
  const { t } = useTranslation('fileRules');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const now = rules.shown.versions.denied;
  const last = to.trim() === '' ? from.trim() : to.trim();
  const isVersion = (text: string): boolean => VersionNumber.safeParse(text).success;
  const fault = (text: string): string | null => (text.trim() === '' || isVersion(text.trim()) ? null : t('faultVersion', { text }));
  const readable = isVersion(from.trim()) && isVersion(last);
  const backwards = readable && !isAtLeast(last, from.trim());
  return (
    <RuleRow rules={rules} path="versions.denied" wide>
      {({ labelledBy }) => (
        <div className="stack">
          {now.length === 0 ? (
            <p className="sm t3">{t('deniedNone')}</p>
          ) : (
            <div className="chips" role="group" aria-labelledby={labelledBy}>
              {now.map((range) => {
                const text = range.from === range.to ? range.from : t('deniedOne', range);
                return (
                  <button
                    key={text}
                    type="button"
                    className="chip-button num"
                    aria-label={t('removeOne', { name: text })}
                    onClick={() =>
                      rules.change(
                        'versions.denied',
                        now.filter((one) => one !== range),
                      )
                    }
                  >
                    {text}
                    <Icon name="close" size={12} />
                  </button>
                );
              })}
            </div>
          )}
          <div className="row denied-range">
            <Input label={t('deniedFrom')} value={from} problem={fault(from)} onChange={(event) => setFrom(event.target.value)} />
            <Input
              label={t('deniedTo')}
              value={to}
              problem={backwards ? t('deniedBackwards') : fault(to)}
              placeholder={from}
              onChange={(event) => setTo(event.target.value)}
            />
            <Button
              icon="plus"
              disabled={!readable || backwards}
              onClick={() => {
                rules.change('versions.denied', [...now, { from: from.trim(), to: last }]);
                setFrom('');
                setTo('');
              }}
            >
              {t('deniedAdd')}
            </Button>
          </div>
        </div>
      )}
    </RuleRow>
  );
}

/** What runs now, by version, and what the draft would keep out. */
function InUse({ rules }: { rules: Rules }) {
  const { t } = useTranslation('fileRules');
  const { t: ui } = useTranslation('ui');
  const explain = useExplain();
  const { data, error, refetch } = useAnswer('device.list', { limit: 1_000 });
  if (data === undefined && error !== null) {
    return (
      <div className="impact">
        <ErrorNote title={t('inUse')} retry={{ text: ui('retry'), onPress: () => void refetch() }}>
          {explain(problemOf(error))}
        </ErrorNote>
      </div>
    );
  }
  if (data === undefined) return null;
  const rows = versionsInUse(data.devices, rules.inForce, rules.shown);
  const lost = rows.filter(({ now, then }) => now && !then);
  const sum = (pick: (row: (typeof rows)[number]) => number): number => lost.reduce((total, row) => total + pick(row), 0);
  return (
    <div className="impact stack">
      <h2>{t('inUse')}</h2>
      {rows.length === 0 ? (
        <p className="sm t3">{t('inUseNone')}</p>
      ) : (
        <>
          <div className="box">
            <table className="plain-table">
              <thead>
                <tr>
                  <th>{t('version')}</th>
                  <th className="end">{t('devices')}</th>
                  <th className="end">{t('people')}</th>
                  <th>{t('verdict')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ version, devices, people, then }) => (
                  <tr key={version}>
                    <td className="num">
                      <Link to={addressOf('devices', 'version', version)}>{version === '' ? '?' : version}</Link>
                    </td>
                    <td className="end num">{devices}</td>
                    <td className="end num">{people}</td>
                    <td>
                      <Chip tone={then ? 'positive' : 'danger'} icon={then ? 'check' : 'forbidden'}>
                        {t(then ? 'usableNow' : 'outNow')}
                      </Chip>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Note icon={lost.length === 0 ? 'info' : 'warning'} tone={lost.length === 0 ? 'neutral' : 'danger'}>
            {lost.length === 0 ? t('outNobody') : t('out', { count: sum(({ devices }) => devices), people: sum(({ people }) => people) })}
          </Note>
          <p className="xs t3">{t('inUseNote')}</p>
        </>
      )}
    </div>
  );
}
