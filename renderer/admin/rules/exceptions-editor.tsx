import { useTranslation } from 'react-i18next';
import { Avatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { MemberPicker, usePeople } from './member-picker.tsx';
import type { Rules } from './rules-context.tsx';

/** NET-06: who may use any address. */
export function ExceptionsEditor({ rules }: { rules: Rules }) {
  const { t } = useTranslation('network');
  const format = useFormat();
  const people = usePeople();
  const now = rules.shown.network.exceptions;
  const before = rules.inForce.network.exceptions;
  // The server keeps them in this order.
  const set = (ids: readonly string[]) => rules.change('network.exceptions', [...ids].toSorted());
  return (
    <div className="stack" data-rule="network.exceptions">
      {now.length === 0 ? (
        <p className="sm t3">{t('exceptionsEmpty')}</p>
      ) : (
        <ul className="box">
          {now.map((id) => {
            const person = people.get(id);
            const name = person?.name ?? t('gone');
            return (
              <li key={id} className="box-row">
                <Avatar id={id} name={name} size="medium" />
                <span className="col grow">
                  <span className="cut">{name}</span>
                  <span className="xs t3 cut">{format.facts([person?.memberId ?? id, person?.organisation ?? null])}</span>
                </span>
                {!before.includes(id) && <Chip tone="positive">{t('added')}</Chip>}
                <IconButton icon="close" small label={t('removeOne', { name })} onClick={() => set(now.filter((one) => one !== id))} />
              </li>
            );
          })}
        </ul>
      )}
      <MemberPicker label={t('addMember')} except={now} onChoose={({ id }) => set([...now, id])} />
    </div>
  );
}
