import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, showLanguage } from './i18n.ts';
import type { EffectiveSettings } from './settings-source.ts';

/** Puts language, theme and density of the settings onto the page. Zoom is the shell's (or the browser's own). */
export function useAppearance(settings: EffectiveSettings, systemLanguage: string | null): void {
  const { i18n } = useTranslation();
  const language = chooseLanguage(settings.get('language'), systemLanguage === null ? navigator.languages : [systemLanguage]);
  const theme = settings.get('theme');
  const density = settings.get('density');
  useEffect(() => void showLanguage(i18n, language), [i18n, language]);
  useEffect(() => {
    const page = document.documentElement;
    if (theme === 'system') delete page.dataset['theme'];
    else page.dataset['theme'] = theme;
    page.dataset['density'] = density;
    // Apple's bars float above the content and appear when one scrolls; a bar with a style of its own would take room instead.
    page.dataset['scrollbars'] = /^(?:Mac|iP)/u.test(navigator.platform) ? 'system' : 'own';
  }, [theme, density]);
}

/** True while a media query holds. */
export function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [media],
  );
  return useSyncExternalStore(subscribe, () => media.matches);
}
