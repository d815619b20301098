import type { z } from 'zod';
import type { AdminContract } from '#shared/contract/admin.ts';

/** What the audit log is searched by, as the fields hold it; days as `2026-11-22`. */
export interface Filters {
  readonly action: string;
  readonly actor: string | null;
  readonly target: string | null;
  readonly result: '' | 'success' | 'failure' | 'denied';
  readonly text: string;
  readonly since: string;
  readonly until: string;
}
export const noFilters: Filters = { action: '', actor: null, target: null, result: '', text: '', since: '', until: '' };

const dayMs = 86_400_000;
/** The start of a day in this machine's time zone, in milliseconds; null for what is no day. */
export function dayStart(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(day);
  if (match === null) return null;
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime();
  return Number.isNaN(at) ? null : Math.max(0, at);
}

type Search = z.input<AdminContract['audit.search']['input']>;

/** The filters as `audit.search` takes them. The last day counts to its end. */
export function searchOf(filters: Filters): Search {
  const since = dayStart(filters.since);
  const until = dayStart(filters.until);
  return {
    ...(filters.action === '' ? {} : { action: filters.action }),
    ...(filters.actor === null ? {} : { actor: filters.actor }),
    ...(filters.target === null ? {} : { target: filters.target }),
    ...(filters.result === '' ? {} : { result: filters.result }),
    ...(filters.text.trim() === '' ? {} : { text: filters.text.trim() }),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until: until + dayMs - 1 }),
  };
}

/** What the record of downloads is searched by, as the fields hold it. */
export interface DownloadFilters {
  readonly member: string | null;
  readonly text: string;
  readonly since: string;
  readonly until: string;
}
export const noDownloadFilters: DownloadFilters = { member: null, text: '', since: '', until: '' };

/** The filters as `download.search` takes them. The last day counts to its end. */
export function downloadSearchOf(filters: DownloadFilters): z.input<AdminContract['download.search']['input']> {
  const since = dayStart(filters.since);
  const until = dayStart(filters.until);
  const text = filters.text.trim();
  return {
    ...(filters.member === null ? {} : { member: filters.member }),
    ...(text === '' ? {} : { text }),
    ...(since === null ? {} : { since }),
    // `until` itself is not among them.
    ...(until === null ? {} : { until: until + dayMs }),
  };
}

/** The address of the same as a file. */
export function exportAddress(filters: Filters, language: 'ja' | 'en'): string {
  const fields = Object.entries({ ...searchOf(filters), language }).map(([name, value]) => [name, String(value)]);
  return `/api/exports/audit.csv?${new URLSearchParams(fields).toString()}`;
}
