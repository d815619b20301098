import { useTranslation } from 'react-i18next';
import { useState } from 'react';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../app/host-context.tsx';
import { Button } from '../ui/button.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';
import { Row } from './settings-row.tsx';

/** EXP-02: the person's PCs that sync, and ending that elsewhere. */
export function SyncPcs() {
  const { t } = useTranslation('settings');
  const { sync } = useHost();
  const { accountId } = useAccount();
  const explain = useExplain();
  const format = useFormat();
  const answer = useAnswer('sync.pcs', { accountId });
  const [problem, setProblem] = useState<string | null>(null);
  const pcs = answer.data?.pcs ?? [];
  if (pcs.length === 0) return null;
  const withdraw = async (deviceId: string) => {
    setProblem(null);
    try {
      await sync?.['sync.withdrawPc']({ accountId, deviceId });
      await answer.refetch();
    } catch (error) {
      setProblem(explain(problemOf(error)));
    }
  };
  const most = answer.data?.most ?? 0;
  return (
    <>
      <h2>{t('pcs')}</h2>
      {most > 0 && <p className="sm t2 prose">{t('pcsMost', { count: most })}</p>}
      {pcs.map(({ deviceId, name, platform, lastSeenAt, current }) => (
        <Row
          key={deviceId}
          title={name}
          more={format.facts([platform, current ? t('thisPc') : t('pcSeen', { moment: format.moment(lastSeenAt) })])}
        >
          {({ id, labelledBy }) =>
            current ? null : (
              <Button id={id} size="small" aria-labelledby={`${labelledBy} ${id}`} onClick={() => void withdraw(deviceId)}>
                {t('pcWithdraw')}
              </Button>
            )
          }
        </Row>
      ))}
      {problem !== null && (
        <Note tone="danger" icon="error" alert>
          {problem}
        </Note>
      )}
    </>
  );
}
