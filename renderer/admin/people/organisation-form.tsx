import { useTranslation } from 'react-i18next';
import type { Organisation } from '#shared/model/profile.ts';
import { Input } from '../../ui/input.tsx';
import { FormDialog, FormText, type FormValues } from '../app/form.tsx';
import { useAct } from '../app/use-server.tsx';

interface OrganisationFormProps {
  /** Null for a new one. */
  organisation: Organisation | null;
  /** Below which a new one stands; null for the top. */
  parent: Organisation | null;
  onClose: () => void;
}

/** Makes an organisation, or changes what it is called. */
export function OrganisationForm({ organisation, parent, onClose }: OrganisationFormProps) {
  const { t } = useTranslation(['people', 'console']);
  const create = useAct('organisation.create');
  const update = useAct('organisation.update');
  const save = async (values: FormValues) => {
    const given = { name: values.text('name'), description: values.text('description') };
    const saved =
      organisation === null
        ? await create.run({ ...given, parentId: parent?.id ?? null })
        : await update.run({ id: organisation.id, ...given });
    if (saved !== null) onClose();
  };
  const title = organisation !== null ? t('rename') : parent === null ? t('addTitle') : t('addTitleIn', { name: parent.name });
  return (
    <FormDialog
      title={title}
      submit={t(organisation === null ? 'console:add' : 'console:save')}
      busy={create.busy || update.busy}
      problem={create.problem ?? update.problem}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <Input name="name" label={t('name')} defaultValue={organisation?.name} maxLength={100} required autoFocus />
      <FormText name="description" label={t('description')} defaultValue={organisation?.description} maxLength={500} />
    </FormDialog>
  );
}
