import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '#shared/model/member.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import { useAccount, useHost } from '../app/host-context.tsx';
import { useMembers } from '../app/people.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Input } from '../ui/input.tsx';
import { Note } from '../ui/note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { textMatches } from '../ui/type-ahead.ts';
import { VirtualList } from '../ui/virtual-list.tsx';
import { useFormat } from '../ui/use-format.ts';

/** Starts a talk with one person, or makes a group. */
export function NewRoom({ open, onClose, onMade }: { open: boolean; onClose: () => void; onMade: (roomId: string) => void }) {
  const { t } = useTranslation('talk');
  return (
    <Dialog open={open} onClose={onClose} title={t('newRoom')} className="new-room">
      <NewRoomForm
        onMade={(roomId) => {
          onClose();
          onMade(roomId);
        }}
      />
    </Dialog>
  );
}

function NewRoomForm({ onMade }: { onMade: (roomId: string) => void }) {
  const { t } = useTranslation('talk');
  const format = useFormat();
  const host = useHost();
  const explain = useExplain();
  const { accountId, member: own } = useAccount();
  const members = useMembers();
  const [kind, setKind] = useState<'direct' | 'group'>('direct');
  const [name, setName] = useState('');
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const wanted = useDeferredValue(query);
  const people = useMemo(
    () =>
      [...members.values()]
        .filter(
          (person) =>
            person.id !== own.id && person.state !== 'deleted' && textMatches([person.name, person.reading, person.memberId], wanted),
        )
        .toSorted((a, b) => a.reading.localeCompare(b.reading, 'ja')),
    [members, own.id, wanted],
  );
  const make = async (memberIds: readonly string[]) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { roomId } = await host.workspace['room.create']({
        accountId,
        kind,
        name: kind === 'group' ? name.trim() : null,
        memberIds: [...memberIds],
      });
      onMade(roomId);
    } catch (error) {
      setProblem(explain(problemOf(error)));
      setBusy(false);
    }
  };
  const choose = ({ id }: Member) => {
    if (kind === 'direct') return void make([id]);
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  };
  const ready = kind === 'group' && name.trim() !== '' && chosen.length > 0;
  return (
    <div className="new-room-form">
      <Segmented
        label={t('roomKind')}
        value={kind}
        options={[
          { value: 'direct', text: t('newDirect') },
          { value: 'group', text: t('newGroup') },
        ]}
        onChange={setKind}
      />
      {kind === 'group' && <Input label={t('roomName')} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}
      {kind === 'group' && chosen.length > 0 && (
        <ul className="attachments" aria-label={t('chosen')}>
          {chosen.map((id) => (
            <li key={id} className="attachment">
              <span className="cut">{members.get(id)?.name}</span>
              <IconButton
                icon="close"
                small
                label={t('remove', { name: members.get(id)?.name ?? '' })}
                onClick={() => setChosen(chosen.filter((one) => one !== id))}
              />
            </li>
          ))}
        </ul>
      )}
      <Input label={t('findPeople')} value={query} type="search" autoFocus onChange={(event) => setQuery(event.target.value)} />
      {people.length === 0 ? (
        <p className="sm t2 prose new-room-list">{t('nobodyFound')}</p>
      ) : (
        <div className="new-room-list">
          <VirtualList
            label={t('peopleFound')}
            items={people}
            keyOf={({ id }) => id}
            heightOf={() => 44}
            isSelected={({ id }) => chosen.includes(id)}
            multiple={kind === 'group'}
            textsOf={(person) => [person.name, person.reading]}
            onChoose={choose}
            render={(person) => (
              <div className="person-row">
                <Avatar id={person.id} name={person.name} size="medium" />
                <span className="col grow">
                  <span className="cut">{person.name}</span>
                  <span className="sub cut">{format.facts([person.organisation, person.title])}</span>
                </span>
                {chosen.includes(person.id) && <Icon name="check" size={16} />}
              </div>
            )}
          />
        </div>
      )}
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      {kind === 'group' && (
        <div className="row">
          <span className="sm t3 grow">{ready ? '' : t('groupNeeds')}</span>
          <Button look="primary" disabled={!ready || busy} onClick={() => void make(chosen)}>
            {t('create')}
          </Button>
        </div>
      )}
    </div>
  );
}
