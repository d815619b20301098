import { assertNever } from '#shared/base/assert.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { Role } from '#shared/model/member.ts';
import type { AdminRight } from '#shared/model/rights.ts';

/** What administrators do to a member: their name and post, their rights, suspending, blocking apps, a new password, their sessions. */
export type MemberAct = 'profile' | 'role' | 'state' | 'app_block' | 'password' | 'sessions';

/** Who acts: their role, and what it may open (`rightsOf`). */
interface Actor {
  readonly role: Role;
  readonly rights: readonly AdminRight[];
}

/**
 * May an administrator do this to somebody of that role? It needs the right to members (ADM-10). There is one supreme administrator, who alone
 * gives roles (ADM-11), whom nobody else touches, and who is never suspended. Sub-administrators do everything else; operators and roles of
 * one's own reach members without a role alone, or they could take over an account that may more than theirs.
 */
export function decideMemberAct(act: MemberAct, actor: Actor, target: Role): Decision {
  if (actor.role === 'member' || !actor.rights.includes('members')) return deny('role_missing', 'ADM-10', 'members');
  if (act === 'role' && actor.role !== 'supreme') return deny('role_missing', 'ADM-11', 'roles');
  switch (target) {
    case 'supreme':
      return actor.role === 'supreme' && act !== 'role' && act !== 'state' ? allow : deny('supreme_protected', 'ADM-10');
    case 'administrator':
    case 'operator':
    case 'custom':
      return actor.role === 'supreme' || actor.role === 'administrator' ? allow : deny('administrator_protected', 'ADM-10');
    case 'member':
      return allow;
    default:
      return assertNever(target, 'role');
  }
}
