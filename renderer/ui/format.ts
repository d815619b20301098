/** The languages of the product. */
export type Language = 'ja' | 'en';

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

function scaled(bytes: number): { step: number; divisor: number } {
  let step = 0;
  let divisor = 1;
  while (step < units.length - 1 && bytes / divisor >= 1023.5) {
    step += 1;
    divisor *= 1024;
  }
  return { step, divisor };
}

const figure = (value: number, step: number): string => (step < 2 || value >= 100 ? String(Math.round(value)) : value.toFixed(1));
const unitName = (step: number, language: Language): string => (step === 0 ? (language === 'ja' ? 'バイト' : 'bytes') : units[step]!);

/** A size: `248 KB`, `11.8 MB`. 1 KB is 1,024 bytes. */
export function formatSize(bytes: number, language: Language): string {
  const { step, divisor } = scaled(bytes);
  return `${figure(bytes / divisor, step)} ${unitName(step, language)}`;
}

/** How much of how much, in the unit of the whole: `2.1 / 3.4 MB`. */
export function formatShare(done: number, total: number, language: Language): string {
  const { step, divisor } = scaled(total);
  return `${figure(done / divisor, step)} / ${figure(total / divisor, step)} ${unitName(step, language)}`;
}

/** A rate: `4.2 MB/秒`, `4.2 MB/s`. */
export const formatRate = (bytesPerSecond: number, language: Language): string =>
  `${formatSize(bytesPerSecond, language)}/${language === 'ja' ? '秒' : 's'}`;

/** What is left of a transfer: `約6秒`, `about 2 min`. */
export function formatTimeLeft(seconds: number, language: Language): string {
  const rounded = Math.max(1, Math.round(seconds));
  if (rounded < 60) return language === 'ja' ? `約${rounded}秒` : `about ${rounded} s`;
  if (rounded < 3_600) return language === 'ja' ? `約${Math.round(rounded / 60)}分` : `about ${Math.round(rounded / 60)} min`;
  const hours = Math.round(rounded / 3_600);
  return language === 'ja' ? `約${hours}時間` : `about ${hours} h`;
}

const weekdays = { ja: ['日', '月', '火', '水', '木', '金', '土'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] } as const;
const longWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const dayStart = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
/** Whole days from `at` to `now` in local time; 0 is today, 1 yesterday. */
const daysBefore = (at: Date, now: Date): number => Math.round((dayStart(now) - dayStart(at)) / 86_400_000);

/** The day of an instant, for telling when a new one starts. */
export const localDay = (at: number): string => {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
};

/** A time of day, 24 hours: `9:02`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** A day as a heading: `11月20日（金）`, `Friday, 20 November`; with its year when it is not this year's. */
export function formatDay(at: number, now: number, language: Language): string {
  const date = new Date(at);
  const otherYear = date.getFullYear() !== new Date(now).getFullYear();
  if (language === 'ja') {
    return `${otherYear ? `${date.getFullYear()}年` : ''}${date.getMonth() + 1}月${date.getDate()}日（${weekdays.ja[date.getDay()]}）`;
  }
  return `${longWeekdays[date.getDay()]}, ${date.getDate()} ${months[date.getMonth()]}${otherYear ? ` ${date.getFullYear()}` : ''}`;
}

/** A day in short: `11月17日`, `17 Nov`. */
export function formatDate(at: number, now: number, language: Language): string {
  const date = new Date(at);
  const otherYear = date.getFullYear() !== new Date(now).getFullYear();
  if (language === 'ja') return `${otherYear ? `${date.getFullYear()}年` : ''}${date.getMonth() + 1}月${date.getDate()}日`;
  return `${date.getDate()} ${months[date.getMonth()]!.slice(0, 3)}${otherYear ? ` ${date.getFullYear()}` : ''}`;
}

/** The time column of lists: `11:42` today, then 昨日, 木曜 within six days, then the date. */
export function formatRecent(at: number, now: number, language: Language): string {
  const date = new Date(at);
  const days = daysBefore(date, new Date(now));
  if (days <= 0) return formatTime(at);
  if (days === 1) return language === 'ja' ? '昨日' : 'Yesterday';
  if (days <= 6) return language === 'ja' ? `${weekdays.ja[date.getDay()]}曜` : weekdays.en[date.getDay()]!;
  return formatDate(at, now, language);
}

/** Day and time in a fact: `今日 9:02`, `昨日 16:40`, `11月17日`. */
export function formatMoment(at: number, now: number, language: Language): string {
  const days = daysBefore(new Date(at), new Date(now));
  if (days === 0) return `${language === 'ja' ? '今日' : 'today'} ${formatTime(at)}`;
  if (days === 1) return `${language === 'ja' ? '昨日' : 'yesterday'} ${formatTime(at)}`;
  return formatDate(at, now, language);
}

/** Day and time, always both, standing alone: `今日 9:02`, `11月17日 14:12`, `Today 9:02`. */
export function formatStamp(at: number, now: number, language: Language): string {
  const text = dayAndTime(at, now, language);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function dayAndTime(at: number, now: number, language: Language): string {
  const moment = formatMoment(at, now, language);
  return [0, 1].includes(daysBefore(new Date(at), new Date(now))) ? moment : `${moment} ${formatTime(at)}`;
}

/** The same with seconds and within a sentence, for the last answer of a server: `今日 11:42:07`, `today 11:42:07`. */
export const formatExact = (at: number, now: number, language: Language): string =>
  `${dayAndTime(at, now, language)}:${String(new Date(at).getSeconds()).padStart(2, '0')}`;

/** Facts side by side, those that are there: `営業一課・課長`, `4 KB · 19 Nov`. */
export const formatFacts = (facts: readonly (string | null)[], language: Language): string =>
  facts.filter((fact) => fact !== null && fact !== '').join(language === 'ja' ? '・' : ' · ');

const graphemes = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** A file name in two: what may be shortened, and the end that stays: the extension and up to two letters before it. */
export function splitFileName(name: string): readonly [start: string, end: string] {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 9 ? name.slice(dot) : '';
  const stem = Array.from(graphemes.segment(name.slice(0, name.length - extension.length)), ({ segment }) => segment);
  const kept = Math.min(2, Math.max(0, stem.length - 1));
  return [stem.slice(0, stem.length - kept).join(''), stem.slice(stem.length - kept).join('') + extension];
}
