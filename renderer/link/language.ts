import { createContext, useContext, useState } from 'react';
import type { Language } from '../ui/format.ts';
import { texts, type LinkTexts } from './texts.ts';

const kept = 'hikyaku.link.language';

/** The language that was chosen on this page before, else the browser's. */
export function firstLanguage(): Language {
  const chosen = localStorage.getItem(kept);
  if (chosen === 'ja' || chosen === 'en') return chosen;
  const wanted = navigator.languages.find((language) => /^(?:ja|en)\b/iu.test(language));
  return wanted?.toLowerCase().startsWith('en') === true ? 'en' : 'ja';
}
export const keepLanguage = (language: Language): void => localStorage.setItem(kept, language);

export const LanguageContext = createContext<Language>('ja');

/** The page's texts and the language that they are in. */
export function useTexts(): { readonly language: Language; readonly say: LinkTexts } {
  const language = useContext(LanguageContext);
  return { language, say: texts[language] };
}

/** The moment at which what is shown came up, in epoch milliseconds: days are told relative to it. */
export function useNow(): number {
  const [now] = useState(() => Date.now());
  return now;
}
