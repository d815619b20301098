import { useTranslation } from 'react-i18next';
import { Avatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { MemberPicker, usePeople } from './member-picker.tsx';
import { RuleRow } from './rule-row.tsx';
import type { Rules } from './rules-context.tsx';
import { gigabyte, SizeLimit } from './size-limit.tsx';

/** DRV-18: members whose my drive has another limit. */
export function QuotaExceptions({ rules, onFault }: { rules: Rules; onFault: (field: string, faulty: boolean) => void }) {
  const { t } = useTranslation(['drives', 'ruleNames']);
  const format = useFormat();
  const people = usePeople();
  const now = rules.shown.drive.quotaExceptions;
  const before = rules.inForce.drive.quotaExceptions;
  const set = (list: typeof now) =>
    rules.change(
      'drive.quotaExceptions',
      list.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1)),
    );
  return (
    <RuleRow rules={rules} path="drive.quotaExceptions" wide>
      {() => (
        <div className="stack">
          {now.length > 0 && (
            <ul className="box">
              {now.map(({ memberId, quotaBytes }) => {
                const person = people.get(memberId);
                const name = person?.name ?? t('gone');
                return (
                  <li key={memberId} className="box-row">
                    <Avatar id={memberId} name={name} size="medium" />
                    <span className="col grow">
                      <span className="cut">{name}</span>
                      <span className="xs t3 cut">{format.facts([person?.memberId ?? memberId, person?.organisation ?? null])}</span>
                    </span>
                    {!before.some((one) => one.memberId === memberId) && <Chip tone="positive">{t('added')}</Chip>}
                    <SizeLimit
                      label={t('sizeOf', { name })}
                      value={quotaBytes}
                      none={t('ruleNames:of_unlimited')}
                      onChange={(bytes) => set(now.map((one) => (one.memberId === memberId ? { memberId, quotaBytes: bytes } : one)))}
                      onFault={(faulty) => onFault(`quota ${memberId}`, faulty)}
                    />
                    <IconButton
                      icon="close"
                      small
                      label={t('removeOne', { name })}
                      onClick={() => set(now.filter((one) => one.memberId !== memberId))}
                    />
                  </li>
                );
              })}
            </ul>
          )}
          <MemberPicker
            label={t('addMember')}
            except={now.map(({ memberId }) => memberId)}
            onChoose={({ id }) => set([...now, { memberId: id, quotaBytes: 100 * gigabyte }])}
          />
        </div>
      )}
    </RuleRow>
  );
}
