import { assertNever } from '#shared/base/assert.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { Role } from '#shared/model/member.ts';

/** What administrators do to a member: their name and post, their rights, suspending, blocking apps, a new password, their sessions. */
export type MemberAct = 'profile' | 'role' | 'state' | 'app_block' | 'password' | 'sessions';

/**
 * May an administrator do this to somebody of that role? There is one supreme administrator, who alone gives roles, whom nobody else
 * touches, and who is never suspended (ADM-10, ADM-11). Sub-administrators do everything else.
 */
export function decideMemberAct(act: MemberAct, actor: Role, target: Role): Decision {
  if (actor === 'member') return deny('role_missing', 'ADM-10');
  switch (act) {
    case 'role':
      if (actor !== 'supreme') return deny('role_missing', 'ADM-11');
      return target === 'supreme' ? deny('supreme_protected', 'ADM-10') : allow;
    case 'state':
      return target === 'supreme' ? deny('supreme_protected', 'ADM-10') : allow;
    case 'profile':
    case 'app_block':
    case 'password':
    case 'sessions':
      return target === 'supreme' && actor !== 'supreme' ? deny('supreme_protected', 'ADM-10') : allow;
    default:
      return assertNever(act, 'act on a member');
  }
}
