import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '#shared/model/member.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';
import { textMatches } from '../../ui/type-ahead.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useAnswer } from '../app/use-server.tsx';

interface PeoplePickerProps {
  label: string;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}
const most = 6;
const none: readonly Member[] = [];

/** Chooses colleagues: found by typing, added by a press, taken out again. */
export function PeoplePicker({ label, chosen, onChange }: PeoplePickerProps) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const members = useAnswer('directory.list', {}).data?.members ?? none;
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const found =
    wanted === ''
      ? []
      : members.filter(({ id, name, reading, memberId }) => !chosen.includes(id) && textMatches([name, reading, memberId], wanted));
  const add = (id: string) => {
    onChange([...chosen, id]);
    setText('');
  };
  return (
    <fieldset className="picker">
      <legend className="label">
        {label} <span className="num">{chosen.length}</span>
      </legend>
      {chosen.length > 0 && (
        <ul className="picked" aria-label={t('picked')}>
          {chosen.map((id) => {
            const name = members.find((member) => member.id === id)?.name ?? id;
            return (
              <li key={id} className="chip">
                {name}
                <IconButton icon="close" small label={t('unpick', { name })} onClick={() => onChange(chosen.filter((one) => one !== id))} />
              </li>
            );
          })}
        </ul>
      )}
      <Input
        label={null}
        aria-label={`${label}: ${t('pickPeople')}`}
        placeholder={t('pickPeople')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (found[0] !== undefined) add(found[0].id);
        }}
      />
      {wanted !== '' && (
        <div className="box" role="group" aria-label={t('pickPeople')}>
          {found.length === 0 && <p className="box-row sm t3">{t('pickNothing')}</p>}
          {found.slice(0, most).map((member) => (
            <button key={member.id} type="button" className="box-row pick" onClick={() => add(member.id)}>
              <Avatar id={member.id} name={member.name} size="small" />
              <span className="cut">{member.name}</span>
              <span className="xs t3 cut grow">{format.facts([member.memberId, member.organisation])}</span>
            </button>
          ))}
        </div>
      )}
    </fieldset>
  );
}
