import { useTranslation } from 'react-i18next';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { partOf, valueAt } from './draft.ts';
import { useRuleTexts } from './rule-text.ts';
import type { Rules } from './rules-context.tsx';

/** Somebody else saved rules while a draft stood: what they changed beside one's own changes, and the two ways on. */
export function ConflictNote({ rules, sections }: { rules: Rules; sections: readonly string[] }) {
  const { t } = useTranslation('rules');
  const texts = useRuleTexts();
  const { conflict } = rules;
  // Other screens show the conflict of their own part.
  if (conflict === null || Object.keys(partOf(rules.draft, sections)).length === 0) return null;
  return (
    <div className="conflict" role="alert">
      <p className="row">
        <Icon name="both" size={16} />
        <b>{t('conflict')}</b>
      </p>
      {conflict.theirs.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th>{t('rule')}</th>
              <th>{t('conflictBefore')}</th>
              <th>{t('conflictTheirs')}</th>
              <th>{t('conflictMine')}</th>
            </tr>
          </thead>
          <tbody>
            {conflict.theirs.map((path) => (
              <tr key={path}>
                <td>
                  {texts.name(path)} {path in rules.draft && <Chip tone="caution">{t('conflictBoth')}</Chip>}
                </td>
                <td className="t3">{texts.value(path, valueAt(conflict.before, path))}</td>
                <td>{texts.value(path, valueAt(rules.inForce, path))}</td>
                <td>{path in rules.draft ? texts.value(path, rules.draft[path]) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <span className="row">
        <Button size="small" onClick={rules.reapply}>
          {t('conflictReapply')}
        </Button>
        <Button size="small" look="quiet" onClick={() => rules.discard(sections)}>
          {t('discard')}
        </Button>
      </span>
    </div>
  );
}
