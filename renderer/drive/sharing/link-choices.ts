import type { SpaceKind } from '#shared/model/drive.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { LinkScope } from '#shared/model/rules-drive.ts';

/** DRV-13: who may open links to what lies in a drive of that kind. */
export function allowedScopes({ links }: Policy, kind: SpaceKind): readonly LinkScope[] {
  if (!links.enabled) return [];
  if (kind === 'shared') return links.sharedScopes;
  return kind === 'room' ? links.roomScopes : links.myScopes;
}

const lives = [1, 7, 30, 90, 180];

/** DRV-12: how long a link may live, in days; 0 for no end. */
export const allowedDays = ({ links }: Policy): readonly number[] =>
  links.mostDays === 0 ? [...lives, 0] : lives.filter((days) => days <= links.mostDays);

/** Mail addresses as people type them, each once; what is none is left out. */
export const readAddresses = (text: string): string[] => [
  ...new Set(
    text
      .normalize('NFKC')
      .split(/[\s,;、，；]+/u)
      .filter((one) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(one)),
  ),
];
