import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Group } from '#shared/model/profile.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { TileAvatar } from '../../ui/avatar.tsx';
import { Input, Select, Switch } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog, FormText, type FormValues } from '../app/form.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { Bin } from './bin.tsx';
import { PeoplePicker } from './people-picker.tsx';
import { useRules } from './use-rules.ts';

/** Groups of people across organisations (ADM-06). */
export function GroupsScreen() {
  const { t } = useTranslation('people');
  const toast = useToast();
  const format = useFormat();
  const rules = useRules();
  const [view, setView] = useState<'now' | 'bin'>('now');
  const [editing, setEditing] = useState<Group | 'new' | null>(null);
  const answer = useAnswer('group.list', { deleted: view === 'bin' });
  const names = new Map(useAnswer('directory.list', {}).data?.members.map(({ id, name }) => [id, name]));
  const remove = useAct('group.delete');
  const restore = useAct('group.restore');
  const bringBack = async ({ id, name }: { id: string; name: string }) => {
    if ((await restore.run({ id })) !== null) toast({ text: t('restored', { name }), icon: 'done' });
  };
  const take = async (group: Group) => {
    if ((await remove.run({ id: group.id })) === null) return;
    toast({ text: t('deleted', { name: group.name }), icon: 'trash', action: { text: t('undo'), onPress: () => void bringBack(group) } });
  };
  const problem = rules.problem ?? remove.problem ?? restore.problem;
  return (
    <Page
      title={t('groups')}
      mark={
        <Segmented
          label={t('view')}
          value={view}
          options={[
            { value: 'now', text: t('viewNow') },
            { value: 'bin', text: t('viewBin') },
          ]}
          onChange={setView}
        />
      }
      actions={
        <Button look="primary" icon="plus" onClick={() => setEditing('new')}>
          {t('addGroup')}
        </Button>
      }
    >
      <div className="filters">
        <span className="sm t3 prose grow">{t('groupsMore')}</span>
        {rules.policy !== undefined && (
          <label className="row sm">
            {t('groupsBy')}
            <Select
              label={t('groupsBy')}
              value={rules.policy.directory.groupsBy}
              disabled={rules.busy}
              options={[
                { value: 'administrators', text: t('by_administrators') },
                { value: 'everyone', text: t('by_everyone') },
              ]}
              onChange={(groupsBy) => rules.save({ directory: { groupsBy } })}
            />
          </label>
        )}
      </div>
      {problem !== null && (
        <div className="page-note">
          <Note icon="error" tone="danger" alert>
            {problem}
          </Note>
        </div>
      )}
      <Answered answer={answer}>
        {({ groups }) =>
          view === 'bin' ? (
            <Bin items={groups} onRestore={(group) => void bringBack(group)} />
          ) : groups.length === 0 ? (
            <Empty icon="group" title={t('noGroups')}>
              {t('noGroupsMore')}
            </Empty>
          ) : (
            <div className="page-scroll">
              <div className="box">
                {groups.map((group) => (
                  <div key={group.id} className="box-row">
                    <TileAvatar icon="group" size="medium" />
                    <span className="col grow">
                      <span className="row wrap">
                        <span className="cut">{group.name}</span>
                        {!group.visible && <Chip icon="hide">{t('hidden')}</Chip>}
                      </span>
                      <span className="xs t3 cut">
                        {format.facts([group.description, `${t('masters')}: ${group.masters.map((id) => names.get(id) ?? id).join(', ')}`])}
                      </span>
                    </span>
                    <span className="sm t3 num">{t('memberCount', { count: new Set([...group.masters, ...group.members]).size })}</span>
                    <Menu
                      align="end"
                      entries={[
                        { text: t('editGroup', { name: group.name }), icon: 'rename', onSelect: () => setEditing(group) },
                        'line',
                        { text: t('delete'), icon: 'trash', danger: true, onSelect: () => void take(group) },
                      ]}
                    >
                      <IconButton icon="more" small label={t('actionsOf', { name: group.name })} />
                    </Menu>
                  </div>
                ))}
              </div>
            </div>
          )
        }
      </Answered>
      {editing !== null && <GroupForm group={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

function GroupForm({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const { t } = useTranslation(['people', 'console']);
  const create = useAct('group.create');
  const update = useAct('group.update');
  const [masters, setMasters] = useState(group?.masters ?? []);
  const [members, setMembers] = useState(group?.members ?? []);
  const [visible, setVisible] = useState(group?.visible ?? true);
  const [missing, setMissing] = useState(false);
  const save = async (values: FormValues) => {
    if (masters.length === 0) return setMissing(true);
    const given = {
      name: values.text('name'),
      description: values.text('description'),
      visible,
      masters: [...masters],
      members: [...members],
    };
    if ((await (group === null ? create.run(given) : update.run({ id: group.id, ...given }))) !== null) onClose();
  };
  return (
    <FormDialog
      wide
      title={group === null ? t('addGroup') : t('editGroup', { name: group.name })}
      submit={t(group === null ? 'console:add' : 'console:save')}
      busy={create.busy || update.busy}
      problem={missing && masters.length === 0 ? t('needMaster') : (create.problem ?? update.problem)}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <Input name="name" label={t('name')} defaultValue={group?.name} maxLength={100} required autoFocus />
      <FormText name="description" label={t('description')} defaultValue={group?.description} maxLength={500} rows={2} />
      <label className="row">
        <Switch checked={visible} onChange={setVisible} />
        {t('visible')}
      </label>
      <PeoplePicker label={t('masters')} chosen={masters} onChange={(next) => setMasters([...next])} />
      <PeoplePicker label={t('members')} chosen={members} onChange={(next) => setMembers([...next])} />
    </FormDialog>
  );
}
