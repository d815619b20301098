import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import {
  effectiveSettings,
  settings,
  type EffectiveSetting,
  type SettingKey,
  type SettingLayer,
  type SettingValue,
} from '#shared/model/settings.ts';
import { readJson, writeJson } from './json-file.ts';

/** The person's own choices as they lie in the profile. Keys of newer versions are carried along untouched. */
const Choices = z.record(z.string(), z.unknown());
const SettingsFile = z.looseObject({ version: z.number(), app: Choices.default({}), accounts: z.record(z.string(), Choices).default({}) });
type SettingsFile = z.infer<typeof SettingsFile>;

export interface SettingsStore {
  /** What is in force for an account (or, with null, for the app) and who decided it. */
  effective(accountId: string | null): Record<SettingKey, EffectiveSetting>;
  /** The app-wide value in force. */
  value<K extends SettingKey>(key: K): SettingValue<K>;
  /** Keeps a person's choice. Throws `denied` where IT decided, `invalid` where the value does not fit. */
  set(accountId: string | null, key: SettingKey, value: unknown): void;
}

/**
 * Opens the settings of a profile.
 * @param layers what IT decided (DEP-02); read anew each time, so that a changed policy counts at once
 */
export function openSettings(options: {
  readonly file: string;
  readonly layers: () => readonly SettingLayer[];
  readonly now: () => number;
  readonly report: (error: unknown) => void;
  readonly onChange: (key: SettingKey) => void;
}): SettingsStore {
  const { file, layers, now, report, onChange } = options;
  let kept: SettingsFile = readJson(file, SettingsFile, now(), report) ?? { version: 1, app: {}, accounts: {} };

  const effective = (accountId: string | null) => {
    const own = accountId === null ? {} : (kept.accounts[accountId] ?? {});
    const values = Object.fromEntries(
      Object.entries(settings).flatMap(([key, { scope }]) => {
        const from = scope === 'app' ? kept.app : own;
        return Object.hasOwn(from, key) ? [[key, from[key]]] : [];
      }),
    );
    return effectiveSettings([{ source: 'person', strength: 'default', values }, ...layers()]);
  };

  return {
    effective,
    value: <K extends SettingKey>(key: K) => effective(null)[key].value as SettingValue<K>,
    set: (accountId, key, value) => {
      const { schema, scope } = settings[key];
      const parsed = schema.safeParse(value);
      if (!parsed.success) throw new AppError('invalid', `${key}: ${z.prettifyError(parsed.error)}`);
      if (effective(accountId)[key].locked) throw new AppError('denied', `${key} is decided by IT`, { details: { reason: 'managed' } });
      if (scope === 'account' && accountId === null) throw new AppError('invalid', `${key} belongs to an account`);
      const next = structuredClone(kept);
      if (scope === 'app') next.app[key] = parsed.data;
      else next.accounts[accountId!] = { ...next.accounts[accountId!], [key]: parsed.data };
      writeJson(file, next);
      kept = next;
      onChange(key);
    },
  };
}
