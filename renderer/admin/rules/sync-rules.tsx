import { useTranslation } from 'react-i18next';
import { KnownFolder } from '#shared/model/rules-sync.ts';
import { Checkbox } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { RuleNumber } from './rule-number.tsx';
import { RuleRow, RuleSwitch } from './rule-row.tsx';
import { RuleSection } from './rule-section.tsx';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';

/** On how many PCs, how many folders and where members sync (EXP-02, EXP-04, EXP-05). */
export function SyncRulesScreen() {
  const { t } = useTranslation('drives');
  return (
    <RulesPage title={t('syncTitle')} sections={['sync']}>
      {(rules, onFault) => (
        <>
          <RuleSection title={t('syncHowMany')} note={t('syncHowManyNote')}>
            <RuleNumber rules={rules} path="sync.mostPcs" from={0} to={100} unit={t('pcs')} onFault={onFault} />
            <RuleNumber rules={rules} path="sync.mostPairs" from={0} to={1_000} unit={t('pairs')} onFault={onFault} />
          </RuleSection>
          <RuleSection title={t('syncWhere')}>
            <RefusedFolders rules={rules} />
            <RuleSwitch rules={rules} path="sync.networkVolumes" />
            <Note icon="info">{t('syncWhereNote')}</Note>
          </RuleSection>
        </>
      )}
    </RulesPage>
  );
}

/** EXP-05: any of the person's own folders. */
function RefusedFolders({ rules }: { rules: Rules }) {
  const { t } = useTranslation('ruleNames');
  const chosen = rules.shown.sync.refusedFolders;
  return (
    <RuleRow rules={rules} path="sync.refusedFolders" wide>
      {({ labelledBy }) => (
        <div role="group" aria-labelledby={labelledBy} className="choices">
          {KnownFolder.options.map((folder) => (
            <Checkbox
              key={folder}
              checked={chosen.includes(folder)}
              onChange={(on) =>
                rules.change(
                  'sync.refusedFolders',
                  KnownFolder.options.filter((one) => (one === folder ? on : chosen.includes(one))),
                )
              }
            >
              {t(`of_${folder}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </RuleRow>
  );
}
