import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdministeredSpace } from '#shared/contract/admin.ts';
import { TileAvatar } from '../../ui/avatar.tsx';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { FormDialog } from '../app/form.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { Bin } from '../people/bin.tsx';
import { SharedDriveForm } from './shared-drive-form.tsx';

/** Shared drives: who uses them, their masters and limits (DRV-01 to DRV-05). */
export function SharedDrivesScreen() {
  const { t } = useTranslation('drives');
  const toast = useToast();
  const [view, setView] = useState<'now' | 'bin'>('now');
  const [editing, setEditing] = useState<AdministeredSpace | 'new' | null>(null);
  const [leaving, setLeaving] = useState<AdministeredSpace | null>(null);
  const answer = useAnswer('space.list', {});
  const remove = useAct('space.delete');
  const restore = useAct('space.restore');
  const bringBack = async ({ id, name }: { id: string; name: string }) => {
    if ((await restore.run({ spaceId: id })) !== null) toast({ text: t('restored', { name }), icon: 'done' });
  };
  const take = async (drive: AdministeredSpace) => {
    if ((await remove.run({ spaceId: drive.id })) === null) return;
    setLeaving(null);
    toast({ text: t('deleted', { name: drive.name }), icon: 'trash' });
  };
  return (
    <Page
      title={t('sharedDrives')}
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
          {t('add')}
        </Button>
      }
    >
      <div className="filters">
        <span className="sm t3 prose grow">{t('more')}</span>
      </div>
      {restore.problem !== null && (
        <div className="page-note">
          <Note icon="error" tone="danger" alert>
            {restore.problem}
          </Note>
        </div>
      )}
      <Answered answer={answer}>
        {({ spaces }) => {
          const present = spaces.filter(({ deletedAt }) => deletedAt === null);
          if (view === 'bin')
            return <Bin items={spaces.filter(({ deletedAt }) => deletedAt !== null)} onRestore={(one) => void bringBack(one)} />;
          if (present.length === 0) {
            return (
              <Empty icon="folder" title={t('none')}>
                {t('noneMore')}
              </Empty>
            );
          }
          return (
            <div className="page-scroll">
              <div className="box">
                {present.map((drive) => (
                  <DriveRow key={drive.id} drive={drive} onEdit={() => setEditing(drive)} onDelete={() => setLeaving(drive)} />
                ))}
              </div>
            </div>
          );
        }}
      </Answered>
      {editing !== null && <SharedDriveForm drive={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {leaving !== null && (
        <FormDialog
          title={t('deleteTitle', { name: leaving.name })}
          submit={t('delete')}
          look="danger"
          busy={remove.busy}
          problem={remove.problem}
          onClose={() => setLeaving(null)}
          onSubmit={() => void take(leaving)}
        >
          <p className="prose">{t('deleteMore')}</p>
        </FormDialog>
      )}
    </Page>
  );
}

function DriveRow({ drive, onEdit, onDelete }: { drive: AdministeredSpace; onEdit: () => void; onDelete: () => void }) {
  const { t } = useTranslation('drives');
  const format = useFormat();
  const names = new Map(useAnswer('directory.list', {}).data?.members.map(({ id, name }) => [id, name]));
  const size = format.size(drive.usedBytes);
  const named = drive.members.filter(({ member, permission }) => member !== '*' && permission !== 'none');
  const open = drive.members.some(({ member, permission }) => member === '*' && permission !== 'none');
  return (
    <div className="box-row">
      <TileAvatar icon="folder" size="medium" />
      <span className="col grow">
        <span className="row wrap">
          <span className="cut">{drive.name}</span>
          {drive.private && <Chip icon="hide">{t('privateChip')}</Chip>}
          {!drive.links && <Chip>{t('noLinks')}</Chip>}
        </span>
        <span className="xs t3 cut">
          {format.facts([
            drive.description,
            drive.masters.length === 0 ? null : `${t('masters')}: ${drive.masters.map((id) => names.get(id) ?? id).join(', ')}`,
          ])}
        </span>
      </span>
      <span className="sm t3 num">
        {drive.quotaBytes === null ? t('used', { size }) : t('usedOf', { size, limit: format.size(drive.quotaBytes) })}
      </span>
      <span className="sm t3 num">{open ? t('scopeAll') : t('nMembers', { count: named.length })}</span>
      <Menu
        align="end"
        entries={[
          { text: t('edit', { name: drive.name }), icon: 'rename', onSelect: onEdit },
          'line',
          { text: t('delete'), icon: 'trash', danger: true, onSelect: onDelete },
        ]}
      >
        <IconButton icon="more" small label={t('actionsOf', { name: drive.name })} />
      </Menu>
    </div>
  );
}
