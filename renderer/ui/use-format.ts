import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as format from './format.ts';

/** The language that is shown now. */
export function useLanguage(): format.Language {
  const { i18n } = useTranslation();
  return i18n.language === 'ja' ? 'ja' : 'en';
}

/** Sizes, rates and times in the language that is shown. */
export function useFormat() {
  const language = useLanguage();
  return useMemo(
    () => ({
      size: (bytes: number) => format.formatSize(bytes, language),
      share: (done: number, total: number) => format.formatShare(done, total, language),
      rate: (bytesPerSecond: number) => format.formatRate(bytesPerSecond, language),
      timeLeft: (seconds: number) => format.formatTimeLeft(seconds, language),
      time: format.formatTime,
      day: (at: number) => format.formatDay(at, Date.now(), language),
      date: (at: number) => format.formatDate(at, Date.now(), language),
      recent: (at: number) => format.formatRecent(at, Date.now(), language),
      moment: (at: number) => format.formatMoment(at, Date.now(), language),
      stamp: (at: number) => format.formatStamp(at, Date.now(), language),
      facts: (facts: readonly (string | null)[]) => format.formatFacts(facts, language),
      exact: (at: number) => format.formatExact(at, Date.now(), language),
    }),
    [language],
  );
}
