import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { effectiveSettings, settings, type EffectiveSetting, type SettingKey, type SettingValue } from '#shared/model/settings.ts';
import { useAnswer, useHost } from './host-context.tsx';

const browserKey = 'hikyaku.settings';
const browserChanged = 'hikyaku-settings';

/** A browser keeps the person's choices beside the page; there is no shell and nobody else who could decide them. */
const readBrowser = (): string => {
  try {
    return localStorage.getItem(browserKey) ?? '{}';
  } catch {
    return '{}';
  }
};
const subscribeBrowser = (listener: () => void): (() => void) => {
  window.addEventListener(browserChanged, listener);
  window.addEventListener('storage', listener);
  return () => {
    window.removeEventListener(browserChanged, listener);
    window.removeEventListener('storage', listener);
  };
};
const parse = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** Every setting in force, typed: from the shell in the app, from the page's storage in a browser. */
export interface EffectiveSettings {
  get<K extends SettingKey>(key: K): SettingValue<K>;
  /** True where IT decided it: the person cannot change it here. */
  locked(key: SettingKey): boolean;
  /** Saves the person's choice; shown when the host says so. Throws `AppError`. */
  set<K extends SettingKey>(key: K, value: SettingValue<K>): Promise<void>;
  /** False until the shell has answered. */
  readonly ready: boolean;
}

/** The settings of the app and, with `accountId`, of that account. */
export function useSettings(accountId: string | null): EffectiveSettings {
  const host = useHost();
  const client = useQueryClient();
  const answer = useAnswer('shell.settings', { accountId });
  const stored = useSyncExternalStore(subscribeBrowser, readBrowser);
  const values = useMemo<Partial<Record<string, EffectiveSetting>>>(() => {
    if (host.shell !== null) return answer.data?.settings ?? {};
    return effectiveSettings([{ source: 'person', strength: 'default', values: parse(stored) }]);
  }, [host, answer.data, stored]);
  const set = useCallback<EffectiveSettings['set']>(
    async (key, value) => {
      if (host.shell === null) {
        localStorage.setItem(browserKey, JSON.stringify({ ...parse(readBrowser()), [key]: value }));
        window.dispatchEvent(new Event(browserChanged));
        return;
      }
      await host.shell['shell.setSetting']({ accountId: settings[key].scope === 'account' ? accountId : null, key, value });
      await client.invalidateQueries({ queryKey: ['shell.settings'] });
    },
    [host, client, accountId],
  );
  return useMemo(
    () => ({
      get: (key) => {
        const parsed = settings[key].schema.safeParse(values[key]?.value);
        return (parsed.success ? parsed.data : settings[key].fallback) as never;
      },
      locked: (key) => values[key]?.locked ?? false,
      set,
      ready: host.shell === null || answer.data !== undefined || answer.isError,
    }),
    [values, set, host, answer.data, answer.isError],
  );
}
