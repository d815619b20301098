import type { Selectable } from 'kysely';
import type { Policy } from '#shared/model/policy.ts';
import type { LinkScope } from '#shared/model/rules-drive.ts';
import type { Schema } from '../store/schema.ts';

export type LinkRow = Selectable<Schema['links']>;
/** What a link's rules look at in the space of what it leads to. */
export type LinkedSpace = Pick<Selectable<Schema['spaces']>, 'kind' | 'links'>;

const dayMs = 86_400_000;

/** DRV-13: the scopes that links may have to what lies in a space now; none where links are off for it or at all (DRV-02, DRV-11). */
export function allowedScopes({ links: rules }: Pick<Policy, 'links'>, space: LinkedSpace): readonly LinkScope[] {
  if (!rules.enabled || space.links === 0) return [];
  switch (space.kind) {
    case 'shared':
      return rules.sharedScopes;
    case 'room':
      return rules.roomScopes;
    default:
      return rules.myScopes;
  }
}

/** DRV-12: the latest end that a link made at `createdAt` may have; null for none. A rule that became shorter holds for older links too. */
export const latestEnd = (createdAt: number, { links: { mostDays } }: Pick<Policy, 'links'>): number | null =>
  mostDays === 0 ? null : createdAt + mostDays * dayMs;

/** When a link really ends: its own end, or the rule's where that is earlier; null for never. */
export function endOf(
  { expires_at: own, created_at: createdAt }: Pick<LinkRow, 'expires_at' | 'created_at'>,
  policy: Policy,
): number | null {
  const latest = latestEnd(createdAt, policy);
  return own === null || latest === null ? (own ?? latest) : Math.min(own, latest);
}
