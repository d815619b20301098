import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { DriveContract } from '#shared/contract/drive.ts';
import type { Space } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer, useHost } from '../../app/host-context.tsx';
import { useMembers } from '../../app/people.tsx';
import { Progress } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, Input } from '../../ui/input.tsx';
import { ErrorNote, Note, RuleNote } from '../../ui/note.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useFormat } from '../../ui/use-format.ts';

type Properties = OutputOf<DriveContract, 'drive.properties'>;

/** A drive's name, masters and limits (DRV-02, TLK-62): to be read by all, changed by its masters. */
export function DriveSettings({ space, onClose }: { space: Space; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { accountId } = useAccount();
  const answer = useAnswer('drive.properties', { accountId, spaceId: space.id });
  return (
    <Dialog open onClose={onClose} title={t('driveTitle', { name: space.name })} className="share-dialog">
      {answer.data === undefined && answer.error === null && (
        <Skeleton rows={5} height={34} label={t('properties', { name: space.name })} />
      )}
      {answer.data === undefined && answer.error !== null && (
        <ErrorNote title={t('loadFailed')} retry={{ text: t('retry'), onPress: () => void answer.refetch() }}>
          {explain(problemOf(answer.error))}
        </ErrorNote>
      )}
      {answer.data !== undefined && <Settings properties={answer.data} onClose={onClose} />}
    </Dialog>
  );
}

function Settings({ properties, onClose }: { properties: Properties; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const { workspace } = useHost();
  const { accountId } = useAccount();
  const { space } = properties;
  const [masters, setMasters] = useState<readonly string[]>(properties.masters);
  const [links, setLinks] = useState(space.links);
  const [uploadNotices, setNotices] = useState(properties.uploadNotices);
  const [keepTalkFiles, setKeep] = useState(properties.keepTalkFiles);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isShared = space.kind === 'shared';
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    setBusy(true);
    try {
      await workspace['drive.setProperties']({
        ...{ accountId, spaceId: space.id, links },
        ...(isShared ? { name: text('name'), description: text('description'), masters: [...masters] } : {}),
        ...(space.kind === 'room' ? { uploadNotices, keepTalkFiles } : {}),
      });
      onClose();
    } catch (error) {
      setProblem(explain(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };
  const may = space.isMaster && (isShared || space.kind === 'room');
  return (
    <form className="share-body" onSubmit={(event) => void save(event)}>
      {isShared && (
        <>
          <Input name="name" label={t('driveName')} defaultValue={space.name} maxLength={200} required disabled={!may} />
          <Input name="description" label={t('driveDescription')} defaultValue={space.description} maxLength={1_000} disabled={!may} />
          <Masters chosen={masters} may={may} onChange={setMasters} />
        </>
      )}
      <Use properties={properties} />
      {(isShared || space.kind === 'room') && (
        <Checkbox checked={links} disabled={!may} onChange={setLinks}>
          {t('driveLinks')}
        </Checkbox>
      )}
      {space.kind === 'room' && (
        <>
          <Checkbox checked={uploadNotices} disabled={!may} onChange={setNotices}>
            {t('driveNotices')}
          </Checkbox>
          <Checkbox checked={keepTalkFiles} disabled={!may} onChange={setKeep}>
            {t('driveKeep')}
          </Checkbox>
        </>
      )}
      {!may && (isShared || space.kind === 'room') && <RuleNote>{t('driveReadOnly')}</RuleNote>}
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      <div className="share-end">
        <span className="push" />
        <Button onClick={onClose}>{t(may ? 'cancel' : 'close')}</Button>
        {may && (
          <Button type="submit" look="primary" disabled={busy || (isShared && masters.length === 0)}>
            {t('save')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Masters({ chosen, may, onChange }: { chosen: readonly string[]; may: boolean; onChange: (chosen: readonly string[]) => void }) {
  const { t } = useTranslation('sharing');
  const people = useMembers();
  return (
    <div className="col">
      <span className="label">{t('driveMasters')}</span>
      <ul className="chips">
        {chosen.map((id) => {
          const name = people.get(id)?.name ?? id;
          return (
            <li key={id} className="chip">
              {name}
              {may && chosen.length > 1 && (
                <IconButton
                  small
                  icon="close"
                  label={t('removePerson', { name })}
                  onClick={() => onChange(chosen.filter((one) => one !== id))}
                />
              )}
            </li>
          );
        })}
      </ul>
      {may && (
        <PersonPicker
          label={t('addPerson')}
          nobodyFound={t('nobodyFound')}
          people={people}
          except={chosen}
          onChoose={({ id }) => onChange([...chosen, id])}
        />
      )}
    </div>
  );
}

/** How much the drive holds, of how much. */
function Use({ properties: { space, trashBytes, versionBytes } }: { properties: Properties }) {
  const { t } = useTranslation('sharing');
  const format = useFormat();
  const { usedBytes, quotaBytes } = space;
  const used = usedBytes === null ? [] : [quotaBytes === null ? format.size(usedBytes) : format.share(usedBytes, quotaBytes)];
  return (
    <div className="col">
      <span className="label">{t('driveUsed')}</span>
      {usedBytes !== null && quotaBytes !== null && (
        <Progress done={Math.min(usedBytes, quotaBytes)} total={quotaBytes} label={t('driveUsed')} />
      )}
      <span className="xs t3 num">
        {format.facts([...used, `${t('driveTrash')} ${format.size(trashBytes)}`, `${t('driveVersions')} ${format.size(versionBytes)}`])}
      </span>
    </div>
  );
}
