import type { FileKind } from '#shared/model/file-kind.ts';

/** What narrows a search (DRV-16). */
export interface SearchFilters {
  readonly where: 'here' | 'everywhere';
  readonly kind: FileKind | 'any';
  readonly period: Period;
  /** A member's id, or anybody. */
  readonly person: string;
}
export const periods = ['any', 'today', 'week', 'month', 'year'] as const;
export type Period = (typeof periods)[number];
export const anybody = '';

export const noFilters: SearchFilters = { where: 'everywhere', kind: 'any', period: 'any', person: anybody };

/** What is searched for: text and filters together. */
export interface Search extends SearchFilters {
  readonly text: string;
}

/** Whether there is anything to look for: a filter alone is enough, where one looks is not. */
export const isSearch = ({ text, kind, period, person }: Search): boolean =>
  text.trim() !== '' || kind !== 'any' || period !== 'any' || person !== anybody;

const days: Readonly<Record<Exclude<Period, 'any' | 'today'>, number>> = { week: 7, month: 31, year: 366 };
const dayMs = 86_400_000;

/** The start of a period that ends now: of the local day for today, else so many whole days before it. */
export function sinceOf(period: Period, now: number): number | null {
  if (period === 'any') return null;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  return period === 'today' ? midnight : midnight - days[period] * dayMs;
}

/** The question to the host. `folderId` is where one stands. */
export function searchInput(search: Search, folderId: string | null, now: number) {
  const since = sinceOf(search.period, now);
  return {
    text: search.text.trim(),
    ...(search.where === 'here' && folderId !== null ? { folderId } : {}),
    ...(search.kind === 'any' ? {} : { kinds: [search.kind] }),
    ...(since === null ? {} : { since }),
    ...(search.person === anybody ? {} : { updatedBy: search.person }),
  };
}
