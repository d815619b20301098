import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CustomRole } from '#shared/model/profile.ts';
import { dangerousRights, GivenRight } from '#shared/model/rights.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Checkbox, Input } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Note, RuleNote } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog, type FormValues } from '../app/form.tsx';
import { useIdentity } from '../app/identity.ts';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';

const builtIn = ['supreme', 'administrator', 'operator'] as const;

/** Who may administer what: the roles that there always are, and the company's own (ADM-10…12). */
export function RolesScreen() {
  const { t } = useTranslation(['people', 'console']);
  const format = useFormat();
  const mayShape = useIdentity().role === 'supreme';
  const answer = useAnswer('role.list', {});
  const remove = useAct('role.delete');
  const [editing, setEditing] = useState<CustomRole | 'new' | null>(null);
  return (
    <Page
      title={t('roles')}
      actions={
        mayShape && (
          <Button look="primary" icon="plus" onClick={() => setEditing('new')}>
            {t('addRole')}
          </Button>
        )
      }
    >
      <Answered answer={answer}>
        {({ roles }) => (
          <div className="page-scroll narrow">
            <p className="sm t3 prose">{t('rolesMore')}</p>
            {!mayShape && <RuleNote>{t('rolesOnlySupreme')}</RuleNote>}
            <h2>{t('builtIn')}</h2>
            <div className="box">
              {builtIn.map((role) => (
                <div key={role} className="box-row">
                  <Icon name="shield" size={16} className="t3" />
                  <span className="col grow">
                    <span>{t(`console:role_${role}`)}</span>
                    <span className="xs t3 prose">{t(`role_${role}More`)}</span>
                  </span>
                </div>
              ))}
            </div>
            <h2>{t('ownRoles')}</h2>
            {remove.problem !== null && (
              <Note icon="error" tone="danger" alert>
                {remove.problem}
              </Note>
            )}
            <div className="box">
              {roles.length === 0 && <p className="box-row sm t3">{t('noRoles')}</p>}
              {roles.map((role) => (
                <div key={role.id} className="box-row">
                  <Icon name="key" size={16} className="t3" />
                  <span className="col grow">
                    <span className="row wrap">
                      <span className="cut">{role.name}</span>
                      {role.rights.some((right) => dangerousRights.has(right)) && (
                        <Chip tone="caution" icon="warning">
                          {t('dangerous')}
                        </Chip>
                      )}
                    </span>
                    <span className="xs t3 prose">{format.facts(role.rights.map((right) => t(`right_${right}`)))}</span>
                  </span>
                  <span className="sm t3 num">{t('memberCount', { count: role.memberCount })}</span>
                  {mayShape && (
                    <Menu
                      align="end"
                      entries={[
                        { text: t('console:edit'), icon: 'rename', onSelect: () => setEditing(role) },
                        'line',
                        { text: t('delete'), icon: 'trash', danger: true, onSelect: () => void remove.run({ id: role.id }) },
                      ]}
                    >
                      <IconButton icon="more" small label={t('actionsOf', { name: role.name })} />
                    </Menu>
                  )}
                </div>
              ))}
            </div>
          </div>
        )}
      </Answered>
      {editing !== null && <RoleForm role={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

function RoleForm({ role, onClose }: { role: CustomRole | null; onClose: () => void }) {
  const { t } = useTranslation(['people', 'console']);
  const create = useAct('role.create');
  const update = useAct('role.update');
  const [rights, setRights] = useState<ReadonlySet<GivenRight>>(
    new Set(GivenRight.options.filter((right) => role?.rights.includes(right))),
  );
  const [missing, setMissing] = useState(false);
  const toggle = (right: GivenRight, on: boolean) => {
    const next = new Set(rights);
    if (on) next.add(right);
    else next.delete(right);
    setRights(next);
  };
  const save = async (values: FormValues) => {
    if (rights.size === 0) return setMissing(true);
    const given = { name: values.text('name'), rights: [...rights] };
    if ((await (role === null ? create.run(given) : update.run({ id: role.id, ...given }))) !== null) onClose();
  };
  return (
    <FormDialog
      title={role === null ? t('addRole') : t('editRole', { name: role.name })}
      submit={t(role === null ? 'console:add' : 'console:save')}
      busy={create.busy || update.busy}
      problem={missing && rights.size === 0 ? t('rightsNone') : (create.problem ?? update.problem)}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <Input name="name" label={t('name')} defaultValue={role?.name} maxLength={100} required autoFocus />
      <fieldset className="picker">
        <legend className="label">{t('rights')}</legend>
        {GivenRight.options.map((right) => (
          <Checkbox key={right} checked={rights.has(right)} onChange={(on) => toggle(right, on)}>
            <span className="row wrap">
              {t(`right_${right}`)}
              {dangerousRights.has(right) && (
                <Chip tone="caution" icon="warning">
                  {t('dangerous')}
                </Chip>
              )}
            </span>
          </Checkbox>
        ))}
      </fieldset>
      {[...rights].some((right) => dangerousRights.has(right)) && (
        <Note icon="warning" tone="caution">
          {t('dangerousMore')}
        </Note>
      )}
    </FormDialog>
  );
}
