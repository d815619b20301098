import { useContext, useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingKey, SettingValue } from '#shared/model/settings.ts';
import { ContactContext } from '../app/contact.ts';
import { problemOf, useExplain } from '../app/explain.ts';
import type { EffectiveSettings } from '../app/settings-source.ts';
import { Select, Switch } from '../ui/input.tsx';
import { RuleNote } from '../ui/note.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFormat, useLanguage } from '../ui/use-format.ts';

interface RowProps {
  title: string;
  more?: string | undefined;
  /** The shield line: who decided this, whom to ask. */
  rule?: string | null;
  /** Ids for the control: its own, its name's, and what describes it. */
  children: (ids: { id: string; labelledBy: string; describedBy: string }) => ReactNode;
}

/** One setting: its name, what it means, who decides it, and its control at the right edge. */
export function Row({ title, more, rule = null, children }: RowProps) {
  const id = useId();
  return (
    <div className="setting-row">
      <div className="col grow">
        <label id={`${id}-name`} htmlFor={id}>
          {title}
        </label>
        <span id={`${id}-more`} className="col">
          {more !== undefined && <span className="sm t3 prose">{more}</span>}
          {rule !== null && (
            <span style={{ marginTop: 3 }}>
              <RuleNote>{rule}</RuleNote>
            </span>
          )}
        </span>
      </div>
      <div className="setting-control">{children({ id, labelledBy: `${id}-name`, describedBy: `${id}-more` })}</div>
    </div>
  );
}

/** A fact among the settings: nothing to change. */
export function Fact({ title, value, more }: { title: string; value: ReactNode; more?: string | undefined }) {
  return (
    <div className="setting-row">
      <div className="col grow">
        <span>{title}</span>
        {more !== undefined && <span className="sm t3 prose">{more}</span>}
      </div>
      <div className="setting-control t2 num selectable">{value}</div>
    </div>
  );
}

/** The sentence under what IT has decided, or null. */
export function useManagedNote(): (locked: boolean) => string | null {
  const { t } = useTranslation('settings');
  const contact = useContext(ContactContext)[useLanguage()];
  return (locked) => (!locked ? null : contact === '' ? t('managed') : t('managedContact', { contact }));
}

/** Saves a setting; a failure is told, and the control keeps showing what is in force. */
export function useSave(settings: EffectiveSettings) {
  const { t } = useTranslation('settings');
  const explain = useExplain();
  const toast = useToast();
  const format = useFormat();
  return <K extends SettingKey>(key: K, value: SettingValue<K>): void => {
    settings
      .set(key, value)
      .catch((error: unknown) => toast({ text: format.facts([t('notSaved'), explain(problemOf(error))]), icon: 'error' }));
  };
}

type BooleanKey = { [K in SettingKey]: SettingValue<K> extends boolean ? K : never }[SettingKey];

/** A setting that is on or off. */
export function SwitchSetting({
  settings,
  name,
  title,
  more,
}: {
  settings: EffectiveSettings;
  name: BooleanKey;
  title: string;
  more?: string;
}) {
  const save = useSave(settings);
  const managed = useManagedNote();
  const locked = settings.locked(name);
  return (
    <Row title={title} more={more} rule={managed(locked)}>
      {({ id, describedBy }) => (
        <Switch
          id={id}
          aria-describedby={describedBy}
          checked={settings.get(name)}
          disabled={locked}
          onChange={(checked) => save(name, checked)}
        />
      )}
    </Row>
  );
}

interface ChoiceSettingProps<K extends SettingKey> {
  settings: EffectiveSettings;
  name: K;
  title: string;
  more?: string;
  options: readonly { value: SettingValue<K>; text: string }[];
}

/** A setting with a few values. */
export function ChoiceSetting<K extends SettingKey>({ settings, name, title, more, options }: ChoiceSettingProps<K>) {
  const save = useSave(settings);
  const managed = useManagedNote();
  const locked = settings.locked(name);
  const at = options.findIndex(({ value }) => value === settings.get(name));
  return (
    <Row title={title} more={more} rule={managed(locked)}>
      {({ id, describedBy }) => (
        <Select
          id={id}
          describedBy={describedBy}
          value={String(at)}
          disabled={locked}
          options={options.map(({ text }, index) => ({ value: String(index), text }))}
          onChange={(index) => save(name, options[Number(index)]!.value)}
        />
      )}
    </Row>
  );
}
