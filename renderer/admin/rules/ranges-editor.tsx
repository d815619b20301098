import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isWithin } from '#shared/policy/network.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Note } from '../../ui/note.tsx';
import { classNames } from '../../ui/class-names.ts';
import { useIdentity } from '../app/identity.ts';
import { useAnswer } from '../app/use-server.tsx';
import { readRanges, type LineFault } from './ranges.ts';
import type { Rules } from './rules-context.tsx';

/** The allowed addresses as a table, with what the draft adds and takes away, and a field that takes many lines at once. */
export function RangesEditor({ rules }: { rules: Rules }) {
  const { t } = useTranslation('network');
  const before = rules.inForce.network.ranges;
  const now = rules.shown.network.ranges;
  const rows = [...before, ...now.filter((range) => !before.includes(range))];
  const set = (ranges: readonly string[]) => rules.change('network.ranges', [...ranges]);
  return (
    <div className="stack" data-rule="network.ranges">
      {rows.length === 0 ? (
        <p className="sm t3 prose">{t('placesEmpty')}</p>
      ) : (
        <div className="scroll-box">
          <table className="plain-table">
            <thead>
              <tr>
                <th>{t('address')}</th>
                <th>{t('change')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map((range) => {
                const added = !before.includes(range);
                const removed = !now.includes(range);
                return (
                  <tr key={range} className={classNames(added && 'added', removed && 'removed')}>
                    <td className="num selectable">{range}</td>
                    <td>
                      {added && <Chip tone="positive">{t('added')}</Chip>}
                      {removed && <Chip tone="danger">{t('removed')}</Chip>}
                    </td>
                    <td className="end">
                      {removed ? (
                        <IconButton
                          icon="history"
                          small
                          label={t('putBack', { name: range })}
                          onClick={() =>
                            set(
                              before.filter((one) => one === range || now.includes(one)).concat(now.filter((one) => !before.includes(one))),
                            )
                          }
                        />
                      ) : (
                        <IconButton
                          icon="close"
                          small
                          label={t('removeOne', { name: range })}
                          onClick={() => set(now.filter((one) => one !== range))}
                        />
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <AddLines present={now} onAdd={(ranges) => set([...now, ...ranges])} />
    </div>
  );
}

function AddLines({ present, onAdd }: { present: readonly string[]; onAdd: (ranges: readonly string[]) => void }) {
  const { t } = useTranslation('network');
  const [text, setText] = useState('');
  const { ranges, faults } = readRanges(text, present);
  const tell = ({ line, text: typed, fault }: LineFault): string =>
    fault === 'none' ? t('faultNone', { line, text: typed }) : t(fault === 'twice' ? 'faultTwice' : 'faultMany', { line, text: typed });
  return (
    <div className="col">
      <label className="label" htmlFor="add-ranges">
        {t('addLines')}
      </label>
      <textarea
        id="add-ranges"
        className="text-area mono"
        spellCheck={false}
        placeholder={t('addLinesHint')}
        value={text}
        aria-describedby="add-ranges-faults"
        onChange={(event) => setText(event.target.value)}
      />
      <div className="editor-line">
        <ul id="add-ranges-faults" className="line-faults xs danger grow" aria-live="polite" aria-label={t('faults')}>
          {faults.map((fault) => (
            <li key={`${fault.line} ${fault.text}`}>{tell(fault)}</li>
          ))}
        </ul>
        <Button
          size="small"
          icon="plus"
          disabled={ranges.length === 0}
          onClick={() => {
            onAdd(ranges);
            // What could not be added stays to be mended.
            setText(faults.map((fault) => fault.text).join('\n'));
          }}
        >
          {ranges.length === 0 ? t('addNothing') : t('add', { count: ranges.length })}
        </Button>
      </div>
    </div>
  );
}

/** From where the administrator works now, whether the rules as they would be hold it, and a way to add it. */
export function OwnAddress({ rules }: { rules: Rules }) {
  const { t } = useTranslation('network');
  const { member, role } = useIdentity();
  const address = useAnswer('session.list', {}).data?.sessions.find(({ current }) => current)?.address;
  if (address === undefined || address === '') return null;
  const { ranges, exceptions } = rules.shown.network;
  if (isWithin(address, ranges)) {
    return (
      <Note icon="done" tone="positive">
        {t('ownInside', { address })}
      </Note>
    );
  }
  const exempt = role === 'supreme' || exceptions.includes(member.id);
  return (
    <Note
      icon={exempt ? 'info' : 'warning'}
      tone={exempt ? 'neutral' : 'caution'}
      action={
        <Button size="small" onClick={() => rules.change('network.ranges', [...ranges, address])}>
          {t('ownAdd', { address })}
        </Button>
      }
    >
      {t(exempt ? 'ownExempt' : 'ownOutside', { address })}
    </Note>
  );
}
