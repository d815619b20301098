import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, showLanguage } from '../../app/i18n.ts';

export type Theme = 'system' | 'light' | 'dark';
type Language = 'ja' | 'en';

/** Kept in this browser: how the console looks is no business of the server's. */
const kept = {
  read: (name: string): string | null => {
    try {
      return localStorage.getItem(`console.${name}`);
    } catch {
      return null;
    }
  },
  write: (name: string, value: string): void => {
    try {
      localStorage.setItem(`console.${name}`, value);
    } catch {
      // A browser that keeps nothing shows its own choice again next time.
    }
  },
};

/** The language that was chosen here before, else the browser's. */
export const rememberedLanguage = (): Language => chooseLanguage(kept.read('language'), navigator.languages);

interface Appearance {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
}
const AppearanceContext = createContext<Appearance | null>(null);

/** Language and theme, and how to change them. */
export const useAppearance = (): Appearance => useContext(AppearanceContext)!;

/** Puts language and theme onto the page. */
export function AppearanceProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [language, setLanguage] = useState<Language>(rememberedLanguage);
  const [theme, setTheme] = useState<Theme>(() => {
    const before = kept.read('theme');
    return before === 'light' || before === 'dark' ? before : 'system';
  });
  useEffect(() => void showLanguage(i18n, language), [i18n, language]);
  useEffect(() => {
    const page = document.documentElement;
    if (theme === 'system') delete page.dataset['theme'];
    else page.dataset['theme'] = theme;
    // Apple's bars float above the content and appear when one scrolls; a bar with a style of its own would take room instead.
    page.dataset['scrollbars'] = /^(?:Mac|iP)/u.test(navigator.platform) ? 'system' : 'own';
  }, [theme]);
  const value = useMemo(
    () => ({
      language,
      setLanguage: (next: Language) => {
        kept.write('language', next);
        setLanguage(next);
      },
      theme,
      setTheme: (next: Theme) => {
        kept.write('theme', next);
        setTheme(next);
      },
    }),
    [language, theme],
  );
  return <AppearanceContext.Provider value={value}>{children}</AppearanceContext.Provider>;
}
