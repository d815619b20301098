import type { InputOf } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { kindToken, monthToken, personToken } from '../search/token-tables.ts';

/** A wider stretch of time leaves out too little to be worth its many tokens. */
const mostMonths = 36;
const dayMs = 86_400_000;

/** What the index knows of the filters of a search: of each group one token. What it finds is compared with the filters themselves. */
export function filterTokens(
  { kinds, since, until, updatedBy }: Pick<InputOf<ServerContract, 'drive.search'>, 'kinds' | 'since' | 'until' | 'updatedBy'>,
  now: number,
): string[][] {
  const groups: string[][] = [];
  if (kinds !== undefined && kinds.length > 0) groups.push(kinds.map(kindToken));
  if (updatedBy !== undefined) groups.push([personToken(updatedBy)]);
  const months = since === undefined ? [] : monthsFrom(since, Math.min(until ?? Infinity, now + dayMs));
  if (months.length > 0) groups.push(months);
  return groups;
}

/** None for a time that did not come yet, and for more months than can be asked for. */
function monthsFrom(since: number, end: number): string[] {
  const tokens: string[] = [];
  if (since > end) return tokens;
  const at = new Date(since);
  for (let month = at.getUTCMonth(); ; month += 1) {
    const start = Date.UTC(at.getUTCFullYear(), month);
    if (start > end) return tokens;
    if (tokens.length === mostMonths) return [];
    tokens.push(monthToken(start));
  }
}
