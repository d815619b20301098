import { useTranslation } from 'react-i18next';
import type { Organisation } from '#shared/model/profile.ts';
import { FormDialog, FormSelect } from '../app/form.tsx';
import { placed } from './choices.ts';
import { belowOf } from './organisation-tree.tsx';

interface OrganisationMoveProps {
  organisation: Organisation;
  all: readonly Organisation[];
  onClose: () => void;
  onMove: (parentId: string | null) => void;
}

/** Where an organisation goes; what stands below itself is not offered. */
export function OrganisationMove({ organisation, all, onClose, onMove }: OrganisationMoveProps) {
  const { t } = useTranslation('people');
  const own = belowOf(organisation.id, all);
  const choices = placed(all.filter(({ id }) => !own.has(id))).map(({ id, name, depth }) => ({
    value: id,
    text: `${'　'.repeat(depth)}${name}`,
  }));
  return (
    <FormDialog
      title={t('moveTitle', { name: organisation.name })}
      submit={t('move')}
      onClose={onClose}
      onSubmit={(values) => onMove(values.textOrNull('parent'))}
    >
      <FormSelect
        name="parent"
        label={t('parent')}
        defaultValue={organisation.parentId ?? ''}
        options={[{ value: '', text: t('top') }, ...choices]}
      />
    </FormDialog>
  );
}
