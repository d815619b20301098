import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '#shared/contract/admin.ts';
import type { Member } from '#shared/model/member.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import { Chip } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { allPaths, draftOf, type RulePath } from '../rules/draft.ts';
import { useRuleTexts } from '../rules/rule-text.ts';
import { useActName } from './act-names.ts';
import { isResult, resultTones } from './results.ts';

const rulePaths: ReadonlySet<string> = new Set(allPaths(defaultPolicy));

/** Everything about one record, at the right of the list. */
export function EntryDetails({ entry, people, onClose }: { entry: AuditEntry; people: ReadonlyMap<string, Member>; onClose: () => void }) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const actName = useActName();
  const { sequence, at, actorId, action, target, result, address, client, details } = entry;
  const name = (id: string): string => {
    const person = people.get(id);
    return person === undefined ? id : format.facts([person.name, person.memberId]);
  };
  const facts: readonly (readonly [string, string])[] = [
    [t('time'), format.exact(at)],
    [t('actor'), actorId === null ? t('system') : name(actorId)],
    [t('action'), action],
    [t('target'), target === null ? '' : name(target)],
    [t('address'), address ?? ''],
    [t('client'), client ?? ''],
    [t('sequence'), String(sequence)],
  ];
  const { patch, ...rest } = details;
  return (
    <aside className="audit-details" aria-label={t('about')}>
      <div className="row">
        <h2 className="grow">{actName(action)}</h2>
        {isResult(result) && <Chip tone={resultTones[result]}>{t(`result_${result}`)}</Chip>}
        <IconButton icon="close" small label={t('close')} onClick={onClose} />
      </div>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label} className="facts-pair">
              <dt>{label}</dt>
              <dd className="selectable">{value}</dd>
            </div>
          ))}
      </dl>
      {patch !== undefined && <RuleChanges patch={patch} />}
      {Object.keys(rest).length > 0 && (
        <>
          <h3>{t('details')}</h3>
          <pre className="audit-json selectable" tabIndex={0}>
            {JSON.stringify(rest, null, 2)}
          </pre>
        </>
      )}
    </aside>
  );
}

/** Changed rules in words, as far as this page knows them. */
function RuleChanges({ patch }: { patch: unknown }) {
  const { t } = useTranslation('audit');
  const texts = useRuleTexts();
  const changes = Object.entries(draftOf(patch));
  return (
    <>
      <h3>{t('ruleChanges')}</h3>
      <dl className="facts">
        {changes.map(([path, value]) => (
          <div key={path} className="facts-pair">
            <dt>{rulePaths.has(path) ? texts.name(path as RulePath) : path}</dt>
            <dd className="selectable">
              {rulePaths.has(path) && !Array.isArray(value) ? texts.value(path as RulePath, value) : JSON.stringify(value)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
