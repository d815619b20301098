import { useTranslation } from 'react-i18next';
import type { CustomRole, Organisation, Post, PostKind } from '#shared/model/profile.ts';
import { useIdentity } from '../app/identity.ts';
import { useAnswer } from '../app/use-server.tsx';

interface Choice {
  readonly value: string;
  readonly text: string;
}
const none: readonly Organisation[] = [];
const byName = new Intl.Collator('ja').compare;

/** An organisation with how deep it stands, in the order of the tree: children right after their parent. */
export interface PlacedOrganisation extends Organisation {
  readonly depth: number;
  readonly hasChildren: boolean;
}

/** Puts organisations into the tree's order. One whose parent is not there stands at the top. */
export function placed(
  organisations: readonly Organisation[],
  isOpen: (id: string) => boolean = () => true,
): readonly PlacedOrganisation[] {
  const known = new Set(organisations.map(({ id }) => id));
  const childrenOf = new Map<string | null, Organisation[]>();
  for (const one of organisations) {
    const parent = one.parentId !== null && known.has(one.parentId) ? one.parentId : null;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), one]);
  }
  const walk = (parent: string | null, depth: number): PlacedOrganisation[] =>
    (childrenOf.get(parent) ?? [])
      .toSorted((a, b) => byName(a.name, b.name))
      .flatMap((one) => {
        const hasChildren = childrenOf.has(one.id);
        return [{ ...one, depth, hasChildren }, ...(hasChildren && isOpen(one.id) ? walk(one.id, depth + 1) : [])];
      });
  return walk(null, 0);
}

/** The organisations for a select, indented as in the tree. Empty while nobody may see them. */
export function useOrganisations(): { readonly list: readonly Organisation[]; readonly choices: readonly Choice[] } {
  const { rights } = useIdentity();
  const list = useAnswer('organisation.list', {}, { enabled: rights.includes('organisations') }).data?.organisations ?? none;
  return { list, choices: placed(list).map(({ id, name, depth }) => ({ value: id, text: `${'　'.repeat(depth)}${name}` })) };
}

/** Positions, levels or user types in their order. */
export function usePosts(): (kind: PostKind) => readonly Post[] {
  const { rights } = useIdentity();
  const posts = useAnswer('post.list', {}, { enabled: rights.includes('organisations') }).data?.posts ?? [];
  return (kind) => posts.filter((post) => post.kind === kind).toSorted((a, b) => a.order - b.order);
}

/** Roles of the company's own; empty for those who may not see roles. */
export function useCustomRoles(): readonly CustomRole[] {
  const { rights } = useIdentity();
  return useAnswer('role.list', {}, { enabled: rights.includes('roles') }).data?.roles ?? [];
}

/** The roles that somebody may give, for a select; a role of one's own is `custom:ID`. */
export function useRoleChoices(): readonly Choice[] {
  const { t } = useTranslation('console');
  const roles = useCustomRoles();
  return [
    ...(['member', 'operator', 'administrator'] as const).map((role) => ({ value: role, text: t(`role_${role}`) })),
    ...roles.map(({ id, name }) => ({ value: `custom:${id}`, text: name })),
  ];
}

type GivenRole = 'administrator' | 'operator' | 'custom' | 'member';
/** What `useRoleChoices` stands for, as operations take it. */
export function roleOf(choice: string): { role: GivenRole; roleId?: string } {
  if (choice.startsWith('custom:')) return { role: 'custom', roleId: choice.slice('custom:'.length) };
  return { role: choice === 'administrator' || choice === 'operator' ? choice : 'member' };
}
