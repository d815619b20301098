import { useTranslation } from 'react-i18next';
import { Note } from '../../ui/note.tsx';
import { useMay } from '../app/identity.ts';
import { addressOf, Link } from '../app/router.tsx';
import { useAnswer } from '../app/use-server.tsx';

/** Whether downloads are recorded now and how long they are kept (FIL-07, FIL-08), with the way to the rule for those who may change it. */
export function DownloadLogState() {
  const { t } = useTranslation('audit');
  const may = useMay();
  const rules = useAnswer('policy.get', {}).data;
  if (rules === undefined) return null;
  const { downloadLog, downloadLogDays } = rules.policy.files;
  const link = may('security_files') && (
    <Link to={addressOf('files')} className="link nowrap">
      {t('toFileRules')}
    </Link>
  );
  return (
    <div className="audit-state">
      {downloadLog ? (
        <Note icon="info" action={link}>
          {t('logIsOn', { count: downloadLogDays })}
        </Note>
      ) : (
        <Note icon="warning" tone="caution" action={link}>
          {t('logIsOff', { count: downloadLogDays })}
        </Note>
      )}
    </div>
  );
}
