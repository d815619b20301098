import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '#shared/contract/admin-members.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { useExplain } from '../../app/explain.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useLanguage } from '../../ui/use-format.ts';
import { useAct } from '../app/use-server.tsx';
import { csvOf, decodeText, readMembers, templateHeadings } from './read-csv.ts';
import { saveText } from '../../ui/save-file.ts';

type Results = OutputOf<ServerContract, 'member.import'>['results'];
const most = 2_000;
const fieldTexts = {
  memberId: 'memberId',
  name: 'name',
  reading: 'reading',
  organisation: 'organisation',
  title: 'position',
  email: 'email',
  level: 'level',
  userType: 'userType',
  phone: 'phone',
  mobile: 'mobile',
  workplace: 'workplace',
} as const satisfies Record<keyof ImportRow, string>;

/** Many people from a file (ADM-03): every line is judged first, then those without a fault are added. */
export function ImportMembers({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['members', 'console']);
  const language = useLanguage();
  const file = useRef<HTMLInputElement>(null);
  const act = useAct('member.import');
  const [rows, setRows] = useState<readonly ImportRow[]>([]);
  const [results, setResults] = useState<Results | null>(null);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [mailLink, setMailLink] = useState(false);

  const read = async (given: File | undefined) => {
    if (given === undefined) return;
    setProblem(null);
    setResults(null);
    const found = readMembers(decodeText(new Uint8Array(await given.arrayBuffer())));
    if (found.kind !== 'rows') return setProblem(t(found.kind === 'empty' ? 'importNothing' : 'importHeader'));
    if (found.rows.length > most) return setProblem(t('importTooMany', { count: found.rows.length }));
    const judged = await act.run({ rows: [...found.rows], commit: false });
    if (judged === null) return;
    setRows(found.rows);
    setResults(judged.results);
  };
  const good = results?.filter(({ fault }) => fault === null).length ?? 0;
  const commit = async () => {
    const made = await act.run({ rows: [...rows], commit: true, mailLink });
    if (made === null) return;
    setResults(made.results);
    setDone(true);
  };
  const passwords = results?.filter(({ password, link }) => password !== null || link !== null) ?? [];
  const savePasswords = () =>
    saveText(
      'passwords.csv',
      csvOf([
        [t('memberId'), t('password'), t('link')],
        ...passwords.map(({ memberId, password, link }) => [memberId, password ?? '', link ?? '']),
      ]),
    );
  const headings = templateHeadings(language);

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('importTitle')}
      className="import-dialog"
      footer={
        <>
          <Button onClick={onClose}>{t(done ? 'console:close' : 'console:cancel')}</Button>
          {results !== null && !done && (
            <Button look="primary" disabled={act.busy || good === 0} onClick={() => void commit()}>
              {t('importDo', { count: good })}
            </Button>
          )}
        </>
      }
    >
      <div className="form">
        {!done && (
          <>
            <p className="sm t2 prose">{t('importMore', { fields: headings.join(language === 'ja' ? '、' : ', ') })}</p>
            <div className="row">
              <input
                ref={file}
                type="file"
                accept=".csv,text/csv"
                hidden
                aria-label={t('importChoose')}
                onChange={(event) => {
                  void read(event.target.files?.[0]);
                  event.target.value = '';
                }}
              />
              <Button icon="upload" disabled={act.busy} onClick={() => file.current?.click()}>
                {t(results === null ? 'importChoose' : 'importAnother')}
              </Button>
              <Button look="quiet" icon="download" onClick={() => saveText('members-template.csv', csvOf([headings]))}>
                {t('importTemplate')}
              </Button>
            </div>
          </>
        )}
        {(problem ?? act.problem) !== null && (
          <Note icon="error" tone="danger" alert>
            {problem ?? act.problem}
          </Note>
        )}
        {done && (
          <Note icon="done" tone="positive">
            {t('importDone', { count: results?.filter(({ made }) => made).length ?? 0 })}
          </Note>
        )}
        {done && passwords.length > 0 && (
          <div className="form">
            <Note icon="warning" tone="caution">
              {t('passwordOnce')}
            </Note>
            <div>
              <Button look="primary" icon="download" onClick={savePasswords}>
                {t('importPasswords')}
              </Button>
            </div>
          </div>
        )}
        {results !== null && <Outcomes rows={rows} results={results} />}
        {results !== null && !done && (
          <Checkbox checked={mailLink} onChange={setMailLink}>
            {t('importMail')}
          </Checkbox>
        )}
      </div>
    </Dialog>
  );
}

/** Each line of the file with what is wrong with it, the faulty ones first. */
function Outcomes({ rows, results }: { rows: readonly ImportRow[]; results: Results }) {
  const { t } = useTranslation('members');
  const explain = useExplain();
  /** Where a fault is about a field, its name is told as in the heading. */
  const subjectOf = (subject: string): string => (Object.hasOwn(fieldTexts, subject) ? t(fieldTexts[subject as keyof ImportRow]) : subject);
  const bad = results.filter(({ fault }) => fault !== null).length;
  const lines = results
    .map((result, index) => ({ result, row: rows[index]!, line: index + 2 }))
    .toSorted((a, b) => Number(a.result.fault === null) - Number(b.result.fault === null) || a.line - b.line);
  return (
    <>
      <div className="row" role="status">
        <Chip tone="positive" icon="check">
          {t('importGood', { count: results.length - bad })}
        </Chip>
        {bad > 0 && (
          <Chip tone="danger" icon="error">
            {t('importBad', { count: bad })}
          </Chip>
        )}
        {bad > 0 && <span className="xs t3">{t('importBadMore')}</span>}
      </div>
      <div className="box import-lines" tabIndex={0} role="region" aria-label={t('importFault')}>
        <table className="plain-table">
          <thead>
            <tr>
              <th className="end">{t('importLine')}</th>
              <th>{t('memberId')}</th>
              <th>{t('name')}</th>
              <th>{t('importFault')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ result, row, line }) => (
              <tr key={line}>
                <td className="end num">{line}</td>
                <td>{row.memberId}</td>
                <td>{row.name}</td>
                <td>
                  {result.fault === null ? (
                    <span className="positive">{t(result.made ? 'importMade' : 'importOk')}</span>
                  ) : (
                    <span className="danger">
                      {explain({ code: 'invalid', reason: result.fault.reason, subject: subjectOf(result.fault.subject) })}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
