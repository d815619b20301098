import { useTranslation } from 'react-i18next';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { LinkButton } from '../ui/button.tsx';
import { FileIcon, FileName, fileKind } from '../ui/file.tsx';
import { Icon } from '../ui/icon.tsx';
import { splitPath } from './issues.ts';
import { byRule, useIssueTexts } from './reason-text.ts';

/** What trying again cannot change: seen, and so by design. */
const lasting: ReadonlySet<string> = new Set(['name_mapped', 'not_a_file']);
/** More than these are counted, not drawn. */
const mostShown = 300;

/** What was left out, why, and what can be done. */
export function SkippedTable({ issues, onRetry }: { issues: readonly SyncIssue[]; onRetry: () => void }) {
  const { t } = useTranslation('sync');
  const { why, fix } = useIssueTexts();
  return (
    <table className="sync-table" aria-label={t('skippedTitle')}>
      <thead>
        <tr>
          <th scope="col">{t('name')}</th>
          <th scope="col">{t('why')}</th>
          <th scope="col">{t('fix')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {issues.slice(0, mostShown).map((issue) => {
          const { name } = splitPath(issue.path);
          const ruled = byRule.has(issue.reason) && issue.reason !== 'permission_missing';
          return (
            <tr key={`${issue.path} ${issue.reason}`}>
              <th scope="row" title={issue.path}>
                <span className="row">
                  <FileIcon small kind={fileKind(name)} />
                  <FileName name={name} />
                </span>
              </th>
              <td>
                <span className="row why">
                  <Icon
                    name={ruled ? 'forbidden' : issue.kind === 'failed' ? 'error' : 'info'}
                    size={14}
                    className={ruled || issue.kind === 'failed' ? 'danger' : 't3'}
                  />
                  <span>{why(issue)}</span>
                </span>
              </td>
              <td className="fix">{fix(issue)}</td>
              <td className="end">
                {!lasting.has(issue.reason) && (
                  <LinkButton aria-label={t('tryNowFor', { name })} onClick={onRetry}>
                    {t('tryNow')}
                  </LinkButton>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
