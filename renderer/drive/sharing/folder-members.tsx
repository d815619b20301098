import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FolderMember, GivenPermission } from '#shared/contract/drive.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { useMembers } from '../../app/people.tsx';
import { Avatar, TileAvatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/input.tsx';
import { ErrorNote, Note } from '../../ui/note.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';

const everybody = '*';

/** Who may do what in a folder, and, for its masters, the ways to change that. */
export function FolderMembers({ folder, space, onClose }: { folder: Node; space: Space; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { accountId } = useAccount();
  const answer = useAnswer('drive.permissions', { accountId, folderId: folder.id });
  if (answer.data === undefined) {
    if (answer.error === null) return <Skeleton rows={4} height={38} label={t('people')} />;
    return (
      <ErrorNote title={t('loadFailed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(answer.error))}
      </ErrorNote>
    );
  }
  const { members, restricted, mayChange } = answer.data;
  const key = JSON.stringify(members);
  return (
    <MemberEditor
      key={key}
      folder={folder}
      members={members}
      restricted={restricted}
      // A my drive has nobody to have members from.
      isOwn={space.kind === 'my'}
      mayChange={mayChange && folder.parentId !== null}
      onClose={onClose}
    />
  );
}

interface EditorProps {
  folder: Node;
  members: readonly FolderMember[];
  restricted: boolean;
  isOwn: boolean;
  mayChange: boolean;
  onClose: () => void;
}

function MemberEditor({ folder, members, restricted, isOwn, mayChange, onClose }: EditorProps) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const toast = useToast();
  const { workspace } = useHost();
  const { accountId, member: me } = useAccount();
  const people = useMembers();
  const before = members.filter(({ inherited }) => !inherited).map(({ member, permission }) => ({ member, permission }));
  const inherited = members.filter((one) => one.inherited);
  const [given, setGiven] = useState<readonly GivenPermission[] | null>(restricted ? before : null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isChanged = JSON.stringify(given) !== JSON.stringify(restricted ? before : null);
  const save = async () => {
    setBusy(true);
    try {
      const list = given === null || (isOwn && given.length === 0) ? null : [...given];
      await workspace['drive.setPermissions']({ accountId, folderId: folder.id, members: list });
      toast({ key: 'drive', text: t('saved'), icon: 'done' });
      onClose();
    } catch (error) {
      setProblem(`${t('notSaved')}${explain(problemOf(error))}`);
    } finally {
      setBusy(false);
    }
  };
  const editing = given !== null || isOwn;
  const list = given ?? [];
  return (
    <div className="share-body">
      <p className="sm t2 prose">{t(isOwn ? 'shareMine' : given === null ? 'inherits' : 'restricted')}</p>
      {mayChange && editing && (
        <PersonPicker
          label={t('addPerson')}
          nobodyFound={t('nobodyFound')}
          people={people}
          except={[me.id, ...list.map(({ member }) => member)]}
          onChoose={({ id }) => setGiven([...list, { member: id, permission: 'edit' }])}
        />
      )}
      <ul className="share-people">
        {list.map(({ member, permission }) => (
          <Person
            key={member}
            member={member}
            permission={permission}
            mayChange={mayChange}
            onChange={(next) => setGiven(list.map((one) => (one.member === member ? { member, permission: next } : one)))}
            onRemove={() => setGiven(list.filter((one) => one.member !== member))}
          />
        ))}
        {inherited
          .filter(({ member }) => !list.some((one) => one.member === member))
          .map(({ member, permission }) => (
            <Person key={member} member={member} permission={permission} note={t('inheritedFrom')} mayChange={false} />
          ))}
      </ul>
      {!mayChange && <p className="sm t3 prose">{t('onlyMasters')}</p>}
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      {mayChange && (
        <div className="share-end">
          {!isOwn && (
            <Button
              look="quiet"
              onClick={() =>
                setGiven(
                  given === null
                    ? [
                        { member: everybody, permission: 'none' },
                        { member: me.id, permission: 'edit' },
                      ]
                    : null,
                )
              }
            >
              {t(given === null ? 'restrict' : 'inheritAgain')}
            </Button>
          )}
          <span className="push" />
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" disabled={!isChanged || busy} onClick={() => void save()}>
            {t('save')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface PersonProps {
  member: string;
  permission: GivenPermission['permission'];
  note?: string;
  mayChange: boolean;
  onChange?: (permission: GivenPermission['permission']) => void;
  onRemove?: () => void;
}

function Person({ member, permission, note, mayChange, onChange, onRemove }: PersonProps) {
  const { t } = useTranslation('sharing');
  const format = useFormat();
  const person = useMembers().get(member);
  const name = member === everybody ? t('everybody') : (person?.name ?? member);
  return (
    <li className="share-person">
      {member === everybody ? <TileAvatar icon="group" size="medium" /> : <Avatar id={member} name={name} size="medium" />}
      <span className="col grow">
        <span className="cut">{name}</span>
        <span className="xs t3 cut">{format.facts([person?.organisation ?? null, note ?? null])}</span>
      </span>
      {mayChange && onChange !== undefined ? (
        <Select
          label={t('mayOf', { name })}
          value={permission}
          options={(['edit', 'read', 'none'] as const).map((value) => ({ value, text: t(`may_${value}`) }))}
          onChange={onChange}
        />
      ) : (
        <span className="sm t2">{t(`may_${permission}`)}</span>
      )}
      {mayChange && onRemove !== undefined && <IconButton small icon="close" label={t('removePerson', { name })} onClick={onRemove} />}
    </li>
  );
}
