import { settings, type SettingKey, type SettingValue } from '#shared/model/settings.ts';
import type { LineSettings } from '../transport/line.ts';
import type { NetworkSettings } from './app-http.ts';

/** A setting of those that are in force; its default where it is missing. Throws when it is none of its kind. */
const valueOf = <K extends SettingKey>(values: Readonly<Record<string, unknown>>, key: K): SettingValue<K> =>
  settings[key].schema.parse(values[key] ?? settings[key].fallback) as SettingValue<K>;

/** What holds contents back (EXP-17). */
export const lineSettings = (values: Readonly<Record<string, unknown>>): LineSettings => ({
  uploadLimitKiB: valueOf(values, 'uploadLimitKiB'),
  downloadLimitKiB: valueOf(values, 'downloadLimitKiB'),
  fullSpeedHours: valueOf(values, 'fullSpeedHours'),
  pauseOnMetered: valueOf(values, 'pauseOnMetered'),
});

/** The way to the network (DEP-06). */
export const networkSettings = (values: Readonly<Record<string, unknown>>): NetworkSettings => ({
  proxyUrl: valueOf(values, 'proxyUrl'),
  extraRootCertificates: valueOf(values, 'extraRootCertificates'),
});
