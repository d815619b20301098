import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import type { Permission } from '#shared/model/drive.ts';
import { Checkbox, Input, Select, Switch } from '../../ui/input.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { FormDialog, FormText, type FormValues } from '../app/form.tsx';
import { useMay } from '../app/identity.ts';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { PeoplePicker } from '../people/people-picker.tsx';
import { SizeLimit } from '../rules/size-limit.tsx';

const everybody = '*';
type Given = readonly { readonly member: string; readonly permission: Permission }[];

/** Makes a shared drive or changes one (DRV-02). */
export function SharedDriveForm({ drive, onClose }: { drive: AdministeredSpace | null; onClose: () => void }) {
  const { t } = useTranslation(['drives', 'console']);
  const create = useAct('space.create');
  const update = useAct('space.update');
  const setMembers = useAct('space.setMembers');
  const [masters, setMasters] = useState<readonly string[]>(drive?.masters ?? []);
  const [given, setGiven] = useState<Given>(drive?.members ?? [{ member: everybody, permission: 'edit' }]);
  const [links, setLinks] = useState(drive?.links ?? true);
  const [hidden, setHidden] = useState(drive?.private ?? false);
  const [quotaBytes, setQuota] = useState(drive?.quotaBytes ?? null);
  const [userTypes, setUserTypes] = useState<readonly string[]>(drive?.userTypes ?? []);
  const [missing, setMissing] = useState(false);
  const [faulty, setFaulty] = useState(false);

  const save = async (values: FormValues) => {
    if (masters.length === 0) return setMissing(true);
    if (faulty) return;
    const options = {
      name: values.text('name'),
      description: values.text('description'),
      masters: [...masters],
      links,
      private: hidden,
      quotaBytes,
      userTypes: userTypes.length === 0 ? null : [...userTypes],
    };
    const members = [...given];
    if (drive === null) {
      if ((await create.run({ ...options, members })) !== null) onClose();
      return;
    }
    if ((await update.run({ spaceId: drive.id, ...options })) === null) return;
    const same = JSON.stringify(members) === JSON.stringify(drive.members);
    if (same || (await setMembers.run({ spaceId: drive.id, members })) !== null) onClose();
  };
  return (
    <FormDialog
      wide
      title={drive === null ? t('add') : t('edit', { name: drive.name })}
      submit={t(drive === null ? 'console:add' : 'console:save')}
      busy={create.busy || update.busy || setMembers.busy}
      problem={missing && masters.length === 0 ? t('needMaster') : (create.problem ?? update.problem ?? setMembers.problem)}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <Input name="name" label={t('name')} defaultValue={drive?.name} maxLength={200} required autoFocus />
      <FormText name="description" label={t('description')} defaultValue={drive?.description} maxLength={1_000} rows={2} />
      <PeoplePicker label={t('masters')} chosen={masters} onChange={setMasters} />
      <Members given={given} onChange={setGiven} />
      <UserTypes chosen={userTypes} onChange={setUserTypes} />
      <label className="row">
        <Switch checked={links} onChange={setLinks} />
        {t('linksAllowed')}
      </label>
      <div className="col">
        <label className="row">
          <Switch checked={hidden} onChange={setHidden} />
          {t('private')}
        </label>
        <span className="sm t3 prose">{t('privateMore')}</span>
      </div>
      <div className="col">
        <span className="label">{t('quota')}</span>
        <SizeLimit label={t('quota')} value={quotaBytes} none={t('quotaRule')} onChange={setQuota} onFault={setFaulty} />
      </div>
    </FormDialog>
  );
}

/** Everybody, or those who are named, each with what they may do. */
function Members({ given, onChange }: { given: Given; onChange: (given: Given) => void }) {
  const { t } = useTranslation('drives');
  const members = useAnswer('directory.list', {}).data?.members ?? [];
  const rights = (['edit', 'read', 'none'] as const).map((value) => ({ value, text: t(`may_${value}`) }));
  const all = given.find(({ member }) => member === everybody);
  const named = given.filter(({ member }) => member !== everybody);
  const setNamed = (next: Given) => onChange([...(all === undefined ? [] : [all]), ...next]);
  return (
    <div className="col">
      <span className="label">{t('scope')}</span>
      <Segmented
        label={t('scope')}
        value={all === undefined ? 'named' : 'all'}
        options={[
          { value: 'all', text: t('scopeAll') },
          { value: 'named', text: t('scopeNamed') },
        ]}
        onChange={(scope) => onChange(scope === 'all' ? [{ member: everybody, permission: 'edit' }, ...named] : named)}
      />
      {all !== undefined && (
        <label className="row">
          {t('everybodyMay')}
          <Select
            label={t('everybodyMay')}
            value={all.permission}
            options={rights.filter(({ value }) => value !== 'none')}
            onChange={(permission) => onChange([{ member: everybody, permission }, ...named])}
          />
        </label>
      )}
      <PeoplePicker
        label={t('members')}
        chosen={named.map(({ member }) => member)}
        onChange={(chosen) =>
          setNamed(chosen.map((member) => named.find((one) => one.member === member) ?? { member, permission: 'edit' as const }))
        }
      />
      {named.map(({ member, permission }) => {
        const name = members.find(({ id }) => id === member)?.name ?? member;
        return (
          <span key={member} className="row">
            <span className="grow cut">{name}</span>
            <Select
              label={t('mayOf', { name })}
              value={permission}
              options={rights}
              onChange={(next) => setNamed(named.map((one) => (one.member === member ? { member, permission: next } : one)))}
            />
          </span>
        );
      })}
    </div>
  );
}

/** DRV-02: by user type, for who may see the types. */
function UserTypes({ chosen, onChange }: { chosen: readonly string[]; onChange: (chosen: readonly string[]) => void }) {
  const { t } = useTranslation('drives');
  const may = useMay();
  const { data } = useAnswer('post.list', { kind: 'user_type' }, { enabled: may('organisations') });
  const types = data?.posts ?? [];
  if (types.length === 0) return null;
  return (
    <div className="col" role="group" aria-label={t('userTypes')}>
      <span className="label">{t('userTypes')}</span>
      <span className="sm t3 prose">{t('userTypesMore')}</span>
      {types.map(({ id, name }) => (
        <Checkbox
          key={id}
          checked={chosen.includes(id)}
          onChange={(on) => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
        >
          {name}
        </Checkbox>
      ))}
    </div>
  );
}
