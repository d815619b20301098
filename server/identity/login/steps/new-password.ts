import { newPasswordRules } from '#shared/policy/password.ts';
import type { Services } from '../../../context.ts';
import { checkNewPassword, passwordDue, setPassword } from '../../password-rules.ts';
import type { Sessions } from '../../sessions.ts';
import type { LoginStep } from '../state.ts';

/** ACC-03, ACC-08, ACC-09, ACC-10: a password that has run out, or that somebody else chose, is replaced before the session opens. */
export function newPasswordStep(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { sessions }: { readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'> },
): LoginStep {
  return {
    name: 'new_password',
    need: async ({ tenantId, member, method, rules }) => {
      // Who came by a passkey or an identity provider has not used the password; it is asked for when they do.
      if (method !== 'password') return null;
      const row = await database
        .selectFrom('members')
        .select(['password_hash', 'password_set_at', 'password_due', 'created_at'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', member.id)
        .executeTakeFirstOrThrow();
      const why = passwordDue(row, rules.policy, clock.now());
      return why === null ? null : { need: { type: 'new_password', why, rules: newPasswordRules(rules.policy.password) } };
    },
    answer: async ({ tenantId, member, rules }, answer) => {
      if (answer.type !== 'new_password') return null;
      const checked = await checkNewPassword(
        database,
        { tenantId, id: member.id, memberId: member.memberId },
        answer.password,
        rules.policy,
      );
      let ended: string[] = [];
      return {
        renewsPassword: true,
        apply: async (transaction) => {
          await setPassword(transaction, { tenantId, id: member.id }, checked, { now: clock.now(), due: null });
          ended = await sessions.endAll(transaction, tenantId, member.id, endedReason);
        },
        applied: () => {
          for (const id of ended) sessions.announceEnd(tenantId, member.id, id, endedReason);
        },
      };
    },
  };
}

/** What the member's other sessions are told (ACC-09: every service logs out after the change). */
const endedReason = 'own_password_changed';
