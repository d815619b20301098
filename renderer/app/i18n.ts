import { createInstance, type i18n, type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { resources, type Keys } from './texts/all.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui';
    resources: Keys;
  }
}

/** The language in force: the person's choice, else the OS's, else English. `preferred` as in `navigator.languages`. */
export function chooseLanguage(setting: unknown, preferred: readonly string[]): 'ja' | 'en' {
  if (setting === 'ja' || setting === 'en') return setting;
  const known = preferred.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'ja' || tag === 'en');
  return known === 'ja' ? 'ja' : 'en';
}

/** The texts in `language`, ready at once: they are part of the program. The console gives its own. */
export function makeTexts(language: 'ja' | 'en', texts: Resource = resources): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    ns: Object.keys(texts['ja'] ?? {}),
    defaultNS: 'ui',
    resources: texts,
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    // Between Japanese sentences there is nothing, where English has a space.
    returnEmptyString: true,
  });
  return instance;
}

/** Shows another language from now on. */
export async function showLanguage(texts: i18n, language: 'ja' | 'en'): Promise<void> {
  document.documentElement.lang = language;
  if (texts.language !== language) await texts.changeLanguage(language);
}
